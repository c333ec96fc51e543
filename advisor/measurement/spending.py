"""Where the wall-clock time of a session went."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from advisor.measurement.run import Spent

Purpose = Literal["imports", "preparation", "sampling"]


class Spending:
    """Adds up the seconds spent on each purpose; what no purpose claims is the rest."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._seconds: dict[Purpose, float] = {"imports": 0.0, "preparation": 0.0, "sampling": 0.0}

    @contextmanager
    def on(self, purpose: Purpose) -> Iterator[None]:
        """Count the time of the block towards `purpose`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[purpose] += time.perf_counter() - start

    def so_far(self) -> Spent:
        """Return the account up to now, in seconds."""
        total = time.perf_counter() - self._began
        return Spent(**self._seconds, rest=max(0.0, total - sum(self._seconds.values())), total=total)
