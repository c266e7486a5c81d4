"""Sizes of the published Style-A: those of the paper, and what contradicts itself."""

from __future__ import annotations

import dataclasses

import pytest

from style2talker.errors import UsageError
from style2talker.train.published.style_a.settings import StyleASettings


def test_paper_has_the_published_sizes() -> None:
    paper = StyleASettings.paper()
    assert (paper.coefficients, paper.base_size, paper.flow_size, paper.rows, paper.structure_rows) == (
        73,
        32,
        64,
        18,
        7,
    )
    sides = (32, 64, 128, 256, 512, 1024)
    assert [paper.channels(side) for side in sides] == [512, 512, 256, 128, 64, 32]


@pytest.mark.parametrize("make", [StyleASettings.small, StyleASettings.tiny])
def test_colour_rows_begin_where_synthesis_does(make: object) -> None:
    settings = make()  # type: ignore[operator]
    steps = (settings.output_size // settings.base_size).bit_length() - 1
    assert settings.rows - settings.structure_rows == 2 * steps + 1
    assert settings.coefficients == 61


def test_settings_are_plain_values() -> None:
    for settings in (StyleASettings.paper(), StyleASettings.small(), StyleASettings.tiny()):
        values = dataclasses.asdict(settings)
        assert all(type(value) in (int, float, str, bool) for value in values.values())
        assert StyleASettings(**values) == settings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"space": "flame"}, "space is 'flame', expected rig, bfm"),
        ({"parsing": "sam"}, "parsing is 'sam'"),
        ({"refine_from": "both"}, "refine_from is 'both', expected warped, unwarped"),
        ({"input_size": 96}, "input_size is 96, expected a power of two from 64 up"),
        ({"input_size": 32}, "input_size is 32"),
        ({"output_size": 128}, "output_size is 128, expected at least input_size, 256"),
        ({"identity_size": 16}, "identity_size is 16"),
        ({"identity_layers": 34}, "identity_layers is 34, expected 10 or 50"),
        ({"channel_base": 512}, "channel_base is 512, expected at least output_size, 1024"),
        ({"style_width": 500}, "style_width is 500, expected a multiple of 8"),
        ({"styles": 0}, "styles is 0, expected at least 1"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        StyleASettings(**changes)  # type: ignore[arg-type]
