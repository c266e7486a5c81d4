"""`doctor`: every lack is found, named with what to do, and weighed by whether `generate` runs without it."""

import json
import re
import sys
import tomllib
import types
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from style2talker.assets import store
from style2talker.cli import diagnosis
from style2talker.cli.diagnosis import LIBRARIES, WEIGHTS, Check, diagnose, exit_status
from style2talker.cli.models import doctor
from style2talker.errors import AssetError, FaceError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def healthy(tmp_path, monkeypatch):
    """A machine on which everything is well, without a model file or a real run."""
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STYLE2TALKER_ASSETS", raising=False)
    here = [store.AssetState(asset, "ok", tmp_path / asset.name) for asset in store.CATALOGUE.values()]
    monkeypatch.setattr(diagnosis, "list_assets", lambda: here)
    weights = tmp_path / "weights"
    weights.write_bytes(b"x" * 5000)
    monkeypatch.setattr(diagnosis, "package_data", lambda name: weights)
    monkeypatch.setattr(diagnosis, "_first_run", lambda: Check("first run", True, "a frame"))
    monkeypatch.setattr("style2talker.speech.voice.synthesisers", lambda: ["flite"])
    return tmp_path


def run(*arguments):
    app = typer.Typer()
    app.command()(doctor)
    return CliRunner().invoke(app, list(arguments))


def lost(name, monkeypatch):
    """Lose one asset."""
    states = [
        store.AssetState(s.asset, "missing", s.path, "x is missing") if s.asset.name == name else s
        for s in diagnosis.list_assets()
    ]
    monkeypatch.setattr(diagnosis, "list_assets", lambda: states)


def talker_of(kind, monkeypatch):
    """Undo the healthy machine and let `kind` stand for the Talker, without loading what the real one needs."""
    monkeypatch.undo()
    module = types.ModuleType("style2talker.talker")
    module.Talker = kind
    monkeypatch.setitem(sys.modules, "style2talker.talker", module)


def test_the_libraries_are_those_of_the_package():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert sorted(LIBRARIES) == sorted(re.match(r"[\w-]+", line)[0] for line in wanted)


def test_the_weights_are_files_of_the_package():
    assert all(store.package_data(name).is_file() for name in WEIGHTS)


def test_all_is_well():
    result = run("--json")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert all(line.startswith("ok ") for line in lines[:-2])
    assert lines[-2] == "style2talker generate can run"
    facts = json.loads(lines[-1])
    assert facts["status"] == 0 and all(check["ok"] for check in facts["checks"])
    names = " ".join(check["name"] for check in facts["checks"])
    for word in ("Python", "numpy", "mediapipe", "face_landmarker", "sentence_encoder", "machine", "ONNX Runtime"):
        assert word in names
    for word in ("codecs", "cache folder", "text to speech", "Numba cache", "denoiser.onnx", "first run"):
        assert word in names


def test_without_the_face_model_generate_cannot_run(monkeypatch):
    lost("face_landmarker", monkeypatch)
    result = run()
    assert result.exit_code == 4
    assert "missing  model face_landmarker: x is missing" in result.stdout
    assert "style2talker assets pull face_landmarker" in result.stdout
    assert " first run: " not in result.stdout and "cannot run" in result.stdout


def test_without_the_sentence_model_generate_can_run(monkeypatch):
    lost("sentence_encoder", monkeypatch)
    result = run()
    assert result.exit_code == 0
    assert "style2talker assets pull sentence_encoder (not needed for everything)" in result.stdout


def test_a_library_that_is_not_there_is_status_1(monkeypatch):
    monkeypatch.setattr(diagnosis, "LIBRARIES", (*LIBRARIES, "no-such-library-anywhere"))
    result = run()
    assert result.exit_code == 1
    assert "no-such-library-anywhere: not installed; " in result.stdout


def test_a_model_file_outweighs_the_rest(monkeypatch):
    monkeypatch.setattr(diagnosis, "LIBRARIES", ("no-such-library-anywhere",))
    lost("face_landmarker", monkeypatch)
    assert run().exit_code == 4


def test_weights_that_are_missing_or_empty_are_status_4(monkeypatch, tmp_path):
    def lacking(name):
        raise AssetError("lacking")

    monkeypatch.setattr(diagnosis, "package_data", lacking)
    assert run().exit_code == 4
    (tmp_path / "weights").write_bytes(b"")
    monkeypatch.setattr(diagnosis, "package_data", lambda name: tmp_path / "weights")
    assert run().exit_code == 4


def test_codecs_that_are_missing_are_status_1(monkeypatch):
    monkeypatch.setattr("style2talker.media.writer.codecs_missing", lambda: ["libx264"])
    result = run()
    assert result.exit_code == 1 and "no libx264" in result.stdout


def test_no_synthesiser_and_no_cache_do_not_stop_generate(monkeypatch, healthy):
    monkeypatch.setattr("style2talker.speech.voice.synthesisers", list)
    (healthy / "file").write_text("")
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(healthy / "file" / "cache"))
    result = run()
    assert result.exit_code == 0
    assert "install espeak-ng or flite" in result.stdout and "STYLE2TALKER_CACHE" in result.stdout


@pytest.mark.parametrize(
    ("error", "status"),
    [(FaceError("no face"), 1), (AssetError("the graph is damaged"), 4), (RuntimeError("two\nlines"), 1)],
)
def test_a_first_run_that_fails_says_why(monkeypatch, error, status):
    class Broken:
        def generate(self, *arguments, **options):
            raise error

    talker_of(Broken, monkeypatch)
    check = diagnosis._first_run()
    assert (check.good, check.status) == (False, status)
    assert str(error).split()[0] in check.found and "\n" not in check.line()


def test_a_first_run_makes_one_frame_of_a_second_of_the_example(monkeypatch):
    asked = {}

    class Fake:
        def generate(self, portrait, audio, **options):
            asked.update(portrait=portrait.name, seconds=len(audio.samples) / audio.rate, **options)
            return [np.zeros((128, 128, 3), np.uint8)]

    talker_of(Fake, monkeypatch)
    check = diagnosis._first_run()
    assert check.good and "128 x 128" in check.found
    assert asked == {"portrait": "portrait.jpg", "seconds": pytest.approx(1, abs=0.01), "size": 128}


def test_lines_tell_good_from_missing():
    assert Check("a", True, "there", "advice", 1).line() == "ok       a: there"
    assert Check("a", False, "gone", "do this", 1).line() == "missing  a: gone; do this"
    assert Check("a", False, "gone", "do this").line().endswith("(not needed for everything)")
    assert exit_status([]) == 0
    assert exit_status([Check("a", True, "", status=4), Check("b", False, "", status=1)]) == 1


def test_every_check_that_can_fail_has_advice():
    assert [check.name for check in diagnose() if not check.good and not check.advice] == []


def test_help_has_an_example():
    assert "Example: style2talker doctor" in run("--help").stdout
