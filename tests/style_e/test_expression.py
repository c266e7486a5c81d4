"""What stays of a portrait's own expression, and lips that speak on a feeling face."""

from __future__ import annotations

import numpy as np
import pytest
from made_speech import lip_gaps, made_curves, made_speech

from style2talker.emotion.facs import prototypes
from style2talker.records import ARKIT_NAMES, LABELS
from style2talker.style_e.expression import join_lips, settled
from style2talker.style_e.prosody import prosody

SPEECH = made_speech()
LIPS = made_curves(SPEECH)
SPEAKING = prosody(SPEECH).speaking


def rest(**scores: float) -> np.ndarray:
    out = np.zeros(52, np.float32)
    for name, value in scores.items():
        for side in ("", "Left", "Right"):
            if name + side in ARKIT_NAMES:
                out[ARKIT_NAMES.index(name + side)] = value
    return out


def feeling(label: str, strength: float = 1.0) -> np.ndarray:
    return np.tile(prototypes()[LABELS.index(label)] * np.float32(strength), (SPEECH.n_frames, 1))


def curve(shapes: np.ndarray, name: str) -> np.ndarray:
    return shapes[:, ARKIT_NAMES.index(name)]


SMILING = rest(mouthSmile=0.85, mouthUpperUp=0.5, mouthLowerDown=0.3, jawOpen=0.3, eyeSquint=0.6, cheekSquint=0.3)


def test_an_open_smile_is_let_go() -> None:
    relaxed = settled(SMILING, feeling("neutral"))
    assert curve(relaxed, "mouthSmileLeft").max() < 0.1
    assert curve(relaxed, "jawOpen").max() < 0.03
    assert curve(relaxed, "mouthUpperUpRight").max() < 0.05
    assert curve(relaxed, "eyeSquintLeft").max() < 0.4


def test_a_smiling_portrait_can_look_sad() -> None:
    face = join_lips(settled(SMILING, feeling("sad")), feeling("sad"), LIPS * 0, SPEAKING * 0)
    assert curve(face, "mouthSmileLeft").max() < 0.03
    assert curve(face, "mouthFrownLeft").min() > 0.7
    assert curve(face, "browInnerUp").min() > 0.7


def test_traits_of_the_person_stay() -> None:
    traits = rest(eyeSquint=0.5, browDown=0.4, mouthPucker=0.3, eyeBlink=0.2, mouthPress=0.1, eyeLookDown=0.2)
    kept = settled(traits, feeling("neutral"))[0]
    np.testing.assert_allclose(kept, traits, atol=0.03)
    assert (kept <= traits).all()


@pytest.mark.parametrize(
    ("trait", "label", "left_over"),
    [("browInnerUp", "angry", 0.05), ("browDown", "surprised", 0.05), ("eyeSquint", "surprised", 0.2),
     ("mouthSmile", "sad", 0.03), ("eyeWide", "disgusted", 0.4)],
)  # fmt: skip
def test_what_speaks_against_the_feeling_gives_way(trait: str, label: str, left_over: float) -> None:
    own = rest(**{trait: 0.6})
    assert settled(own, feeling(label))[0].max() <= left_over


def test_one_sided_feelings_move_one_side() -> None:
    felt = np.zeros((3, 52), np.float32)
    felt[:, ARKIT_NAMES.index("browOuterUpRight")] = 0.8
    shapes = settled(rest(browDown=0.5), felt)
    assert curve(shapes, "browDownRight")[0] < curve(shapes, "browDownLeft")[0]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("strength", [0.5, 1.0, 1.5])
def test_closed_lips_stay_closed_whatever_is_felt(label: str, strength: float) -> None:
    felt = feeling(label, strength)
    face = join_lips(settled(rest(), felt), felt, LIPS, SPEAKING)
    shut = curve(LIPS, "jawOpen") == 0
    assert shut.sum() > 80
    assert lip_gaps(face)[shut].max() < 0.02
    assert curve(face, "jawOpen")[shut].max() < 0.02


@pytest.mark.parametrize("label", LABELS)
def test_everything_stays_in_range_and_moves_without_jumps(label: str) -> None:
    felt = feeling(label, 1.5)
    face = join_lips(settled(rest(mouthSmile=0.9, browDown=0.9, eyeSquint=0.9), felt), felt, LIPS, SPEAKING)
    assert face.min() >= 0
    assert face.max() <= 1
    assert np.abs(np.diff(face, axis=0)).max() < 0.5


def test_a_feeling_opens_an_open_mouth_further() -> None:
    jaw = {
        label: curve(join_lips(settled(rest(), feeling(label)), feeling(label), LIPS, SPEAKING), "jawOpen").max()
        for label in ("neutral", "surprised")
    }
    assert jaw["surprised"] > jaw["neutral"] + 0.08


def test_a_smile_lasts_while_speaking_and_gives_in_to_rounded_lips() -> None:
    happy = feeling("happy")
    smile = curve(join_lips(happy * 0, happy, LIPS, SPEAKING), "mouthSmileLeft")
    full = prototypes()[LABELS.index("happy"), ARKIT_NAMES.index("mouthSmileLeft")]
    rounded = curve(LIPS, "mouthPucker") > 0.5
    plain = (SPEAKING > 0.99) & (curve(LIPS, "mouthPucker") < 0.05)
    assert 0.6 < smile[plain].mean() / full < 0.95
    assert smile[rounded].mean() < 0.8 * smile[plain].mean()
    assert smile.min() > 0.3 * full


def test_pressed_lips_open_to_speak() -> None:
    angry = feeling("angry")
    press = curve(join_lips(angry * 0, angry, LIPS, SPEAKING), "mouthPressLeft")
    jaw = curve(LIPS, "jawOpen")
    assert press[jaw > 0.25].max() < 0.55 * press[jaw == 0].min()


def test_lips_alone_come_through() -> None:
    zero = LIPS * 0
    np.testing.assert_allclose(join_lips(zero, zero, LIPS, SPEAKING), LIPS, atol=1e-6)
