"""Speech and feeling become motion: closures, ends, life, stillness, seeds."""

from __future__ import annotations

import numpy as np
import pytest
from made_speech import actor, lip_gaps, long_phrases, made_lips, made_speech

from style2talker.emotion.facs import prototypes, resemblance
from style2talker.emotion.sentence import understand
from style2talker.errors import UsageError
from style2talker.records import ARKIT_NAMES, LABELS, Motion, Speech
from style2talker.style_e.generate import MotionOptions, generate_motion
from style2talker.style_e.lips import lip_curves

REST = np.full(52, 0.05, np.float32)
SPEECH = made_speech()
BLINK = [ARKIT_NAMES.index(n) for n in ("eyeBlinkLeft", "eyeBlinkRight")]


def motion(
    text: str = "neutral", strength: float = 1.0, seed: int = 0, speech: Speech = SPEECH, **options: object
) -> Motion:
    return generate_motion(speech, understand(text, strength), REST, MotionOptions(**options), seed, actor)  # type: ignore[arg-type]


def without_blinks(shapes: np.ndarray) -> np.ndarray:
    return np.delete(shapes, BLINK, axis=1)


class TestFaces:
    @pytest.mark.parametrize("label", LABELS)
    def test_lips_shut_at_both_ends_in_pauses_and_on_closures(self, label: str) -> None:
        for strength in (1.0, 1.5):
            shapes = motion(label, strength).blendshapes
            lips = made_lips(SPEECH)[:, 0]
            shut = lips == 0
            gaps = lip_gaps(shapes - REST)
            assert gaps[[0, -1]].max() < 0.02
            assert gaps[shut].max() < 0.02
            assert gaps[lips > 0.14].min() > 0.08

    def test_a_voice_cut_off_in_mid_word_still_ends_shut(self) -> None:
        cut = made_speech(3.0, ((0.0, 3.0),))
        for label in ("surprised", "happy"):
            assert lip_gaps(motion(label, speech=cut).blendshapes - REST)[[0, -1]].max() < 0.02

    @pytest.mark.parametrize("label", LABELS)
    def test_the_feeling_can_be_read_off_every_second(self, label: str) -> None:
        shapes = motion(label, blink=False).blendshapes - REST
        seconds = shapes.reshape(10, 25, 52).mean(1)
        lips = lip_curves(made_lips(SPEECH), SPEECH.activity, 25.0).reshape(10, 25, 52).mean(1)
        shares = resemblance(np.maximum(seconds - lips, 0))
        assert (shares.argmax(1) == LABELS.index(label)).all()

    def test_all_eight_stay_apart_on_a_talking_face(self) -> None:
        means = np.stack([motion(label, blink=False).blendshapes.mean(0) for label in LABELS])
        gaps = np.linalg.norm(means[:, None] - means[None], axis=2) + 9 * np.eye(8)
        assert gaps.min() > 0.7

    @pytest.mark.parametrize("label", [label for label in LABELS if label != "neutral"])
    def test_strength_is_monotone_and_zero_is_neutral(self, label: str) -> None:
        sizes = []
        for strength in (0.0, 0.3, 0.6, 1.0, 1.5):
            delta = motion(label, strength, blink=False).blendshapes - motion("neutral", blink=False).blendshapes
            sizes.append(float(np.linalg.norm(delta.mean(0))))
        assert sizes[0] < 1e-6
        assert (np.diff(sizes) > 0.05).all()

    @pytest.mark.parametrize("label", LABELS)
    def test_nothing_jumps(self, label: str) -> None:
        shapes = motion(label, 1.5).blendshapes
        assert np.abs(np.diff(without_blinks(shapes), axis=0)).max() < 0.5
        upper = [
            i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("brow", "cheek", "nose", "eyeSquint", "eyeWide"))
        ]
        assert np.abs(np.diff(shapes[:, upper], axis=0)).max() < 0.12

    def test_a_held_feeling_is_never_frozen(self) -> None:
        brow = motion("angry", blink=False).blendshapes[:, ARKIT_NAMES.index("browDownLeft")]
        assert 0.01 < brow.std() < 0.12
        assert (np.abs(np.diff(brow)) > 1e-5).mean() > 0.9

    def test_stress_raises_the_brows(self) -> None:
        from style2talker.style_e.prosody import prosody

        voice = prosody(SPEECH)
        brow = motion(blink=False).blendshapes[:, ARKIT_NAMES.index("browInnerUp")]
        assert brow[voice.accents > 0.5].mean() > brow[voice.speaking > 0.9].mean() + 0.02

    def test_a_timeline_changes_the_face_on_time(self) -> None:
        shapes = motion("0: happy; 5: furious", blink=False).blendshapes
        smile, brow = (shapes[:, ARKIT_NAMES.index(n)] for n in ("mouthSmileLeft", "browDownLeft"))
        assert smile[:115].min() > 0.3 > smile[140:].max()
        assert brow[140:].min() > 0.6 > brow[:115].max()
        assert np.abs(np.diff(brow)).max() < 0.25

    def test_left_is_left(self) -> None:
        mean = motion("contempt", blink=False).blendshapes.mean(0)
        assert mean[ARKIT_NAMES.index("mouthDimpleLeft")] > mean[ARKIT_NAMES.index("mouthDimpleRight")] + 0.4
        assert mean[ARKIT_NAMES.index("browOuterUpRight")] > mean[ARKIT_NAMES.index("browOuterUpLeft")] + 0.3

    def test_blinks_can_be_left_out(self) -> None:
        assert motion(blink=True).blendshapes[:, BLINK].max() > 0.99
        assert motion(blink=False).blendshapes[:, BLINK].max() < 0.2

    def test_blink_rate_of_a_minute(self) -> None:
        lids = motion(speech=made_speech(240.0, long_phrases(240.0))).blendshapes[:, BLINK].max(1)
        count = (np.diff((lids > 0.9).astype(int)) == 1).sum() / 4
        assert 15 <= count <= 25

    def test_a_still_head_in_silence_only_breathes_and_blinks(self) -> None:
        quiet = made_speech(10.0, ((0.4, 2.0),))
        made = motion("sad", speech=quiet, pose="still")
        assert not made.rotation.any()
        assert not made.translation[:, [0, 2]].any()
        assert 0 < made.translation[:, 1].max() < 0.02
        late = without_blinks(made.blendshapes[80:])
        assert np.abs(late - late[0]).max() < 0.012
        assert motion(pose="generate").rotation.any()

    def test_no_head_motion_still_breathes(self) -> None:
        made = motion(head_motion=0.0)
        assert not made.rotation.any()
        assert made.translation[:, 1].any()

    def test_same_seed_same_bytes_other_seed_other_motion(self) -> None:
        one, same, other = motion("happy", seed=5), motion("happy", seed=5), motion("happy", seed=6)
        for name in ("blendshapes", "rotation", "translation"):
            assert getattr(one, name).tobytes() == getattr(same, name).tobytes()
            assert np.abs(getattr(one, name) - getattr(other, name)).max() > 1e-3

    def test_options_do_not_disturb_each_other(self) -> None:
        plain, unblinking, still = motion(), motion(blink=False), motion(head_motion=0.0)
        np.testing.assert_array_equal(plain.rotation, unblinking.rotation)
        np.testing.assert_array_equal(plain.blendshapes, still.blendshapes)

    def test_an_art_portrait_of_any_rest_stays_in_range(self) -> None:
        rng = np.random.default_rng(0)
        for label in LABELS:
            own = rng.uniform(0, 1, 52).astype(np.float32)
            made = generate_motion(SPEECH, understand(label, 1.5), own, MotionOptions(), 1, actor)
            assert made.blendshapes.min() >= 0
            assert made.blendshapes.max() <= 1
            assert made.n_frames == SPEECH.n_frames
            assert made.fps == 25

    def test_ten_minutes_are_as_lively_as_their_first_ten_seconds(self) -> None:
        made = motion("happy", speech=made_speech(600.0, long_phrases(600.0)))
        assert made.n_frames == 15000
        spread = [float(made.rotation[begin : begin + 250].std()) for begin in range(0, 15000, 250)]
        assert min(spread) > 0.2 * float(np.median(spread))

    def test_a_short_word_is_enough(self) -> None:
        made = motion("fear", speech=made_speech(0.24, ((0.0, 0.24),)))
        assert made.n_frames == 6


def test_options_are_checked() -> None:
    with pytest.raises(UsageError, match="0 to 2"):
        MotionOptions(head_motion=2.5)
    with pytest.raises(UsageError, match="pose"):
        MotionOptions(pose="wild")  # type: ignore[arg-type]


def test_rest_of_the_prototypes_is_known() -> None:
    assert prototypes().shape == (8, 52)
