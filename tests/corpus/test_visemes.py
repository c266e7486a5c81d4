"""Mouth curves of timed phones: closures shut, rounding comes early, every symbol has a viseme."""

import pytest

from style2talker.corpus.visemes import VISEMES, Phone, mouth_curves, viseme_of
from style2talker.style_e.factors import CHANNELS

JAW, PUCKER, CLOSURE = (CHANNELS.index(name) for name in ("jawOpen", "mouthPucker", "closure"))


def spoken(text, step=0.12):
    return [Phone(symbol, 0.2 + i * step, 0.2 + (i + 1) * step) for i, symbol in enumerate(text.split())]


@pytest.mark.parametrize(
    ("symbol", "viseme"),
    [
        ("p", "PP"), ("b", "PP"), ("mʲ", "PP"), ("f", "FF"), ("θ", "TH"), ("th", "TH"), ("tʃ", "CH"), ("sh", "CH"),
        ("uː", "U"), ("uw", "U"), ("y", "Y"), ("ʏ", "Y"), ("j", "I"), ("ä", "aa"), ("ẽ", "E"),
        ("aa", "aa"), ("ɑː", "aa"), ("pau", "silence"), ("", "silence"),
        ("w", "WW"), ("ŋ", "KK"), ("zh", "CH"), ("☃", "schwa"),
    ],
)  # fmt: skip
def test_symbols_of_both_synthesisers_are_known(symbol, viseme):
    assert viseme_of(symbol) == viseme


def test_every_target_is_a_channel_within_bounds():
    for viseme in VISEMES.values():
        assert set(viseme.targets) <= set(CHANNELS)
        assert all(0 < value <= 1 for value in viseme.targets.values())


@pytest.mark.parametrize("stop", ["p", "b", "m"])
@pytest.mark.parametrize("vowel", ["aa", "uw", "iy", "ao"])
def test_lips_are_shut_in_the_middle_of_a_stop(stop, vowel):
    curves = mouth_curves(spoken(f"{vowel} {stop} {vowel}"), 1.0)
    at = round((0.2 + 1.5 * 0.12) * 100)
    assert curves[at, JAW] < 0.02
    assert curves[at, CLOSURE] > 0.9
    assert curves[round((0.2 + 0.5 * 0.12) * 100), JAW] > 0.05


def test_rounding_begins_before_its_vowel():
    curves = mouth_curves(spoken("s s uw"), 1.0)
    begins = round((0.2 + 2 * 0.12) * 100)
    assert curves[begins - 4, PUCKER] > 0.2
    assert curves[begins - 18, PUCKER] < curves[begins - 4, PUCKER]


def test_a_diphthong_moves_from_its_first_sound_to_its_second():
    curves = mouth_curves([Phone("ay", 0.2, 0.6)], 0.8)
    assert curves[30, JAW] > curves[55, JAW] + 0.1


def test_a_glide_goes_on_to_its_vowel():
    curves = mouth_curves([Phone("ja", 0.2, 0.6)], 0.8)
    assert curves[52, JAW] > curves[26, JAW] + 0.1


def test_curves_have_the_asked_length_and_rest_in_silence():
    curves = mouth_curves([Phone("", 0.0, 0.5), Phone("aa", 0.5, 0.7), Phone("", 0.7, 1.37)], 1.37)
    assert curves.shape == (137, len(CHANNELS))
    assert curves[:30, JAW].max() < 0.05
    assert curves[100:, JAW].max() < 0.05
    assert curves.min() >= 0 and curves.max() <= 1


def test_lips_stay_shut_from_a_pause_into_a_stop_and_part_ahead_of_a_vowel():
    into_stop = mouth_curves([Phone("b", 0.5, 0.58), Phone("aa", 0.58, 0.8)], 1.0)
    assert into_stop[20:55, CLOSURE].min() > 0.95
    assert into_stop[20:55, JAW].max() < 0.02
    into_vowel = mouth_curves([Phone("aa", 0.5, 0.8)], 1.0)
    assert into_vowel[30, CLOSURE] > 0.9
    assert into_vowel[49, CLOSURE] < 0.2 < into_vowel[55, JAW]


def test_effort_scales_the_opening():
    lazy, eager = (mouth_curves(spoken("aa"), 0.6, effort)[:, JAW].max() for effort in (0.7, 1.2))
    assert eager > 1.5 * lazy
