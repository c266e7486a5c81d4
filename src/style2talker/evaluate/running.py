"""Many clips: judged in parallel, each kept as soon as it is done, so that a second run goes on where one stopped."""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import cv2

from style2talker.errors import InputError, UsageError
from style2talker.evaluate.inputs import Pair
from style2talker.evaluate.judged import Judged, load_judged, save_judged
from style2talker.evaluate.judging import judge_pair
from style2talker.evaluate.networks.extractors import KINDS, Extractor
from style2talker.media.picture import write_picture
from style2talker.runtime.network import digest

__all__ = ["PATHS", "EvaluateOptions", "judge_all", "key_of"]

_EDITION = "2"
"""Counted up when a metric changes, so that older results are not taken for new ones."""


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """Options of `evaluate`.

    Attributes:
        every: pictures are judged in every so many frames; what changes between frames, in all of them.
        jobs: processes; 0 for one on each core.
        portrait: the picture that the clips were made from; "" for none.
        art: the art picture that they should look like; "" for none.
        emotion: label, sentence or timeline that they were asked to feel; "" for none.
        judge: folder of labelled recordings from which a judge of emotions learns; "" for none.
        csim: ONNX file of ArcFace; "" for none.
        fid: ONNX file of Inception; "" for none.
        lpips: ONNX file of LPIPS; "" for none.
        syncnet: ONNX file of SyncNet; "" for none.
    """

    every: int = 1
    jobs: int = 0
    portrait: str = ""
    art: str = ""
    emotion: str = ""
    judge: str = ""
    csim: str = ""
    fid: str = ""
    lpips: str = ""
    syncnet: str = ""

    def __post_init__(self) -> None:
        for name, low, high in (("every", 1, 1000), ("jobs", 0, 1024)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise UsageError(f"{name} is {value!r}, allowed is a whole number from {low} to {high}")
        for name in (*PATHS, "emotion"):
            if not isinstance(getattr(self, name), str):
                raise UsageError(f"{name} is {getattr(self, name)!r}, expected a text")

    def networks(self) -> dict[str, Path]:
        """Option of `networks.extractors.KINDS` -> file, of those that were given."""
        return {kind: Path(getattr(self, kind)) for kind in KINDS if getattr(self, kind)}


PATHS = ("portrait", "art", "judge", *KINDS)
"""Options that name a file or a folder."""

Job = tuple[Pair, str, Path | None, int, Path, Mapping[str, Path]]


def key_of(pair: Pair, foreign: Path | None, every: int, networks: Sequence[str] = ()) -> str:
    """What a result depends on: the content of the files, the options, the networks and the edition of the metrics.

    Args:
        pair: the clip.
        foreign: file of the sound of another clip.
        every: as for `judge_all`.
        networks: kind and SHA-256 of each.
    """
    parts = [
        _EDITION,
        str(every),
        *networks,
        *("-" if path is None else digest(path) for path in (*pair.files, foreign)),
    ]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]


def _begin() -> None:
    """Workers leave interrupts to the one who started them, and use one thread each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


def _work(job: Job) -> Judged:
    """Judge a clip and keep it; a clip that cannot be read is kept as an error."""
    pair, key, foreign, every, folder, files = job
    try:
        judged, strip = judge_pair(pair, key, foreign, every, files)
    except InputError as error:
        return Judged(pair.clip, key, error=str(error))
    if strip is not None:
        write_picture(folder / f"{pair.clip}.jpg", strip)
    save_judged(folder, judged)
    return judged


def _foreign(number: int, pairs: Sequence[Pair]) -> Path | None:
    """The sound of the next clip that says something else: seeds of one voice would be no foreign sound."""

    def voice(pair: Pair) -> Path:
        return pair.sound or pair.reference or pair.generated

    own = pairs[number]
    others = [
        pair
        for pair in (*pairs[number + 1 :], *pairs[:number])
        if voice(pair) != voice(own) and not (own.group and pair.group == own.group)
    ]
    return next(map(voice, others), None)


def _done(jobs: Sequence[Job], processes: int) -> Iterator[Judged]:
    if processes <= 1 or len(jobs) <= 1:
        yield from (_work(job) for job in jobs)
        return
    pool = ProcessPoolExecutor(min(processes, len(jobs)), multiprocessing.get_context("spawn"), _begin)
    try:
        for future in as_completed([pool.submit(_work, job) for job in jobs]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def judge_all(
    pairs: Sequence[Pair],
    folder: Path,
    every: int = 1,
    processes: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    networks: Sequence[Extractor] = (),
) -> tuple[list[Judged], int]:
    """Judge clips, or take from the folder what an earlier run has judged of the same files.

    Args:
        pairs: the clips. Each is also heard with the sound of the next one that says something else.
        folder: where each clip is kept; it is made.
        every: pictures are judged in every so many frames.
        processes: how many at once.
        progress: called with a name, clips done and clips in all.
        networks: that published metrics stand on.

    Returns:
        (clips in the order of the pairs, those that could not be read with their error; how many were taken over).

    Raises:
        InputError: not one clip could be judged.
        AssetError: the face model is missing.
        OutputError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Judged] = {}
    jobs: list[Job] = []
    files = {each.kind: each.path for each in networks}
    names = [f"{each.kind} {each.sha256}" for each in networks]
    for number, pair in enumerate(pairs):
        foreign = _foreign(number, pairs)
        key = key_of(pair, foreign, every, names)
        kept = load_judged(folder, pair.clip, key)
        if kept is None:
            jobs.append((pair, key, foreign, every, folder, files))
        else:
            found[pair.clip] = kept
    taken = len(found)
    for judged in _done(jobs, processes):
        found[judged.clip] = judged
        if progress is not None:
            progress("judging", len(found), len(pairs))
    clips = [found[pair.clip] for pair in pairs]
    if all(clip.error for clip in clips):
        raise InputError(clips[0].error)
    return clips, taken
