"""The consoles of a command: for its answer, whose reader may go away early (`advisor … | head`), and for the rest."""

from __future__ import annotations

from rich.console import Console


class Answers(Console):
    """A console on standard output; rich's own ends the program with exit code 1, which has a meaning of its own."""

    def on_broken_pipe(self) -> None:
        """Let the command line end as it does for every other output."""
        raise BrokenPipeError


def answers(color: str | None) -> Console:
    """Return the console of answers; `color` is ``auto``, ``always`` or ``never``, as ``--color`` takes it."""
    return Answers(force_terminal=color == "always" or None, no_color=color == "never" or None)


def messages(color: str | None) -> Console:
    """Return the console of what is said beside an answer, on standard error; `color` as for `answers`."""
    return Console(stderr=True, force_terminal=color == "always" or None, no_color=color == "never" or None)
