"""Bad input of every kind: one clear line, the documented exit status, nothing left behind, nothing harmed."""

import errno
import json
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from PIL import Image
from wav_files import write_wav

OLD = b"an older clip that must survive"


def picture(path, pixels):
    Image.fromarray(pixels).save(path)
    return path


def astronaut(place):
    return np.asarray(Image.open(place / "portrait.jpg").convert("RGB"))


def noise(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def cut(path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    return path


# Each maker puts what it needs into the folder and returns the arguments after `generate`.


def empty_portrait(place):
    (place / "empty.jpg").touch()
    return ["empty.jpg", "speech.wav"]


def cut_portrait(place):
    cut(place / "portrait.jpg", 5000)
    return ["portrait.jpg", "speech.wav"]


def text_portrait(place):
    (place / "text.jpg").write_text("this is no picture")
    return ["text.jpg", "speech.wav"]


def noise_portrait(place):
    return [picture(place / "noise.png", noise((240, 320, 3))), "speech.wav"]


def landscape_portrait(place):
    rows = np.linspace(40, 220, 300).astype(np.uint8)[:, None, None].repeat(400, 1).repeat(3, 2)
    rows[180:] = (40, 120, 40)
    return [picture(place / "land.png", rows), "speech.wav"]


def two_faces(place):
    one = astronaut(place)
    return [picture(place / "two.png", np.hstack([one, one])), "speech.wav"]


def tiny_face(place):
    one = astronaut(place)
    small = cv2.resize(one, (48, 48), interpolation=cv2.INTER_AREA)
    canvas = np.full((300, 300, 3), 127, np.uint8)
    canvas[100:148, 100:148] = small
    return [picture(place / "tiny.png", canvas), "speech.wav"]


def vast_picture(place):
    Image.new("L", (20_000, 20_000)).save(place / "vast.png")
    return ["vast.png", "speech.wav"]


def narrow_picture(place):
    return [picture(place / "narrow.png", np.zeros((2, 200, 3), np.uint8)), "speech.wav"]


def silent_audio(place):
    write_wav(place / "silent.wav", np.zeros(32000))
    return ["portrait.jpg", "silent.wav"]


def short_audio(place):
    write_wav(place / "short.wav", noise(1600).astype(np.int16) * 80)
    return ["portrait.jpg", "short.wav"]


def nan_audio(place):
    import scipy.io.wavfile

    samples = np.random.default_rng(0).normal(0, 0.1, 32000).astype(np.float32)
    samples[9000:9100] = np.nan
    scipy.io.wavfile.write(place / "nan.wav", 16000, samples)
    return ["portrait.jpg", "nan.wav"]


def empty_audio(place):
    (place / "empty.wav").touch()
    return ["portrait.jpg", "empty.wav"]


def header_only_audio(place):
    cut(place / "speech.wav", 44)
    return ["portrait.jpg", "speech.wav"]


def text_audio(place):
    (place / "text.mp3").write_text("no sound in here" * 50)
    return ["portrait.jpg", "text.mp3"]


def picture_as_audio(place):
    return ["portrait.jpg", "portrait.jpg"]


def mute_video(place):
    import av

    with av.open(str(place / "mute.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(noise((64, 64, 3)), format="rgb24")))
        out.mux(stream.encode(None))
    return ["portrait.jpg", "mute.mp4"]


def art_without_picture(place):
    (place / "art.png").write_text("no picture")
    return ["portrait.jpg", "speech.wav", "--art", "art.png"]


def plain_art(place):
    picture(place / "plain.png", np.full((256, 256, 3), 90, np.uint8))
    return ["portrait.jpg", "speech.wav", "--art", "plain.png"]


def broken_pose(place):
    (place / "pose.npz").write_bytes(b"PK\x03\x04 not really")
    return ["portrait.jpg", "speech.wav", "--pose", "pose.npz"]


def narrow_3dmm(place):
    np.save(place / "narrow.npy", np.zeros((5, 12), np.float32))
    return ["portrait.jpg", "speech.wav", "--pose", "narrow.npy"]


class Evil:
    def __reduce__(self):
        return os.system, ("touch evil-was-here",)


def evil_3dmm(place):
    array = np.empty((), dtype=object)
    array[()] = {"coeff": Evil()}
    np.save(place / "evil.npy", array, allow_pickle=True)
    return ["portrait.jpg", "speech.wav", "--pose", "evil.npy"]


def faceless_pose_video(place):
    mute_video(place)
    return ["portrait.jpg", "speech.wav", "--pose", "mute.mp4"]


def binary_emotion_file(place):
    (place / "emotion.txt").write_bytes(b"\xff\xfe\x00\x01")
    return ["portrait.jpg", "speech.wav", "--emotion", "@emotion.txt"]


def toml(text):
    def make(place):
        (place / "options.toml").write_text(text)
        return ["portrait.jpg", "speech.wav", "--config", "options.toml"]

    return make


def plain(*arguments):
    return lambda place: ["portrait.jpg", "speech.wav", *arguments]


# name: (maker, exit status, words of the message, whether the face model is needed to get there)
CASES = {
    "portrait missing": (lambda place: ["none.jpg", "speech.wav"], 3, "none.jpg is missing", False),
    "portrait is a folder": (lambda place: [".", "speech.wav"], 3, "is a folder", False),
    "portrait empty": (empty_portrait, 3, "empty.jpg", True),
    "portrait cut short": (cut_portrait, 3, "portrait.jpg", True),
    "portrait is text": (text_portrait, 3, "text.jpg", True),
    "portrait is noise": (noise_portrait, 3, "no face found", True),
    "portrait is a landscape": (landscape_portrait, 3, "no face found", True),
    "two faces": (two_faces, 3, "--face", True),
    "face out of range": (lambda p: [*two_faces(p), "--face", "9"], 3, "no face 9", True),
    "face is a word": (plain("--face", "left"), 2, "--face is 'left'", False),
    "face too small": (tiny_face, 3, "face", True),
    "picture too large": (vast_picture, 3, "vast.png", True),
    "picture too narrow": (narrow_picture, 3, "", True),
    "audio missing": (lambda place: ["portrait.jpg", "none.wav"], 3, "none.wav is missing", False),
    "audio empty": (empty_audio, 3, "empty.wav", True),
    "audio only a header": (header_only_audio, 3, "speech.wav", True),
    "audio is text": (text_audio, 3, "text.mp3", True),
    "audio is a picture": (picture_as_audio, 3, "portrait.jpg", True),
    "audio silent": (silent_audio, 3, "silent", True),
    "audio too short": (short_audio, 3, "short.wav", True),
    "audio not finite": (nan_audio, 3, "nan.wav", True),
    "video without sound": (mute_video, 3, "mute.mp4", True),
    "no audio": (lambda place: ["portrait.jpg"], 2, "AUDIO", False),
    "audio and text": (plain("--say", "hello"), 2, "--say", False),
    "text without words": (lambda place: ["portrait.jpg", "--say", " ... "], 3, "nothing to say", False),
    "unknown art": (plain("--art", "cubism"), 2, "--art does not know 'cubism'", False),
    "misspelt art": (plain("--art", "comics"), 2, "did you mean comic", False),
    "art missing": (plain("--art", "none.png"), 3, "none.png", True),
    "art is text": (art_without_picture, 3, "art.png", True),
    "art without content": (plain_art, 3, "plain", True),
    "degree out of range": (plain("--art", "comic", "--art-degree", "7"), 2, "--art-degree is 7", False),
    "degree is a word": (plain("--art-degree", "much"), 2, "--art-degree", False),
    "structure negative": (plain("--art-structure", "-1"), 2, "--art-structure is -1", False),
    "strength out of range": (plain("--emotion-strength", "9"), 2, "--emotion-strength is 9", False),
    "sentence empty": (plain("--emotion", "  "), 3, "emotion", True),
    "sentence too long": (plain("--emotion", "sad " * 2500), 3, "2000", True),
    "timeline runs backwards": (plain("--emotion", "2: sad; 1: happy"), 3, "", True),
    "emotion file missing": (plain("--emotion", "@none.txt"), 3, "none.txt", False),
    "emotion file binary": (binary_emotion_file, 3, "no text", False),
    "unknown option": (plain("--colour", "red"), 2, "--colour", False),
    "unknown command": (None, 2, "No such command", False),
    "config missing": (plain("--config", "none.toml"), 2, "none.toml", False),
    "config with a misspelt key": (toml("sized = 3"), 2, "did you mean size", False),
    "config is no TOML": (toml("size = = 3"), 2, "no TOML", False),
    "config of the wrong type": (toml("size = 'big'"), 2, "expected int", False),
    "fps zero": (plain("--fps", "0"), 2, "--fps is 0", False),
    "fps not a number": (plain("--fps", "nan"), 2, "--fps is nan", False),
    "size tiny": (plain("--size", "3"), 2, "--size is 3", False),
    "size vast": (plain("--size", "100000"), 2, "--size is 100000", False),
    "engine of a later version": (plain("--engine", "neural"), 2, "not part of this version", False),
    "background of a later version": (plain("--background", "#ff0000"), 2, "not part of this version", False),
    "pose file missing": (plain("--pose", "none.npz"), 3, "none.npz", True),
    "pose file broken": (broken_pose, 3, "pose.npz", True),
    "3DMM of another shape": (narrow_3dmm, 3, "12 coefficients", True),
    "3DMM that would run code": (evil_3dmm, 3, "evil.npy", True),
    "pose video without a face": (faceless_pose_video, 3, "no face found", True),
}


@pytest.fixture
def older(place):
    (place / "out.mp4").write_bytes(OLD)
    return place


def check(outcome, status, words, older, before):
    code, _, errors = outcome
    assert code == status, errors
    assert len(errors) == 1, errors
    assert errors[0].startswith("style2talker: error: ")
    assert words in errors[0]
    assert "Traceback" not in errors[0]
    assert (older / "out.mp4").read_bytes() == OLD
    assert sorted(p.name for p in older.iterdir()) == before


@pytest.mark.parametrize("name", list(CASES))
def test_bad_input_ends_in_one_line(name, older, command, request):
    make, status, words, needs_model = CASES[name]
    if needs_model:
        request.getfixturevalue("model")
    arguments = ["generat"] if make is None else ["generate", *make(older), "-o", "out.mp4"]
    before = sorted(p.name for p in older.iterdir())
    check(command(*arguments), status, words, older, before)


def test_a_dog_is_refused(older, command, model, shared_data):
    dog = shared_data / "portraits" / "not_a_person_dog.jpg"
    before = sorted(p.name for p in older.iterdir())
    check(command("generate", dog, "speech.wav", "-o", "out.mp4"), 3, "no face found", older, before)


@pytest.mark.parametrize(
    ("output", "status", "words"),
    [
        ("none/out.mp4", 1, "no folder"),
        (".", 2, "must end in"),
        ("folder.mp4", 1, "is a folder"),
        ("out.avi", 2, "must end in .mp4"),
        ("out", 2, "must end in .mp4"),
        ("portrait.jpg/out.mp4", 1, "portrait.jpg"),
    ],
)
def test_outputs_that_cannot_be_written_are_refused_before_the_work(older, command, output, status, words):
    (older / "folder.mp4").mkdir()
    before = sorted(p.name for p in older.iterdir())
    check(command("generate", "portrait.jpg", "speech.wav", "-o", output), status, words, older, before)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(older, command):
    (older / "locked").mkdir(mode=0o500)
    status, _, errors = command("generate", "portrait.jpg", "speech.wav", "-o", "locked/out.mp4")
    assert status == 1 and "not writable" in errors[0]


def test_output_equal_to_input_is_refused(older, command):
    (older / "out.mp4").rename(older / "talk.mp4")
    before = (older / "talk.mp4").read_bytes()
    status, _, errors = command("generate", "portrait.jpg", "talk.mp4", "-o", "talk.mp4")
    assert status == 2 and "also an input" in errors[0]
    assert (older / "talk.mp4").read_bytes() == before


def test_a_full_disk_leaves_the_older_clip(older, command, model, monkeypatch):
    from style2talker.media import writer

    def full(self, picture):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writer._Encoder, "encode", full)
    before = sorted(p.name for p in older.iterdir())
    outcome = command("generate", "portrait.jpg", "speech.wav", "-o", "out.mp4", "--size", "64")
    check(outcome, 1, "no space left", older, before)


@pytest.mark.parametrize(("content", "words"), [(None, "missing"), (b"broken model", "damaged")])
def test_a_missing_or_damaged_model_exits_with_4(older, command, monkeypatch, tmp_path_factory, content, words):
    folder = tmp_path_factory.mktemp("models")
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(folder))
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(folder / "cache"))
    if content is not None:
        (folder / "face_landmarker.task").write_bytes(content)
    before = sorted(p.name for p in older.iterdir())
    check(command("generate", "portrait.jpg", "speech.wav", "-o", "out.mp4"), 4, words, older, before)


def test_a_sentence_without_its_model_exits_with_4(older, command, model, monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "face_landmarker.task").symlink_to(model)
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(folder))
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(folder / "cache"))
    before = sorted(p.name for p in older.iterdir())
    words = "she wonders whether the letter has come"
    outcome = command("generate", "portrait.jpg", "speech.wav", "-o", "out.mp4", "--emotion", words)
    check(outcome, 4, "assets pull sentence_encoder", older, before)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(older, model, sent):
    with np.load(_long_motion(older)) as data:
        assert len(data["rotation"]) == 5000
    (older / "motion.npz").rename(older / "m.npz")
    before = sorted(p.name for p in older.iterdir())
    command = [sys.executable, "-m", "style2talker", "render", "portrait.jpg", "m.npz", "-o", "out.mp4"]
    process = subprocess.Popen(command, cwd=older, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    waited = time.monotonic() + 60
    while not any(p.name.startswith(".out") and p.stat().st_size > 0 for p in older.iterdir()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < waited
        time.sleep(0.05)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (130, 143)
    assert errors.splitlines() == ["style2talker: error: interrupted, nothing was written"]
    assert (older / "out.mp4").read_bytes() == OLD
    assert sorted(p.name for p in older.iterdir()) == before


def _long_motion(place):
    from style2talker.media.motion import write_motion
    from style2talker.records import Motion

    n = 5000
    write_motion(place / "motion.npz", Motion(np.zeros((n, 52)), np.zeros((n, 3)), np.zeros((n, 3))))
    return place / "motion.npz"


def test_an_error_of_our_own_making_is_one_line_too(older, command, monkeypatch):
    from style2talker import talker

    def fail(*arguments, **options):
        raise RuntimeError("something\nunforeseen")

    monkeypatch.setattr(talker.Talker, "generate_from", fail)
    before = sorted(p.name for p in older.iterdir())
    outcome = command("generate", "portrait.jpg", "speech.wav", "-o", "out.mp4")
    check(outcome, 1, "RuntimeError: something unforeseen", older, before)
    monkeypatch.setenv("STYLE2TALKER_TRACEBACK", "1")
    assert "Traceback" in "\n".join(command("generate", "portrait.jpg", "speech.wav", "-o", "out.mp4")[2])


def test_no_error_prints_json(older, command):
    status, lines, _ = command("generate", "none.jpg", "speech.wav", "-o", "out.mp4", "--json")
    assert status == 3
    for line in lines:
        with pytest.raises(ValueError):
            json.loads(line)
