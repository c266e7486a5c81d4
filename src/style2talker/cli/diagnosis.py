"""What `doctor` checks, one after the other: what was found, whether it will do, and what to do if not."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from style2talker.assets.store import AssetState, cache_folder, list_assets, package_data
from style2talker.errors import AssetError, Style2TalkerError

__all__ = ["LIBRARIES", "WEIGHTS", "Check", "diagnose", "exit_status"]

LIBRARIES = (
    "numpy", "scipy", "numba", "onnxruntime", "mediapipe", "opencv-contrib-python", "av", "pillow",
    "typer", "rich", "tokenizers",
)  # fmt: skip
"""Distributions that the package needs, as in its metadata."""

WEIGHTS = ("rig.npz", "face_triangles.npy", "emotion.npz", "speech_encoder.onnx", "denoiser.onnx", "bfm_map.npz")
"""Weights of our own that `generate` loads or may load."""

_NEEDED_ASSETS = ("face_landmarker",)
_FIRST_SECONDS = 1.0
_REINSTALL = "install style2talker again"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what.
        good: whether it is there and works.
        found: what was found.
        advice: what to do when it is not good.
        status: exit status that its lack means; 0 where `generate` runs without it.
    """

    name: str
    good: bool
    found: str
    advice: str = ""
    status: int = 0

    def line(self) -> str:
        """The check on one line."""
        told = f"{'ok' if self.good else 'missing':8} {self.name}: {self.found}"
        return told if self.good else f"{told}; {self.advice}{'' if self.status else ' (not needed for everything)'}"

    def facts(self) -> dict[str, object]:
        """The check for programs."""
        return {"name": self.name, "ok": self.good, "found": self.found, "advice": "" if self.good else self.advice}


def exit_status(checks: Sequence[Check]) -> int:
    """0 when nothing needed is lacking; 4 when a model file is; otherwise 1."""
    return max((check.status for check in checks if not check.good), default=0)


def diagnose() -> Iterator[Check]:
    """Every check in turn; the last one makes a tiny clip unless something that it needs is lacking."""
    so_far = []
    for check in _installation():
        so_far.append(check)
        yield check
    if exit_status(so_far) == 0:
        yield _first_run()


def _installation() -> Iterator[Check]:
    version = platform.python_version()
    yield Check("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer", 1)
    yield from (_library(name) for name in LIBRARIES)
    yield from (_asset(state) for state in list_assets())
    yield from (_weights(name) for name in WEIGHTS)
    yield _machine()
    yield _providers()
    yield _codecs()
    yield _cache()
    yield _synthesisers()
    yield _compiled()


def _library(name: str) -> Check:
    try:
        return Check(name, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(name, False, "not installed", f"{_REINSTALL}, or: pip install {name}", 1)


def _asset(state: AssetState) -> Check:
    name = state.asset.name
    status = AssetError.exit_status if name in _NEEDED_ASSETS else 0
    found = str(state.path) if state.state == "ok" else f"{state.fault}, {state.asset.purpose}"
    return Check(f"model {name}", state.state == "ok", found, f"run style2talker assets pull {name}", status)


def _weights(name: str) -> Check:
    try:
        size = package_data(name).stat().st_size
    except AssetError:
        return Check(f"weights {name}", False, "not in the installation", _REINSTALL, AssetError.exit_status)
    return Check(f"weights {name}", size > 0, f"{size / 1e3:.0f} kB", _REINSTALL, AssetError.exit_status)


def _machine() -> Check:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        memory = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB of memory"
    except (AttributeError, ValueError, OSError):
        memory = "memory unknown"
    return Check("machine", True, f"{platform.system()} {platform.machine()}, {cores} CPU cores, {memory}")


def _providers() -> Check:
    try:
        from style2talker.runtime.session import runtime_providers

        names = runtime_providers()
    except ImportError as error:
        return Check("ONNX Runtime", False, str(error), _REINSTALL, 1)
    return Check("ONNX Runtime", "CPUExecutionProvider" in names, ", ".join(names), "pip install onnxruntime", 1)


def _codecs() -> Check:
    advice = "pip install --force-reinstall --only-binary=:all: av"
    try:
        from style2talker.media.writer import codecs_missing

        missing = codecs_missing()
    except ImportError as error:
        return Check("codecs", False, str(error), advice, 1)
    return Check("codecs", not missing, f"no {', '.join(missing)}" if missing else "H.264 and AAC", advice, 1)


def _cache() -> Check:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = "name another folder by STYLE2TALKER_CACHE"
        return Check("cache folder", False, f"{folder} cannot be written, {error.strerror}", advice)
    return Check("cache folder", True, f"{folder}, {shutil.disk_usage(folder).free / 1e9:.1f} GB free")


def _synthesisers() -> Check:
    try:
        from style2talker.speech.voice import synthesisers
    except ImportError as error:
        return Check("text to speech", False, str(error), _REINSTALL)
    names = synthesisers()
    advice = "for --say install espeak-ng or flite"
    return Check("text to speech", bool(names), ", ".join(names) or "no program found", advice)


def _compiled() -> Check:
    """Where Numba keeps what it compiled; without such a place it would compile at every start, or not at all."""
    advice = "name a folder that can be written by NUMBA_CACHE_DIR"
    try:
        from style2talker.style_a import warp

        kernel = next(value for value in vars(warp).values() if hasattr(value, "py_func"))
    except (ImportError, RuntimeError, StopIteration) as error:
        return Check("Numba cache", False, " ".join(str(error).split()) or "no compiled function", advice, 1)
    folder = Path(kernel.stats.cache_path)
    count = len(list(folder.glob("*.nbi")))
    return Check("Numba cache", True, f"{folder}, {f'{count} functions' if count else 'empty, the first run compiles'}")


def _first_run() -> Check:
    """Make one frame of the bundled example."""
    began = time.perf_counter()
    try:
        from style2talker.media.audio import Sound, read_sound
        from style2talker.talker import Talker

        whole = read_sound(package_data("example/speech.wav"))
        voice = Sound(whole.samples[: round(_FIRST_SECONDS * whole.rate)], whole.rate)
        clip = Talker().generate(package_data("example/portrait.jpg"), voice, size=128)
        frame = next(iter(clip))
    except Style2TalkerError as error:
        return Check("first run", False, str(error), _REINSTALL, error.exit_status if error.exit_status == 4 else 1)
    except Exception as error:
        return Check("first run", False, f"{type(error).__name__}: {' '.join(str(error).split())}", _REINSTALL, 1)
    height, width = frame.shape[:2]
    return Check("first run", True, f"a frame of {width} x {height} in {time.perf_counter() - began:.1f} s")
