from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from labelling_corpus import DRAWN, draw_track

from style2talker.corpus.labelling.measure import Measured, measure, read_expression
from style2talker.corpus.labelling.tracks import TrackedClip, find_tracks
from style2talker.corpus.manifest import ClipRow, Mark, write_manifest
from style2talker.emotion.facs import activations
from style2talker.errors import InputError
from style2talker.media.motion import write_motion
from style2talker.records import Motion


def _activated(found: dict[str, float]) -> set[str]:
    return {unit for unit, value in found.items() if value > 0.1}


def test_names_of_mead_become_the_published_keys(drawn_corpus: Path) -> None:
    clips, left_out = find_tracks([drawn_corpus])
    assert left_out == {}
    assert [clip.key for clip in clips][:2] == ["M003_angry_level_3_001", "M003_fear_level_3_001"]
    assert {clip.kind for clip in clips if clip.actor == "M003"} == {"man"}
    assert {clip.kind for clip in clips if clip.actor == "W009"} == {"woman"}
    assert {clip.emotion for clip in clips} == set(DRAWN)
    assert {clip.level for clip in clips} == {1, 3}


def test_flat_names_and_single_files_are_read_and_twins_told(tmp_path: Path) -> None:
    files = [tmp_path / "M003#sad#level_2#007.npz", tmp_path / "M003_sad_level_2_007.npz", tmp_path / "holiday.npz"]
    for path in files:
        draw_track(path, {})
    clips, left_out = find_tracks(files)
    assert [(clip.key, clip.emotion, clip.kind) for clip in clips] == [
        ("M003_sad_level_2_007", "sad", "man"),
        ("holiday", None, "person"),
    ]
    assert list(left_out) == ["M003_sad_level_2_007"]
    assert "same key" in left_out["M003_sad_level_2_007"]


def test_the_table_of_a_corpus_says_who_feels_what(tmp_path: Path) -> None:
    (tmp_path / "tracks").mkdir()
    draw_track(tmp_path / "tracks" / "a.npz", {"12": 0.5})
    files = {"track": "tracks/a.npz"}
    rows = [
        ClipRow("anna#happy#level_2#a", "a.mp4", "0a", "anna", "happy", 2, files=files),
        ClipRow("anna#sad#level_2#b", "b.mp4", "0b", "anna", "sad", 2),
        ClipRow("bob", "c.mp4", "0c", "bob", marks={"track": Mark("k", "skipped", "no face in 40 % of the frames")}),
    ]
    write_manifest(tmp_path, {row.clip: row for row in rows})
    clips, left_out = find_tracks([tmp_path])
    track = tmp_path / "tracks" / "a.npz"
    assert clips == [TrackedClip("anna_happy_level_2_a", "anna#happy#level_2#a", track, "anna", "person", "happy", 2)]
    assert left_out["bob"] == "no face in 40 % of the frames"
    assert "not tracked" in left_out["anna#sad#level_2#b"]


def test_a_clip_that_was_cut_up_is_labelled_by_its_pieces(tmp_path: Path) -> None:
    draw_track(tmp_path / "a.npz", {"12": 0.5})
    files = {"track": "a.npz"}
    whole = ClipRow("talk", "t.mp4", "0", "anna", files=files)
    rows = [whole, *(ClipRow(f"talk#{k}", "t.mp4", "0", "anna", parent="talk", files=files) for k in (1, 2))]
    write_manifest(tmp_path, {row.clip: row for row in rows})
    clips, left_out = find_tracks([tmp_path])
    assert [clip.name for clip in clips] == ["talk#1", "talk#2"]
    assert left_out == {}


def test_nothing_to_label_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        find_tracks([tmp_path / "none"])
    with pytest.raises(InputError, match="no tracked clip"):
        find_tracks([tmp_path])


def test_drawn_units_are_found_against_the_neutral_clip(drawn_corpus: Path) -> None:
    measured, left_out = measure(find_tracks([drawn_corpus])[0])
    assert left_out == {}
    assert {each.rest for each in measured} == {"neutral clip"}
    for each in measured:
        assert isinstance(each, Measured)
        drawn = DRAWN[str(each.clip.emotion)]
        assert _activated(dict(each.intensities)) == set(drawn)
        assert {unit: each.intensities[unit] for unit in drawn} == pytest.approx(drawn, abs=0.03)
        with pytest.raises(TypeError):
            each.intensities["4"] = 1.0  # type: ignore[index]


def test_without_a_neutral_clip_the_median_is_the_rest(tmp_path: Path) -> None:
    for number in range(9):
        draw_track(tmp_path / f"film{number}.npz", {"18": 0.4, **({"12": 0.5} if number < 3 else {})}, seed=number)
    measured, _ = measure(find_tracks([tmp_path])[0])
    assert {each.rest for each in measured} == {"median of the corpus"}
    assert [_activated(dict(each.intensities)) for each in measured] == [{"12"}] * 3 + [set()] * 6
    few, _ = measure(find_tracks([tmp_path])[0][:2])
    assert [each.rest for each in few] == ["none"] * 2
    assert _activated(dict(few[0].intensities)) == {"12", "18"}


def test_motion_files_are_measured_too(tmp_path: Path) -> None:
    shapes = np.tile(activations({"9": 0.5}), (3, 1))
    still = np.zeros((3, 3), np.float32)
    write_motion(tmp_path / "m.npz", Motion(shapes, still, still, fps=25.0))
    assert read_expression(tmp_path / "m.npz") == pytest.approx(activations({"9": 0.5}), abs=1e-6)


def test_damaged_tracks_are_left_out_with_a_reason(tmp_path: Path) -> None:
    draw_track(tmp_path / "good.npz", {"12": 0.5})
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    np.savez(tmp_path / "narrow.npz", blendshapes=np.zeros((4, 51), np.float32), valid=np.ones(4, bool))
    measured, left_out = measure(find_tracks([tmp_path])[0])
    assert [each.clip.key for each in measured] == ["good"]
    assert sorted(left_out) == ["broken", "narrow", "other"]
    assert "(4, 51)" in left_out["narrow"]


def test_openface_replaces_our_measurement(drawn_corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "openface"
    folder.mkdir()
    for emotion, amount in (("angry", 3.0), ("neutral", 0.5)):
        level = 1 if emotion == "neutral" else 3
        rows = f"frame, success, AU04_r, AU12_r\n1, 1, {amount}, 0.5\n"
        (folder / f"M003_front_{emotion}_level{level}_001.csv").write_text(rows, encoding="utf-8")
    measured, left_out = measure(find_tracks([drawn_corpus])[0], folder)
    assert {each.clip.emotion: dict(each.intensities) for each in measured} == {
        "angry": {"4": 0.5, "12": 0.0},
        "neutral": {"4": 0.0, "12": 0.0},
    }
    assert _activated(dict(measured[0].tracked or {})) >= {"4"}
    assert len(left_out) == 8
    assert "no OpenFace table" in left_out["W009_front_happy_level3_001"]
