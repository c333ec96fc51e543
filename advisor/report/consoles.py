"""The console of what a command answers: a reader that goes away early (`advisor … | head`) is no failure."""

from __future__ import annotations

from rich.console import Console


class Answers(Console):
    """A console on standard output; rich's own ends the program with exit code 1, which has a meaning of its own."""

    def on_broken_pipe(self) -> None:
        """Let the command line end as it does for every other output."""
        raise BrokenPipeError


def answers(color: str | None) -> Console:
    """Return the console; `color` is ``auto``, ``always`` or ``never``, as ``--color`` takes it."""
    return Answers(force_terminal=color == "always" or None, no_color=color == "never" or None)
