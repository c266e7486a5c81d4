"""The rules that the code is built by, held over its syntax trees; each rule is shown to catch what it forbids."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "style2talker"
MODULES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted(
    path
    for path in [*ROOT.glob("*.py"), *(p for d in ("benchmarks", "examples", "scripts") for p in (ROOT / d).rglob("*"))]
    if path.is_file() and (path.suffix == ".py" or path.read_bytes()[:40].startswith(b"#!/usr/bin/env python"))
)

LEVELS = {
    "errors": 0,
    "records": 1,
    "config": 2,
    "media": 3,
    "runtime": 3,
    "assets": 3,
    "face": 4,
    "speech": 4,
    "emotion": 4,
    "style_e": 5,
    "style_a": 5,
    "talker": 6,
    "corpus": 6,
    "train": 7,
    "evaluate": 7,
    "studio": 8,
    "cli": 9,
    "": 10,
    "__main__": 10,
}
"""Room -> level; a module may import its own room and lower levels only. "" is the package's own `__init__`."""

FORBIDDEN_PAIRS = {("evaluate", "talker"): "evaluate judges files and never imports talker"}
CONFINED = {
    "torch": "train",
    "lightning": "train",
    "pytorch_lightning": "train",
    "lightning_fabric": "train",
    "tensorboardX": "train",
    "onnx": "train",
    "onnxscript": "train",
    "torchvision": None,
    "torchaudio": None,
    "onnxruntime": "runtime",
}
"""Library -> the one room that may import it; None: no room may."""

HEAVY = ("torch", "onnxruntime", "mediapipe", "numba", "cv2", "scipy", "av", "typer", "tokenizers")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
MODULE_LINES = 400
FUNCTION_LINES = 60
ABSOLUTE_PATH = re.compile(r"(?<![\w.:/~<-])/(?:tmp|home|work|root|Users|mnt|opt|var|srv|data)/|\b[A-Z]:\\\w")


def imported(tree: ast.Module, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything that a module imports, wherever in the module, relative names resolved."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            parents = module.split(".")
            keep = len(parents) - node.level + (1 if is_package else 0)
            prefix = ".".join(parents[:keep]) if node.level else ""
            source = ".".join(part for part in (prefix, node.module) if part)
            for alias in node.names:
                yield node.lineno, f"{source}.{alias.name}"


def room_of(dotted: str) -> str | None:
    """The room that a dotted name lies in, None outside the package. Public names at the root count as talker."""
    parts = dotted.split(".")
    if parts[0] != "style2talker":
        return None
    if len(parts) == 1:
        return ""
    if parts[1] in LEVELS:
        return parts[1]
    return None if parts[1] == "__version__" else "talker"


def order_violations(source: str, module: str, is_package: bool = False) -> list[str]:
    """Imports against the order of the rooms."""
    room = room_of(module)
    if room == "":
        return []
    if room not in LEVELS or (room == "talker" and not module.startswith("style2talker.talker")):
        return [f"{module} is in no room of the architecture"]
    found = []
    for line, name in imported(ast.parse(source), module, is_package):
        other = room_of(name)
        if other is None or other == room:
            continue
        if (room, other) in FORBIDDEN_PAIRS:
            found.append(f"{module}:{line} {FORBIDDEN_PAIRS[room, other]}")
        elif LEVELS[other] >= LEVELS[room]:
            found.append(f"{module}:{line} {room} may not import {other} ({name})")
    return found


def confined_violations(source: str, module: str, is_package: bool = False) -> list[str]:
    """Libraries imported outside the one room that may."""
    return [
        f"{module}:{line} {name.split('.')[0]} belongs to {CONFINED[name.split('.')[0]] or 'no room'}"
        for line, name in imported(ast.parse(source), module, is_package)
        if name.split(".")[0] in CONFINED and room_of(module) != CONFINED[name.split(".")[0]]
    ]


def print_violations(source: str, module: str) -> list[str]:
    """`print` outside the command line."""
    if room_of(module) == "cli":
        return []
    return [
        f"{module}:{node.lineno} print belongs to cli"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def _names(node: ast.expr | None) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} if node is not None else set()


def swallow_violations(source: str, module: str) -> list[str]:
    """Bare excepts, and catch-alls that neither raise nor use the error they caught."""
    found = []
    catch_all = {"Exception", "BaseException"}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            inner = [n for statement in node.body for n in ast.walk(statement)]
            raises = any(isinstance(n, ast.Raise) for n in inner)
            uses = node.name is not None and any(isinstance(n, ast.Name) and n.id == node.name for n in inner)
            if node.type is None:
                found.append(f"{module}:{node.lineno} bare except")
            elif catch_all & _names(node.type) and not raises and not uses:
                found.append(f"{module}:{node.lineno} a catch-all swallows its error")
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "suppress":
            every = [f"{module}:{node.lineno} suppress() of every error"]
            found += every if any(catch_all & _names(argument) for argument in node.args) else []
    return found


def length_violations(source: str, module: str) -> list[str]:
    """Modules and functions that are too long; a function's docstring does not count."""
    lines = len(source.splitlines())
    found = [f"{module} has {lines} lines, at most {MODULE_LINES}"] if lines > MODULE_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node, clean=False) is not None:
                text = node.body[0]
                length -= (text.end_lineno or text.lineno) - text.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{module}:{node.lineno} {node.name} has {length} lines, at most {FUNCTION_LINES}")
    return found


def path_violations(source: str, module: str) -> list[str]:
    """Strings that hold an absolute path of somebody's machine."""
    return [
        f"{module}:{node.lineno} absolute path in {node.value[:40]!r}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ABSOLUTE_PATH.search(node.value)
    ]


def name_violations(source: str, module: str) -> list[str]:
    """Modules whose name says nothing."""
    return [f"{module}: {part} says nothing" for part in module.split(".") if part in VAGUE_NAMES]


RULES: dict[str, Callable[[str, str], list[str]]] = {
    "order": order_violations,
    "confined": confined_violations,
    "print": print_violations,
    "swallow": swallow_violations,
    "length": length_violations,
    "path": path_violations,
    "name": name_violations,
}


def dotted(path: Path) -> str:
    """src/style2talker/face/rig.py -> style2talker.face.rig; a package's `__init__` is the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_modules_keep_the_rules(path: Path, rule: str) -> None:
    source = path.read_text(encoding="utf-8")
    if rule in ("order", "confined"):
        check = order_violations if rule == "order" else confined_violations
        assert check(source, dotted(path), path.name == "__init__.py") == []
    else:
        assert RULES[rule](source, dotted(path)) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_scripts_name_no_place_on_a_machine(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    source = path.read_text(encoding="utf-8")
    assert path_violations(source, name) + name_violations(source, name) + swallow_violations(source, name) == []


def _function(lines: int, docstring: int = 0) -> str:
    """Source of a function of that many lines with its signature, after a docstring of that many."""
    text = ['    """' + "\n" * (docstring - 1) + '"""'] if docstring else []
    return "\n".join(["def f():", *text, *["    x = 1"] * (lines - 1)])


CAUGHT = [
    ("order", "style2talker.face.rig", "from style2talker.speech.mel import log_mel"),
    ("order", "style2talker.face.rig", "import style2talker.emotion"),
    ("order", "style2talker.face.rig", "def f():\n    from style2talker.style_a import mesh"),
    ("order", "style2talker.face.rig", "from ..speech import mel"),
    ("order", "style2talker.face.rig", "from .. import speech"),
    ("order", "style2talker.face.rig", "from style2talker import Talker"),
    ("order", "style2talker.style_e.generate", "from style2talker.style_a.renderer import Renderer"),
    ("order", "style2talker.style_a.mesh", "import style2talker.style_e.head as head"),
    ("order", "style2talker.media.audio", "from style2talker.assets.store import locate"),
    ("order", "style2talker.records", "from style2talker.config import GenerateOptions"),
    ("order", "style2talker.errors", "from style2talker.records import Motion"),
    ("order", "style2talker.corpus.crop", "from style2talker.talker import Talker"),
    ("order", "style2talker.evaluate.metrics", "from style2talker.talker import Talker"),
    ("order", "style2talker.evaluate.metrics", "from style2talker import Talker"),
    ("order", "style2talker.talker", "from style2talker.cli import main"),
    ("order", "style2talker.attic.old", "import os"),
    ("confined", "style2talker.face.rig", "import torch"),
    ("confined", "style2talker.face.rig", "def f():\n    from torch.nn import functional"),
    ("confined", "style2talker.evaluate.judges", "import lightning.pytorch as pl"),
    ("confined", "style2talker.train.loop", "import torchvision"),
    ("confined", "style2talker.train.export", "import onnxruntime as ort"),
    ("confined", "style2talker.style_e.lips", "from onnxruntime import InferenceSession"),
    ("print", "style2talker.talker", "def f():\n    print('hello')"),
    ("swallow", "style2talker.talker", "try:\n    f()\nexcept:\n    raise"),
    ("swallow", "style2talker.talker", "try:\n    f()\nexcept Exception:\n    pass"),
    ("swallow", "style2talker.talker", "try:\n    f()\nexcept (ValueError, BaseException) as e:\n    x = None"),
    ("swallow", "style2talker.talker", "with contextlib.suppress(Exception):\n    f()"),
    ("length", "style2talker.talker", "\n" * 400 + "x = 1"),
    ("length", "style2talker.talker", _function(61)),
    ("length", "style2talker.talker", _function(61, docstring=5)),
    ("path", "style2talker.talker", "folder = '/tmp/out'"),
    ("path", "style2talker.talker", "def f():\n    '''Reads from /home/me/model.bin.'''"),
    ("path", "style2talker.talker", "folder = 'C:\\\\models'"),
    ("path", "style2talker.talker", "x = f'{name}: /work/{name}'"),
    ("name", "style2talker.face.utils", ""),
    ("name", "style2talker.common.shapes", ""),
]

ALLOWED = [
    ("order", "style2talker.face.rig", "from style2talker.face.pose import rotation_matrix\nimport numpy"),
    ("order", "style2talker.face.rig", "from .pose import rotation_matrix\nfrom ..assets import store"),
    (
        "order",
        "style2talker.cli.generate",
        "from style2talker import __version__\nfrom style2talker.talker import Talker",
    ),
    ("order", "style2talker.train.rig", "from style2talker.corpus.track import track"),
    ("order", "style2talker", "from style2talker.talker import Talker"),
    ("confined", "style2talker.train.loop", "import torch\nimport onnx"),
    ("confined", "style2talker.runtime.session", "import onnxruntime"),
    ("print", "style2talker.cli.main", "print('done')"),
    ("swallow", "style2talker.talker", "try:\n    f()\nexcept BaseException:\n    g()\n    raise"),
    ("swallow", "style2talker.talker", "try:\n    f()\nexcept Exception as error:\n    queue.put(error)"),
    ("swallow", "style2talker.talker", "try:\n    f()\nexcept FileNotFoundError:\n    x = None"),
    ("length", "style2talker.talker", _function(60)),
    ("length", "style2talker.talker", _function(60, docstring=30)),
    ("path", "style2talker.talker", "url = 'https://host.org/data/x'\nhelp = 'model/data/x'\nratio = 'and/or/'"),
    ("name", "style2talker.face.rig", ""),
]


@pytest.mark.parametrize(("rule", "module", "source"), CAUGHT)
def test_a_planted_violation_is_caught(rule: str, module: str, source: str) -> None:
    found = RULES[rule](source, module)
    assert len(found) == 1
    assert found[0].startswith(module)


@pytest.mark.parametrize(("rule", "module", "source"), ALLOWED)
def test_what_is_allowed_is_not_caught(rule: str, module: str, source: str) -> None:
    assert RULES[rule](source, module) == []


def test_every_room_on_disk_has_a_level() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    rooms |= {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
    assert rooms <= set(LEVELS)


def _import_in_a_new_process() -> dict[str, object]:
    """Seconds that `import style2talker` takes in a fresh interpreter, and the heavy modules it loaded."""
    program = (
        "import json, sys, time; start = time.perf_counter(); import style2talker; took = time.perf_counter() - start; "
        f"print(json.dumps(dict(seconds=took, heavy=[m for m in {HEAVY!r} if m in sys.modules])))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def test_import_is_quick_and_loads_nothing_heavy() -> None:
    runs = [_import_in_a_new_process() for _ in range(3)]
    assert runs[0]["heavy"] == []
    assert min(float(str(run["seconds"])) for run in runs) < 0.3
