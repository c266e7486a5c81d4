"""From recordings of all kinds to clips: the right face, the right time, the right sound, or a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from made_videos import GREY, RATE, click_times, clicks, drawn_boxes, drawn_finder, face_patch, picture, write_video

from style2talker.corpus import crop as crop_module
from style2talker.corpus.clips import FPS, ClipWriter, cut_sound, has_sound, sound_of, write_clip, write_speech
from style2talker.corpus.crop import crop_clip
from style2talker.corpus.faces import FaceSpan, Follower, open_finder, overlap, sampled
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import CropOptions
from style2talker.errors import AudioError, FaceError, InputError, VideoError
from style2talker.face.align import square_around
from style2talker.media.audio import Sound, read_sound
from style2talker.media.video import probe_video, read_frames

SMALL = CropOptions(size=64, min_size=40, min_frames=10)
AT = (0.2, 0.9, 1.5)


@pytest.fixture(autouse=True)
def finder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "landmarker" not in request.fixturenames:
        monkeypatch.setattr(crop_module, "open_finder", drawn_finder)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "corpus", (tmp_path,))


def made(place: Place, row: ClipRow, options: CropOptions = SMALL) -> Outcome:
    place.folder.mkdir(exist_ok=True)
    return crop_clip(row, place, options)


def row(source: str, **more: object) -> ClipRow:
    return ClipRow("c", source, "h", "p", **more)  # type: ignore[arg-type]


def frames_of(place: Place, found: ClipRow) -> list[np.ndarray]:
    return list(read_frames(place.path(found.files["video"])))


def test_a_face_is_followed_with_a_margin_and_its_sound(place: Place, tmp_path: Path) -> None:
    path = [(100 + i // 2, 60 + 2 * i // 5) for i in range(50)]
    write_video(tmp_path / "a.mp4", [picture([at]) for at in path], sound=clicks(AT, 2))
    out = made(place, row("a.mp4"))
    assert out.pieces == ()
    assert out.note == ""
    found = out.row
    # All places of the face, 60 x 80 pixels, are 84 x 99; a margin of 0.1 on each side makes a square of 119.
    assert found.box is not None
    assert np.allclose(found.box, (82, 50, 201, 169), atol=2)
    assert (found.frames, found.fps, found.sample_rate, found.start) == (50, 25.0, RATE, 0.0)
    assert found.coverage == 1.0
    assert found.quality["sound_missing"] == pytest.approx(0, abs=1e-3)
    matrix = np.array(found.transform).reshape(2, 3)
    for index, pixels in enumerate(frames_of(place, found)):
        box = drawn_boxes(cv2.resize(pixels, None, fx=4, fy=4))[0]
        left, top = matrix @ (*path[index], 1)
        assert np.allclose((box[0] / 4, box[1] / 4), (left, top), atol=1.2)
    assert probe_video(place.path(found.files["video"])).width == 64


@pytest.mark.parametrize("kind", ["video", "sound"])
def test_sound_is_cut_to_the_millisecond(place: Place, tmp_path: Path, kind: str) -> None:
    # No face before frame 15, so the clip begins at 0.6 s.
    write_video(tmp_path / "a.mp4", [picture([(100, 60)] if i >= 15 else []) for i in range(50)], sound=clicks(AT, 2))
    found = made(place, row("a.mp4")).row
    assert (found.start, found.frames) == (0.6, 35)
    sound = read_sound(place.path(found.files[kind]))
    assert sound.rate == (RATE if kind == "video" else 16000)
    assert np.allclose(click_times(sound.samples, sound.rate), [0.3, 0.9], atol=1e-3)
    assert sound.duration == pytest.approx(35 / 25, abs=1e-3)


def test_a_varying_frame_rate_becomes_steady(place: Place, tmp_path: Path) -> None:
    times = np.concatenate([np.arange(30) / 30, 1 + np.arange(15) / 15])
    shades = [picture([(100, 60)], ground=60 + round(40 * t)) for t in times]
    write_video(tmp_path / "a.mp4", shades, sound=clicks(AT, 2), times=list(times))
    found = made(place, row("a.mp4"), replace(SMALL, margin=0.4)).row
    assert found.frames == 50
    corners = np.array([f[:6, :6].mean() for f in frames_of(place, found)])
    expected = 60 + 40 * np.arange(50) / 25
    assert np.abs(corners - expected).max() < 3.5
    sound = read_sound(place.path(found.files["video"]))
    assert np.allclose(click_times(sound.samples, sound.rate), AT, atol=1e-3)


def test_a_turned_recording_is_upright(place: Place, tmp_path: Path) -> None:
    upright = picture([(60, 100)], size=(240, 320))
    write_video(tmp_path / "a.mp4", [np.rot90(upright)] * 15, turned=True)
    assert probe_video(tmp_path / "a.mp4").height == 320
    found = made(place, row("a.mp4")).row
    assert found.box is not None
    assert np.allclose(found.box, (42, 92, 138, 188), atol=2)
    assert (found.sample_rate, "sound" in found.files) == (None, False)


def test_two_people_are_two_clips(place: Place, tmp_path: Path) -> None:
    pixels = picture([(20, 30), (200, 90)])
    write_video(tmp_path / "a.mp4", [pixels] * 30, sound=clicks(AT, 1.2))
    out = made(place, row("a.mp4"))
    assert [piece.clip for piece in out.pieces] == ["c_face1", "c_face2"]
    assert [piece.person for piece in out.pieces] == ["p", "p_face2"]
    assert out.row.files == {}
    lefts = [piece.box[0] for piece in out.pieces if piece.box is not None]
    assert np.allclose(lefts, [2, 182], atol=2)
    assert all(place.path(piece.files["sound"]).is_file() for piece in out.pieces)
    with pytest.raises(FaceError, match="2 faces or shots found, only one"):
        made(place, row("a.mp4"), replace(SMALL, faces="one"))


def test_the_largest_of_several_faces(place: Place, tmp_path: Path) -> None:
    pixels = picture([(200, 90)])
    pixels[20:140, 20:110] = face_patch(90, 120)
    write_video(tmp_path / "a.mp4", [pixels] * 30)
    out = made(place, row("a.mp4"), replace(SMALL, faces="largest"))
    assert out.row.quality["face_height"] == pytest.approx(120, abs=2)
    assert out.note == "left out 1 face other than the largest"


def test_a_face_that_leaves_the_picture_ends_its_clip(place: Place, tmp_path: Path) -> None:
    lefts = [100] * 20 + [min(100 + 16 * i, 380) for i in range(30)]
    write_video(tmp_path / "a.mp4", [picture([(left, 60)]) for left in lefts], sound=clicks(AT, 2))
    found = made(place, row("a.mp4")).row
    assert found.frames is not None
    assert 20 <= found.frames <= 23
    assert found.coverage == 1.0


def test_a_face_that_comes_back_is_another_clip(place: Place, tmp_path: Path) -> None:
    seen = [True] * 20 + [False] * 20 + [True] * 20
    write_video(tmp_path / "a.mp4", [picture([(100, 60)] if yes else []) for yes in seen])
    out = made(place, row("a.mp4"))
    assert [(piece.start, piece.frames) for piece in out.pieces] == [(0.0, 16), (1.6, 20)]


def test_a_cut_to_another_shot_ends_a_clip(place: Place, tmp_path: Path) -> None:
    shots = [picture([(100, 60)], ground=30)] * 22 + [picture([(104, 62)], ground=170)] * 18
    write_video(tmp_path / "a.mp4", shots)
    out = made(place, row("a.mp4"))
    assert [(piece.start, piece.frames) for piece in out.pieces] == [(0.0, 21), (1.0, 15)]


REFUSED = [
    ([picture([])] * 15, SMALL, "no face found"),
    ([picture([(100, 60)] if 5 <= i < 12 else []) for i in range(20)], SMALL, "seen for 10 frames on end, the longest"),
    ([picture([(100, 60)])] * 15, replace(SMALL, min_size=120), "with its margin is 96 pixels, at least 120"),
    ([picture([])] * 5, replace(SMALL, box="whole"), "only 5 frames on end can be used, at least 10"),
]


@pytest.mark.parametrize(("frames", "options", "says"), REFUSED)
def test_what_cannot_be_used_is_refused_with_a_reason(
    place: Place, tmp_path: Path, frames: list[np.ndarray], options: CropOptions, says: str
) -> None:
    write_video(tmp_path / "a.mp4", frames)
    with pytest.raises(InputError, match=says):
        made(place, row("a.mp4"), options)
    assert [path for path in place.folder.rglob("*") if path.is_file()] == []


def test_small_and_short_faces_are_left_out_with_a_note(place: Place, tmp_path: Path) -> None:
    pixels = picture([(200, 90)])
    pixels[20:140, 20:110] = face_patch(90, 120)
    short = pixels.copy()
    short[:, 150:] = GREY
    write_video(tmp_path / "a.mp4", [pixels] * 7 + [short] * 23)
    out = made(place, row("a.mp4"))
    assert out.note == "left out 1 face of less than 10 frames"
    write_video(tmp_path / "a.mp4", [pixels] * 30)
    assert made(place, row("a.mp4"), replace(SMALL, min_size=120)).note == "left out 1 face smaller than 120 pixels"


def test_files_that_are_gone_or_damaged_are_refused(place: Place, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a.mp4 is in none of the source folders"):
        made(place, row("a.mp4"))
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(VideoError):
        made(place, row("a.mp4"))


def test_an_annotation_says_when_and_where(place: Place, tmp_path: Path) -> None:
    frames = [picture([(100, 60)], ground=50 + i) for i in range(60)]
    write_video(tmp_path / "a.mp4", frames, sound=clicks(AT, 2.4))
    # The box was drawn in a picture of twice the height.
    hint = {"start": 0.8, "end": 2.0, "box": [160, 80, 360, 280], "height": 480}
    found = made(place, row("a.mp4", hint=hint)).row
    assert (found.start, found.frames, found.box) == (0.8, 30, (80, 40, 180, 140))
    assert np.isclose(frames_of(place, found)[0][:4, :4].mean(), 70, atol=3)
    sound = read_sound(place.path(found.files["video"]))
    assert np.allclose(click_times(sound.samples, sound.rate), [0.1, 0.7], atol=1e-3)


def test_the_middle_of_the_whole_picture(place: Place, tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", [picture([])] * 12)
    found = made(place, row("a.mp4"), replace(SMALL, box="whole")).row
    assert found.box == (40, 0, 280, 240)


def test_the_sound_file_of_a_mead_tree_is_used(place: Place, tmp_path: Path) -> None:
    video = "M003/video/front/angry/level_1/001.mp4"
    write_video(tmp_path / video, [picture([(100, 60)])] * 25)
    write_video(tmp_path / "M003/audio/angry/level_1/001.m4a", [picture([])], sound=clicks((0.5,), 0.7))
    found = made(place, row(video)).row
    sound = read_sound(place.path(found.files["sound"]))
    assert np.allclose(click_times(sound.samples, sound.rate), [0.5], atol=1e-3)
    assert found.quality["sound_missing"] == pytest.approx(0.3, abs=0.03)
    assert found.av_offset is None


def test_a_clip_has_a_key_frame_every_twelve_frames_and_the_same_bytes(tmp_path: Path) -> None:
    frames = [picture([(100 + i, 60)])[:240, :240] for i in range(30)]
    sound = Sound(clicks(AT, 1.2), RATE)
    for name in ("a.mp4", "b.mp4"):
        assert write_clip(tmp_path / name, frames, 240, sound) == 30
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    with av.open(str(tmp_path / "a.mp4")) as clip:
        keys = [i for i, frame in enumerate(clip.decode(video=0)) if frame.key_frame]
    assert keys == [0, 12, 24]
    with pytest.raises(VideoError, match="no frame"):
        write_clip(tmp_path / "c.mp4", [], 64, None)
    assert not (tmp_path / "c.mp4").exists()


def test_parts_of_sounds(tmp_path: Path) -> None:
    sound = Sound(clicks((1.0,), 2, 8000), 8000)
    part, missing = cut_sound(sound, 0.8, FPS * 2)
    assert (len(part.samples), missing) == (16000, pytest.approx(0.8))
    assert np.allclose(click_times(part.samples, 8000), [0.2], atol=1e-3)
    write_speech(tmp_path / "s.wav", part)
    heard = sound_of(tmp_path / "s.wav")
    assert heard is not None
    assert (heard.rate, heard.duration) == (16000, 2.0)
    assert has_sound(tmp_path / "s.wav")
    write_video(tmp_path / "v.mp4", [picture([])] * 2)
    assert sound_of(tmp_path / "v.mp4") is None
    (tmp_path / "x.wav").write_bytes(b"x")
    with pytest.raises(AudioError):
        has_sound(tmp_path / "x.wav")


def test_squares_stay_inside_the_picture() -> None:
    assert square_around((100, 50, 160, 130), 0.1, 320, 240) == (82, 42, 96)
    assert square_around((0, 0, 60, 80), 0.1, 320, 240) == (0, 0, 96)
    assert square_around((270, 180, 320, 240), 0.1, 320, 240) == (248, 168, 72)
    assert square_around((10, 10, 310, 230), 0.1, 320, 240) == (-20, -60, 360)


def test_faces_are_followed_by_their_first_box() -> None:
    still, far = (0.0, 0.0, 10.0, 10.0), (30.0, 0.0, 40.0, 10.0)
    assert overlap(still, far) == 0
    assert overlap(still, (5.0, 0.0, 15.0, 10.0)) == pytest.approx(1 / 3)
    follower = Follower(0.25)
    for number, boxes in ((0, [still]), (5, [still, far]), (10, [far]), (15, [still])):
        follower.look(number, boxes, False)
    spans = follower.spans()
    assert [(s.first, s.last, s.seen, s.looks) for s in spans] == [(0, 15, 3, 4), (5, 10, 2, 2)]
    assert all(isinstance(span, FaceSpan) and span.n_frames == span.last - span.first + 1 for span in spans)
    assert follower.near == [still, far]


def test_a_face_that_moves_away_from_its_first_box_begins_anew() -> None:
    follower = Follower(0.25)
    for i in range(6):
        follower.look(5 * i, [(2.0 * i, 0.0, 10.0 + 2 * i, 10.0)], False)
    # The overlap with the last box stays 2/3; with the first one it falls to 1/4.
    assert [(s.first, s.last) for s in follower.spans()] == [(0, 10), (15, 25)]
    assert follower.spans()[0].union == (0.0, 0.0, 14.0, 10.0)
    span = follower.spans()[1]
    span.extend(30, 6, (0.0, 0.0, 4.0, 4.0))
    assert (span.last, span.last_box, span.looks) == (30, (0.0, 0.0, 4.0, 4.0), 4)


def test_another_shot_is_seen_by_its_light() -> None:
    frames = [np.full((40, 60, 3), shade, np.uint8) for shade in (90, 92, 100, 180, 181, 90)]
    assert [cut for _, cut in sampled(frames)] == [False, False, False, True, False, True]


def test_clips_are_written_in_one_pass_or_not_at_all(tmp_path: Path) -> None:
    frames = [picture([(100, 60)])[:240, :240]] * 3
    sound = Sound(clicks((0.5,), 0.6), RATE)
    with ClipWriter(tmp_path / "a.mp4", 240, sound, start=0.4) as writer:
        for pixels in frames * 4:
            writer.write(pixels)
        writer.finish()
        assert (tmp_path / "a.mp4").is_file()
    assert writer.n_frames == 12
    # The sound goes on in silence where it has ended.
    heard = read_sound(tmp_path / "a.mp4")
    assert np.allclose(click_times(heard.samples, RATE), [0.1], atol=1e-3)
    assert heard.duration == pytest.approx(0.48, abs=1e-3)
    with pytest.raises(ZeroDivisionError), ClipWriter(tmp_path / "b.mp4", 240) as writer:
        writer.write(frames[0])
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_the_model_finds_real_faces(landmarker: Path, astronaut: np.ndarray) -> None:
    size = 400
    face = cv2.resize(astronaut, (size, size))
    crowd = np.full((720, 1280, 3), 120, np.uint8)
    crowd[200:600, 100:500] = crowd[200:600, 700:1100] = face
    with open_finder() as find:
        (box,) = find(face, [], True)
        two = sorted(find(crowd, [], True))
        (again,) = find(crowd, two[1:], False)
        close = face[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])]
        (filling,) = find(close, [], True)
        none = find(np.full((200, 200, 3), 90, np.uint8), [], True)
        large = np.full((1080, 1920, 3), 120, np.uint8)
        large[:, 420:1500] = cv2.resize(face, (1080, 1080))
        (whole,) = find(large, [], True)
        # A face at the border of the picture is found once.
        edge = np.ascontiguousarray(face[int(box[1]) + 10 : int(box[3]) + 60])
        (upper,) = find(edge, [], True)
    assert none == []
    assert upper[1] == pytest.approx(-10, abs=12)
    assert whole == pytest.approx([2.7 * edge + shift for edge, shift in zip(box, (420, 0) * 2, strict=True)], abs=40)
    assert [round(b[0]) for b in two] == pytest.approx([100 + box[0], 700 + box[0]], abs=8)
    assert again == pytest.approx(two[1], abs=4)
    assert filling == pytest.approx((0, 0, close.shape[1], close.shape[0]), abs=12)
