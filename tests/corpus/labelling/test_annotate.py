from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from labelling_corpus import DRAWN, draw_track

from style2talker.corpus.annotate import Annotated, Job, annotate, prepare
from style2talker.corpus.labelling.endpoint import Answer, Endpoint
from style2talker.corpus.labelling.labels import (
    Label,
    read_corrections,
    read_label,
    write_json,
    write_label,
    write_text,
)
from style2talker.corpus.labelling.options import AnnotateOptions
from style2talker.corpus.labelling.phrases import named_units
from style2talker.corpus.labelling.report import summarise, write_pages, write_report
from style2talker.emotion.lexicon import feeling_of
from style2talker.emotion.manner import tokens
from style2talker.errors import InputError, UsageError

ANGRY = "M003_angry_level_3_001"


def _run(corpus: Path, out: Path, **options: Any) -> Annotated:
    return annotate(prepare([corpus], out, AnnotateOptions(**options)))


def _bytes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_clip_gets_five_sentences_under_the_published_keys(drawn_corpus: Path, tmp_path: Path) -> None:
    made = _run(drawn_corpus, tmp_path / "labels")
    text = json.loads(made.text.read_text(encoding="utf-8"))
    assert list(text) == sorted(text)
    assert all(re.fullmatch(r"[MW]\d{3}_[a-z]+_level_[123]_\d{3}", key) for key in text)
    assert len(text) == 10
    assert all(len(set(sentences)) == 5 for sentences in text.values())


def test_sentences_tell_the_units_that_were_drawn(drawn_corpus: Path, tmp_path: Path) -> None:
    for label in _run(drawn_corpus, tmp_path / "labels").labels:
        drawn = set(DRAWN[str(label.emotion)])
        assert set(label.units) == drawn
        assert {unit for text in label.sentences for unit in named_units(text)} == drawn
        assert min(label.agreement) >= 0.8


def test_sentences_speak_of_the_feeling_and_no_other(drawn_corpus: Path, tmp_path: Path) -> None:
    for label in _run(drawn_corpus, tmp_path / "labels").labels:
        for text in label.sentences:
            named = {found[0] for word in tokens(text) if (found := feeling_of(word))}
            assert named <= {label.emotion}, text


def test_the_same_seed_gives_the_same_bytes_and_a_second_run_writes_nothing(drawn_corpus: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    _run(drawn_corpus, first)
    before = {path: path.stat().st_mtime_ns for path in first.rglob("[!.]*")}
    _run(drawn_corpus, first)
    assert {path: path.stat().st_mtime_ns for path in first.rglob("[!.]*")} == before
    _run(drawn_corpus, second)
    assert _bytes(first) == _bytes(second)
    _run(drawn_corpus, second, seed=1)
    assert _bytes(first)["text.json"] != _bytes(second)["text.json"]


@pytest.mark.parametrize("files", [0, 3, 10])
def test_a_run_that_was_cut_short_ends_in_the_same_bytes(drawn_corpus: Path, tmp_path: Path, files: int) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    _run(drawn_corpus, whole)

    def stop(stage: str, done: int, total: int) -> None:
        if done == files:
            raise KeyboardInterrupt

    if files:
        with pytest.raises(KeyboardInterrupt):
            annotate(prepare([drawn_corpus], cut, AnnotateOptions()), progress=stop)
        assert len(list((cut / "clips").iterdir())) == files
        assert not (cut / "text.json").exists()
    else:
        (cut / "clips").mkdir(parents=True)
    # What a killed process leaves of the file that it was writing.
    (cut / "clips" / f".{ANGRY}.4242-0a1b2c3d.json").write_text('{"key": ', encoding="utf-8")
    _run(drawn_corpus, cut)
    assert _bytes(cut) == _bytes(whole)


def test_a_clip_that_changed_is_labelled_again_and_the_others_are_not(drawn_corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels"
    made = _run(drawn_corpus, out)
    before = {path.name: path.stat().st_mtime_ns for path in (out / "clips").iterdir()}
    draw_track(drawn_corpus / "M003_front_angry_level3_001.npz", {"7": 0.3, "9": 0.7})
    levels = out / "levels.json"
    again = annotate(prepare([drawn_corpus], out, AnnotateOptions(), levels=levels))
    changed = {path.name for path in (out / "clips").iterdir() if path.stat().st_mtime_ns != before[path.name]}
    assert changed == {f"{ANGRY}.json"}
    assert set(again.labels[0].units) == {"9"}
    assert again.labels[1:] == made.labels[1:]


def test_a_new_person_does_not_move_the_labels_when_the_levels_are_given(drawn_corpus: Path, tmp_path: Path) -> None:
    _run(drawn_corpus, tmp_path / "all")
    mine = [path for path in drawn_corpus.iterdir() if path.name.startswith("W009")]
    job = prepare(mine, tmp_path / "one", AnnotateOptions(), levels=tmp_path / "all" / "levels.json")
    alone = json.loads(annotate(job).text.read_text(encoding="utf-8"))
    every = json.loads((tmp_path / "all" / "text.json").read_text(encoding="utf-8"))
    assert alone == {key: value for key, value in every.items() if key.startswith("W009")}


def test_clips_of_unknown_feeling_tell_the_muscles_alone(tmp_path: Path) -> None:
    draw_track(tmp_path / "holiday.npz", {"12": 0.8, "6": 0.4})
    (label,) = _run(tmp_path / "holiday.npz", tmp_path / "labels").labels
    assert (label.key, label.emotion) == ("holiday", None)
    assert all(named_units(text) == {"6", "12"} for text in label.sentences)
    assert not any(feeling_of(word) for text in label.sentences for word in tokens(text))


def test_the_report_tells_coverage_agreement_and_what_was_left_out(drawn_corpus: Path, tmp_path: Path) -> None:
    (drawn_corpus / "M003_front_sad_level2_004.npz").write_bytes(b"nothing")
    made = _run(drawn_corpus, tmp_path / "labels")
    report = json.loads(made.report.read_text(encoding="utf-8"))
    assert (report["clips"], report["labelled"], report["people"]) == (11, 10, 2)
    assert report["emotions"]["happy level 3"] == 2
    assert report["without_units"] == 2
    assert sum(report["units"]["4"].values()) == 2
    assert report["agreement"]["clips"] == 1.0
    assert report["agreement"]["sentences"] >= report["agreement"]["least"] >= 0.8
    assert list(report["left_out"]) == ["M003_front_sad_level2_004"] == list(made.left_out)
    assert report["tracker_against_openface"] is None
    assert report["examples"][ANGRY] == list(made.labels[0].sentences)


def test_agreement_with_openface_is_reported(drawn_corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "openface"
    folder.mkdir()
    for path in drawn_corpus.glob("*.npz"):
        amount = 0 if "neutral" in path.name else 4
        rows = f"frame, success, AU04_r, AU12_r\n1, 1, {amount if 'angry' in path.name else 0}, {amount}\n"
        (folder / f"{path.stem}.csv").write_text(rows, encoding="utf-8")
    made = annotate(prepare([drawn_corpus], tmp_path / "labels", AnnotateOptions(), openface=folder))
    report = json.loads(made.report.read_text(encoding="utf-8"))
    # Angry: 4 of both; fear and surprise: nothing against 12; happiness: 12 of both; neutral: nothing of either.
    assert report["tracker_against_openface"] == pytest.approx((2 / 3 + 0 + 1 + 1 + 0) / 5, abs=1e-3)
    assert set(made.labels[0].units) == {"4", "12"}


def test_corrections_are_taken_kept_and_checked(drawn_corpus: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "labels", tmp_path / "mine.json"
    own = [f"He is angry, number {number}." for number in range(5)]
    file.write_text(json.dumps({ANGRY: own}), encoding="utf-8")
    _run(drawn_corpus, out)
    annotate(prepare([drawn_corpus], out, AnnotateOptions()), corrections=file)
    made = _run(drawn_corpus, out)
    assert json.loads(made.text.read_text(encoding="utf-8"))[ANGRY] == own
    assert (made.labels[0].source, made.labels[0].agreement) == ("person", (0.0,) * 5)
    assert made.labels[1].source == "grammar"
    file.write_text(json.dumps({"M003_sad_level_1_001": own}), encoding="utf-8")
    with pytest.raises(InputError, match="no clip M003_sad_level_1_001"):
        annotate(prepare([drawn_corpus], out, AnnotateOptions()), corrections=file)


@pytest.mark.parametrize("content", ["", "[1]", '{"a": 3}', '{"a": ["x", "y"]}', '{"a": ["x", "x", "y", "z", "w"]}'])
def test_corrections_that_cannot_be_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        read_corrections(tmp_path / "c.json", 5)


class Writer:
    """A language model that writes what is true, what is false, and for sad clips nothing."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> Answer:
        self.asked += 1
        answer = {}
        for number, line in re.findall(r"^(\d+)\. (.*)$", messages[1]["content"], re.M):
            muscles = re.sub(r" \((\w+)\)", r" with \1 level", line.split("muscles: ")[1])
            said = "" if muscles == "none" else f", with {muscles}"
            good = [f"The person number {i} feels it{said}." for i in range(6)]
            answer[number] = ["She puffs her cheeks."] * 2 + good if "happy" not in line else []
        return Answer(json.dumps(answer), 1, 1)


def test_a_language_model_writes_and_the_best_are_kept(drawn_corpus: Path, tmp_path: Path) -> None:
    out, writer = tmp_path / "labels", Writer()
    options = AnnotateOptions(model="small", batch=4)
    job = prepare([drawn_corpus], out, options, key="secret")
    assert job.estimate().questions == 10
    made = annotate(job, asker=writer)
    assert {label.source for label in made.labels} == {"model"}
    assert all(min(label.agreement) == 1.0 for label in made.labels)
    assert {name.split("_")[2] for name in made.left_out} == {"happy"}
    assert all("no usable sentences" in reason for reason in made.left_out.values())
    assert "secret" not in "".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file())
    asked = writer.asked
    again = prepare([drawn_corpus], out, options)
    assert again.estimate().questions == 2
    annotate(again, asker=writer)
    # The synonyms, which are no use here, and the two happy clips, in a batch and each alone.
    assert writer.asked - asked == 1 + 1 + 2


def test_without_a_model_nothing_would_be_asked(drawn_corpus: Path, tmp_path: Path) -> None:
    job = prepare([drawn_corpus], tmp_path, AnnotateOptions())
    assert isinstance(job, Job) and job.endpoint is None
    assert job.estimate().requests == 0
    assert not (tmp_path / "labels").exists()


def test_nothing_usable_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"x")
    with pytest.raises(InputError, match="none of 1 clips can be labelled, a: "):
        prepare([tmp_path], tmp_path / "labels", AnnotateOptions())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"threshold": 0}, "--threshold is 0"),
        ({"threshold": "x"}, "a number"),
        ({"keep": 0}, "--keep is 0"),
        ({"candidates": 3}, "must be 5"),
        ({"seed": True}, "a number"),
        ({"model": 3}, "a text"),
        ({"base_url": "localhost", "model": "m"}, "begin with http"),
    ],
)
def test_wrong_options_are_refused(drawn_corpus: Path, tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        prepare([drawn_corpus], tmp_path, AnnotateOptions(**wrong))


def _label(key: str, sentence: str = "He is sad.") -> Label:
    return Label(key, key, "a", "sad", 2, {"15": 0.4}, {"15": "high"}, "none", "grammar", (sentence,), (0.0,), "x")


def test_a_label_there_and_back(tmp_path: Path) -> None:
    write_label(tmp_path, _label("k"))
    assert read_label(tmp_path, "k", "x") == _label("k")
    assert read_label(tmp_path, "k", "y") is None
    assert read_label(tmp_path, "other", "x") is None
    (tmp_path / "k.json").write_text('{"key": "k"}', encoding="utf-8")
    assert read_label(tmp_path, "k", "x") is None


def _data(page: Path) -> dict[str, Any]:
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found is not None
    return dict(json.loads(found[1]))


def test_pages_hold_every_label_and_need_nothing_else(tmp_path: Path) -> None:
    labels = [_label(f"clip{number:03}", "</script><b> & “sad”") for number in range(251)]
    summary = summarise(labels, {"lost": "no <face>"})
    pages = write_pages(tmp_path, labels, summary)
    assert [page.name for page in pages] == ["labels.html", "labels-2.html"]
    first, second = map(_data, pages)
    assert len(first["clips"]) == 250
    assert [clip["key"] for clip in second["clips"]] == ["clip250"]
    assert first["clips"][0]["sentences"] == ["</script><b> & “sad”"]
    assert first["clips"][0]["units"] == [["15", "lip corner depressor", "high", 0.4]]
    assert ["Left out: lost", "no <face>"] in first["summary"]
    for page in pages:
        assert not re.search(r"(src|href)\s*=\s*[\"']|url\(|@import|https?://", page.read_text(encoding="utf-8"))


def test_an_empty_report_has_no_mean(tmp_path: Path) -> None:
    write_report(tmp_path / "report.json", summarise([], {"a": "b"}))
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["agreement"] == {"sentences": None, "least": None, "clips": None}
    (page,) = write_pages(tmp_path, [], report)
    assert _data(page)["clips"] == []


def test_the_published_map_is_sorted_and_written_once(tmp_path: Path) -> None:
    path = tmp_path / "text.json"
    write_text(path, [_label("b"), _label("a", "Sie ist müde.")])
    assert path.read_text(encoding="utf-8") == '{\n "a": [\n  "Sie ist müde."\n ],\n "b": [\n  "He is sad."\n ]\n}\n'
    before = path.stat().st_mtime_ns
    write_json(path, {"a": ["Sie ist müde."], "b": ["He is sad."]})
    assert path.stat().st_mtime_ns == before
    write_json(path, {})
    assert path.read_text(encoding="utf-8") == "{}\n"
