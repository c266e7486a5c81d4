"""`assets list|pull|verify`: what they say, what they do, and their exit status."""

import hashlib
import json

import pytest
from typer.testing import CliRunner

from style2talker.assets import fetch, store
from style2talker.assets.catalogue import Asset, AssetFile
from style2talker.cli.models import assets_app
from style2talker.errors import AssetError, UsageError

CONTENT = {"left.bin": b"left" * 5003, "right.bin": b"right" * 4001}


def described(name):
    content = CONTENT[name]
    digest = hashlib.sha256(content).hexdigest()
    return AssetFile(name, digest, len(content), f"https://models.example.org/{name}", f"pkg/{name}")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Two small assets; a fetch copies them from memory, unless `unavailable` names them."""
    catalogue = {
        stem: Asset(stem, f"the {stem} one", "MIT", "Somebody", (described(f"{stem}.bin"),), f"{stem}-pkg==1.0")
        for stem in ("left", "right")
    }
    monkeypatch.setattr(store, "CATALOGUE", catalogue)
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STYLE2TALKER_ASSETS", raising=False)
    return tmp_path


@pytest.fixture
def network(monkeypatch):
    """A network that gives what is asked for; names in the list are unavailable."""
    unavailable = []

    def give(asset, files, folder, progress=None, notice=None):
        if asset.name in unavailable:
            raise AssetError(f"{asset.name} could not be fetched")
        notice("official address (models.example.org): no route; trying the package index")
        for file in files:
            (folder / file.name).write_bytes(CONTENT[file.name])

    monkeypatch.setattr(fetch, "fetch_files", give)
    return unavailable


def run(*arguments):
    return CliRunner().invoke(assets_app, list(arguments))


def last_line(result):
    return json.loads(result.stdout.splitlines()[-1])


def test_list_shows_licence_size_state_and_sources(place):
    (place / "cache").mkdir()
    (place / "cache" / "left.bin").write_bytes(CONTENT["left.bin"])
    result = run("list")
    assert result.exit_code == 0
    for word in ("left", "right", "MIT", "0.0 MB", "ok", "missing", "models.example.org", "left-pkg==1.0"):
        assert word in result.stdout
    assert str(place / "cache" / "left.bin") in result.stdout.replace("\n", "")
    facts = last_line(run("list", "--json"))["assets"]
    assert [(fact["name"], fact["state"], fact["size"], fact["licence"]) for fact in facts] == [
        ("left", "ok", len(CONTENT["left.bin"]), "MIT"),
        ("right", "missing", len(CONTENT["right.bin"]), "MIT"),
    ]


def test_pull_fetches_all_and_tells_their_licences(place, network):
    result = run("pull", "--json")
    assert result.exit_code == 0
    assert "left: the left one, 0.0 MB, by Somebody, licence MIT" in result.stdout
    assert result.stderr.count("trying the package index") == 2
    assert (place / "cache" / "right.bin").read_bytes() == CONTENT["right.bin"]
    assert [fact["fetched"] for fact in last_line(result)["assets"]] == [True, True]
    again = run("pull", "--json")
    assert again.stdout.count("is already at") == 2 and again.stderr == ""
    assert [fact["fetched"] for fact in last_line(again)["assets"]] == [False, False]


def test_pull_takes_names(place, network):
    assert run("pull", "right", "right").exit_code == 0
    assert [path.name for path in (place / "cache").glob("*.bin")] == ["right.bin"]


def test_pull_refuses_an_unknown_name_before_any_work(place, network):
    result = run("pull", "left", "middle")
    assert isinstance(result.exception, UsageError) and "known: left, right" in str(result.exception)
    assert not (place / "cache" / "left.bin").exists()


def test_a_pull_that_fails_does_not_keep_the_others_away(place, network):
    network.append("left")
    result = run("pull", "--json")
    assert isinstance(result.exception, AssetError) and "left could not be fetched" in str(result.exception)
    assert (place / "cache" / "right.bin").exists()
    facts = last_line(result)
    assert [fact["name"] for fact in facts["assets"]] == ["right"] and len(facts["faults"]) == 1


def test_a_dry_run_says_what_it_would_do_and_does_nothing(place, network):
    (place / "cache").mkdir()
    (place / "cache" / "right.bin").write_bytes(CONTENT["right.bin"])
    result = run("pull", "--dry-run", "--json")
    assert result.exit_code == 0
    assert "left.bin is missing: would be fetched into" in result.stdout and "left-pkg==1.0" in result.stdout
    assert "would be left as it is" in result.stdout
    assert [fact["state"] for fact in last_line(result)["assets"]] == ["missing", "ok"]
    assert not (place / "cache" / "left.bin").exists()


def test_verify_is_one_line_each_and_status_4_if_any_is_not_right(place, network):
    run("pull")
    good = run("verify")
    assert good.exit_code == 0
    assert [line.split()[0] for line in good.stdout.splitlines()] == ["ok", "ok"]
    (place / "cache" / "left.bin").write_bytes(b"x" * len(CONTENT["left.bin"]))
    (place / "cache" / "right.bin").unlink()
    bad = run("verify")
    assert bad.exit_code == 4
    assert [line.split()[:2] for line in bad.stdout.splitlines()] == [["damaged", "left:"], ["missing", "right:"]]
    assert all("assets pull" in line for line in bad.stdout.splitlines())
    assert run("verify", "right").stdout.count("\n") == 1
    assert [fact["state"] for fact in last_line(run("verify", "--json"))["assets"]] == ["damaged", "missing"]


@pytest.mark.parametrize("command", ["list", "pull", "verify"])
def test_help_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: style2talker assets {command}" in result.stdout
