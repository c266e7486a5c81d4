"""How late a picture is: made lips and a hum that is as loud as they are open, moved by known numbers of frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from style2talker.corpus.inspect import facts_of, summary_text, write_pages
from style2talker.corpus.manifest import ClipRow, Mark, read_manifest, write_manifest
from style2talker.corpus.outcome import Place
from style2talker.corpus.runner import run_stage
from style2talker.corpus.settings import SyncOptions
from style2talker.corpus.stages import STAGES
from style2talker.corpus.sync import CERTAINTY, CONFIDENCE, OFFSET, clip_sync, sync_clip
from style2talker.corpus.track import save_track
from style2talker.errors import AudioError, UsageError
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.media.audio import write_wav
from style2talker.records import ARKIT_NAMES, FloatArray

FRAMES = 200
JAW = ARKIT_NAMES.index("jawOpen")
LATE = {"straight": 0, "late": 5, "early": -3, "little": 2}


def wandering(seed: int) -> FloatArray:
    """(FRAMES,) in 0..1, a curve that never repeats."""
    noise = np.random.default_rng(seed).normal(0, 1, FRAMES + 40)
    curve = np.convolve(noise, np.exp(-0.5 * (np.arange(-12, 13) / 2.5) ** 2), "same")[20:-20]
    return (1 / (1 + np.exp(-1.5 * curve / curve.std()))).astype(np.float32)


def hum(curve: FloatArray) -> FloatArray:
    """A dark noise as loud as a curve says."""
    noise = np.random.default_rng(1).normal(0, 0.2, FRAMES * 640)
    low = np.cumsum(noise - noise.mean())
    low -= np.convolve(low, np.ones(400) / 400, "same")
    level = np.interp(np.arange(len(low)) / 640, np.arange(FRAMES) + 0.5, curve)
    return (0.02 * level**2 * low / low.std()).astype(np.float32)


def put_clip(folder: Path, name: str, lips: FloatArray, heard: FloatArray | None) -> ClipRow:
    """A tracked clip of these lips, whose sound asks for those."""
    rig = load_rig()
    faces = (rig.reference + 0.6 * lips[:, None, None] * rig.basis[JAW]) * 90 + 128
    still = np.zeros((FRAMES, 3), np.float32)
    shapes = np.zeros((FRAMES, 52), np.float32)
    save_track(folder / f"{name}.npz", Track(faces.astype(np.float32), shapes, still, np.ones(FRAMES, bool), 25.0))
    files = {"video": f"{name}.mp4", "track": f"{name}.npz"}
    if heard is not None:
        write_wav(folder / f"{name}.wav", hum(heard), 16000)
        files["sound"] = f"{name}.wav"
    row = ClipRow(name, f"{name}.mp4", name, name, fps=25.0, frames=FRAMES, files=files)
    return row.marked("track", Mark("k"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    curve = wandering(3)
    rows = [put_clip(tmp_path, name, np.roll(curve, late), curve) for name, late in LATE.items()]
    rows += [put_clip(tmp_path, "foreign", wandering(4), curve), put_clip(tmp_path, "mute", curve, None)]
    write_manifest(tmp_path, {row.clip: row for row in rows})
    return Place(tmp_path)


def test_offsets_are_measured_once_and_large_ones_noted(place: Place) -> None:
    summary = run_stage(place, STAGES["sync"], SyncOptions())
    assert (summary.done, summary.skipped) == (5, 1)
    table = read_manifest(place.folder)
    rows = table.rows
    assert {name: rows[name].quality[OFFSET] for name in LATE} == LATE
    assert OFFSET not in rows["foreign"].quality
    assert rows["foreign"].quality[CERTAINTY] < 1.07 < rows["late"].quality[CERTAINTY]
    assert rows["late"].quality[CERTAINTY] == pytest.approx(rows["late"].quality[CONFIDENCE] * 8**0.5, abs=0.002)
    assert rows["late"].marks["sync"].reason.startswith("the picture is 5 frames late against the sound")
    assert "3 frames early" in rows["early"].marks["sync"].reason
    assert not rows["straight"].marks["sync"].reason and not rows["little"].marks["sync"].reason
    assert rows["mute"].marks["sync"] == Mark(rows["mute"].marks["sync"].key, "skipped", "the clip has no sound")
    assert run_stage(place, STAGES["sync"], SyncOptions()).unchanged == 6
    facts = facts_of(table)
    assert facts["sync"] == {"in step": 2, "out of step": 2, "cannot be told": 1}
    assert "lips and sound: in step 2, out of step 2, cannot be told 1" in summary_text(facts)
    page, _ = write_pages(place.folder, table, facts)
    assert "5 frames late" in page.read_text() and "5 frames late" in (place.folder / "report.jsonl").read_text()


def test_what_was_measured_before_is_not_left_beside_what_is_measured_now(place: Place) -> None:
    row = read_manifest(place.folder).rows["foreign"]
    told = sync_clip(ClipRow(**{**_fields(row), "quality": {OFFSET: 4.0, "yaw": 2.0}}), place, SyncOptions(most=0))
    assert OFFSET not in told.row.quality and told.row.quality["yaw"] == 2.0
    little = sync_clip(read_manifest(place.folder).rows["little"], place, SyncOptions(most=1))
    assert "2 frames late" in little.note


def test_lips_that_do_not_move_tell_nothing(place: Place) -> None:
    row = put_clip(place.folder, "still", np.zeros(FRAMES, np.float32), wandering(3))
    assert not clip_sync(row, place).sure
    assert sync_clip(row, place, SyncOptions()).row.quality == {}
    with pytest.raises(AudioError, match="no sound"):
        clip_sync(put_clip(place.folder, "mute", wandering(3), None), place)
    with pytest.raises(UsageError, match="allowed is 0 to 14"):
        SyncOptions(most=15)


def _fields(row: ClipRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in ClipRow.__dataclass_fields__}
