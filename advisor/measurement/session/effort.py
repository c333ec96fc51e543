"""How thoroughly a session measures (blocks, rounds, processes), and where its wall-clock time went."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from advisor.measurement.run import Mode, Spent

# Few rounds and many processes: processes of one framework differ by more than rounds of one process do.
FURTHER_ROUNDS = 3
# Of a session that goes on until all is decided.
MOST_FURTHER = 12


@dataclass(frozen=True)
class Pace:
    """How thoroughly a session measures.

    Parameters
    ----------
    settle, lead_in, seconds : float
        Seconds of a block: idle, untimed calls, timed calls.
    minimum_calls : int
        Calls that a block times at least, however long they take.
    rounds : int
        Blocks of every cell, over all processes together.
    processes : int
        Fresh processes per framework.
    runtime_processes : int
        Fresh processes per shipped artifact; each also gives one cold start.
    apart : int
        Fresh processes per training cell in which only its memory is measured. None: what is measured apart (that
        memory, the first call at another shape) is left out.
    further : int
        At most so many more fresh processes for what is unclear after the rounds, `FURTHER_ROUNDS` rounds in each.
    pinned : int
        Fresh processes on one pinned thread for what was robbed throughout; beyond three only while a pair is unclear.
    until_decided : bool
        Whether pairs that were robbed throughout are heard in further processes, too, and open pairs are named.
    patience : float
        Seconds for pauses and repeated blocks in the whole session, when other work disturbs it.
    """

    settle: float
    lead_in: float
    seconds: float
    minimum_calls: int
    rounds: int
    processes: int
    runtime_processes: int
    patience: float = 0.0
    apart: int = 0
    further: int = 0
    pinned: int = 3
    until_decided: bool = False

    @property
    def block(self) -> float:
        """Seconds that one block takes."""
        return self.settle + self.lead_in + self.seconds

    @property
    def segments(self) -> int:
        """Parts of the session between which processes are replaced by fresh ones."""
        return max(self.processes, self.runtime_processes)


PACES: dict[Mode, Pace] = {
    "quick": Pace(0.01, 0.08, 0.06, 5, rounds=7, processes=1, runtime_processes=3, patience=8, pinned=1),
    "standard": Pace(0.01, 0.1, 0.1, 5, rounds=15, processes=3, runtime_processes=3, patience=120, apart=1, further=6),
    "thorough": Pace(
        0.01, 0.1, 0.1, 5, rounds=30, processes=5, runtime_processes=5, patience=600, apart=3, further=10, pinned=10
    ),
}


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
