"""Arguments -> a command -> an exit status; every error ends here, in one line."""

from __future__ import annotations

import errno
import os
import traceback
from typing import Annotated

import typer

from style2talker import __version__
from style2talker.cli.comparing import compare
from style2talker.cli.corpus import corpus_app
from style2talker.cli.entry import complain
from style2talker.cli.evaluating import evaluate
from style2talker.cli.exporting import export
from style2talker.cli.inspecting import checkpoint
from style2talker.cli.looking import stylize, track
from style2talker.cli.making import generate, render
from style2talker.cli.models import assets_app, doctor
from style2talker.cli.training import train
from style2talker.errors import Style2TalkerError

__all__ = ["app", "run"]

app = typer.Typer(
    name="style2talker",
    help="A talking head from a portrait, a voice, a sentence that says how the person feels, and an art style.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(generate)
app.command()(track)
app.command()(render)
app.command()(stylize)
app.command()(train)
app.command()(export)
app.command()(checkpoint)
app.command()(evaluate)
app.command()(compare)
app.command()(doctor)
app.add_typer(assets_app, name="assets")
app.add_typer(corpus_app, name="corpus")

_FULL = (errno.ENOSPC, errno.EDQUOT)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"style2talker {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def run(arguments: list[str], commands: typer.Typer = app) -> int:
    """Run one command and return its exit status; an error has been printed as one line on stderr."""
    try:
        result = commands(args=arguments, standalone_mode=False)
    except Style2TalkerError as error:
        complain(str(error))
        return error.exit_status
    except SystemExit as ended:
        # The parser ends the process so when who reads our output has gone, which is no fault.
        return 0 if isinstance(ended.__context__, BrokenPipeError) else 1
    except Exception as error:
        return _unforeseen(error)
    return result if isinstance(result, int) else 0


def _unforeseen(error: Exception) -> int:
    """The exit status of an error of the argument parser, of the system, or of our own making."""
    describe = getattr(error, "format_message", None)
    if describe is not None:
        # Typer brings a parser of its own or Click's, by its version; both describe their errors in this way.
        listed = type(error).__name__ == "NoArgsIsHelpError"
        complain("a command is missing, they are listed above" if listed else describe())
        return int(getattr(error, "exit_code", 2))
    if os.environ.get("STYLE2TALKER_TRACEBACK"):
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.errno in _FULL:
        complain(f"no space left on the disk ({error}): free some")
    elif isinstance(error, MemoryError):
        complain("not enough memory: use a smaller --size, or --framing crop")
    elif isinstance(error, OSError):
        complain(f"the system refused to read or write: {error}")
    else:
        complain(f"internal error, {type(error).__name__}: {error} (set STYLE2TALKER_TRACEBACK=1 to see more)")
    return 1
