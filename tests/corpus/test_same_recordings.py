"""Cuts of one recording are told, whatever their names."""

import numpy as np

from style2talker.corpus.recordings import one_person_a_recording, same_recording

RNG = np.random.default_rng(0)
WHOLE, OTHER = RNG.normal(0, 1, (2, 400, 80)).astype(np.float32)


def test_a_cut_is_the_same_recording_and_other_speech_is_not():
    assert same_recording(WHOLE, WHOLE[80:380])
    assert same_recording(WHOLE[50:300] + 0.7, WHOLE)
    assert not same_recording(WHOLE, OTHER)
    assert not same_recording(WHOLE, WHOLE[:0])


def test_cuts_of_one_recording_are_one_person():
    people = one_person_a_recording(["a", "b", "c", "d"], [WHOLE, OTHER, WHOLE[80:380], WHOLE[100:350]])
    assert people == ["a", "b", "a", "a"]
