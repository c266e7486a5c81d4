"""Every public name is documented, typed, tested and really there."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import style2talker

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
MODULES = sorted((SOURCE / "style2talker").rglob("*.py"))
TESTS = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))}
TESTED_WORDS = {word for path, text in TESTS.items() if path != Path(__file__) for word in re.findall(r"\w+", text)}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def dotted(path: Path) -> str:
    """src/style2talker/face/rig.py -> style2talker.face.rig; a package's `__init__` is the package."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """(dotted name, definition) of the public functions, classes and methods in a body of statements."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            yield from public(node.body, prefix)
        elif isinstance(node, Definition) and not node.name.startswith("_") and not _is_overload(node):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}{node.name}.")


def _is_overload(node: Definition) -> bool:
    """Whether a definition is only one of several signatures of the function that follows."""
    return any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)


def undocumented(tree: ast.Module) -> list[str]:
    """Public names without a docstring, and the module itself."""
    bare = [name for name, node in public(tree.body) if not ast.get_docstring(node)]
    return bare if ast.get_docstring(tree) else ["module", *bare]


def untyped(tree: ast.Module) -> list[str]:
    """Public functions and methods with an argument or a result that has no type."""
    found = []
    for name, node in public(tree.body):
        if isinstance(node, ast.ClassDef):
            continue
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        missing = [a.arg for a in every if a is not None and a.annotation is None and a.arg not in ("self", "cls")]
        if missing or node.returns is None:
            found.append(f"{name}({', '.join(missing)})")
    return found


def untested(tree: ast.Module, words: set[str]) -> list[str]:
    """Public names that no test mentions."""
    return [name for name, _ in public(tree.body) if name.split(".")[-1] not in words]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_public_names_are_documented(path: Path) -> None:
    assert undocumented(_tree(path)) == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_public_names_are_typed(path: Path) -> None:
    assert untyped(_tree(path)) == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_public_names_are_tested(path: Path) -> None:
    assert untested(_tree(path), TESTED_WORDS) == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_listed_names_exist(path: Path) -> None:
    if dotted(path).startswith("style2talker.train"):
        pytest.importorskip("torch", reason="the train extra is not installed")
    if path.stem == "__main__":
        pytest.skip("importing it runs the command")
    module = importlib.import_module(dotted(path))
    names = list(getattr(module, "__all__", []))
    assert [name for name in names if not hasattr(module, name)] == []
    assert len(names) == len(set(names))


def test_the_package_offers_its_names() -> None:
    assert style2talker.__all__ == sorted(style2talker.__all__)
    assert dir(style2talker) == sorted(style2talker.__all__)
    for name in style2talker.__all__:
        assert getattr(style2talker, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Walker'"):
        _ = style2talker.Walker


PLANTED = ast.parse(
    '''"""A module."""
def bare(x: int) -> int: return x
def half(x, *rest: int, key: int = 0) -> int:
    """Says what it does."""
def silent(x: int):
    """Says what it does."""
def whole(x: int, /, *rest: int, key: int = 0, **more: int) -> int:
    """Says what it does."""
    def inner(y): return y
def _private(x): return x
class Thing:
    """Is what it is."""
    def __init__(self, x): pass
    def method(self, y) -> None: pass
    @property
    def size(self) -> int:
        """How large."""
'''
)


def test_planted_gaps_are_found() -> None:
    assert undocumented(PLANTED) == ["bare", "Thing.method"]
    assert undocumented(ast.parse("x = 1")) == ["module"]
    assert untyped(PLANTED) == ["half(x)", "silent()", "Thing.method(y)"]
    assert untested(PLANTED, {"bare", "half", "silent", "whole", "Thing"}) == ["Thing.method", "Thing.size"]
