"""A Dask cluster makes the same bytes as one process, though a worker is killed in between."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_videos import clicks, picture, write_video

from style2talker.corpus.cluster import cluster_results
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Place
from style2talker.corpus.runner import run_stage
from style2talker.corpus.settings import CorpusOptions, CropOptions, NoOptions, PackOptions, PeopleOptions
from style2talker.corpus.sources import open_sources
from style2talker.corpus.stages import STAGES
from style2talker.errors import UsageError

CHAIN: dict[str, object] = {
    "crop": CropOptions(size=64, box="whole", min_frames=10),
    "mel": NoOptions(),
    "pack": PackOptions(64),
}


def dask(*words: str) -> subprocess.Popen[bytes]:
    """A part of a cluster in a process of its own, with one thread for linear algebra as its nannies would have."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its two workers."""
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    file = tmp_path / "scheduler.json"
    words = ["--scheduler-file", str(file), "--no-dashboard"]
    parts = [dask("distributed.cli.dask_scheduler", *words, "--port", "0", "--host", "127.0.0.1")]
    worker = ["--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path / "dask")]
    parts += [dask("distributed.cli.dask_worker", *words, *worker) for _ in range(2)]
    begun = time.monotonic()
    while not file.is_file() and time.monotonic() - begun < 180:
        time.sleep(0.05)
    try:
        yield file.read_text().split('"address": "')[1].split('"')[0], parts[1:]
    finally:
        for part in reversed(parts):
            part.terminate()
            part.wait(60)


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_cluster_makes_the_same_bytes_though_it_loses_a_worker(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, workers = cluster
    for number in range(5):
        frames = [picture([(40 + 2 * i, 60)], ground=40 + 10 * number) for i in range(30)]
        write_video(tmp_path / "raw" / f"p{number}" / "a.mp4", frames, sound=clicks((0.4,), 1.2))
    made = []
    for name, where, jobs in (("here", None, 1), ("there", address, 0)):
        options = CorpusOptions((str(tmp_path / "raw"),), str(tmp_path / name))
        place = open_sources(options, PeopleOptions(("p3",)))
        for stage, chosen in CHAIN.items():
            told = []

            def kill_one(stage: str, done: int, total: int, told: list[int] = told) -> None:
                told.append(done)
                if len(told) == 1 and stage == "crop" and workers[0].poll() is None:
                    workers[0].send_signal(signal.SIGKILL)

            killing = kill_one if where is not None else None
            summary = run_stage(place, STAGES[stage], chosen, jobs, killing, scheduler=where)
            assert (summary.done, summary.failed) == (5, 0)
        made.append(content(place.folder))
    assert made[0] == made[1]
    assert workers[0].poll() is not None


def test_an_address_without_a_scheduler_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    monkeypatch.setattr("style2talker.corpus.cluster._PATIENCE", "1s")
    rows = [ClipRow("a", "a", "h", "p")]
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        next(cluster_results(STAGES["mel"], rows, Place(tmp_path), NoOptions(), "tcp://127.0.0.1:1"))


def test_without_dask_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="pip install distributed"):
        next(cluster_results(STAGES["mel"], [], Place(tmp_path), NoOptions(), "tcp://127.0.0.1:1"))
