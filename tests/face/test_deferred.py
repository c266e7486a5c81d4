"""Modules that are put off: absent until used, whole when used, and nothing left behind."""

import sys

from style2talker.face.deferred import deferred


def test_a_module_runs_only_when_it_is_used(tmp_path, monkeypatch):
    (tmp_path / "slow_tool.py").write_text("import builtins\nbuiltins.ran = True\nanswer = 42\n")
    (tmp_path / "quick_user.py").write_text("import slow_tool as tool\ndef ask():\n    return tool.answer\n")
    monkeypatch.syspath_prepend(tmp_path)
    finders = list(sys.meta_path)
    try:
        with deferred("slow_tool", "no_such_module_anywhere"):
            import quick_user
        assert sys.meta_path == finders
        assert "ran" not in vars(sys.modules["builtins"])
        assert quick_user.ask() == 42
        assert vars(sys.modules["builtins"]).pop("ran") is True
    finally:
        sys.modules.pop("slow_tool", None)
        sys.modules.pop("quick_user", None)


def test_the_landmarker_opens_without_a_drawing_library(landmarker):
    import subprocess

    code = (
        "import sys; from style2talker.face.landmarks import FaceFinder; FaceFinder().close(); "
        "sys.exit('matplotlib.figure' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
