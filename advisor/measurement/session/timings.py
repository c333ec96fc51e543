"""Where the wall-clock time of a session went."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from advisor.measurement.run import Spent

Purpose = Literal["imports", "preparation", "sampling", "rest"]


class Spending:
    """Adds up the seconds spent on each purpose; what no purpose claims is the rest.

    Purposes nest: the inner one gets the time, and the outer one goes on after it.

    Parameters
    ----------
    earlier : Spent, optional
        The account of the session up to an interruption.
    """

    def __init__(self, earlier: Spent | None = None) -> None:
        known = earlier or Spent()
        self._since = time.perf_counter()
        self._began = self._since - known.total
        self._purposes: list[Purpose] = ["rest"]
        self._seconds: dict[Purpose, float] = {
            "imports": known.imports,
            "preparation": known.preparation,
            "sampling": known.sampling,
            "rest": known.rest,
        }

    @contextmanager
    def on(self, purpose: Purpose) -> Iterator[None]:
        """Count the time of the block towards `purpose`."""
        self._settle()
        self._purposes.append(purpose)
        try:
            yield
        finally:
            self._settle()
            self._purposes.pop()

    def so_far(self) -> Spent:
        """Return the account up to now, in seconds."""
        self._settle()
        return Spent(**self._seconds, total=self._since - self._began)

    def _settle(self) -> None:
        now = time.perf_counter()
        self._seconds[self._purposes[-1]] += now - self._since
        self._since = now
