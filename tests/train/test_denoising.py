"""Small networks really learn: to hear vowels, to put films in step, to sample motion of a voice and a feeling."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")

from made_scenes import made_film, made_scene  # noqa: E402

from style2talker.train import denoising, networks, speech_encoder  # noqa: E402
from style2talker.train.denoising import new_denoiser, train_denoiser, tune  # noqa: E402
from style2talker.train.speech_encoder import (  # noqa: E402
    correlation,
    heard_opening,
    in_step,
    new_encoder,
    shifted,
    train_encoder,
)


@pytest.fixture(scope="module", autouse=True)
def small_batches():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speech_encoder, "_BATCH", 4)
        patch.setattr(speech_encoder, "_SEGMENT", 50)
        patch.setattr(denoising, "_BATCH", 4)
        patch.setattr(denoising, "_SEGMENT", 40)
        patch.setattr(denoising, "_FILM_BATCH", 4)
        patch.setattr(denoising, "_FILM_SEGMENT", 40)
        yield


@pytest.fixture(scope="module")
def scenes():
    return [made_scene(i) for i in range(6)]


@pytest.fixture(scope="module")
def encoder(scenes):
    torch.set_num_threads(1)
    net = new_encoder(0)
    train_encoder(net, scenes, steps=70, seed=0)
    return net


def agreement(net, films):
    return float(np.mean([correlation(heard_opening(net, film), film.opening) for film in films]))


def test_it_learns_what_opens_the_mouth(encoder):
    films = [made_film(90), made_film(91)]
    assert agreement(encoder, films) > 0.6
    foreign = correlation(heard_opening(encoder, films[0]), films[1].opening)
    assert agreement(encoder, films) > foreign + 0.3


@pytest.mark.parametrize("lag", [-4, 0, 5])
def test_offsets_between_sound_and_picture_are_found_and_taken_out(encoder, lag):
    kept = in_step(encoder, [made_film(92, lag)])
    assert len(kept) == 1
    assert len(kept[0].opening) == len(kept[0].windows) == 150 - abs(lag)
    assert agreement(encoder, kept) > 0.5


def test_sound_that_belongs_to_another_face_is_left_out(encoder):
    from dataclasses import replace

    film = made_film(93)
    still = replace(film, columns=made_film(97).columns, opening=np.zeros_like(film.opening))
    silent = replace(film, columns=film.columns[:0])
    assert in_step(encoder, [still, silent]) == [silent]


def test_shifted_curves_overlap():
    a, b = np.arange(10.0), np.arange(10.0)
    for lag in (-3, 0, 4):
        one, two = shifted(a, b, lag)
        assert (two - one == lag).all() and len(one) == 10 - abs(lag)


def test_correlation_of_what_stands_still_is_nothing():
    assert correlation(np.ones(5), np.arange(5.0)) == 0
    assert correlation(np.arange(5.0), -np.arange(5.0)) == pytest.approx(-1)


def test_a_denoiser_learns_and_tuning_keeps_it(encoder, scenes, monkeypatch):
    torch.manual_seed(0)
    net = new_denoiser(0)
    losses = []
    follow = denoising.follow

    def noting(networks_, loss_of, steps, *rest, **more):
        def noted(step):
            loss = loss_of(step)
            losses.append(float(loss.detach()))
            return loss

        follow(networks_, noted, steps, *rest, **more)

    monkeypatch.setattr(denoising, "follow", noting)
    before = [weight.clone() for weight in encoder.parameters()]
    train_denoiser(encoder, net, scenes, steps=60, seed=0)
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])
    assert all(torch.equal(a, b) for a, b in zip(before, encoder.parameters(), strict=True))
    losses.clear()
    tuned = networks.SpeechEncoder(18)
    tuned.load_state_dict(encoder.state_dict())
    tune(tuned, net, scenes, [made_film(94), made_film(95)], steps=20, seed=0)
    assert np.mean(losses[-5:]) < 1.1 * np.mean(losses[:5])
    assert agreement(tuned, [made_film(96)]) > 0.5
    assert any(not torch.equal(a, b) for a, b in zip(before, tuned.parameters(), strict=True))
