"""Text -> speech with the time of every phone, by synthesisers that know what they say: flite and espeak-ng.

Both are free programs that a person installs (`apt-get install flite espeak-ng`); neither comes with the package.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from style2talker.corpus.visemes import Phone
from style2talker.errors import AudioError
from style2talker.media.audio import read_speech
from style2talker.records import FloatArray

__all__ = ["espeak_phones", "espeak_present", "flite_phones", "flite_present"]

_FLITE_TIMEOUT_S = 60
_FLITE_IN_IPA = {"pau": "", "y": "j"}
"""Names of flite's that would mean something else in IPA."""


def flite_present() -> bool:
    """Whether flite is installed."""
    return shutil.which("flite") is not None


def flite_phones(text: str, voice: str, tempo: float = 1.0) -> tuple[FloatArray, list[Phone]]:
    """Speech (N,) at 16 kHz and its phones, by flite.

    Args:
        text: English text.
        voice: "slt", "rms", "awb" or "kal16".
        tempo: 1 usual, 2 twice as slow.

    Raises:
        AudioError: flite is missing or fails.
    """
    program = shutil.which("flite")
    if program is None:
        raise AudioError("flite is not installed: apt-get install flite")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "speech.wav"
        command = [
            program,
            "-psdur",
            "-voice",
            voice,
            "--setf",
            f"duration_stretch={tempo}",
            "-t",
            text,
            "-o",
            str(out),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_FLITE_TIMEOUT_S, check=False)
        if done.returncode != 0 or not out.exists():
            raise AudioError(f"flite failed on {text[:40]!r}: {done.stderr.strip()[:80]}")
        samples = read_speech(out)
    phones, start = [], 0.0
    for item in done.stdout.split():
        name, _, end = item.rpartition(":")
        phones.append(Phone(_FLITE_IN_IPA.get(name, name), start, float(end)))
        start = float(end)
    return samples, phones


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
_RETRIEVAL, _PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 1, 0x1, 0x2, 0x8000
_EVENT_END, _EVENT_PHONEME = 0, 7
_RATE, _PITCH = 1, 3
_UTF8 = 1
_HIATUS_S, _CLOSED_S = 0.08, 0.035


@lru_cache(maxsize=1)
def _espeak() -> tuple[Any, int] | None:
    """The library and its sample rate, or None where it is not installed."""
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    rate = library.espeak_Initialize(_RETRIEVAL, 0, None, _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT)
    return (library, rate) if rate > 0 else None


def espeak_present() -> bool:
    """Whether espeak-ng is installed."""
    return _espeak() is not None


def espeak_phones(text: str, voice: str, tempo: int = 165, pitch: int = 50) -> tuple[FloatArray, int, list[Phone]]:
    """Speech (N,), its sample rate and its phones in IPA, by espeak-ng.

    Args:
        text: text in the voice's language.
        voice: language with an optional variant, such as "en-us", "de", "fr+f3".
        tempo: words per minute.
        pitch: 0..99.

    Raises:
        AudioError: espeak-ng is missing or has no such voice.
    """
    engine = _espeak()
    if engine is None:
        raise AudioError("espeak-ng is not installed: apt-get install espeak-ng")
    library, rate = engine
    blocks: list[FloatArray] = []
    marks: list[tuple[float, str]] = []

    def take(wave: Any, count: int, events: Any) -> int:
        if wave and count:
            blocks.append(np.ctypeslib.as_array(wave, (count,)).astype(np.float32) / np.float32(32768))
        marks.extend(_events(events))
        return 0

    callback = _CALLBACK(take)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise AudioError(f"espeak-ng has no voice {voice!r}")
    library.espeak_SetParameter(_RATE, tempo, 0)
    library.espeak_SetParameter(_PITCH, pitch, 0)
    data = text.encode() + b"\0"
    library.espeak_Synth(data, len(data), 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    marks = [(start, name) for start, name in marks if not name.startswith("(")]
    ends = [start for start, _ in marks[1:]] + [len(samples) / rate]
    return samples, rate, _tidied([Phone(name, start, end) for (start, name), end in zip(marks, ends, strict=True)])


def _tidied(phones: list[Phone]) -> list[Phone]:
    """Phones as they sound: no pauses between joined words, and plosives that begin with their closure.

    espeak-ng marks a plosive shortly before its burst, about 40 ms after the sound has stopped.
    """
    out: list[Phone] = []
    for phone in phones:
        if not phone.symbol and phone.end - phone.start < _HIATUS_S and out and out[-1].symbol:
            out[-1] = out[-1]._replace(end=phone.end)
            continue
        early = phone.start - _CLOSED_S
        if phone.symbol[:1] in tuple("pbtdkgɡ") and out and out[-1].start < early:
            out[-1] = out[-1]._replace(end=early)
            phone = phone._replace(start=early)
        out.append(phone)
    return out


def _events(events: Any) -> list[tuple[float, str]]:
    """(seconds, symbol) of the phoneme events of one callback; the list ends with an event of type 0."""
    found, i = [], 0
    while events and events[i].type != _EVENT_END:
        if events[i].type == _EVENT_PHONEME:
            raw = bytes(events[i].id.string).split(b"\0")[0]
            found.append((events[i].audio_position / 1000.0, raw.decode("utf-8", "ignore").strip("ˈˌː_: ")))
        i += 1
    return found
