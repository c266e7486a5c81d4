"""Names of recordings in every known spelling, and the rule that a person is in one split only."""

from __future__ import annotations

from pathlib import Path

import pytest

from style2talker.corpus.hdtf import read_annotations
from style2talker.corpus.layouts import (
    EMOTIONS,
    Recording,
    emotion_of,
    find_recordings,
    recording_of,
    sound_beside,
)
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.people import SPLITS, check_people, check_splits, split_of
from style2talker.corpus.settings import LAYOUTS, PeopleOptions
from style2talker.errors import InputError, UsageError

NAMES = [
    ("M003/video/front/angry/level_1/001.mp4", "M003#angry#level_1#001", "M003", "angry", 1, "front"),
    ("M/W009/video/top/surprise/level_3/012.mp4", "W009#surprised#level_3#top_012", "W009", "surprised", 3, "top"),
    ("W009/video/left_30/sad/level_1/1.mp4", "W009#sad#level_1#left_30_1", "W009", "sad", 1, "left_30"),
    ("M003/video/down/disgust_level_2/7.mp4", "M003#disgusted#level_2#down_7", "M003", "disgusted", 2, "down"),
    ("M003/video/fear/level_2/003.mp4", "M003#fear#level_2#003", "M003", "fear", 2, "front"),
    ("M003#happy#level_3#030.mp4", "M003#happy#level_3#030", "M003", "happy", 3, "front"),
    ("x/M030_front_contempt_level3_001.mp4", "M030#contempt#level_3#001", "M030", "contempt", 3, "front"),
    ("W015_anger_level_1_002.mp4", "W015#angry#level_1#002", "W015", "angry", 1, "front"),
    ("M027#neutral#014.mp4", "M027#neutral#level_1#014", "M027", "neutral", 1, "front"),
    ("M027#sad#014.mp4", "M027#sad#level_0#014", "M027", "sad", None, "front"),
    ("RD_Radio1_000.mp4", "RD_Radio1_000", "RD_Radio1", None, None, None),
    ("WDA_AmyKlobuchar0_000.mp4", "WDA_AmyKlobuchar0_000", "WDA_AmyKlobuchar", None, None, None),
    ("WDA_AmyKlobuchar1_002.mp4", "WDA_AmyKlobuchar1_002", "WDA_AmyKlobuchar", None, None, None),
    ("1001_DFA_ANG_HI.flv", "1001#angry#level_3#DFA", "1001", "angry", 3, "front"),
    ("1091_IEO_NEU_XX.flv", "1091#neutral#level_0#IEO", "1091", "neutral", None, "front"),
    ("Actor_12/01-01-03-02-01-02-12.mp4", "actor_12#happy#level_3#0101030102", "actor_12", "happy", 3, "front"),
    ("01-01-02-01-01-01-05.mp4", "actor_05#neutral#level_1#0101020101", "actor_05", "neutral", 1, "front"),
    ("01-01-06-01-02-01-05.mp4", "actor_05#fear#level_2#0101060201", "actor_05", "fear", 2, "front"),
    ("Grandma/holiday 3.mov", "Grandma_holiday_3", "Grandma", None, None, None),
    ("clip.mp4", "clip", "loose", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("path", "clip", "person", "emotion", "level", "view"), NAMES)
def test_names_say_who_and_how(
    path: str, clip: str, person: str, emotion: str | None, level: int | None, view: str | None
) -> None:
    found = recording_of(path, "auto")
    assert found is not None
    assert (found.source, found.clip, found.person) == (path, clip, person)
    assert (found.emotion, found.level, found.view) == (emotion, level, view)


def test_names_that_do_not_fit_a_layout_are_told_apart() -> None:
    assert recording_of("holiday.mp4", "mead") is None
    assert recording_of("x.mp4", "folder") == Recording("x.mp4", "x", "loose")
    assert recording_of("1001_DFA_XYZ_HI.flv", "crema-d") is None
    assert recording_of("M003#happy#level_3#030.mp4", "folder").person == "loose"  # type: ignore[union-attr]
    assert set(LAYOUTS) - {"auto"} == {"mead", "hdtf", "crema-d", "ravdess", "folder"}


def test_every_emotion_is_spelt_as_it_spells_itself() -> None:
    assert [emotion_of(label) for label in EMOTIONS] == list(EMOTIONS)
    assert emotion_of("Surprising") == "surprised"
    assert emotion_of("hungry") is None


def test_videos_are_found_in_folders_and_hidden_ones_are_not(tmp_path: Path) -> None:
    for name in ("a/one.mp4", "two.MOV", ".cache/three.mp4", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert find_recordings([tmp_path]) == [(tmp_path, "a/one.mp4"), (tmp_path, "two.MOV")]
    assert find_recordings([tmp_path / "two.MOV"]) == [(tmp_path, "two.MOV")]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no video in .*empty"):
        find_recordings([tmp_path / "empty"])
    with pytest.raises(InputError, match="gone does not exist"):
        find_recordings([tmp_path / "gone"])


def test_the_sound_of_a_mead_tree_lies_beside_its_views(tmp_path: Path) -> None:
    sound = tmp_path / "M003" / "audio" / "angry" / "level_1" / "001.m4a"
    sound.parent.mkdir(parents=True)
    sound.touch()
    assert sound_beside(tmp_path / "M003/video/left_30/angry/level_1/001.mp4") == sound
    assert sound_beside(tmp_path / "M003/video/front/angry/level_1/002.mp4") is None
    assert sound_beside(tmp_path / "other/001.mp4") is None


def test_annotations_of_hdtf_name_the_clips_of_a_film(tmp_path: Path) -> None:
    (tmp_path / "RD_annotion_time.txt").write_text("Radio1.mp4 00:30-01:05 1:02:00-1:02:10\nRadio2.mp4\n")
    (tmp_path / "RD_crop_wh.txt").write_text("Radio1_0.mp4 100 400 50 420\n")
    (tmp_path / "RD_resolution.txt").write_text("Radio1.mp4 720\n")
    found = read_annotations(tmp_path)
    assert (
        found["RD_Radio1"]
        == found["Radio1"]
        == [
            ("RD_Radio1_000", {"start": 30.0, "end": 65.0, "box": [100, 50, 500, 470], "height": 720}),
            ("RD_Radio1_001", {"start": 3720.0, "end": 3730.0}),
        ]
    )
    assert found["Radio2"] == []
    (tmp_path / "WRA_annotion_time.txt").write_text("X.mp4 half-past\n")
    with pytest.raises(InputError, match="expected a time"):
        read_annotations(tmp_path)


def test_a_person_stays_in_a_split_when_others_join() -> None:
    options = PeopleOptions(("M030",), ("W015",), test_share=0.2, validation_share=0.1, seed=4)
    people = [f"p{i}" for i in range(2000)]
    splits = [split_of(person, options) for person in people]
    assert abs(splits.count("test") / 2000 - 0.2) < 0.03
    assert abs(splits.count("validation") / 2000 - 0.1) < 0.03
    assert splits[:50] == [split_of(person, options) for person in people[:50]]
    assert split_of("M030", options) == "test"
    assert split_of("W015", options) == "validation"
    assert split_of("p1", PeopleOptions()) == "train"


def test_a_slip_in_a_name_is_refused() -> None:
    check_people(["M003", "M030"], PeopleOptions(("M030",)))
    with pytest.raises(UsageError, match="names M30, who is not in the corpus: did you mean M030"):
        check_people(["M003", "M030"], PeopleOptions(("M30",)))
    with pytest.raises(UsageError, match="one split only"):
        PeopleOptions(("M030",), ("M030",))


def test_nobody_is_in_two_splits() -> None:
    rows = [
        ClipRow(f"c{i}", "s", f"h{i}", person, split=split)
        for i, (person, split) in enumerate([("a", "train"), ("a", "train"), ("b", "test")])
    ]
    check_splits(rows)
    with pytest.raises(InputError, match="the same person is in two splits, c0 in train and x in test"):
        check_splits([*rows, ClipRow("x", "s", "h9", "a", split="test")])
    with pytest.raises(InputError, match="the same file is in two splits"):
        check_splits([*rows, ClipRow("x", "s", "h0", "c", split="test")])
    with pytest.raises(InputError, match=f"the splits are {', '.join(SPLITS)}"):
        check_splits([ClipRow("x", "s", "h0", "c", split="tests")])
