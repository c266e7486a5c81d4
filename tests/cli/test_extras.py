"""Commands whose packages are an extra, where these are not installed."""

import sys
from pathlib import Path

import pytest

from style2talker.cli.checking import make_folder
from style2talker.cli.extras import of_training
from style2talker.errors import OutputError, UsageError

SETTINGS = ("engine.settings", "TrainingSettings", "training needs")


def test_what_is_asked_for_is_given() -> None:
    assert of_training(*SETTINGS).__name__ == "TrainingSettings"


@pytest.mark.parametrize("package", ["torch", "onnx"])
def test_a_package_of_the_extra_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("style2talker.train.published.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=f"export needs {package}, which is not installed"):
        of_training("export.graphs", "Graph", "export needs")


def test_a_fault_of_our_own_is_not_taken_for_a_missing_package() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        of_training("no_such_module", "anything", "training needs")


def test_a_folder_is_made_with_those_it_lies_in(tmp_path: Path) -> None:
    make_folder(tmp_path / "one" / "two")
    make_folder(tmp_path / "one" / "two")
    assert (tmp_path / "one" / "two").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        make_folder(tmp_path / "file" / "folder")
