"""The whole way with everything that can be given: networks, portrait, art, phones, feelings."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_clips import film, frames_of, read_corner
from made_people import wandering
from small_networks import MAKERS

from style2talker.evaluate import judging
from style2talker.evaluate.inputs import Pair
from style2talker.evaluate.judged import Judged, load_judged
from style2talker.evaluate.metrics import network_metrics
from style2talker.evaluate.networks.extractors import Extractor, examine
from style2talker.evaluate.page import write_page
from style2talker.evaluate.running import EvaluateOptions, judge_all, key_of
from style2talker.evaluate.summary import summarise
from style2talker.evaluate.tables import write_tables
from style2talker.evaluate.watching import Judges, Seen, Source, Strip, Watched, taken, watch
from style2talker.media.picture import write_picture

FRAMES = 32
PHONES = "symbol,start,end\n" + "".join(
    f"{'m' if k % 2 else 'aa'},{0.2 * k:.1f},{0.2 * k + 0.2:.1f}\n" for k in range(12)
)


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> list[Extractor]:
    folder = tmp_path_factory.mktemp("networks")
    return [examine(kind, make(folder / f"{kind}.onnx", said={"untrained": "1"})) for kind, make in MAKERS.items()]


@pytest.fixture(scope="module")
def run(networks: list[Extractor], tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Pair], list[Judged], Path]:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "phones.csv").write_text(PHONES)
    pairs = []
    for number in (0, 1):
        curve = wandering(number, FRAMES)
        frames = frames_of(curve)
        film(folder / f"real{number}.mp4", curve, curve, frames)
        film(folder / f"made{number}.mp4", curve, curve, [cv2.GaussianBlur(f, (0, 0), 1.5) for f in frames])
        write_picture(folder / "portrait.png", frames[0])
        files = [folder / name for name in (f"made{number}.mp4", f"real{number}.mp4")]
        more = {"portrait": folder / "portrait.png", "art": folder / "portrait.png", "phones": folder / "phones.csv"}
        pairs.append(Pair(f"c{number}", *files, **more, person="p"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "track_cropped", read_corner)
        clips, _ = judge_all(pairs, folder / "out", every=12, networks=networks)
    return pairs, clips, folder


def test_every_network_judges_generated_and_anchors(run: tuple[list[Pair], list[Judged], Path]) -> None:
    for clip in run[1]:
        assert clip.error == ""
        made, real, still = (clip.values[name] for name in ("generated", "reference", "still"))
        assert real["csim_vico"] == pytest.approx(1, abs=1e-5)
        assert real["lpips_other"] == 0 < made["lpips_other"]
        assert 0.5 < made["csim_aligned"] <= 1 + 1e-6
        assert clip.features["generated"].shape == (3, 2048)
        for name in ("lse_c", "lse_d", "offset"):
            assert np.isfinite(made[f"syncnet_{name}"])
            assert np.isfinite(real[f"syncnet_{name}"])
            assert np.isfinite(clip.values["other sound"][f"syncnet_{name}"])
            assert f"syncnet_{name}" not in still
        assert np.isfinite(made["closure_share"])
        assert real["viseme_error"] == 0
        assert np.isfinite(made["style_distance"])
        assert real["structure_kept"] == pytest.approx(1)
        assert made["structure_kept"] < 1
        assert made["shape_to_portrait"] == pytest.approx(0, abs=1e-4)
        assert clip.faces["generated"].shape == (FRAMES, 56)


def test_untrained_networks_cannot_be_mistaken(
    run: tuple[list[Pair], list[Judged], Path], networks: list[Extractor], tmp_path: Path
) -> None:
    _, clips, folder = run
    rows = summarise(clips, np.random.default_rng(0), network_metrics(networks))
    write_tables(tmp_path, rows, clips, [])
    write_page(tmp_path / "p.html", rows, clips, [], folder / "out")
    whole = json.loads((tmp_path / "results.json").read_text())
    marked = [r for r in whole["results"] if r.get("weights", "none") != "none"]
    names = {r["metric"] for r in marked}
    assert {"fid (untrained)", "csim_aligned (untrained)", "lpips_other (untrained)"} <= names
    assert {"syncnet_lse_c (untrained)", "csim_vico (untrained)"} <= names
    for record in marked:
        assert record["status"] == "untrained weights, no published metric"
        assert record["weights"].startswith("UNTRAINED WEIGHTS")
    assert not any("missing" in r["status"] for r in whole["results"])
    assert "Weights missing:\n\n\n" in (tmp_path / "results.md").read_text()
    jitter = next(r for r in whole["results"] if (r["metric"], r["system"]) == ("lip_spread", "generated"))
    assert 0.8 < jitter["closeness"] <= 1


def test_other_networks_are_judged_again(run: tuple[list[Pair], list[Judged], Path], networks: list[Extractor]) -> None:
    pairs, clips, folder = run
    back = load_judged(folder / "out", "c0", clips[0].key)
    assert back is not None
    assert np.array_equal(back.features["generated"], clips[0].features["generated"])
    assert np.array_equal(back.faces["still"], clips[0].faces["still"], equal_nan=True)
    names = [f"{n.kind} {n.sha256}" for n in networks]
    assert key_of(pairs[0], None, 20, names) != key_of(pairs[0], None, 20, names[:1])
    bare = dataclasses.replace(pairs[0], portrait=None)
    assert key_of(bare, None, 20) != key_of(pairs[0], None, 20)
    options = EvaluateOptions(csim="a.onnx")
    assert options.networks() == {"csim": Path("a.onnx")}


def test_a_pass_without_reference_or_face(run: tuple[list[Pair], list[Judged], Path]) -> None:
    seen = Seen(run[0][0].generated, 25.0, (64, 64))
    assert next(seen.frames()).shape == (64, 64, 3)
    found = watch(seen, None, 30, {})
    assert isinstance(found, Watched)
    assert found.count == FRAMES
    assert set(found.judges) == {"generated", "still"}
    assert isinstance(found.judges["still"], Judges)
    assert found.tracks == {"generated": None, "still": None}
    assert taken(None, np.arange(3)) is None
    strip = Strip([1])
    strip.add(0, np.zeros((64, 64, 3), np.uint8), None)
    assert strip.columns == []
    assert {f.name for f in dataclasses.fields(Source)} == {"pixels", "points", "shape"}


def test_a_portrait_without_a_face_is_told(
    run: tuple[list[Pair], list[Judged], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "track_cropped", read_corner)
    white = np.full((128, 128, 3), 255, np.uint8)
    write_picture(tmp_path / "wall.png", white)
    pair = dataclasses.replace(run[0][0], portrait=tmp_path / "wall.png", art=None, phones=None, reference=None)
    found, _ = judging.judge_pair(pair, "k", None, 30)
    assert "portrait wall.png: no face found, it is not compared with" in found.notes
    assert np.isnan(found.values["generated"]["shape_to_portrait"])
    assert "structure_kept" not in found.values["generated"]
