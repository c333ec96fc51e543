"""Watching a block: whether the machine was ours, and whether the stack's threads were all at work."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Protocol, TypeVar

from advisor.measurement.disturbance import Disturbance, robbed, seen
from advisor.measurement.noise.canary import Answer, Canary
from advisor.measurement.noise.clock import Clock, Reading
from advisor.measurement.noise.watch import AVAILABLE, ONCE_LIMIT, Watch, taking_part

T = TypeVar("T")


class Timed(Protocol):
    """What a worker answers when it has timed a block: its seconds of wall clock and of processor time."""

    @property
    def wall(self) -> float:
        """Seconds of wall clock."""

    @property
    def cpu(self) -> float:
        """Seconds of processor time, of all threads."""


B = TypeVar("B", bound=Timed)

# Below this share of its usual processor time per second of wall clock, something held a stack's threads back.
THREADS_LIMIT = 0.8
_BASELINE_NEEDS = 3
# A canary's answer is taken for the state before the next block when it is no older than this, in seconds.
_CANARY_KEEPS = 0.02
THREADS = "effective threads against the stack's own baseline"


@dataclass(frozen=True)
class Sight:
    """What was seen of other work while a block ran; seconds, and None for signals that are not available here.

    ``slowdown``: how many times as long as at its shortest the canary's work took. ``threads``: how many threads of the
    stack had a part in the work. ``clock``: the processor's clock and heat when it ended.
    ``disturbances`` say what was more than on a quiet machine.
    """

    foreign_cpu: float | None
    hidden_cpu: float | None
    canary: float | None
    slowdown: float | None
    threads: int | None
    disturbances: tuple[Disturbance, ...]
    clock: Reading


class Guard:
    """Puts every block between two looks at the machine.

    Parameters
    ----------
    settle : float
        Seconds of rest before a canary, at least: thread pools that spin after their last work have to come to rest.
    clock : Clock, optional
        Default that of this machine.
    """

    def __init__(self, canary: Canary, watch: Watch, *, settle: float, clock: Clock | None = None) -> None:
        self._canary = canary
        self._watch = watch
        self._settle = settle
        self._clock = clock or Clock()
        self._last: tuple[float, Answer | None] = (float("-inf"), None)
        self._baselines: dict[str, list[float]] = {}

    @property
    def signals(self) -> dict[str, str]:
        """Which signals of other work exist on this machine, and why others do not."""
        return {**self._watch.signals, **self._canary.signals, **self._clock.signals, THREADS: AVAILABLE}

    def block(self, run: Callable[[], B], *, stack: str, process: Callable[[], int]) -> tuple[B, Sight]:
        """Run one block and return its answer with what was seen meanwhile.

        Parameters
        ----------
        run : callable
            Runs the block and returns the worker's answer.
        stack : str
            Names the cell whose own baseline of effective threads applies.
        process : callable
            Returns the process id of the worker that runs the block; asked again afterwards, because a worker may be
            replaced.
        """
        before = self._look(self._settle)
        asked = process()
        ran = self._watch.threads(asked)
        cool = self._clock.look()
        glance = self._watch.glance()
        found = run()
        warm = self._clock.look()
        measured = process()
        foreign = self._watch.between(glance, self._watch.glance(), measured)
        threads = taking_part(ran, self._watch.threads(measured)) if measured == asked else None
        self._watch.rest(measured, self._settle)
        after = self._look(settle=0.0)
        disturbances = (
            *self._watch.disturbances(foreign),
            *self._canary.disturbances(before, after),
            *self._clock.disturbances(cool, warm),
        )
        # What others took says already why a stack had less; and its usual is not learnt from such a block.
        if not robbed(disturbances):
            disturbances += self._idle_threads(stack, found.cpu / found.wall)
        worst = max((each.bounce for each in (before, after) if each is not None and each.bounce), default=math.inf)
        bounce = worst / 1e9 if math.isfinite(worst) else None
        slowdown = self._canary.slowdown(before, after)
        return found, Sight(foreign.visible, foreign.hidden, bounce, slowdown, threads, disturbances, warm)

    def once(self, run: Callable[[], T], *, process: Callable[[], int]) -> tuple[T, tuple[Disturbance, ...]]:
        """Do something that happens once, and return its result with what disturbed it."""
        # Nobody is being timed yet: so the first blocks already know how short the canary's figures can be.
        self._canary.look()
        glance = self._watch.glance(ended=True)
        result = run()
        measured = process()
        foreign = self._watch.between(glance, self._watch.glance(ended=True), measured)
        # What is done next shall not be done beside it.
        self._watch.rest(measured, self._settle)
        return result, self._watch.disturbances(foreign, visible=ONCE_LIMIT)

    def close(self) -> None:
        """End the canary."""
        self._canary.close()

    def _look(self, settle: float) -> Answer | None:
        at, found = self._last
        if time.perf_counter() - at > _CANARY_KEEPS:
            time.sleep(settle)
            found = self._canary.look()
            self._last = (time.perf_counter(), found)
        return found

    def _idle_threads(self, stack: str, threads: float) -> tuple[Disturbance, ...]:
        """Tell of a block in which the stack had clearly less of the processors than it usually has."""
        known = self._baselines.setdefault(stack, [])
        if len(known) >= _BASELINE_NEEDS and threads < THREADS_LIMIT * median(known):
            return (seen("threads", threads, median(known)),)
        known.append(threads)
        return ()
