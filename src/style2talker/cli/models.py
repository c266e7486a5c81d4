"""`assets` and `doctor`: the model files, and whether this machine has what is needed."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from style2talker.assets.store import cache_folder, list_assets, locate, package_data, pull, verify
from style2talker.cli import flags
from style2talker.cli.telling import progress_bar, tell
from style2talker.errors import AssetError, Style2TalkerError

__all__ = ["assets_app", "doctor"]

assets_app = typer.Typer(no_args_is_help=True, help="The model files: list them, fetch them, check them.")

_PACKAGES = ("numpy", "scipy", "numba", "onnxruntime", "mediapipe", "av", "pillow", "tokenizers")
_DATA = ("rig.npz", "face_triangles.npy", "bfm_map.npz", "lips.onnx", "emotion.npz")
_MEBIBYTE = 1 << 20

Names = Annotated[list[str] | None, typer.Argument(help="Names of assets; all of them when none is given.")]


@assets_app.command("list")
def list_command(as_json: flags.Json = False) -> None:
    """Show every model file, its licence, and where it is.

    Example: style2talker assets list
    """
    states = list_assets()
    for found in states:
        asset = found.asset
        place = str(found.path) if found.state == "ok" else f"{found.state}: style2talker assets pull {asset.name}"
        print(f"{asset.name:18} {asset.size / 1e6:6.1f} MB  {asset.licence:10} {asset.purpose}\n{'':19}{place}")
    facts = [{"name": s.asset.name, "state": s.state, "path": str(s.path), "bytes": s.asset.size} for s in states]
    tell(f"{sum(s.state == 'ok' for s in states)} of {len(states)} are here", as_json, {"assets": facts})


@assets_app.command("pull")
def pull_command(names: Names = None, dry_run: flags.DryRun = False, as_json: flags.Json = False) -> None:
    """Fetch model files that are missing or damaged into the cache.

    Example: style2talker assets pull face_landmarker
    """
    states = {found.asset.name: found for found in list_assets()}
    paths = {}
    for name in names or list(states):
        if name in states:
            asset = states[name].asset
            print(f"{name}: {asset.origin}, {asset.licence}, {asset.size / 1e6:.1f} MB")
        if not dry_run:
            with progress_bar() as progress:
                paths[name] = str(pull(name, progress))
            print(f"{name}: {paths[name]}")
    tell(f"{len(paths)} ready" if not dry_run else "nothing was fetched", as_json, {"paths": paths})


@assets_app.command("verify")
def verify_command(names: Names = None, as_json: flags.Json = False) -> None:
    """Read every byte of the model files and check it.

    Example: style2talker assets verify
    """
    right = {name: verify(name) for name in names or [found.asset.name for found in list_assets()]}
    for name, good in right.items():
        print(f"{name}: {'ok' if good else 'missing or damaged'}")
    wrong = [name for name, good in right.items() if not good]
    if wrong:
        raise AssetError(f"{', '.join(wrong)} missing or damaged: run `style2talker assets pull {' '.join(wrong)}`")
    tell("all model files are whole", as_json, {"verified": sorted(right)})


@dataclass(frozen=True, slots=True)
class _Finding:
    """One line of the doctor's: what was looked at, whether it is well, what was found, the exit status if not."""

    what: str
    good: bool
    found: str
    status: int = 0


def _packages() -> list[_Finding]:
    findings = []
    for name in _PACKAGES:
        try:
            findings.append(_Finding(name, True, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            findings.append(_Finding(name, False, "not installed: install style2talker again", 1))
    return findings


def _models() -> list[_Finding]:
    findings = []
    for state in list_assets():
        needed = 4 if state.asset.name == "face_landmarker" else 0
        try:
            findings.append(_Finding(state.asset.name, True, str(locate(state.asset.name))))
        except AssetError as error:
            findings.append(_Finding(state.asset.name, False, str(error), needed))
    for name in _DATA:
        try:
            findings.append(_Finding(name, True, f"{package_data(name).stat().st_size / 1024:.0f} KiB, in the package"))
        except AssetError as error:
            findings.append(_Finding(name, False, str(error), 4))
    return findings


def _machine() -> list[_Finding]:
    from style2talker.media.writer import codecs_missing
    from style2talker.speech.voice import SYNTHESISERS, synthesiser

    missing = codecs_missing()
    voice = synthesiser()
    cache = cache_folder()
    folder = next(parent for parent in (cache, *cache.parents) if parent.exists())
    free = shutil.disk_usage(folder).free // _MEBIBYTE
    return [
        _Finding("python", sys.version_info >= (3, 11), platform.python_version(), 1),
        _Finding("processors", True, str(os.cpu_count())),
        _Finding("video codecs", not missing, f"missing {', '.join(missing)}" if missing else "H.264 and AAC", 1),
        _Finding("cache", os.access(folder, os.W_OK), f"{cache}, {free} MiB free"),
        _Finding("text to speech", voice is not None, voice or f"none of {', '.join(SYNTHESISERS)} (only for --say)"),
    ]


def doctor(as_json: flags.Json = False) -> None:
    """Say what works here and what is missing.

    Example: style2talker doctor
    """
    findings = [*_machine(), *_packages(), *_models()]
    for finding in findings:
        mark = "ok     " if finding.good else "MISSING" if finding.status else "-      "
        print(f"{mark} {finding.what:18} {finding.found}")
    bad = [finding for finding in findings if not finding.good and finding.status]
    if bad:
        worst = max(finding.status for finding in bad)
        message = f"{', '.join(finding.what for finding in bad)}: see above what to do"
        raise AssetError(message) if worst == 4 else Style2TalkerError(message)
    facts = {finding.what: {"ok": finding.good, "found": finding.found} for finding in findings}
    tell("generate can run here", as_json, facts)
