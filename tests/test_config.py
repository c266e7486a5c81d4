"""Options check themselves, and survive the way to a TOML file and back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from style2talker.config import (
    ExportOptions,
    GenerateOptions,
    RenderOptions,
    StylizeOptions,
    TrackOptions,
    changed,
    dump_toml,
    load_toml,
    parse_color,
    parse_face,
)
from style2talker.errors import UsageError

KINDS = [ExportOptions, GenerateOptions, RenderOptions, StylizeOptions, TrackOptions]


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("art_degree", (0, 0.5, 1), (-0.01, 1.01, float("nan"), float("inf"))),
        ("art_structure", (0.0, 1.0), (-1, 2)),
        ("emotion_strength", (0, 1.5), (-0.1, 1.6)),
        ("head_motion", (0, 2), (-0.1, 2.1)),
        ("fps", (1, 23.976, 120), (0, 0.9, 121, float("nan"), -25)),
        ("size", (64, 4096), (63, 4097, 0, -512)),
        ("seed", (0, 2**32 - 1), (-1, 2**32)),
    ],
)
def test_ranges_hold_at_their_ends(name: str, inside: tuple[Any, ...], outside: tuple[Any, ...]) -> None:
    for value in inside:
        assert getattr(GenerateOptions(**{name: value}), name) == value
    for value in outside:
        with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} is .*, allowed is .* to ") as caught:
            GenerateOptions(**{name: value})
        assert f"{value:g}" in str(caught.value) or repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("size", 512.5, "a whole number"),
        ("size", True, "a whole number"),
        ("size", "512", "a whole number"),
        ("fps", None, "a number"),
        ("fps", True, "a number"),
        ("keep_color", 1, "true or false"),
        ("emotion", 3, "a text"),
        ("art", None, "a text"),
        ("face", 0.5, "a whole number or a text"),
    ],
)
def test_values_of_another_type_are_refused(name: str, value: Any, expected: str) -> None:
    with pytest.raises(UsageError, match=f"expected {expected}"):
        GenerateOptions(**{name: value})


def test_words_are_known_or_the_nearest_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"'ilustration', did you mean illustration\?"):
        StylizeOptions(art="ilustration")
    with pytest.raises(UsageError, match=r"'qqq' \(none, all, cartoon, .*, pixar, or a picture file\)"):
        StylizeOptions(art="qqq")
    with pytest.raises(UsageError, match=r"'crp', did you mean crop\?"):
        RenderOptions(framing="crp")
    with pytest.raises(UsageError, match=r"'genrate', did you mean generate\?"):
        GenerateOptions(pose="genrate")
    assert StylizeOptions(art="oil.jpg").art == "oil.jpg"
    assert StylizeOptions(art="pictures/oil").art == "pictures/oil"
    Path("qqq").touch()
    assert StylizeOptions(art="qqq").art == "qqq"


def test_engine_and_networks_go_together() -> None:
    assert GenerateOptions(engine="neural", style_a="a.onnx").style_e is None
    assert GenerateOptions(engine="neural", style_e="e.onnx", framing="full", background="transparent").style_a is None
    assert RenderOptions(engine="neural", style_a="a.onnx", background="#1e90ff").engine == "neural"
    for kind, given, says in (
        (GenerateOptions, {"engine": "neural"}, "--engine neural needs a network: name it by .* or both"),
        (RenderOptions, {"engine": "neural"}, "needs a network: name it by --style-a FILE$"),
        (GenerateOptions, {"style_e": "e.onnx"}, "--style-e is for the neural engine: add --engine neural"),
        (RenderOptions, {"style_a": "a.onnx"}, "--style-a is for the neural engine"),
        (GenerateOptions, {"engine": "neural", "style_a": 3}, "expected a text"),
    ):
        with pytest.raises(UsageError, match=says):
            kind(**given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"framing": "full"}, "use --framing crop"),
        ({"background": "transparent"}, "leave out --background transparent"),
        ({"wrinkles": False}, "--wrinkles is for the rig, whose place --style-a takes: leave it out"),
        ({"art_structure": 0.5}, "--art-structure is for the rig"),
        ({"art_frame_rate": 12.0}, "--art-frame-rate is for the rig"),
    ],
)
def test_what_only_the_rig_can_do_is_not_asked_of_a_network(given: dict[str, Any], says: str) -> None:
    assert GenerateOptions(engine="neural", style_e="e.onnx", **given).engine == "neural"
    with pytest.raises(UsageError, match=says):
        GenerateOptions(engine="neural", style_a="a.onnx", **given)


def test_faces_are_numbers_or_largest() -> None:
    assert [parse_face(face) for face in (None, "largest", "all", "0", "12", 3)] == [None, "largest", "all", 0, 12, 3]
    for face in ("-1", "smallest", "1.5", "", "1000", "٣", True):
        with pytest.raises(UsageError, match="--face"):
            parse_face(face)


def test_colors_are_read_as_red_green_blue() -> None:
    assert parse_color("#1e90FF") == (0x1E, 0x90, 0xFF)
    assert parse_color("keep") is None
    for color in ("#fff", "#1e90ffaa", "#1e90fg", "#"):
        with pytest.raises(UsageError, match="#rrggbb"):
            parse_color(color)


def test_a_long_value_does_not_flood_the_message() -> None:
    with pytest.raises(UsageError) as caught:
        GenerateOptions(art="x" * 5000)
    assert len(str(caught.value)) < 250


def test_options_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        GenerateOptions().size = 64  # type: ignore[misc]


def test_changed_takes_what_is_given_and_checks_it() -> None:
    base = GenerateOptions(size=256, emotion="happy")
    assert changed(base, {"size": 64, "emotion": None}) == GenerateOptions(size=64, emotion="happy")
    assert changed(base, {}) == base
    with pytest.raises(UsageError, match=r"no option 'sise', did you mean size\?"):
        changed(base, {"sise": 64})
    with pytest.raises(UsageError, match="--size is 1,"):
        changed(base, {"size": 1})


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_survive_toml(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "options.toml"
    path.write_text(dump_toml(kind()), encoding="utf-8")
    assert load_toml(path, kind) == kind()


def test_every_field_survives_toml(tmp_path: Path) -> None:
    options = GenerateOptions(
        art='odd "name"\\of\ta\u0001 picture\x7f é.png',
        art_degree=0.1,
        art_structure=1 / 3,
        keep_color=True,
        face="largest",
        seed=7,
        size=65,
        framing="full",
        background="#a0b0c0",
        wrinkles=False,
        art_frame_rate=12.0,
        fps=23.976,
        emotion='0: calm;\n2: she\'s "mad"',
        emotion_strength=1.5,
        pose="still",
        head_motion=0.0,
        blink="none",
        engine="neural",
        style_e="e.onnx",
    )
    unlike_default = [f.name for f in dataclasses.fields(options) if getattr(options, f.name) != f.default]
    assert set(unlike_default) == {f.name for f in dataclasses.fields(options)} - {"style_a"}
    path = tmp_path / "options.toml"
    for each in (options, GenerateOptions(engine="neural", style_a="a.onnx")):
        path.write_text(dump_toml(each), encoding="utf-8")
        assert load_toml(path, GenerateOptions) == each


def test_whole_numbers_count_as_fractions_in_toml(tmp_path: Path) -> None:
    path = tmp_path / "options.toml"
    path.write_text("fps = 30\nart_degree = 1\nface = 0\n", encoding="utf-8")
    options = load_toml(path, GenerateOptions)
    assert (options.fps, options.art_degree, options.face) == (30, 1, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("emotoin = 'sad'", r"options\.toml: there is no option 'emotoin', did you mean emotion\?"),
        ("qqqqq = 1", "use .*art, .*emotion"),
        ("fps = 'fast'", r"options\.toml: --fps is 'fast', expected a number"),
        ("fps = 0", "--fps is 0, allowed is 1 to 120"),
        ("[emotion]\nname = 'sad'", "--emotion is {'name': 'sad'}, expected a text"),
        ("size = [1]", "expected a whole number"),
        ("size = ", "is no TOML"),
        ("size = 1\nsize = 2", "is no TOML"),
    ],
)
def test_toml_is_read_strictly(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "options.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        load_toml(path, GenerateOptions)


def test_options_of_another_command_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "options.toml"
    path.write_text("emotion = 'sad'", encoding="utf-8")
    with pytest.raises(UsageError, match="no option 'emotion'"):
        load_toml(path, RenderOptions)


def test_a_toml_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no\.toml cannot be read: No such file"):
        load_toml(tmp_path / "no.toml", TrackOptions)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xff")
    with pytest.raises(UsageError, match="is no TOML"):
        load_toml(tmp_path / "binary.toml", TrackOptions)
