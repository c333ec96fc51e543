"""Waiting for a quieter moment: pauses that grow, and a patience that all disturbed things of a session share."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from advisor.measurement.events import Listener, Waiting

ATTEMPTS = 10
FIRST_PAUSE = 0.05
GROWTH = 1.6
# Of the patience at the start, what one thing may use up; a machine that stays busy shall not have it all at once.
SHARE = 0.1
WORTH_TELLING = 0.3


class Patience:
    """The seconds that a session has for pauses and for doing things again.

    Parameters
    ----------
    seconds : float
        How many there are.
    random : random.Random
        Draws the pauses, between half and one and a half of their mean: load that comes at intervals is not met at
        each of its returns.
    """

    def __init__(self, seconds: float, random: random.Random, tell: Listener) -> None:
        self._left = seconds
        self._share = SHARE * seconds
        self._random = random
        self._tell = tell

    def until_quiet(self, attempt: Callable[[], str | None], again: Callable[[], None] = lambda: None) -> None:
        """Do something, and do it again after a pause while it returns an objection and there is patience.

        Parameters
        ----------
        attempt : callable
            Does it, and returns why it cannot count, or None.
        again : callable
            Puts away what is left of a disturbed attempt before the next.
        """
        used = 0.0
        for number in range(ATTEMPTS):
            began = time.perf_counter()
            objection = attempt()
            pause = self._random.uniform(0.5, 1.5) * FIRST_PAUSE * GROWTH**number
            cost = time.perf_counter() - began + pause
            if objection is None or number + 1 == ATTEMPTS or used + cost > min(self._share, self._left):
                break
            if pause >= WORTH_TELLING:
                self._tell(Waiting(objection, pause))
            again()
            time.sleep(pause)
            used += cost
        self._left -= used
