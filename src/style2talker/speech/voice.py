"""A text -> a voice that says it, by a free synthesiser that the person has installed.

In: words. Out: (N,) float32 samples in -1..1 and their rate. The programs are espeak-ng, espeak, flite and pico2wave,
the first on the search path that has the voice asked for; none comes with the package.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from style2talker.errors import AudioError, InputError
from style2talker.media.audio import read_sound
from style2talker.records import FloatArray

__all__ = ["SYNTHESISERS", "speak", "synthesisers"]

_TIMEOUT_S = 1800
_WORDS_PER_MINUTE = 165
_SILENCE = 3e-4
_FLITE_VOICE = "rms"
_INSTALL = "install espeak-ng or flite (Debian, Ubuntu: apt-get install espeak-ng; macOS: brew install espeak-ng)"

Command = Callable[[str, str | None, float, str, Path, Path], list[str] | None]
"""(program, voice, tempo, text, file of the text, wav to write) -> arguments, or None where it has no such voice."""


def _espeak(program: str, voice: str | None, tempo: float, text: str, source: Path, wav: Path) -> list[str] | None:
    """Utf-8 from a file; an unknown voice ends in an error of the program."""
    pace = str(round(_WORDS_PER_MINUTE * tempo))
    return [program, "-b", "1", "-v", voice or "en-us", "-s", pace, "-f", str(source), "-w", str(wav)]


def _flite(program: str, voice: str | None, tempo: float, text: str, source: Path, wav: Path) -> list[str] | None:
    """English only; takes an unknown voice for a file or an address, so voices are looked up first."""
    voices = _output([program, "-lv"]).partition(":")[2].split()
    wanted = _FLITE_VOICE if voice is None or voice.split("-")[0] == "en" else voice
    if wanted != _FLITE_VOICE and wanted not in voices:
        return None
    chosen = ["-voice", wanted] if wanted in voices else []
    return [program, *chosen, "--setf", f"duration_stretch={1 / tempo:.4f}", "-f", str(source), "-o", str(wav)]


def _pico(program: str, voice: str | None, tempo: float, text: str, source: Path, wav: Path) -> list[str] | None:
    """Takes the text as an argument and knows one pace."""
    return [program, "-l", voice or "en-US", "-w", str(wav), "--", text] if tempo == 1 else None


_PROGRAMS: dict[str, Command] = {"espeak-ng": _espeak, "espeak": _espeak, "flite": _flite, "pico2wave": _pico}

SYNTHESISERS = tuple(_PROGRAMS)
"""Programs that are looked for, the preferred one first."""


def synthesisers() -> list[str]:
    """Names of the synthesisers on the search path, the preferred one first."""
    return [name for name in SYNTHESISERS if shutil.which(name)]


def speak(text: str, voice: str | None = None, tempo: float = 1.0) -> tuple[FloatArray, int]:
    """Have a text spoken.

    Args:
        text: words, of any length.
        voice: a voice of an installed synthesiser, or a language such as "de"; None for English.
        tempo: 0.5 (half as fast) to 2 (twice as fast).

    Returns:
        (N,) float32 samples in -1..1, and samples per second.

    Raises:
        InputError: there is nothing to say, no synthesiser is installed, or none of them can say it.
    """
    if not any(letter.isalnum() for letter in text):
        raise InputError(f"there is nothing to say in {text.strip()[:40]!r}: give words")
    if voice is not None and not re.fullmatch(r"[\w+][\w+-]*", voice):
        raise InputError(f"{voice[:40]!r} is no voice: name a voice of the synthesiser, or a language such as de")
    if not 0.5 <= tempo <= 2:
        raise InputError(f"the tempo of a voice is {tempo:g}: allowed is 0.5 to 2")
    names = synthesisers()
    if not names:
        raise InputError(f"no text-to-speech program was found: {_INSTALL}, or give an audio file")
    faults = []
    for name in names:
        try:
            return _spoken(name, text.replace("\0", " "), voice, tempo)
        except InputError as error:
            faults.append(str(error))
    raise InputError(f"the text cannot be spoken ({'; '.join(faults)}): choose another voice, or give an audio file")


def _spoken(name: str, text: str, voice: str | None, tempo: float) -> tuple[FloatArray, int]:
    """Speech by one program. Raises InputError."""
    program = shutil.which(name)
    with tempfile.TemporaryDirectory(prefix="style2talker-") as place:
        source, wav = Path(place) / "text.txt", Path(place) / "speech.wav"
        source.write_text(text + "\n", encoding="utf-8", errors="replace")
        command = _PROGRAMS[name](program or name, voice, tempo, text, source, wav)
        if command is None:
            raise InputError(f"{name} has no voice {voice!r} at tempo {tempo:g}")
        _output(command)
        try:
            sound = read_sound(wav)
        except AudioError as error:
            raise InputError(f"{name} gave no sound") from error
    samples = np.ascontiguousarray(sound.samples.mean(axis=1), dtype=np.float32)
    if np.abs(samples).max() < _SILENCE:
        raise InputError(f"{name} gave silence")
    return samples, sound.rate


def _output(command: list[str]) -> str:
    """What a program prints. Raises InputError when it fails."""
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(f"{name} failed, {reason}") from error
    if done.returncode != 0:
        lines = [*done.stderr.splitlines(), *done.stdout.splitlines()]
        reason = " ".join(lines[0].split())[:160] if lines else f"status {done.returncode}"
        raise InputError(f"{name} failed, {reason}")
    return done.stdout
