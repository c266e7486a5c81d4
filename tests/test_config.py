"""Options: ranges, words with the nearest name, and strict TOML there and back."""

import dataclasses

import pytest

from style2talker.config import (
    GenerateOptions,
    RenderOptions,
    StylizeOptions,
    TrackOptions,
    changed,
    dump_toml,
    load_toml,
    parse_face,
)
from style2talker.errors import UsageError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"art_degree": 7.0}, "--art-degree is 7, allowed is 0 to 1"),
        ({"art_degree": float("nan")}, "--art-degree is nan"),
        ({"art_structure": -0.1}, "--art-structure"),
        ({"emotion_strength": 1.6}, "--emotion-strength is 1.6, allowed is 0 to 1.5"),
        ({"head_motion": 3.0}, "--head-motion"),
        ({"fps": 0.0}, "--fps is 0"),
        ({"fps": float("inf")}, "--fps is inf"),
        ({"size": 3}, "--size is 3"),
        ({"size": 100_000}, "--size is 100000"),
        ({"seed": -1}, "--seed is -1"),
        ({"art": "cartoonn"}, "did you mean cartoon"),
        ({"art": "zzz"}, "cartoon, illustration"),
        ({"framing": "ful"}, "did you mean full"),
        ({"blink": "sometimes"}, "use auto, none"),
        ({"engine": "neural"}, "not part of this version"),
        ({"engine": "rigg"}, "did you mean rig"),
        ({"background": "transparent"}, "--background transparent is not part of this version"),
        ({"face": "left"}, "--face is 'left'"),
    ],
)
def test_what_is_out_of_range_is_refused_with_what_is_allowed(given, message):
    with pytest.raises(UsageError, match=message):
        GenerateOptions(**given)


def test_what_is_within_range_is_taken():
    options = GenerateOptions(art="pictures/oil.jpg", art_degree=1.0, size=1024, fps=60.0, face="2")
    assert options.shown() == RenderOptions(art="pictures/oil.jpg", art_degree=1.0, size=1024, fps=60.0, face="2")
    assert (parse_face(None), parse_face("largest"), parse_face("11")) == (None, "largest", 11)


@pytest.mark.parametrize(
    "options",
    [
        GenerateOptions(emotion='she said "no" \\ then\nlaughed é 心', fps=30.0, keep_color=True, face="largest"),
        RenderOptions(size=256, fps=24.0),
        StylizeOptions(art="comic"),
        TrackOptions(fps=12.5),
        TrackOptions(),
    ],
)
def test_toml_there_and_back(tmp_path, options):
    path = tmp_path / "options.toml"
    path.write_text(dump_toml(options), encoding="utf-8")
    assert load_toml(path, type(options)) == options


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("emotoin = 'sad'", "unknown key 'emotoin', did you mean emotion"),
        ("size = 'large'", "size is 'large', expected int"),
        ("size = true", "expected int"),
        ("keep_color = 1", "expected bool"),
        ("size = 512.0", "expected int"),
        ("art_degree = 9", "--art-degree is 9"),
        ("size = ", "is no TOML"),
    ],
)
def test_wrong_files_are_refused(tmp_path, text, message):
    path = tmp_path / "options.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        load_toml(path, GenerateOptions)


def test_whole_numbers_count_as_fractions(tmp_path):
    path = tmp_path / "options.toml"
    path.write_text("fps = 30\nart_degree = 1")
    assert load_toml(path, GenerateOptions).fps == 30.0
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is no TOML"):
        load_toml(path, GenerateOptions)
    with pytest.raises(UsageError, match="cannot be read"):
        load_toml(tmp_path / "none.toml", GenerateOptions)


def test_the_command_line_wins_over_the_file():
    base = GenerateOptions(size=256, seed=3)
    assert changed(base, {"size": 128, "seed": None}) == dataclasses.replace(base, size=128)
