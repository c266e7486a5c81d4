"""Folders of recordings -> who says what, how, in which file: MEAD, HDTF, CREMA-D, RAVDESS, and any other folder.

MEAD (Wang et al. 2020): `M003/video/front/angry/level_1/001.mp4` with `M003/audio/angry/level_1/001.m4a`, with or
without the view, with `angry_level_1` as one folder, and flat as `M003#angry#level_1#001` or
`M003_front_angry_level1_001`. HDTF (Zhang et al. 2021): `RD_Radio1_000`, and whole films with the annotation files
(`hdtf.py`). CREMA-D (Cao et al. 2014): `1001_DFA_ANG_HI`. RAVDESS (Livingstone and Russo 2018): seven numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from style2talker.corpus.manifest import safe_name
from style2talker.corpus.track import VIDEO_SUFFIXES
from style2talker.errors import InputError

__all__ = ["EMOTIONS", "Recording", "emotion_of", "find_recordings", "recording_of"]

EMOTIONS = ("angry", "contempt", "disgusted", "fear", "happy", "neutral", "sad", "surprised")
"""The labels of the corpus, as MEAD writes them."""

_SPELLINGS = {
    "angry": ("angry", "anger", "ang"),
    "contempt": ("contempt", "contemptuous", "con"),
    "disgusted": ("disgusted", "disgust", "dis"),
    "fear": ("fear", "fearful", "fea"),
    "happy": ("happy", "happiness", "hap"),
    "neutral": ("neutral", "neu", "calm"),
    "sad": ("sad", "sadness"),
    "surprised": ("surprised", "surprise", "surprising", "sur"),
}
_EMOTION_OF = {word: label for label, words in _SPELLINGS.items() for word in words}

_ACTOR, _FEELING = r"(?P<actor>[MW]\d{3})", rf"(?P<emotion>{'|'.join(sorted(_EMOTION_OF, key=len, reverse=True))})"
_VIEW = r"(?P<view>front|left_30|left_60|right_30|right_60|top|down)"
_MEAD = (
    re.compile(rf"(?:^|.*/){_ACTOR}/video/(?:{_VIEW}/)?{_FEELING}[/_]level_?(?P<level>[123])/(?P<number>[^/]+)", re.I),
    re.compile(rf"(?:^|.*/){_ACTOR}[#_](?:{_VIEW}[#_])?{_FEELING}[#_]level_?(?P<level>[123])[#_](?P<number>\w+)", re.I),
    re.compile(rf"(?:^|.*/){_ACTOR}#{_FEELING}#(?P<number>\w+)", re.I),
)
_HDTF = re.compile(r"(?:^|.*/)(?P<name>(?P<set>RD|WDA|WRA)_(?P<who>[A-Za-z.'-]+?)(?P<digits>\d*)(?:_\d+)?)(?:#\d+)?")
_CREMA = re.compile(r"(?:^|.*/)(?P<actor>1\d{3})_(?P<line>[A-Z]{3})_(?P<emotion>[A-Z]{3})_(?P<level>LO|MD|HI|XX?)")
_RAVDESS = re.compile(r"(?:^|.*/)0[12]-0[12]-0[1-8]-0[12](-\d\d){3}")
_RAVDESS_EMOTIONS = ("neutral", "neutral", "happy", "sad", "angry", "fear", "disgusted", "surprised")  # 02 is calm
_SOUND_SUFFIXES = (".m4a", ".wav", ".mp3", ".flac", ".aac")


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of the source folders.

    Attributes:
        source: its path from the folder that was read, with forward slashes.
        clip: name of the clip that it becomes.
        person: who is seen.
        emotion: one of `EMOTIONS`, or None.
        level: 1 to 3, or None.
        view: of the camera, or None.
    """

    source: str
    clip: str
    person: str
    emotion: str | None = None
    level: int | None = None
    view: str | None = None


def emotion_of(word: str) -> str | None:
    """The label of a spelling of an emotion, such as anger or Fearful; None for any other word."""
    return _EMOTION_OF.get(word.lower())


def _mead(name: str) -> Recording | None:
    for pattern in _MEAD:
        found = pattern.fullmatch(name)
        if found is None:
            continue
        parts = found.groupdict()
        emotion = emotion_of(parts["emotion"])
        level = parts.get("level") or ("1" if emotion == "neutral" else None)
        view = (parts.get("view") or "front").lower()
        number = safe_name(parts["number"] if view == "front" else f"{view}_{parts['number']}")
        actor = parts["actor"].upper()
        clip = "#".join([actor, str(emotion), f"level_{level or 0}", number])
        return Recording(name, clip, actor, emotion, int(level) if level else None, view)
    return None


def _hdtf(name: str) -> Recording | None:
    found = _HDTF.fullmatch(name)
    if found is None:
        return None
    # The digits count the films of one person, but those of the radio count speakers.
    who = found["who"] + (found["digits"] if found["who"] == "Radio" else "")
    return Recording(name, PurePosixPath(name).name, f"{found['set']}_{who}")


def _crema(name: str) -> Recording | None:
    found = _CREMA.fullmatch(name)
    emotion = emotion_of(found["emotion"]) if found else None
    if found is None or emotion is None:
        return None
    level = {"LO": 1, "MD": 2, "HI": 3}.get(found["level"])
    clip = f"{found['actor']}#{emotion}#level_{level or 0}#{found['line']}"
    return Recording(name, clip, found["actor"], emotion, level, "front")


def _ravdess(name: str) -> Recording | None:
    found = _RAVDESS.fullmatch(name)
    if found is None:
        return None
    numbers = PurePosixPath(name).name.split("-")
    emotion = _RAVDESS_EMOTIONS[int(numbers[2]) - 1]
    level = 1 if emotion == "neutral" else 2 if numbers[3] == "01" else 3
    rest = "".join([*numbers[:3], *numbers[4:6]])
    person = f"actor_{numbers[6]}"
    return Recording(name, f"{person}#{emotion}#level_{level}#{rest}", person, emotion, level, "front")


def _folder(name: str) -> Recording:
    """Each folder is a person; files that lie loose are taken for one, lest a person be in two splits."""
    path = PurePosixPath(name)
    person = safe_name(path.parts[0]) if len(path.parts) > 1 else "loose"
    return Recording(name, safe_name("_".join(path.parts)), person)


_READERS = {"mead": _mead, "hdtf": _hdtf, "crema-d": _crema, "ravdess": _ravdess, "folder": _folder}


def recording_of(path: str, layout: str) -> Recording | None:
    """What the path of a file says.

    Args:
        path: from the folder that was read, with forward slashes and suffix.
        layout: one of `LAYOUTS`.

    Returns:
        None where the path does not fit the layout.
    """
    name = path.removesuffix(PurePosixPath(path).suffix)
    readers = _READERS.values() if layout == "auto" else (_READERS[layout],)
    found = next(filter(None, (reader(name) for reader in readers)), None)
    return None if found is None else Recording(path, *(getattr(found, key) for key in Recording.__slots__[1:]))


def sound_beside(video: Path) -> Path | None:
    """The sound file of a video of MEAD's tree, which has no views; None where there is none."""
    parts = list(video.parts)
    if "video" not in parts:
        return None
    at = len(parts) - 1 - parts[::-1].index("video")
    inner = [part for part in parts[at + 1 :] if re.fullmatch(_VIEW, part, re.I) is None]
    bare = Path(*parts[:at], "audio", *inner)
    return next((path for suffix in _SOUND_SUFFIXES if (path := bare.with_suffix(suffix)).is_file()), None)


def find_recordings(sources: Iterable[Path]) -> list[tuple[Path, str]]:
    """(folder, path in it) of every video file among files and folders, sub-folders included, sorted.

    Raises:
        InputError: a source does not exist, or none holds a video.
    """
    found: list[tuple[Path, str]] = []
    sources = list(sources)
    for source in sources:
        if not source.exists():
            raise InputError(f"{source} does not exist: name a video or a folder of videos")
        found += [(source.parent, source.name)] if source.is_file() else list(_videos(source))
    if not found:
        raise InputError(f"no video in {', '.join(map(str, sources))}: name a folder of videos")
    return sorted(set(found), key=lambda entry: (entry[1], str(entry[0])))


def _videos(folder: Path) -> Iterator[tuple[Path, str]]:
    hidden: Sequence[str]
    for path in folder.rglob("*"):
        inner = path.relative_to(folder)
        hidden = [part for part in inner.parts if part.startswith(".")]
        if path.suffix.lower() in VIDEO_SUFFIXES and not hidden and path.is_file():
            yield folder, inner.as_posix()
