"""`compare`: what two runs of `evaluate` say about each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.checking import make_folder
from style2talker.cli.telling import tell
from style2talker.errors import UsageError

__all__ = ["WORSE", "compare"]

WORSE = 5
"""Exit status where something became worse and `--fail-on-worse` asked for it."""

Before = Annotated[Path, typer.Argument(help="Folder of the earlier run of evaluate, or its results.json.")]
After = Annotated[Path, typer.Argument(help="Folder of the later run, on clips of the same names.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Folder for comparison.md and comparison.json.")]
Least = Annotated[float, typer.Option(help="Changes up to this share of a value are negligible.")]
Fail = Annotated[bool, typer.Option("--fail-on-worse", help="End with status 5 if anything became worse.")]


def compare(
    before: Before,
    after: After,
    output: Output = None,
    least: Least = 0.01,
    fail_on_worse: Fail = False,
    as_json: flags.Json = False,
) -> None:
    """Compare two runs of evaluate: what became better or worse beyond noise.

    Example: style2talker compare judged-before judged-after --fail-on-worse
    """
    if not 0 <= least < 1:
        raise UsageError(f"--least is {least:g}, allowed is 0 to 1")
    import numpy as np

    from style2talker.evaluate import comparing
    from style2talker.evaluate.comparison_tables import VERDICTS, comparison_markdown, write_comparison

    found = comparing.compare(comparing.read_run(before), comparing.read_run(after), np.random.default_rng(0), least)
    if output is not None:
        make_folder(output)
        write_comparison(output, found)
    print(comparison_markdown(found))
    counts = {verdict: len(found.of(verdict)) for verdict in VERDICTS}
    worse = ", ".join(change.metric for change in found.of("worse"))
    said = f"worse: {worse}" if worse else "nothing became worse beyond noise"
    tell(said, as_json, counts | {"comparison": None if output is None else str(output / "comparison.json")})
    if worse and fail_on_worse:
        raise typer.Exit(WORSE)
