"""Tracked clips -> five sentences each, after the published labour-free pipeline.

Action units of every clip are measured and cut into three levels by the terciles of the corpus; a word for the feeling
is drawn by emotion and level; candidate sentences come from a grammar or a language model; those that agree best with
what was measured are kept.

Into the folder of labels go text.json (the published map of key -> sentences), report.json, levels.json, the pages
labels.html, and under clips/ all that is known of each clip.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from style2talker import __version__
from style2talker.corpus.labelling import grammar, prompting
from style2talker.corpus.labelling.clip_model import ClipModel, frames_to_show
from style2talker.corpus.labelling.endpoint import Endpoint, ask
from style2talker.corpus.labelling.labels import (
    Label,
    read_corrections,
    read_label,
    write_json,
    write_label,
    write_text,
)
from style2talker.corpus.labelling.levels import Levels, corpus_levels, read_levels, write_levels
from style2talker.corpus.labelling.measure import Measured, measure
from style2talker.corpus.labelling.options import AnnotateOptions
from style2talker.corpus.labelling.phrases import named_units
from style2talker.corpus.labelling.ranking import agreement, best
from style2talker.corpus.labelling.report import summarise, write_pages, write_report
from style2talker.corpus.labelling.synonyms import SYNONYMS, Words
from style2talker.corpus.labelling.tracks import TrackedClip, find_tracks
from style2talker.corpus.runner import locked
from style2talker.errors import InputError

__all__ = ["Annotated", "Job", "annotate", "prepare"]

_CACHE, _CLIPS, _TEXT, _REPORT, _LEVELS = "answers", "clips", "text.json", "report.json", "levels.json"
_CORRECTIONS = "corrections.json"
_MIDDLE = 2
"""Level of the words for a clip whose level is unknown."""

Progress = Callable[[str, int, int], None]
Table = Mapping[str, Sequence[Words]]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be labelled, measured and ready.

    Attributes:
        out: folder of the labels.
        options: how.
        measured: the clips.
        left_out: clip -> reason.
        levels: where units are activated, and how strongly.
        endpoint: of a language model, None for the grammar.
        clip: what ranks candidates by frames, None to rank them by action units.
    """

    out: Path
    options: AnnotateOptions
    measured: Sequence[Measured]
    left_out: Mapping[str, str]
    levels: Levels
    endpoint: Endpoint | None
    clip: ClipModel | None = None

    def estimate(self) -> prompting.Estimate:
        """What asking the language model would take; nothing without one."""
        if self.endpoint is None:
            return prompting.Estimate(0, 0, 0, 0)
        words = prompting.remembered_words(self.endpoint, self.out / _CACHE) or SYNONYMS
        return prompting.estimate(_questions(self, words), self.endpoint, self.out / _CACHE, self.options.batch)


@dataclass(frozen=True, slots=True)
class Annotated:
    """What a run made.

    Attributes:
        labels: of the clips, in the order of their keys.
        left_out: clip -> reason.
        text: the published map.
        page: the first page of labels.
        report: the report.
    """

    labels: Sequence[Label]
    left_out: Mapping[str, str]
    text: Path
    page: Path
    report: Path


def prepare(
    paths: Sequence[Path],
    out: Path,
    options: AnnotateOptions,
    key: str | None = None,
    openface: Path | None = None,
    levels: Path | None = None,
) -> Job:
    """Find and measure the clips, without writing anything.

    Args:
        paths: folders of corpora, tracked clips, or folders of them.
        out: folder of the labels.
        options: how to label.
        key: for the endpoint of the language model.
        openface: folder of tables that OpenFace made of the clips.
        levels: file of cut points to use instead of those of this corpus, such as for a person left out.

    Raises:
        InputError: there is nothing to label, a file cannot be read, or frames are to be ranked by and there are none.
        AssetError: the files of CLIP are missing or damaged.
        UsageError: the endpoint cannot be one.
    """
    endpoint = None
    if options.model:
        endpoint = Endpoint(options.base_url, options.model, key, options.temperature)
    cuts = read_levels(levels) if levels is not None else None
    clips, twins = find_tracks(paths)
    measured, unreadable = measure(clips, openface)
    if not measured:
        name, reason = next(iter(unreadable.items()))
        raise InputError(f"none of {len(clips)} clips can be labelled, {name}: {reason}")
    found = cuts or corpus_levels([each.intensities for each in measured], options.threshold)
    ranker = ClipModel(Path(options.clip)) if options.clip else None
    blind = [each.clip.name for each in measured if each.clip.video is None]
    if ranker is not None and blind:
        raise InputError(f"--clip needs pictures, of {blind[0]} there is only a track: name the folder of a corpus")
    return Job(out, options, measured, twins | unreadable, found, endpoint, ranker)


def annotate(
    job: Job,
    corrections: Path | None = None,
    asker: prompting.Asker = ask,
    progress: Progress | None = None,
) -> Annotated:
    """Label the clips of a job. Clips that are labelled already, from the same, are not touched.

    Args:
        job: what `prepare` made.
        corrections: sentences of a person, kept for later runs as well.
        asker: what asks the language model.
        progress: called with the name of a stage, clips done and clips in all.

    Raises:
        InputError: the corrections cannot be read, or are of clips that there are not.
        UsageError: the endpoint refuses, or another run is at work in the folder.
        Style2TalkerError: it does not answer; what was answered is kept.
        OutputError: the labels cannot be written there.
    """
    with locked(job.out):
        (job.out / _CLIPS).mkdir(exist_ok=True)
        written = _corrections(job, corrections)
        drawn = _candidates(job, asker, progress)
        left_out, labels = dict(job.left_out), []
        for number, (each, sentences) in enumerate(zip(job.measured, drawn, strict=True), 1):
            own = written.get(each.clip.key)
            if own is None and sentences is None:
                left_out[each.clip.name] = (
                    "the language model gave no usable sentences: run again, or use another model"
                )
            else:
                labels.append(_label(job, each, own or (), sentences or []))
            if progress is not None:
                progress("labels", number, len(job.measured))
        return _written(job, labels, left_out)


def _written(job: Job, labels: list[Label], left_out: dict[str, str]) -> Annotated:
    """Write what is made of all labels together."""
    write_text(job.out / _TEXT, labels)
    write_levels(job.out / _LEVELS, job.levels)
    summary = {
        **summarise(labels, left_out),
        "tracker_against_openface": _against_openface(job),
        "ranked_by": "action units" if job.clip is None else "CLIP",
        "options": dataclasses.asdict(job.options),
        "version": __version__,
    }
    write_report(job.out / _REPORT, summary)
    pages = write_pages(job.out, labels, summary)
    return Annotated(labels, left_out, job.out / _TEXT, pages[0], job.out / _REPORT)


def _corrections(job: Job, path: Path | None) -> dict[str, tuple[str, ...]]:
    """Sentences of a person: those of earlier runs, with the new ones on top."""
    kept = job.out / _CORRECTIONS
    earlier = read_corrections(kept, job.options.keep) if kept.is_file() else {}
    if path is None:
        return earlier
    new = read_corrections(path, job.options.keep)
    unknown = sorted(set(new) - {each.clip.key for each in job.measured})
    if unknown:
        raise InputError(f"corrections {path}: there is no clip {unknown[0]} here: name corrections of these clips")
    merged = earlier | new
    write_json(kept, {key: list(merged[key]) for key in sorted(merged)})
    return merged


def _rng(job: Job, clip: TrackedClip) -> Generator:
    """Chance for a clip: the same whatever other clips there are."""
    return np.random.default_rng([job.options.seed, *hashlib.sha256(clip.key.encode()).digest()[:8]])


def _words(clip: TrackedClip, table: Table) -> Words | None:
    return None if clip.emotion is None else table[clip.emotion][(clip.level or _MIDDLE) - 1]


def _questions(job: Job, table: Table) -> list[prompting.Question]:
    questions = []
    for each in job.measured:
        words = _words(each.clip, table)
        feeling = None
        if words is not None:
            word = words.adjectives[int(_rng(job, each.clip).integers(len(words.adjectives)))]
            feeling = f"{word} ({each.clip.emotion}, level {each.clip.level or _MIDDLE} of 3)"
        units = job.levels.activated(each.intensities)
        questions.append(prompting.Question(each.clip.kind, feeling, units, job.options.candidates))
    return questions


def _candidates(job: Job, asker: prompting.Asker, progress: Progress | None) -> list[list[str] | None]:
    """Candidate sentences for each clip, None where the language model gave none."""
    options, cache = job.options, job.out / _CACHE
    if job.endpoint is not None:
        table = prompting.ask_for_words(job.endpoint, cache, asker)
        told = None if progress is None else lambda done, total: progress("sentences", done, total)
        questions = _questions(job, table)
        return prompting.ask_for_candidates(
            questions, job.endpoint, cache, options.batch, options.parallel, asker, told
        )
    return [
        grammar.candidates(
            _rng(job, each.clip),
            options.candidates,
            _words(each.clip, SYNONYMS),
            job.levels.activated(each.intensities),
            each.clip.kind,
        )
        for each in job.measured
    ]


def _label(job: Job, each: Measured, own: tuple[str, ...], drawn: list[str]) -> Label:
    """The label of a clip: read where it was made from the same, else made and stored."""
    clip, keep = each.clip, job.options.keep
    units = job.levels.activated(each.intensities)
    about = [clip.key, clip.name, clip.emotion, clip.level, dict(each.intensities), units, each.rest, own, drawn, keep]
    about += [job.clip.digest] if job.clip is not None else []
    digest = hashlib.sha256(json.dumps([__version__, *about]).encode()).hexdigest()[:32]
    folder = job.out / _CLIPS
    found = read_label(folder, clip.key, digest)
    if found is not None:
        return found
    sentences = own or tuple(best(drawn, units, keep, _seen(job, clip, drawn)))
    label = Label(
        key=clip.key,
        clip=clip.name,
        actor=clip.actor,
        emotion=clip.emotion,
        level=clip.level,
        intensities=dict(each.intensities),
        units=units,
        rest=each.rest,
        source="person" if own else "grammar" if job.endpoint is None else "model",
        sentences=sentences,
        agreement=tuple(round(agreement(named_units(text), units), 4) for text in sentences),
        made_from=digest,
    )
    write_label(folder, label)
    return label


def _seen(job: Job, clip: TrackedClip, drawn: list[str]) -> list[float] | None:
    """How well each candidate tells what CLIP sees in frames of a clip; None without CLIP."""
    if job.clip is None or clip.video is None:
        return None
    return [float(value) for value in job.clip.similarities(drawn, frames_to_show(clip.video))]


def _against_openface(job: Job) -> float | None:
    """Mean F1 over clips of the units that our tracking and OpenFace find activated; None without tables."""
    scores = []
    for each in job.measured:
        if each.tracked is not None:
            both = set(each.tracked) & set(each.intensities)
            ours, theirs = (
                set(job.levels.activated({unit: found[unit] for unit in both}))
                for found in (each.tracked, each.intensities)
            )
            scores.append(agreement(ours, theirs))
    return round(sum(scores) / len(scores), 4) if scores else None
