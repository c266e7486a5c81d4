"""The samples that Style-A learns from."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from tests.drawn_face import reference_points  # noqa: E402
from tests.train.published.drawn_corpus import CLIPS, FRAMES, SIZE, drawn_clip, make_corpus  # noqa: E402

from style2talker.corpus.clips import write_clip  # noqa: E402
from style2talker.corpus.manifest import read_manifest, write_manifest  # noqa: E402
from style2talker.corpus.pack import finish_pack, packed_frames  # noqa: E402
from style2talker.errors import InputError, UsageError  # noqa: E402
from style2talker.face.pose import rotation_matrix  # noqa: E402
from style2talker.face.tracking import Track  # noqa: E402
from style2talker.records import ARKIT_NAMES  # noqa: E402
from style2talker.style_a.driving import RADIUS, face_place, rig_rows  # noqa: E402
from style2talker.style_a.neural import as_picture  # noqa: E402
from style2talker.style_a.parsing import CLASSES  # noqa: E402
from style2talker.train.published.style_a.clips import ClipData, Frames, Movie, find_clips  # noqa: E402
from style2talker.train.published.style_a.data import Samples  # noqa: E402
from style2talker.train.published.style_a.mesh_flow import mesh_flow  # noqa: E402
from style2talker.train.published.style_a.mirror import (  # noqa: E402
    mirrored_mesh,
    mirrored_pixels,
    mirrored_window,
)
from style2talker.train.published.style_a.recipe import (  # noqa: E402
    DEGREES,
    StyleARecipe,
    network_settings,
)
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402
from style2talker.train.published.style_a.teacher import StyledFilms  # noqa: E402
from style2talker.train.published.style_a.warp import resize_flow, warp  # noqa: E402

TINY = StyleARecipe.tiny()
STYLED = dataclasses.replace(TINY, teacher="stylised", stylised="style_0, style_1")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus"), styles=2)


@pytest.fixture(scope="module")
def samples(corpus: Path) -> Samples:
    return Samples(TINY, corpus, "train", 3)


def named(clips: list[ClipData], name: str) -> ClipData:
    return next(clip for clip in clips if clip.name == name)


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return set(a) == set(b) and all(a[name].tobytes() == b[name].tobytes() for name in a)


def test_a_sample_has_its_shapes_and_ranges(samples: Samples) -> None:
    found = samples.sample(0)
    shapes = {
        "picture": (3, 64, 64),
        "parsing": (19, 64, 64),
        "window": (61, 27),
        "face": (3, 32, 32),
        "style": (),
        "art": (3, 32, 32),
        "by_picture": (1,),
        "degree": (1,),
        "truth": (3, 64, 64),
        "true": (3, 64, 64),
        "flow": (2, 16, 16),
        "trust": (1, 16, 16),
        "next_window": (61, 27),
        "next_flow": (2, 16, 16),
        "next_trust": (1, 16, 16),
    }
    assert {name: value.shape for name, value in found.items()} == shapes
    assert all(value.dtype == np.float32 for name, value in found.items() if name != "style")
    assert found["style"].dtype == np.int64
    for name in ("picture", "face", "art", "truth", "true"):
        assert -1 <= found[name].min() < found[name].max() <= 1


def test_a_sample_is_a_pure_function_of_seed_and_number(corpus: Path, samples: Samples) -> None:
    again = Samples(TINY, corpus, "train", 3)
    backwards = [again.sample(n) for n in reversed(range(12))][::-1]
    assert all(same(samples.sample(n), backwards[n]) for n in range(12))
    assert not same(samples.sample(0), samples.sample(1))
    assert not same(samples.sample(0), Samples(TINY, corpus, "train", 4).sample(0))
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(Samples(TINY, corpus, "train", 3).sample, range(12)))
    assert all(same(a, b) for a, b in zip(together, backwards, strict=True))


def test_a_sample_does_not_depend_on_what_is_kept_in_memory(corpus: Path, samples: Samples) -> None:
    forgetful = Samples(dataclasses.replace(TINY, cache=0), corpus, "train", 3)
    assert all(same(samples.sample(n), forgetful.sample(n)) for n in range(6))
    assert all(same(samples.sample(n), forgetful.sample(n)) for n in range(6))


def test_no_test_clip_is_in_the_train_stream(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The released loader adds the test clips to those it trains on."""
    train, held = (Samples(TINY, corpus, split, 0) for split in ("train", "validation"))
    assert {clip.name for clip in train.clips} == {n for n, (_, _, split) in CLIPS.items() if split == "train"}
    assert {clip.name for clip in held.clips} == {n for n, (_, _, split) in CLIPS.items() if split == "test"}
    read: set[str] = set()
    plain = Frames.picture

    def watched(self: Frames, clip: str, number: int) -> np.ndarray:
        read.add(clip)
        return plain(self, clip, number)

    monkeypatch.setattr(Frames, "picture", watched)
    for n in range(60):
        train.sample(n)
    assert read == {clip.name for clip in train.clips}


def test_acted_targets_have_neutral_sources_and_films_their_own(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs: list[tuple[str, str]] = []
    plain = Samples.pair

    def watched(self: Samples, source: tuple[ClipData, int], target: tuple[ClipData, int], *rest: object) -> object:
        pairs.append((source[0].name, target[0].name))
        return plain(self, source, target, *rest)

    monkeypatch.setattr(Samples, "pair", watched)
    for n in range(60):
        samples.sample(n)
    neutral = "M001#neutral#level_1#001"
    assert set(pairs) == {(neutral, neutral), (neutral, "M001#happy#level_2#001"), ("film", "film")}


def test_windows_come_from_the_target_and_its_clip_alone(corpus: Path) -> None:
    samples = Samples(dataclasses.replace(TINY, relative=False), corpus, "train", 3)
    film = named(samples.clips, "film")
    _, track = drawn_clip(list(CLIPS).index("film"))
    assert np.allclose(film.windows[:, :52, 13], track.blendshapes, atol=1e-3)
    assert np.allclose(rotation_matrix(film.windows[:, 52:55, 13]), rotation_matrix(track.rotation), atol=1e-4)
    first = film.windows[0]
    assert sum(np.array_equal(first[:, k], first[:, 13]) for k in range(27)) == 14
    found = samples.pair((film, 0), (film, 4))
    assert np.array_equal(found["window"], film.windows[4])
    assert np.array_equal(found["next_window"], film.windows[5])
    last = samples.pair((film, 0), (film, FRAMES - 1))
    assert np.array_equal(last["next_window"], last["window"])
    assert np.abs(last["next_flow"]).max() < 1e-5


def test_pictures_are_the_packed_frames(corpus: Path, samples: Samples) -> None:
    film = named(samples.clips, "film")
    frames = list(packed_frames(corpus / "lmdb" / str(SIZE), "film"))
    found = samples.pair((film, 1), (film, 3))
    for name, number in (("picture", 1), ("true", 3), ("truth", 3)):
        assert np.abs(found[name] - as_picture(frames[number])).max() < 0.03  # two decoders of JPEG


def test_the_taught_flow_brings_the_photo_to_the_target(samples: Samples) -> None:
    film = named(samples.clips, "film")
    found = {name: torch.from_numpy(value)[None] for name, value in samples.pair((film, 1), (film, 3)).items()}
    moved = warp(found["picture"], resize_flow(found["flow"], SIZE))
    within = torch.nn.functional.interpolate((found["trust"] >= 1).float(), (SIZE, SIZE)) > 0
    apart, still = ((a - found["true"]).abs().masked_select(within).mean() for a in (moved, found["picture"]))
    assert apart < 0.35 * still


def test_the_mesh_flow_of_a_shift_is_that_shift() -> None:
    target = reference_points(64)
    source = target + np.array([4, -2, 0], np.float32)
    flow, trust = mesh_flow(source, target, 64, 16)
    assert np.allclose(flow[0], 1, atol=1e-3)  # 4 pixels of 64 are one of 16
    assert np.allclose(flow[1], -0.5, atol=1e-3)
    assert trust[0, 8, 8] == 1
    assert trust[0, 0, 0] < 0.2
    nothing, _ = mesh_flow(target, target, 64, 16)
    assert np.abs(nothing).max() < 1e-4


def mirrored_track(track: Track) -> Track:
    """What the tracker would find in the mirrored film."""
    shapes = np.zeros_like(track.blendshapes)
    for k, name in enumerate(ARKIT_NAMES):
        other = name.replace("Left", "@").replace("Right", "Left").replace("@", "Right")
        shapes[:, ARKIT_NAMES.index(other)] = track.blendshapes[:, k]
    landmarks = np.stack([mirrored_mesh(mesh, SIZE) for mesh in track.landmarks])
    return Track(landmarks, shapes, track.rotation * [1, -1, -1], track.valid, track.fps)


def test_a_mirrored_row_is_the_row_of_the_mirrored_film() -> None:
    _, track = drawn_clip(1)
    rng = np.random.default_rng(0)
    shapes = rng.uniform(0, 1, track.blendshapes.shape).astype(np.float32)
    turned = rng.normal(0, 0.2, track.rotation.shape).astype(np.float32)
    track = dataclasses.replace(track, blendshapes=shapes, rotation=turned)
    rows = []
    for each in (track, mirrored_track(track)):
        place = face_place(np.median(each.landmarks, axis=0), SIZE, SIZE)
        rows.append(rig_rows(each.motion(), np.median(each.rotation, axis=0), place))
    assert np.allclose(mirrored_window(rows[0].T), rows[1].T, atol=1e-4)
    assert np.array_equal(mirrored_window(mirrored_window(rows[0].T)), rows[0].T)


def test_a_mirrored_sample_is_consistent(samples: Samples) -> None:
    film = named(samples.clips, "film")
    plain, turned = (samples.pair((film, 1), (film, 3), mirrored=mirrored) for mirrored in (False, True))
    for name in ("picture", "true", "truth", "trust"):
        assert np.allclose(turned[name], plain[name][..., ::-1], atol=0.02), name
    assert np.allclose(turned["flow"][1], plain["flow"][1, :, ::-1], atol=0.05)
    assert np.allclose(turned["flow"][0], -plain["flow"][0, :, ::-1], atol=0.05)
    assert np.abs(turned["face"] - plain["face"][..., ::-1]).mean() < 0.02
    assert np.array_equal(mirrored_pixels(np.arange(12).reshape(2, 2, 3))[:, 0], [[3, 4, 5], [9, 10, 11]])
    left, right = CLASSES.index("left eye"), CLASSES.index("right eye")
    # Left is the left of the picture, in the mirror as well.
    assert (plain["parsing"][left, :, ::-1] == turned["parsing"][right]).mean() > 0.99
    assert np.array_equal(turned["window"], mirrored_window(plain["window"]))


def test_half_of_the_samples_are_mirrored(corpus: Path) -> None:
    stream, plain = (
        Samples(dataclasses.replace(TINY, mirror=share), corpus, "train", 0, frozenset({"film"})) for share in (0.5, 0)
    )
    same_as_plain = [np.array_equal(stream.sample(n)["picture"], plain.sample(n)["picture"]) for n in range(30)]
    assert 5 < sum(same_as_plain) < 25


def test_degrees_styles_and_pictures_of_art_are_drawn(corpus: Path) -> None:
    stream = Samples(STYLED, corpus, "train", 0)
    found = [stream.sample(n) for n in range(120)]
    assert {round(float(each["degree"][0]), 1) for each in found} == set(DEGREES)
    assert {int(each["style"]) for each in found} == {0, 1}
    assert {float(each["by_picture"][0]) for each in found} == {0.0, 1.0}
    without = [Samples(TINY, corpus, "train", 0).sample(n) for n in range(20)]
    assert all(each["degree"] == 0 for each in without)  # no teacher, no style


def test_the_truth_is_the_film_at_degree_0_and_the_styled_film_at_degree_1(corpus: Path) -> None:
    stream = Samples(STYLED, corpus, "train", 0)
    film = named(stream.clips, "film")
    plain, half, full = (stream.pair((film, 0), (film, 2), 1, degree)["truth"] for degree in (0.0, 0.5, 1.0))
    other = stream.pair((film, 0), (film, 2), 0, 1.0)
    assert np.array_equal(plain, other["true"])
    assert np.allclose(half, (plain + full) / 2, atol=1e-6)
    assert np.abs(full - other["truth"]).mean() > 0.1  # two styles
    assert np.abs(full - plain).mean() > 0.2
    shown = stream.pair((film, 0), (film, 2), 1, 1.0, True, (film, 2))["art"]
    small = torch.nn.functional.avg_pool2d(torch.from_numpy(full), 2).numpy()
    assert np.abs(shown - small).mean() < 0.02  # the art is shown in the style


def test_a_style_without_all_clips_is_refused(corpus: Path, tmp_path: Path) -> None:
    rows = dict(read_manifest(corpus / "style_0").rows)
    del rows["film"]
    write_manifest(tmp_path, rows)
    recipe = dataclasses.replace(TINY, teacher="stylised", stylised=str(tmp_path))
    with pytest.raises(UsageError, match="lacks 1 styled clips, such as film: run corpus stylize"):
        Samples(recipe, corpus, "train", 0)


def test_more_corpora_than_styles_are_refused(corpus: Path) -> None:
    recipe = dataclasses.replace(STYLED, styles=1)
    with pytest.raises(UsageError, match="2 corpora, the network has 1 styles"):
        StyledFilms(recipe, corpus)
    assert StyledFilms(STYLED, corpus).count == 2


def test_a_styled_film_that_is_too_short_is_refused(tmp_path: Path) -> None:
    frames, _ = drawn_clip(0)
    write_clip(tmp_path / "a.mp4", frames[:2], SIZE, None)
    row = next(iter(read_manifest(make_corpus(tmp_path / "corpus")).rows.values()))
    write_manifest(tmp_path, {row.clip: dataclasses.replace(row, files={"stylized": "a.mp4"})})
    movie = Movie(tmp_path, SIZE, 8)
    assert movie.clips == {row.clip}
    assert movie.picture(row.clip, 1).shape == (SIZE, SIZE, 3)
    with pytest.raises(InputError, match="has 2 frames, frame 2 is wanted"):
        movie.picture(row.clip, 2)
    with pytest.raises(InputError, match="other is not styled"):
        movie.picture("other", 0)


def test_films_leave_memory_for_others(corpus: Path) -> None:
    small, large = Movie(corpus / "style_0", SIZE, 0), Movie(corpus / "style_0", SIZE, 64)
    for name in sorted(large.clips):
        assert np.array_equal(small.picture(name, 1), large.picture(name, 1))
    assert len(small._kept) == 1


def test_a_network_as_teacher_gets_the_targets_own_face(corpus: Path, tmp_path: Path) -> None:
    """The released loader aligns the target from the source's picture."""
    weights = tmp_path / "vtoonify.pt"
    stream = Samples(
        dataclasses.replace(TINY, teacher="vtoonify", vtoonify=str(weights), carry_picture=False), corpus, "train", 0
    )
    actor = named(stream.clips, "M001#happy#level_2#001")
    film = named(stream.clips, "film")
    found = stream.pair((film, 0), (actor, 2))
    own = stream.pair((actor, 2), (actor, 2))
    assert np.array_equal(found["true_face"], own["face"])
    assert np.array_equal(found["true_parsing"], own["parsing"])
    assert not np.array_equal(found["true_face"], found["face"])


def test_published_coefficients_have_73_columns(corpus: Path) -> None:
    recipe = dataclasses.replace(TINY, space="bfm", parsing="none", mirror=0.0)
    found = Samples(recipe, corpus, "train", 0).sample(0)
    assert found["window"].shape == (73, 27)
    assert np.abs(found["window"]).max() < 5  # the crop, too, is of the size of the others
    assert (found["parsing"] == 0).all()


def test_larger_clips_than_frames_keep_their_landmarks_in_place(corpus: Path) -> None:
    """Tracks are in pixels of the clip, whatever the size of the packed frames."""
    clip = find_clips(corpus, "train", "rig")[0]
    _, track = drawn_clip(list(CLIPS).index(clip.name))
    assert np.allclose(clip.mesh(2, SIZE), track.landmarks[2], atol=1e-3)
    doubled = (track.landmarks[2] + [0.5, 0.5, 0]) * 2 - [0.5, 0.5, 0]
    assert np.allclose(clip.mesh(2, 2 * SIZE), doubled, atol=1e-3)


def test_what_is_missing_is_said(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no packed and tracked clip of the split 'train'"):
        Samples(TINY, tmp_path, "train", 0)
    with pytest.raises(InputError, match="none of the clips other"):
        Samples(TINY, corpus, "train", 0, frozenset({"other"}))
    with pytest.raises(UsageError, match="needs bisenet"):
        Samples(dataclasses.replace(TINY, parsing="bisenet"), corpus, "train", 0)
    frames = Frames(corpus, SIZE, 1)
    with pytest.raises(InputError, match=f"lacks frame {FRAMES}"):
        frames.picture("film", FRAMES)
    with pytest.raises(InputError, match="packed in 0 sizes"):
        Frames(tmp_path, SIZE, 1)


def test_a_track_of_another_length_than_the_frames_is_refused(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path)
    rows = dict(read_manifest(corpus).rows)
    finish_pack(corpus / "lmdb" / str(SIZE), [row for row in rows.values() if row.clip != "film"])
    with pytest.raises(InputError, match=f"film of .* has 0 packed frames, {FRAMES} tracked"):
        find_clips(corpus, "train", "rig")


def test_recipes_go_with_their_networks() -> None:
    for preset in ("paper", "small", "tiny"):
        recipe, settings = getattr(StyleARecipe, preset)(), getattr(StyleASettings, preset)()
        assert StyleARecipe.of(settings) == recipe
        assert StyleARecipe.of(recipe) is recipe
        assert network_settings(dataclasses.asdict(recipe)) == settings
    paper = StyleARecipe.paper()
    weights = (paper.adversarial, paper.reconstruction, paper.perceptual, paper.mask, paper.temporal)
    assert weights == (0.01, 0.1, 4 * 0.01, 0.0005, 1.0)
    assert (paper.learning_rate, paper.beta_1, paper.beta_2, paper.r1, paper.flow) == (1e-4, 0.9, 0.99, 0, 0)


def test_terms_fade_in_and_out() -> None:
    recipe = dataclasses.replace(TINY, flow_steps=100, temporal_from=50, temporal_full=150)
    assert [recipe.fading(step) for step in (0, 25, 100, 500)] == [1, 0.75, 0, 0]
    assert [recipe.steadying(step) for step in (0, 50, 100, 150, 500)] == [0, 0, 0.5, 1, 1]
    assert dataclasses.replace(TINY, flow_steps=0).fading(10**6) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"teacher": "nobody"}, "expected none, stylised, vtoonify"),
        ({"teacher": "stylised"}, "needs stylised"),
        ({"teacher": "vtoonify", "carry_picture": False}, "needs vtoonify"),
        ({"teacher": "vtoonify", "vtoonify": "a.pt"}, "carry_picture"),
        ({"picture_share": 2.0}, "expected 0 to 1"),
        ({"mirror": -0.1}, "expected 0 to 1"),
        ({"mirror": 0.5, "space": "bfm"}, "needs the coefficients of the rig"),
        ({"learning_rate": 0.0}, "expected more than 0"),
        ({"input_size": 48}, "power of two"),
    ],
)
def test_impossible_recipes_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        dataclasses.replace(TINY, **change)


def test_a_relative_network_is_told_what_changes(corpus: Path) -> None:
    told = Samples(TINY, corpus, "train", 3)
    whole = Samples(dataclasses.replace(TINY, relative=False), corpus, "train", 3)
    clip, other = told.clips[0], told.clips[-1]
    assert TINY.relative
    same_frame = told.pair((clip, 3), (clip, 3))["window"]
    assert np.array_equal(same_frame[:, RADIUS], np.zeros(61, np.float32))
    own = whole.pair((other, 2), (other, 2))["window"][:, RADIUS]
    changed, absolute = (each.pair((other, 2), (clip, 5))["window"] for each in (told, whole))
    assert np.allclose(changed, absolute - own[:, None], atol=1e-6)
    assert np.abs(changed - absolute).max() > 0.01
