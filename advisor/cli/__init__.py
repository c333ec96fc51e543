"""The command line: one file per group of commands; `main` is the command ``advisor``."""

from advisor.cli.commands import main

__all__ = ["main"]
