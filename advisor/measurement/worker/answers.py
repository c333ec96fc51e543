"""What comes back from a worker: an answer, or an error that says what became of the command."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from advisor.documents import LONGEST
from advisor.measurement.run import Outcome


def homeless(text: str) -> str:
    """Return a text with ``~`` for this user's home: Runs and sites travel, and a home is named after its owner."""
    home = os.environ.get("HOME", "").rstrip("/")
    return re.sub(rf"{re.escape(home)}(?=[/\s:'\"]|$)", "~", text) if home else text


def shortened(text: str) -> str:
    """Return a text as long as a Run holds it; of a longer one the end, which says what went wrong."""
    return text if len(text) <= LONGEST else f"…{text[1 - LONGEST :]}"


class WorkerError(Exception):
    """A command that gave no result; `outcome`, `message` and `where` go into the observation as they are."""

    def __init__(self, message: str, *, outcome: Outcome = "error", where: str | None = None) -> None:
        super().__init__(message)
        self.message = shortened(homeless(message))
        self.outcome = outcome
        self.where = where


class WorkerLostError(WorkerError):
    """The worker is gone or had to be killed: it answers no further command."""


class WorkerDiedError(WorkerLostError):
    """The worker ended by itself; the message names the signal or the exit status and the last lines of stderr."""


class WorkerSilentError(WorkerLostError):
    """The worker gave no answer in time and was killed."""


@dataclass(frozen=True)
class Reply:
    """An answer of a worker.

    ``value`` is the result of a command that succeeded, and empty otherwise; ``body`` is the whole line;
    ``received`` is the moment of its arrival on the clock of `time.perf_counter`.
    """

    body: Mapping[str, Any]
    received: float

    @property
    def value(self) -> Mapping[str, Any]:
        """The result, or WorkerError with what the worker said instead."""
        result = self.body.get("ok")
        if isinstance(result, dict):
            return result
        outcome = self.body.get("outcome", "error")
        raise WorkerError(
            str(self.body.get("message") or "the worker gave no reason"),
            outcome=outcome if outcome in get_args(Outcome) else "error",
            where=self.body.get("where"),
        )


@dataclass(frozen=True)
class Pending:
    """A command that was sent and whose answer has not been collected."""

    id: int | None
    do: str
    sent: float
