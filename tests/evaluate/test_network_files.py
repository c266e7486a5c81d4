"""A file tells which weights it holds, or its numbers say that nobody knows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_networks import MAKERS, small_arcface, small_inception, small_lpips, small_syncnet

from style2talker.errors import AssetError
from style2talker.evaluate.metrics import WEIGHTS_MISSING, missing_weights, network_metrics
from style2talker.evaluate.networks import extractors
from style2talker.evaluate.networks.extractors import KINDS, SOURCES, Extractor, examine, session
from style2talker.runtime.ports import EXTRACTORS

INCEPTION = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"


def test_each_network_has_a_port_and_a_place() -> None:
    assert set(KINDS) == set(SOURCES) == set(MAKERS)
    assert [*KINDS.values()] == [*EXTRACTORS]


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_network_is_run_by_its_port_and_is_not_taken_for_the_real_one(kind: str, tmp_path: Path) -> None:
    plain = examine(kind, MAKERS[kind](tmp_path / "plain.onnx"))
    assert (plain.state, plain.mark) == ("unrecognised", " (unrecognised)")
    assert plain.told.startswith("UNRECOGNISED WEIGHTS, of unknown origin, sha256 ")
    marked = examine(kind, MAKERS[kind](tmp_path / "marked.onnx", said={"untrained": "yes"}))
    assert (marked.state, marked.mark) == ("untrained", " (untrained)")
    assert "no number of use" in marked.told
    for metric in network_metrics([marked]):
        assert metric.name.endswith(" (untrained)")
        assert not metric.value.endswith(")")
        assert "UNTRAINED" in metric.weights


def test_a_named_checkpoint_is_believed_for_its_own_kind_alone(tmp_path: Path) -> None:
    said = {"weights_sha256": INCEPTION.upper()}
    found = examine("fid", small_inception(tmp_path / "a.onnx", said))
    assert (found.state, found.mark) == ("declared", "")
    assert found.told.startswith("Inception of 2015, port for FID, as the file says, sha256 ")
    other = examine("csim", small_arcface(tmp_path / "b.onnx", said))
    assert (other.state, other.weights) == ("unrecognised", f"checkpoint {INCEPTION[:12].upper()}")
    alex = examine("lpips", small_lpips(tmp_path / "c.onnx", "alex", {"weights_sha256": "7be5be79" + 56 * "0"}))
    assert alex.state == "declared"


def test_a_published_file_is_known_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = examine("csim", small_arcface(tmp_path / "a.onnx"))
    monkeypatch.setattr(extractors, "_FILES", {first.sha256: ("csim", "ArcFace, as published")})
    known = examine("csim", Path(shutil.copy(first.path, tmp_path / "b.onnx")))
    assert (known.state, known.told) == ("recognised", f"ArcFace, as published, sha256 {first.sha256[:12]}")


def test_other_files_are_refused_with_the_place_of_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"is no syncnet graph.*syncnet_python"):
        examine("syncnet", small_inception(tmp_path / "a.onnx"))
    with pytest.raises(AssetError, match=r"none\.onnx is missing or damaged.*pytorch-fid"):
        examine("fid", tmp_path / "none.onnx")
    path = small_syncnet(tmp_path / "s.onnx")
    assert session("syncnet", path) is session("syncnet", path)


def test_what_was_given_is_missing_no_more() -> None:
    assert missing_weights([]) == WEIGHTS_MISSING
    given = [Extractor(kind, Path("x"), "0" * 64, "w", "untrained") for kind in KINDS]
    assert missing_weights(m.name for m in network_metrics(given)) == {}
    vgg = missing_weights(["lpips_vgg"])
    assert "lpips_alex" not in vgg
    assert "fid" in vgg
