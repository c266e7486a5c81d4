"""Invented scenes: the mouth of the phones, the face of the feeling, a head that moves while a voice speaks."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the train extra")

from made_scenes import made_feelings, made_scene, made_utterance

from style2talker.records import ARKIT_NAMES, LABELS
from style2talker.style_e.factors import CHANNELS, FACTORS, parted
from style2talker.train.feelings import Feelings
from style2talker.train.invented import VISEME_NAMES, invented_scene, invented_scenes

CLOSURE, JAW = CHANNELS.index("closure"), 0


def test_the_mouth_is_that_of_the_phones():
    scene = made_scene(1)
    lips = parted(scene.rows).lips
    assert scene.rows.shape == (150, FACTORS)
    assert scene.known.all()
    shut = scene.visemes == VISEME_NAMES.index("PP")
    opened = scene.visemes == VISEME_NAMES.index("aa")
    assert lips[shut, CLOSURE].mean() > lips[opened, CLOSURE].mean() + 0.6
    assert lips[opened, JAW].mean() > lips[shut, JAW].mean() + 0.1
    assert scene.visemes[0] == VISEME_NAMES.index("silence")


def test_the_face_shows_what_is_felt_in_a_manner_of_its_own():
    pool = made_feelings()
    happy = [LABELS.index("happy")] * len(pool.texts)
    joyful = Feelings(pool.texts, pool.embeddings[happy], pool.expressions[happy], pool.amounts[happy])
    smile, found = ARKIT_NAMES.index("mouthSmileLeft"), []
    for seed in range(12):
        scene = invented_scene("x", made_utterance(0), joyful, np.random.default_rng(seed))
        play = parted(scene.rows).play
        if scene.feeling[:, smile].min() > 0.3:
            shown = scene.feeling + play
            assert 0.4 < shown[:, smile].mean() / scene.feeling[:, smile].mean() < 1.6
            found.append(float((play[:, smile] / scene.feeling[:, smile]).mean()))
    assert len(found) > 2
    assert np.std(found) > 0.02


def test_the_head_moves_more_while_speaking():
    head = parted(made_scene(2).rows).head
    assert 0.003 < head[:, :3].std(axis=0).max() < 0.2
    assert np.abs(head[:, :3]).max() < 0.4


def test_a_feeling_may_change_on_the_way_and_may_have_any_strength():
    feelings, rng = made_feelings(), np.random.default_rng(0)
    drawn = [feelings.drawn(rng, 6.0) for _ in range(60)]
    assert 5 < sum(len(emotion.times) == 2 for emotion, _ in drawn) < 30
    strengths = [emotion.strength for emotion, _ in drawn]
    assert min(strengths) < 0.2 and max(strengths) > 1.2
    assert all(shares.shape == (len(emotion.times), len(LABELS)) for emotion, shares in drawn)
    assert all((shares.sum(axis=1) <= 1 + 1e-5).all() for _, shares in drawn)


def test_scenes_depend_on_the_seed_and_their_number_alone(tmp_path):
    from style2talker.corpus.synth import synthesise

    def say(rng):
        utterance = made_utterance(int(rng.integers(1000)), 3.0)
        return utterance.samples, list(utterance.phones)

    files = synthesise(tmp_path, 3, seed=1, speak=say)
    steps = []
    one = invented_scenes(files, made_feelings(), 5, lambda *step: steps.append(step))
    two = invented_scenes(files, made_feelings(), 5)
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert all(np.array_equal(a.rows, b.rows) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(invented_scenes(files[:1], made_feelings(), 6)[0].rows, one[0].rows)
