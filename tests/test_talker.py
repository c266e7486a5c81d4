"""From a portrait and a voice to a clip: counts, clocks, memory of models, and what each option does to the result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker import talker as module
from style2talker.assets.store import package_data
from style2talker.config import GenerateOptions, RenderOptions, StylizeOptions
from style2talker.errors import AudioError, FaceError, OutputError, PictureError, UsageError
from style2talker.face.landmarks import People
from style2talker.media.audio import Sound, read_sound, write_wav
from style2talker.media.motion import read_motion, write_motion
from style2talker.media.picture import Picture, read_picture, write_picture
from style2talker.media.video import probe_video
from style2talker.records import ARKIT_NAMES, Motion, Portrait
from style2talker.style_a.head import Head
from style2talker.style_a.renderer import Renderer
from style2talker.talker import Clip, ClipMotion, Talker, read_art

SIDE = 257
JAW = ARKIT_NAMES.index("jawOpen")


class Finder:
    """Stands in for MediaPipe, which need not be here."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1


def find_drawn(pixels: np.ndarray, alpha: np.ndarray | None, which: object, finder: Finder) -> Portrait:
    """Knows where the face of the drawn portrait is, at any size of the picture."""
    if not pixels.any():
        raise FaceError("no face found")
    drawn = draw_portrait(SIDE)
    scale = np.float32(pixels.shape[0] / SIDE)
    return Portrait(pixels, drawn.landmarks * scale, drawn.blendshapes, drawn.rotation, alpha)


def find_drawn_people(pixels: np.ndarray, alpha: np.ndarray | None, which: object, finder: Finder) -> People:
    """One drawn face, or two side by side in a picture twice as wide as high."""
    if pixels.shape[1] < 2 * pixels.shape[0]:
        return People((find_drawn(pixels, alpha, which, finder),), ())
    left = find_drawn(pixels, alpha, which, finder)
    beside = left.landmarks + np.array([pixels.shape[0], 0, 0], np.float32)
    right = Portrait(pixels, beside, left.blendshapes, left.rotation, alpha)
    return People((left, right), ()) if which == "all" else People((left,), (beside,))


@pytest.fixture(autouse=True)
def finder(monkeypatch: pytest.MonkeyPatch) -> type[Finder]:
    monkeypatch.setattr(module, "FaceFinder", Finder)
    monkeypatch.setattr(module, "find_portrait", find_drawn)
    monkeypatch.setattr(module, "find_people", find_drawn_people)
    monkeypatch.setattr(Finder, "made", 0)
    return Finder


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.array(draw_portrait(SIDE).pixels)


@pytest.fixture(scope="module")
def voice() -> Sound:
    """The first 1.3 s of the bundled speech."""
    whole = read_sound(package_data("example/speech.wav"))
    return Sound(whole.samples[: round(1.3 * whole.rate)], whole.rate)


@pytest.fixture
def files(tmp_path: Path, pixels: np.ndarray, voice: Sound) -> tuple[Path, Path]:
    write_picture(tmp_path / "portrait.png", pixels)
    write_wav(tmp_path / "speech.wav", voice.samples, voice.rate)
    return tmp_path / "portrait.png", tmp_path / "speech.wav"


def lengths(path: Path) -> tuple[int, float, float]:
    """Frames, seconds of pictures, seconds of sound of an mp4."""
    with av.open(str(path)) as container:
        pictures, sound = container.streams.video[0], container.streams.audio[0]
        frames = sum(1 for _ in container.decode(pictures))
        return frames, float(pictures.duration * pictures.time_base), float(sound.duration * sound.time_base)


@pytest.mark.parametrize("fps", [25.0, 23.976, 30.0, 12.5, 60.0])
def test_pictures_and_sound_last_the_same(fps: float, pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    clip = Talker().generate(pixels, voice, size=96, fps=fps)
    assert len(clip) == round(1.3 * fps)
    assert clip.fps == fps
    clip.save(tmp_path / "out.mp4")
    frames, shown, heard = lengths(tmp_path / "out.mp4")
    assert frames == len(clip)
    assert abs(shown - 1.3) <= 0.5 / fps + 1e-3
    assert abs(shown - heard) <= 1 / fps


def test_files_and_arrays_give_the_same_clip(files: tuple[Path, Path], pixels: np.ndarray) -> None:
    portrait, speech = files
    talker = Talker()
    from_files = talker.generate(portrait, speech, size=96)
    from_texts = talker.generate(str(portrait), str(speech), size=96)
    from_arrays = talker.generate(pixels, read_sound(speech), size=96)
    for other in (from_texts, from_arrays):
        assert np.array_equal(other.motion.blendshapes, from_files.motion.blendshapes)
        assert np.array_equal(next(iter(other)), next(iter(from_files)))


def test_an_array_of_samples_is_taken_at_16_khz(pixels: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 12000).astype(np.float32)
    clip = Talker().generate(pixels, noise, size=96)
    assert len(clip) == round(0.75 * 25)
    assert clip.sound is not None
    assert clip.sound.rate == 16000


def test_a_clip_can_be_seen_any_number_of_times(pixels: np.ndarray, voice: Sound) -> None:
    clip = Talker().generate(pixels, voice, size=96)
    first, second = list(clip), list(clip)
    assert len(first) == len(clip)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(frame.shape == (96, 96, 3) and frame.dtype == np.uint8 for frame in first)
    assert clip.size == (96, 96)


def test_frames_are_drawn_only_when_they_are_asked_for(
    pixels: np.ndarray, voice: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = 0
    draw = Head.draw

    def counted(*arguments: object) -> object:
        nonlocal drawn
        drawn += 1
        return draw(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Head, "draw", counted)
    clip = Talker().generate(pixels, voice, size=96)
    assert drawn == 0
    frames = iter(clip)
    next(frames)
    next(frames)
    assert drawn == 2


def test_same_seed_same_bytes_other_seed_other_motion(pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        Talker().generate(pixels, voice, size=96, seed=seed).save(tmp_path / f"{name}.mp4")
    a, b, c = ((tmp_path / f"{name}.mp4").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_models_are_loaded_once(pixels: np.ndarray, voice: Sound, finder: type[Finder]) -> None:
    talker = Talker()
    assert finder.made == 0
    first = talker.generate(pixels, voice, size=96)
    model = talker._model
    second = talker.generate(pixels, voice, size=96, emotion="happy")
    assert finder.made == 1
    assert talker._model is model
    assert not np.array_equal(first.motion.blendshapes, second.motion.blendshapes)


def test_the_mouth_opens_with_the_voice_and_rests_in_silence(pixels: np.ndarray, voice: Sound) -> None:
    silence = np.zeros((voice.rate, 1), np.float32)
    sound = Sound(np.concatenate([silence, voice.samples, silence]), voice.rate)
    jaw = Talker().generate(pixels, sound, size=96).motion.blendshapes[:, JAW]
    spoken = slice(27, round(2.2 * 25))
    assert jaw[spoken].max() > 0.12
    assert jaw[spoken].mean() > 3 * max(jaw[:20].mean(), jaw[-15:].mean())


def test_still_heads_and_heads_that_copy(pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    talker = Talker()
    moving = talker.generate(pixels, voice, size=96).motion
    still = talker.generate(pixels, voice, size=96, pose="still").motion
    assert np.abs(moving.rotation).max() > 0.01
    assert np.abs(still.rotation).max() == 0
    turned = np.linspace(0, 0.2, 100, dtype=np.float32)[:, None] * np.array([0, 1, 0], np.float32)
    write_motion(tmp_path / "turn.npz", Motion(np.zeros((100, 52), np.float32), turned, 0 * turned))
    copied = talker.generate(pixels, voice, size=96, pose=tmp_path / "turn.npz", head_motion=0.5).motion
    assert np.allclose(copied.rotation, 0.5 * turned[: copied.n_frames], atol=1e-6)
    assert np.array_equal(copied.blendshapes, moving.blendshapes)


def test_framing_full_keeps_what_is_far_from_the_head(pixels: np.ndarray, voice: Sound) -> None:
    wide = np.concatenate([pixels, np.full((SIDE, SIDE, 3), 200, np.uint8)], axis=1)
    clip = Talker().generate(wide, voice, framing="full", size=64)
    assert clip.size == (2 * SIDE, SIDE)
    for frame in clip:
        assert np.array_equal(frame[:, -SIDE // 2 :], wide[:, -SIDE // 2 :])


def test_pictures_larger_than_a_frame_are_made_smaller(
    pixels: np.ndarray, voice: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST_FRAME", 200)
    opacity = np.full((SIDE, SIDE, 1), 128, np.uint8)
    for picture in (pixels, np.concatenate([pixels, opacity], axis=2)):
        assert Talker().generate(picture, voice, framing="full").size == (200, 200)
        assert Talker().generate(picture, voice, framing="crop", size=256).size == (256, 256)


def test_transparent_portraits_stand_before_a_background(pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    opacity = np.zeros((SIDE, SIDE, 1), np.uint8)
    opacity[60:200, 60:200] = 255
    cut_out = np.concatenate([pixels, opacity], axis=2)
    write_picture(tmp_path / "green.png", np.full((20, 60, 3), (10, 200, 30), np.uint8))
    talker = Talker()
    seen = {
        "keep": (255, 255, 255),
        "#102030": (16, 32, 48),
        str(tmp_path / "green.png"): (10, 200, 30),
    }
    for background, color in seen.items():
        frame = next(iter(talker.generate(cut_out, voice, framing="full", background=background)))
        assert tuple(frame[2, 2]) == color
        assert np.abs(frame[128, 128].astype(int) - pixels[128, 128]).max() < 60
    bare = talker.generate(cut_out, voice, framing="full", background="transparent")
    frame = next(iter(bare))
    assert frame.shape == (SIDE, SIDE, 4)
    assert frame[2, 2, 3] == 0 and frame[128, 128, 3] == 255
    with pytest.raises(UsageError, match="cannot be transparent"):
        bare.save(tmp_path / "out.mp4")


def test_opaque_portraits_are_cut_out_for_another_background(pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    talker = Talker()
    frame = next(iter(talker.generate(pixels, voice, size=128, background="#102030")))
    assert tuple(frame[2, 2]) == (16, 32, 48)
    clip = talker.generate(pixels, voice, size=64, background="transparent", fps=4)
    clip.save(tmp_path / "f-%02d.png")
    assert len(list(tmp_path.iterdir())) == len(clip)
    picture = read_picture(tmp_path / "f-01.png")
    assert picture.alpha is not None and picture.alpha[1, 1] == 0 and picture.alpha[32, 32] == 255
    clip.save(tmp_path / "out.webm")
    assert probe_video(tmp_path / "out.webm").n_frames in (None, len(clip))


def test_of_several_faces_one_is_animated_or_all(pixels: np.ndarray, voice: Sound) -> None:
    both = np.concatenate([pixels, pixels], axis=1)
    talker = Talker()
    one = talker.generate(both, voice, framing="full", face=0)
    assert one.others == () and one.size == (2 * SIDE, SIDE)
    for frame in one:
        assert np.array_equal(frame[:, SIDE:], pixels)
    every = talker.generate(both, voice, framing="full", face="all")
    assert len(every.others) == 1 and every.others[0].n_frames == len(every)
    assert not np.array_equal(every.others[0].rotation, every.motion.rotation)
    last = list(every)[-1]
    assert not np.array_equal(last[:, SIDE:], pixels)
    assert np.array_equal(last[:, :SIDE], list(one)[-1][:, :SIDE])
    assert every.preview().shape == (SIDE, 2 * SIDE, 3)
    again = talker.render(both, every.motion, options=RenderOptions(framing="full", face="all"))
    assert again.others == ()
    frame = list(again)[-1]
    assert np.array_equal(frame[:, :SIDE], last[:, :SIDE])
    with pytest.raises(UsageError, match="add --framing full"):
        RenderOptions(face="all")


def test_no_art_and_no_degree_are_the_portrait_itself(pixels: np.ndarray, voice: Sound) -> None:
    talker = Talker()
    plain = next(iter(talker.generate(pixels, voice, size=96)))
    zero = next(iter(talker.generate(pixels, voice, size=96, art="comic", art_degree=0)))
    comic = next(iter(talker.generate(pixels, voice, size=96, art="comic", art_degree=1)))
    assert np.array_equal(plain, zero)
    assert np.abs(plain.astype(int) - comic).mean() > 2


def test_art_is_none_a_family_or_a_picture(tmp_path: Path, pixels: np.ndarray) -> None:
    write_picture(tmp_path / "art.png", pixels)
    example = read_art(StylizeOptions(art=str(tmp_path / "art.png"), art_degree=0.4, keep_color=True))
    assert (example.kind, example.degree, example.keep_color) == ("exemplar", 0.4, True)
    assert np.array_equal(example.picture, pixels)
    assert read_art(StylizeOptions(art="arcane")).kind == "family"
    assert read_art(StylizeOptions()).kind == "none"
    assert read_art(StylizeOptions(art=str(tmp_path / "missing.png"), art_degree=0)).kind == "none"
    with pytest.raises(PictureError, match=r"missing\.png does not exist"):
        read_art(StylizeOptions(art=str(tmp_path / "missing.png")))


def test_stylize_keeps_size_and_opacity(pixels: np.ndarray) -> None:
    opacity = np.full((SIDE, SIDE), 77, np.uint8)
    styled = Talker().stylize(Picture(pixels, opacity, "drawn"), StylizeOptions(art="cartoon"))
    assert styled.pixels.shape == pixels.shape
    assert np.array_equal(styled.alpha, opacity)
    assert np.abs(styled.pixels.astype(int) - pixels).mean() > 1
    assert np.array_equal(Talker().stylize(pixels).pixels, pixels)


def test_the_rest_expression_may_be_given(pixels: np.ndarray, voice: Sound) -> None:
    smile = np.zeros(52, np.float32)
    smile[[ARKIT_NAMES.index("mouthSmileLeft"), ARKIT_NAMES.index("mouthSmileRight")]] = 0.6
    talker = Talker()
    plain = talker.generate(pixels, voice, size=96)
    smiling = talker.generate(pixels, voice, size=96, rest=smile)
    assert not np.array_equal(plain.motion.blendshapes, smiling.motion.blendshapes)
    assert not np.array_equal(next(iter(plain)), next(iter(smiling)))


def test_the_preview_is_a_frame_with_expression(pixels: np.ndarray, voice: Sound) -> None:
    clip = Talker().generate(pixels, voice, size=96, emotion="surprised")
    preview = clip.preview()
    assert any(np.array_equal(preview, frame) for frame in clip)
    assert not np.array_equal(preview, next(iter(clip)))


def test_the_skin_folds_unless_told_not_to(pixels: np.ndarray) -> None:
    shapes = np.zeros((1, 52), np.float32)
    shapes[:, [i for i, name in enumerate(ARKIT_NAMES) if name.startswith("brow")]] = 1.0
    motion, talker = Motion(shapes, np.zeros((1, 3)), np.zeros((1, 3))), Talker()
    folded, smooth = (
        next(iter(talker.render(pixels, motion, options=RenderOptions(size=192, wrinkles=wrinkles))))
        for wrinkles in (True, False)
    )
    difference = np.abs(folded.astype(int) - smooth).max(axis=2)
    assert 4 < difference.max() < 80
    assert (difference > 2).mean() < 0.1


def test_render_follows_the_clock_of_the_motion_or_the_one_asked_for(
    pixels: np.ndarray, files: tuple[Path, Path]
) -> None:
    shapes = np.zeros((30, 52), np.float32)
    shapes[:, JAW] = np.linspace(0, 0.6, 30)
    motion = Motion(shapes, np.zeros((30, 3)), np.zeros((30, 3)), fps=30.0)
    talker = Talker()
    same = talker.render(pixels, motion, options=RenderOptions(size=96))
    assert (len(same), same.fps, same.sound) == (30, 30.0, None)
    assert np.array_equal(same.motion.blendshapes, motion.blendshapes)
    other = talker.render(pixels, motion, files[1], RenderOptions(size=96, fps=12))
    assert (len(other), other.fps) == (12, 12)
    assert other.sound is not None
    assert np.allclose(other.motion.blendshapes[:-1, JAW], np.linspace(0, 0.6, 30)[np.arange(11) * 30 // 12], atol=0.02)
    assert talker.render(pixels, motion).size == (512, 512)


def test_saving_tells_its_progress_and_its_times(pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    clip = Talker().generate(pixels, voice, size=96, emotion="0: calm; 1: angry")
    clip.save(tmp_path / "out.mp4", lambda *news: told.append(news))
    assert told == [("render", done, len(clip)) for done in range(1, len(clip) + 1)]
    assert set(clip.stages) == {"speech", "portrait", "emotion", "motion", "style", "render", "encode"}
    assert all(seconds >= 0 for seconds in clip.stages.values())
    assert len(clip.notes) == 2
    assert "angry" in clip.notes[1]


def test_the_motion_saves_itself(pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    clip = Talker().generate(pixels, voice, size=96, fps=30)
    assert isinstance(clip.motion, ClipMotion)
    clip.motion.save(tmp_path / "motion.csv")
    again = read_motion(tmp_path / "motion.csv")
    assert again.fps == 30
    assert np.array_equal(again.blendshapes, clip.motion.blendshapes)
    with pytest.raises(UsageError, match=r"motion\.doc"):
        clip.motion.save(tmp_path / "motion.doc")


def test_a_failure_while_drawing_leaves_nothing(
    pixels: np.ndarray, voice: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = Talker().generate(pixels, voice, size=96)
    frames = list(clip)

    def breaking(self: Renderer, motion: Motion, **_: object) -> Iterator[np.ndarray]:
        yield from frames[:5]
        raise RuntimeError("broken")

    monkeypatch.setattr(Renderer, "frames", breaking)
    (tmp_path / "out.mp4").write_bytes(b"older")
    with pytest.raises(RuntimeError, match="broken"):
        clip.save(tmp_path / "out.mp4")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.mp4", b"older")]


def test_what_cannot_be_used_is_refused(pixels: np.ndarray, voice: Sound, tmp_path: Path) -> None:
    talker = Talker()
    with pytest.raises(UsageError, match=r"no option 'emotoin', did you mean emotion\?"):
        talker.generate(pixels, voice, emotoin="happy")
    with pytest.raises(UsageError, match="--size is 1,"):
        talker.generate(pixels, voice, size=1)
    with pytest.raises(PictureError, match="the portrait is float64"):
        talker.generate(pixels / 255.0, voice)
    with pytest.raises(FaceError, match="no face"):
        talker.generate(np.zeros_like(pixels), voice)
    with pytest.raises(AudioError, match="the sound is silent"):
        talker.generate(pixels, np.zeros(16000, np.float32))
    with pytest.raises(AudioError, match="finite"):
        talker.generate(pixels, np.full(16000, np.nan, np.float32))
    with pytest.raises(OutputError, match="no folder"):
        talker.generate(pixels, voice, size=96).save(tmp_path / "no" / "out.mp4")


def test_options_as_a_record_are_the_same(pixels: np.ndarray, voice: Sound) -> None:
    by_name = Talker().generate(pixels, voice, size=96, emotion="sad")
    by_record = Talker().generate_from(pixels, voice, GenerateOptions(size=96, emotion="sad"))
    assert isinstance(by_record, Clip)
    assert np.array_equal(by_name.motion.blendshapes, by_record.motion.blendshapes)


def test_drawings_are_held_when_fewer_are_asked_for(pixels: np.ndarray, voice: Sound) -> None:
    smooth = Talker().generate(pixels, voice, size=128, fps=24)
    held = Talker().generate(pixels, voice, size=128, fps=24, art_frame_rate=12)
    assert len(held) == len(smooth)
    change = np.abs(np.diff(held.motion.blendshapes, axis=0)).max(axis=1)
    assert (change[::2] == 0).all() and (change[1::2] > 0).any()
    first, second = (frame for frame, _ in zip(held, range(2), strict=False))
    assert np.array_equal(first, second)
    with pytest.raises(UsageError, match="--art-frame-rate is 0, allowed is 1 to 120"):
        GenerateOptions(art_frame_rate=0)
