"""The kernels of the lids against plain NumPy, and what lids do: keep their lashes' length, close wholly."""

import numpy as np
import pytest

from style2talker.style_a.lids import compose_eye, place_eye

ROWS, COLUMNS, TABLE = 41, 53, 31


def scene(rng, close=0.4):
    y, x = np.mgrid[:ROWS, :COLUMNS].astype(np.float32)
    s_index = ((x + 0.1 * y) / COLUMNS * (TABLE - 1)).astype(np.float32)
    across = (y - 20 - 0.1 * x).astype(np.float32)
    arc = np.sin(np.linspace(0, np.pi, TABLE))
    rest = np.stack([-16 + 0 * arc, -6 * arc, 5 * arc, 17 + 0 * arc]).astype(np.float32)
    moved = np.stack([rest[1] + close * 11 * arc, rest[2] - 0.1 * arc]).astype(np.float32)
    drift = rng.normal(0, 0.4, (4, TABLE)).astype(np.float32)
    return s_index, across, rest, moved, drift


def place(s_index, across, rest, moved, drift, softness=1.5):
    maps = np.empty((6, ROWS, COLUMNS), np.float32)
    place_eye(s_index, across, -0.1, 0.995, 0.995, 0.1, rest, moved, drift, softness, *maps)
    return maps


def plain_place(s_index, across, rest, moved, drift, softness):
    y, x = np.mgrid[:ROWS, :COLUMNS].astype(np.float64)
    above, up0, low0, under, up, low, su, tu, sl, tl = (
        np.interp(s_index, np.arange(TABLE), line) for line in (*rest, *moved, *drift)
    )

    def stretched(far, edge, now):
        band = 0.25 * (edge - far)
        room, left = edge - band - far, now - band - far
        along = (across - far) / left
        out = np.where(along >= 1, across - (now - edge), far + along * room)
        return np.where(along <= 0, across, out)

    source = np.where(across < 0.5 * (up + low), stretched(above, up0, up), stretched(under, low0, low))
    span = low - up
    share = np.where(span < 1, 0.5, np.clip((across - up) / np.maximum(span, 1e-9), 0, 1))
    ds, dt = su + share * (sl - su), tu + share * (tl - tu)
    seen = np.clip((across - up) / softness + 0.5, 0, 1) * np.clip((low - across) / softness + 0.5, 0, 1)
    seen *= np.clip(span / softness, 0, 1)
    shift = source - across
    return np.stack(
        [x - 0.1 * shift, y + 0.995 * shift, x + 0.995 * ds - 0.1 * dt, y + 0.1 * ds + 0.995 * dt, seen, across - up]
    )


@pytest.mark.parametrize("seed", range(3))
def test_places_equal_their_plain_twin(seed):
    given = scene(np.random.default_rng(seed))
    maps, plain = place(*given), plain_place(*given, 1.5)
    wrong = np.abs(maps - plain).max(axis=0) > 2e-3
    # A pixel exactly on the middle line may count to either lid in single precision.
    assert wrong.mean() < 0.005
    assert np.abs(plain[1] - np.mgrid[:ROWS, :COLUMNS][0]).max() > 3


def test_lids_that_have_not_moved_show_the_skin_where_it_is():
    s_index, across, rest, _, _ = scene(np.random.default_rng(0))
    maps = place(s_index, across, rest, rest[1:3], np.zeros((4, TABLE), np.float32))
    y, x = np.mgrid[:ROWS, :COLUMNS]
    for lid, ball, own in ((0, 2, x), (1, 3, y)):
        assert np.abs(maps[lid] - own).max() < 1e-3
        assert np.abs(maps[ball] - own).max() < 1e-3


def test_lids_that_meet_leave_nothing_open():
    s_index, across, rest, _, drift = scene(np.random.default_rng(0))
    meet = np.stack([rest[2], rest[2]])
    assert place(s_index, across, rest, meet, drift)[4].max() == 0.0
    assert place(s_index, across, rest, rest[1:3], drift)[4].max() == 1.0


def test_a_band_at_the_edge_of_the_lid_keeps_its_width():
    s_index, across, rest, moved, drift = scene(np.random.default_rng(0), close=0.6)
    lid_y = place(s_index, across, rest, moved, drift)[1]
    column = COLUMNS // 2
    edge = int(np.argmax(across[:, column] > moved[0, TABLE // 2]))
    assert np.allclose(np.diff(lid_y[edge - 3 : edge, column]), 1.0, atol=0.02)


def test_composition_equals_its_plain_twin():
    rng = np.random.default_rng(2)
    shape = (17, 13)
    under = rng.integers(0, 256, (*shape, 4), dtype=np.uint8)
    skin = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    white, glint = rng.random((*shape, 3), np.float32), 0.2 * rng.random((*shape, 3), np.float32)
    iris = rng.random((*shape, 4), np.float32) * 0.5
    opening, line = rng.random(shape, np.float32), rng.random(shape, np.float32)
    below = rng.uniform(-4, 12, shape).astype(np.float32)
    shadow, dark = np.linspace(0.4, 1, 9, dtype=np.float32), np.array([0.1, 0.05, 0.02], np.float32)
    out = under.copy()
    compose_eye(under, skin, white, iris, glint, opening, below, shadow, 8.0, line, dark, 0.7, out)
    light = np.interp(below / 8.0 * 8, np.arange(9), shadow)[..., None]
    ball = 255 * ((white * (1 - iris[..., 3:]) + iris[..., :3]) * light + glint)
    value = skin + (ball - skin) * opening[..., None]
    value += (255 * dark - value) * line[..., None]
    value = under[..., :3] + (value - under[..., :3]) * 0.7
    assert np.abs(out[..., :3] - np.clip(value, 0, 255)).max() <= 0.51
    assert np.array_equal(out[..., 3], under[..., 3])
