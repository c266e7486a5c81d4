"""Stage `sync`: tracked lips and the sound of a clip -> how many frames the picture is late, and how sure that is.

What is measured is kept in the table; the clip stays as it is. The same hearing as in `evaluate`.
"""

from __future__ import annotations

import dataclasses
import math

from style2talker.corpus.clips import FPS
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import SyncOptions
from style2talker.corpus.track import load_track
from style2talker.errors import AudioError
from style2talker.face.lips import opening_of_track
from style2talker.media.audio import read_speech
from style2talker.speech.analyse import analyse
from style2talker.speech.lip_regression import load_lip_regression
from style2talker.speech.synchrony import REACH, SURE, Sync, av_sync

__all__ = ["CERTAINTY", "CONFIDENCE", "OFFSET", "clip_sync", "sync_clip"]

OFFSET, CONFIDENCE, CERTAINTY = "sync_offset", "sync_confidence", "sync_certainty"
"""Names among the qualities of a clip: frames by which the picture is late, where that is sure; r above the median of
all lags; and the same times the root of the seconds, of which 1.07 is sure."""


def clip_sync(row: ClipRow, place: Place) -> Sync:
    """How lips and sound of a clip go together.

    Raises:
        AudioError: it has no sound, or is silent.
    """
    if "sound" not in row.files:
        raise AudioError("the clip has no sound")
    opening = opening_of_track(load_track(place.path(row.files["track"])))
    speech = analyse(read_speech(place.path(row.files["sound"])), len(opening), FPS)
    return av_sync(load_lip_regression().asked(speech), opening, FPS)


def sync_clip(row: ClipRow, place: Place, options: SyncOptions) -> Outcome:
    """Measure the offset of a clip; one beyond `options.most` is noted.

    Raises:
        AudioError: it has no sound, or is silent.
    """
    found = clip_sync(row, place)
    quality = {name: value for name, value in row.quality.items() if name not in (OFFSET, CONFIDENCE, CERTAINTY)}
    if math.isfinite(found.confidence):
        quality |= {CONFIDENCE: round(found.confidence, 3), CERTAINTY: round(found.certainty, 3)}
    # A peak at the end of the reach belongs to something further out.
    note = ""
    if found.sure and abs(found.lag) < REACH:
        quality[OFFSET] = found.lag
        late = "late" if found.lag > 0 else "early"
        if abs(found.lag) > options.most:
            note = (
                f"the picture is {abs(found.lag)} frames {late} against the sound "
                f"(certainty {found.certainty:.2f}, {SURE} is sure)"
            )
    return Outcome(dataclasses.replace(row, quality=quality), note=note)
