"""What commands tell: a progress bar on a terminal, a line at the end, JSON where it is asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from style2talker.config import ExportOptions, StylizeOptions, TrackOptions, dump_toml

__all__ = ["progress_bar", "show_options", "tell"]

Progress = Callable[[str, int, int], None]


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A callback that draws a bar on stderr, or None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        tasks = {}

        def update(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield update


def show_options(options: StylizeOptions | TrackOptions | ExportOptions, **files: object) -> None:
    """Print options as TOML that `--config` reads, with the files of the command as comments."""
    for name, file in files.items():
        if file is not None:
            print(f"# {name.replace('_', '-')}: {json.dumps(str(file))}")
    print(dump_toml(options), end="")


def tell(line: str, as_json: bool, facts: Mapping[str, object]) -> None:
    """Print what was done: a line for people, and a last line of JSON for programs when it is asked for."""
    print(line)
    if as_json:
        print(json.dumps(facts))
