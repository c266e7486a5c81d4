"""Candidates ranked by frames: towers made of a few operators, whose embeddings are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="graphs are made for the test")

from labelling_corpus import draw_track  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from style2talker.corpus.annotate import annotate, prepare  # noqa: E402
from style2talker.corpus.clips import write_clip  # noqa: E402
from style2talker.corpus.labelling.clip_model import ClipModel, frames_to_show  # noqa: E402
from style2talker.corpus.labelling.options import AnnotateOptions  # noqa: E402
from style2talker.corpus.labelling.ranking import best  # noqa: E402
from style2talker.corpus.manifest import ClipRow, write_manifest  # noqa: E402
from style2talker.errors import AssetError, InputError, VideoError  # noqa: E402

WORDS = {"red": 1, "green": 2, "blue": 3, "face": 4, "<end>": 5}
RED, BLUE = (np.full((80, 120, 3), colour, np.uint8) for colour in ((250, 0, 0), (0, 0, 250)))


def save(path: Path, nodes: list, kind: int, name: str, shape: list, out: str, constants: list) -> None:
    ends = [helper.make_tensor_value_info(name, kind, shape)]
    outs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in ((out, ["n", 3]), ("hidden", None))]
    graph = helper.make_graph(nodes, "tower", ends, outs, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures are their mean colour, texts the number of times that they name each colour."""
    place = tmp_path / "CLIP"
    place.mkdir()
    mean = numpy_helper.from_array(np.array([0.48145466, 0.4578275, 0.40821073], np.float32), "mean")
    deviation = numpy_helper.from_array(np.array([0.26862954, 0.26130258, 0.27577711], np.float32), "deviation")
    axes = numpy_helper.from_array(np.array([2, 3]), "axes")
    nodes = [
        helper.make_node("ReduceMean", ["pixel_values", "axes"], ["hidden"], keepdims=0),
        helper.make_node("Mul", ["hidden", "deviation"], ["scaled"]),
        helper.make_node("Add", ["scaled", "mean"], ["image_embeds"]),
    ]
    shape = ["n", 3, 224, 224]
    save(
        place / "vision_model.onnx",
        nodes,
        TensorProto.FLOAT,
        "pixel_values",
        shape,
        "image_embeds",
        [mean, deviation, axes],
    )
    table = numpy_helper.from_array(np.eye(6, dtype=np.float32)[:, 1:4].copy(), "table")
    axis = numpy_helper.from_array(np.array([1]), "axis")
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["hidden"]),
        helper.make_node("ReduceSum", ["hidden", "axis"], ["text_embeds"], keepdims=0),
    ]
    save(
        place / "text_model.onnx", nodes, TensorProto.INT64, "input_ids", ["n", "length"], "text_embeds", [table, axis]
    )
    content = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<end>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"<end>": {"id": "<end>", "ids": [5], "tokens": ["<end>"]}},
        },
        "model": {"type": "WordLevel", "vocab": {**WORDS, "?": 0}, "unk_token": "?"},
    }
    (place / "tokenizer.json").write_text(json.dumps(content))
    return place


def test_sentences_are_held_against_all_frames(folder: Path) -> None:
    model = ClipModel(folder)
    told = model.similarities(["red face", "blue", "red blue", "green " * 200], [RED])
    assert told == pytest.approx([1, 0, 0.5**0.5, 0], abs=0.01)
    assert model.similarities(["red", "blue"], [RED, RED, BLUE]) == pytest.approx([2 / 3, 1 / 3], abs=0.01)
    # The middle of a wide picture is seen, its sides are not.
    wide = np.concatenate([BLUE[:, :20], RED[:, :80], BLUE[:, :20]], axis=1)
    assert model.similarities(["red"], [wide]) == pytest.approx([1], abs=0.02)
    assert len(model.digest.split(":")) == 3


def test_frames_come_from_all_over_a_clip(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", [np.full((64, 64, 3), 10 * i, np.uint8) for i in range(20)], 64, None)
    shades = [float(frame.mean()) for frame in frames_to_show(tmp_path / "a.mp4")]
    assert len(shades) == 8
    assert shades[0] == pytest.approx(0, abs=4) and shades[-1] == pytest.approx(190, abs=4)
    with pytest.raises(VideoError):
        frames_to_show(tmp_path / "none.mp4")


def test_what_is_seen_takes_the_place_of_the_units() -> None:
    texts = ["raised eyebrows", "a smile  on the lips", "an open mouth"]
    assert best(texts, {"12"}, 1) == ["a smile on the lips"]
    assert best(texts, {"12"}, 1, [0.2, 0.21, 0.3]) == ["an open mouth"]
    assert best(texts, {"12"}, 3, [0.25, 0.25, 0.25])[0] == "raised eyebrows"
    assert best([], {"12"}, 3, []) == []


@pytest.mark.parametrize("missing", ["vision_model.onnx", "text_model.onnx", "tokenizer.json"])
def test_a_missing_file_is_told(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(AssetError, match=rf"{missing}.*name a folder with vision_model.onnx"):
        ClipModel(folder)


def test_labels_of_a_corpus_are_ranked_by_its_frames(folder: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    draw_track(corpus / "a.npz", {"12": 0.8})
    write_clip(corpus / "a.mp4", [RED[:64, :64]] * 6, 64, None)
    row = ClipRow("anna#happy#level_2#a", "a.mp4", "0", "anna", "happy", 2, files={"track": "a.npz", "video": "a.mp4"})
    write_manifest(corpus, {row.clip: row})
    out, options = tmp_path / "labels", AnnotateOptions(clip=str(folder))
    made = annotate(prepare([corpus], out, options))
    assert len(made.labels[0].sentences) == 5
    assert json.loads(made.report.read_text())["ranked_by"] == "CLIP"
    before = (out / "clips" / "anna_happy_level_2_a.json").stat().st_mtime_ns
    annotate(prepare([corpus], out, options))
    assert (out / "clips" / "anna_happy_level_2_a.json").stat().st_mtime_ns == before
    other = annotate(prepare([corpus], out, AnnotateOptions()))
    assert json.loads(other.report.read_text())["ranked_by"] == "action units"
    assert other.labels[0].made_from != made.labels[0].made_from
    with pytest.raises(InputError, match="there is only a track"):
        prepare([corpus / "a.npz"], out, options)
