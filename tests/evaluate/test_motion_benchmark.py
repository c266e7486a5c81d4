"""The benchmark of motion prints its tables, by the networks of the package and by those of a fold."""

from __future__ import annotations

import subprocess
import sys
import wave
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from made_people import moved

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import motion
from spoken import Utterance, chained, spoken, with_babble
from style2talker.assets.store import package_data
from style2talker.corpus.track import save_track
from style2talker.corpus.visemes import Phone
from style2talker.evaluate.clips import Predict, read_clips
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.media.audio import read_speech
from style2talker.records import FloatArray, Motion
from style2talker.speech.analyse import analyse

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "motion.py"
SPEECH = read_speech(package_data("example/speech.wav"))


def write_wav(path: Path, samples: FloatArray) -> None:
    """A sound at 16 kHz."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes((samples * 32767).astype("<i2").tobytes())


def tables(*words: str) -> dict[str, list[dict[str, str]]]:
    """Title -> rows of each table that the benchmark prints."""
    done = subprocess.run([sys.executable, str(BENCHMARK), *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return read_tables(done.stdout)


def read_tables(text: str) -> dict[str, list[dict[str, str]]]:
    """Title -> rows of printed tables."""
    out = {}
    for part in text.split("\n### ")[1:]:
        lines = [[c.strip() for c in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
        out[part.splitlines()[0]] = [dict(zip(lines[0], row, strict=True)) for row in lines[2:]]
    return out


def tracked(shown: Motion) -> Track:
    """The track of somebody who moves as a motion says."""
    rig = load_rig()
    faces = rig.reference + np.einsum("tc,cvk->tvk", shown.blendshapes, rig.basis)
    n = shown.n_frames
    return Track(
        (faces * 120).astype(np.float32), shown.blendshapes, np.zeros((n, 3), np.float32), np.ones(n, bool), 25.0
    )


@pytest.fixture
def filmed(tmp_path: Path) -> Path:
    """Two clips of somebody whose lips move as the package thinks they do; that of "late" is three frames late."""
    predict = motion.predictor(motion.load_model(None))
    for name, samples, late in (("early", SPEECH, 0), ("late", SPEECH[::-1].copy(), 3)):
        write_wav(tmp_path / f"{name}.wav", samples)
        said = predict(analyse(samples))
        shown = moved({i: np.roll(said.blendshapes[:, i], late) for i in range(52)})
        save_track(tmp_path / f"{name}.npz", tracked(shown))
    return tmp_path


def test_lips_of_people_are_judged_with_their_offsets_taken_out(filmed: Path) -> None:
    found = tables("lips", "--data", str(filmed / "early.wav"), str(filmed / "late.wav"), "--tracks", str(filmed))
    clips, people = found.values()
    assert [row["clip"] for row in clips] == ["early.wav", "late.wav"]
    for row in clips:
        assert float(row["opening"]) > 0.95
        assert row["lag"] == "0"
    assert people[-3]["person"] == "**mean of people**"
    assert float(people[-3]["opening"]) > float(people[-3]["loudness"])


def test_speed_is_told_beside_a_baseline() -> None:
    (rows,) = tables("speed").values()
    assert rows[0]["what"] == "model load"
    assert all(float(row["ms"]) > 0 for row in rows)
    assert float(rows[-1]["over baseline"]) == 1


@pytest.fixture(scope="module")
def lines() -> list[Utterance]:
    """A few lines by the first synthesiser there is."""
    found = list(islice(spoken(), 4))
    if not found:
        pytest.skip("no synthesiser is installed")
    return found


@pytest.fixture(scope="module")
def predict() -> Predict:
    return motion.predictor(motion.load_model(None))


def test_closures_silence_and_noise_are_told(
    lines: list[Utterance], predict: Predict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    motion.table_closures(lines, predict)
    motion.table_silence(lines, predict)
    write_wav(tmp_path / "cafe.wav", lines[0].samples)
    motion.table_noise(lines, [tmp_path / "cafe.wav"], predict)
    closures, silence, noise = read_tables(capsys.readouterr().out).values()
    assert closures[0]["speech"] == "all"
    assert 0 < float(closures[0]["touched by chance"]) < float(closures[0]["touched"]) <= 1
    assert float(silence[0]["most"]) < 1
    assert float(silence[0]["lips open at most"]) < 1
    assert [row["level"] for row in noise] == ["20 dB", "10 dB", "5 dB", "0 dB", "cafe.wav, no clean twin"]
    agreeing = [float(row["r, mean"]) for row in noise[:4]]
    assert agreeing[0] > agreeing[3]


def test_heads_and_blinks_stand_beside_those_of_people(
    filmed: Path, lines: list[Utterance], capsys: pytest.CaptureFixture[str]
) -> None:
    data = [filmed / "early.wav", filmed / "late.wav"]
    motion.table_head(data, filmed, lines, motion.load_model(None))
    heads, seeds = read_tables(capsys.readouterr().out).values()
    yaw, blinks = (next(r for r in heads if r["statistic"].startswith(name)) for name in ("yaw range", "blink rate"))
    assert (blinks["real"], blinks["inside"]) == ("0.00..0.00", "False")
    # Nobody in these tracks turns the head.
    assert (yaw["real"], yaw["inside"]) == ("0.00..0.00", "False")
    assert float(yaw["made, median"]) > 0.5
    values = {row["measure"]: float(row["value"]) for row in seeds}
    assert values["r of lips"] > 0.5
    assert values["still head: degrees peak to peak"] == 0


def test_long_speech_is_looped(predict: Predict) -> None:
    taken, peak, made = motion.long_run(SPEECH, 12.0, None)
    assert made.n_frames == 300
    assert taken > 0 and 50 < peak < 5000


def test_an_unknown_table_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["motion.py", "teeth"])
    with pytest.raises(SystemExit):
        motion.arguments()
    assert "no table teeth" in capsys.readouterr().err


def test_a_fold_judges_the_clips_that_it_never_saw(filmed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(motion, "load_model", lambda weights: None)
    clips = read_clips([filmed / "early.wav", filmed / "late.wav"], filmed)
    first, second = filmed / "a", filmed / "b"
    for folder, held in ((first, "late\n"), (second, None)):
        folder.mkdir()
        if held:
            (folder / "held_out.txt").write_text(held)
    (what, _, own), (other, _, every) = motion.folds(clips, [first, second])
    assert (what, [c.name for c in own]) == ("a, held out", ["late.wav"])
    assert "NOT held out" in other and len(every) == 2
    assert "NOT held out" in motion.folds(clips, [])[0][0]


def test_babble_is_as_loud_as_asked() -> None:
    rng = np.random.default_rng(0)
    crowd = [np.roll(SPEECH, k * 9000)[::-1] for k in range(6)]

    def added(decibels: float) -> FloatArray:
        quiet = SPEECH * 0.1
        return with_babble(quiet, crowd, decibels, rng) - quiet

    loud, soft = (float(np.sqrt(np.mean(added(d) ** 2))) for d in (0.0, 20.0))
    assert loud == pytest.approx(10 * soft, rel=0.1)
    sounding = np.abs(SPEECH) > 0.01 * np.abs(SPEECH).max()
    assert loud == pytest.approx(0.1 * float(np.sqrt(np.mean(SPEECH[sounding] ** 2))), rel=0.02)


def test_lines_are_chained_with_their_times() -> None:
    line = Utterance("v", "en-us", np.ones(16000, np.float32), (Phone("m", 0.2, 0.4),))
    both = chained([line, line])
    assert len(both.samples) == 32000
    assert both.phones == (Phone("m", 0.2, 0.4), Phone("m", 1.2, 1.4))
