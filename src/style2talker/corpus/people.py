"""People -> splits: who is trained on and who is kept; a person, or a file, is never in two splits."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable

from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.settings import PeopleOptions
from style2talker.errors import InputError, UsageError

__all__ = ["SPLITS", "check_people", "check_splits", "split_of"]

SPLITS = ("train", "validation", "test")


def split_of(person: str, options: PeopleOptions) -> str:
    """The split of a person: as named, else by a hash of the name, which stays when others join."""
    if person in options.test:
        return "test"
    if person in options.validation:
        return "validation"
    digest = hashlib.sha256(f"{options.seed}:{person}".encode()).digest()
    draw = int.from_bytes(digest[:8], "big") / 2**64
    if draw < options.test_share:
        return "test"
    return "validation" if draw < options.test_share + options.validation_share else "train"


def check_people(people: Iterable[str], options: PeopleOptions) -> None:
    """Refuse names of people who are not there: a slip of the pen would let a test person be trained on.

    Raises:
        UsageError: with the nearest name.
    """
    known = sorted(set(people))
    for name in (*options.test, *options.validation):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known[:8])}"
            raise UsageError(f"[people] names {name}, who is not in the corpus: {hint}")


def check_splits(rows: Iterable[ClipRow]) -> None:
    """See that no person and no source file is in two splits.

    Raises:
        InputError: one is, with the two clips that show it.
    """
    seen: dict[tuple[str, str], ClipRow] = {}
    for row in rows:
        if row.split not in SPLITS:
            raise InputError(f"{row.clip} is in the split {row.split!r}: the splits are {', '.join(SPLITS)}")
        for what, value in (("person", row.person), ("file", row.source_hash)):
            first = seen.setdefault((what, value), row)
            if first.split != row.split:
                raise InputError(
                    f"the same {what} is in two splits, {first.clip} in {first.split} and {row.clip} in {row.split}: "
                    "make the corpus again in a new folder"
                )
