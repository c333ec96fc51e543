"""The errors that a user can mend: one message, at most one hint, one exit code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advisor import printing

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_PROBING = 3
EXIT_OURS = 70
EXIT_INTERRUPTED = 130

Loc = tuple[str | int, ...]
"""Where a value stands in a document: the keys and indices that lead to it."""


class AdvisorError(Exception):
    """Something the user can mend; the command line prints it without a traceback.

    Parameters
    ----------
    message : str or sequence of str
        What is wrong and what was expected, in one sentence, or one for each thing that is wrong. Each becomes one
        line, whatever a name or a value in it holds: no document forges a line of its own.
    hint : str or sequence of str, optional
        What to try next, usually a command.
    exit_code : int
        1 no answer or a failed check, 2 usage or a bad file, 3 probing failed, 130 interrupted.
    """

    def __init__(
        self, message: str | Sequence[str], *, hint: str | Sequence[str] | None = None, exit_code: int = EXIT_USAGE
    ) -> None:
        self.lines = _lines(message)
        self.message = "\n".join(self.lines)
        super().__init__(self.message)
        self.hint = None if hint is None else "\n     ".join(_lines(hint))
        self.exit_code = exit_code


def _lines(told: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(printing.line(each) for each in ((told,) if isinstance(told, str) else told))


@dataclass(frozen=True)
class Problem:
    """One mistake in a document: where (path of keys) and what."""

    loc: Loc
    message: str


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``" — did you mean 'x'?"`` for the nearest of `choices`, or ``""`` when none is near."""
    near = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return f" — did you mean '{near[0]}'?" if near else ""
