"""The command line: one module per group of commands, each a thin caller of the library."""

from style2talker.cli.entry import main

__all__ = ["main"]
