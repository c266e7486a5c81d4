"""Text -> speech, by whichever free synthesiser is installed: espeak-ng, espeak or flite."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from style2talker.errors import InputError
from style2talker.records import FloatArray

__all__ = ["SYNTHESISERS", "speak", "synthesiser"]

SYNTHESISERS = ("flite", "espeak-ng", "espeak")
"""Programs that are looked for, the more natural one first."""

_TIMEOUT_S = 300
_LONGEST = 20_000


def synthesiser() -> str | None:
    """Path of the first synthesiser that is installed, or None."""
    return next((found for name in SYNTHESISERS if (found := shutil.which(name)) is not None), None)


def speak(text: str) -> tuple[FloatArray, int]:
    """Speak a text.

    Args:
        text: what to say, English where the program is flite.

    Returns:
        Samples (N,) float32 in -1..1 and their rate.

    Raises:
        InputError: there is no text, too much of it, or no synthesiser that can say it.
    """
    words = " ".join(text.split())
    if not any(letter.isalnum() for letter in words):
        raise InputError("--say has no words in it: give a text to be spoken")
    if len(words) > _LONGEST:
        raise InputError(f"--say has {len(words)} characters, at most {_LONGEST} are spoken: split it")
    program = synthesiser()
    if program is None:
        raise InputError("--say needs a speech synthesiser: install flite or espeak-ng, or give an AUDIO file")
    with tempfile.TemporaryDirectory() as folder:
        out, script = Path(folder) / "speech.wav", Path(folder) / "text.txt"
        script.write_text(words, encoding="utf-8")
        if Path(program).stem == "flite":
            command = [program, "-voice", "slt", "-f", str(script), "-o", str(out)]
        else:
            command = [program, "-f", str(script), "-w", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
        if done.returncode != 0 or not out.exists():
            said = " ".join(done.stderr.split())[:120]
            raise InputError(f"{Path(program).name} could not speak the text: {said or 'it gave no sound'}")
        return _read_wav(out)


def _read_wav(path: Path) -> tuple[FloatArray, int]:
    """Samples and rate of the WAV file of a synthesiser."""
    import numpy as np
    import scipy.io.wavfile

    rate, data = scipy.io.wavfile.read(path)
    mono = data if data.ndim == 1 else data[:, 0]
    if len(mono) == 0:
        raise InputError("the synthesiser gave no sound: give another text")
    return np.asarray(mono, np.float32) / np.float32(np.iinfo(mono.dtype).max), int(rate)
