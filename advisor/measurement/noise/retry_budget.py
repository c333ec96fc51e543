"""The retry budget: what was robbed is timed again after a pause, as long as pauses are found to help.

Only processors that others of this machine take are worth waiting for: what the host does lasts for minutes, slows
every stack alike, and is allowed for. And where hardly anything is left alone, no pause helps: then nothing is waited
for.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from advisor.measurement.disturbance import Disturbance
from advisor.measurement.session.events import Listener, Waiting

ATTEMPTS = 10
FIRST_PAUSE = 0.05
GROWTH = 1.6
# Of the patience at the start, what one thing may use up; a machine that stays busy shall not have it all at once.
SHARE = 0.1
WORTH_TELLING = 0.3
# After so many things that were tried, a machine that left fewer of them alone than this share is never quiet.
TELLING, LEFT_ALONE = 12, 0.3


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
        self._seconds = self._left = self._open = seconds
        self._share = SHARE * seconds
        self._random = random
        self._tell = tell
        self._tried = self._alone = 0

    @property
    def used(self) -> float:
        """Seconds that went into pauses and into doing things again."""
        return self._seconds - self._left

    @property
    def never_quiet(self) -> bool:
        """Whether so little is left alone on this machine that no pause is worth its time."""
        return self._tried >= TELLING and self._alone < LEFT_ALONE * self._tried

    def noticed(self, *, disturbed: bool) -> None:
        """Learn from something that is done once in any case whether this machine is ever quiet.

        Starting the frameworks and making their cells ready tells it, before the first block that a pause could help.
        """
        self._tried += 1
        self._alone += not disturbed

    def spread(self, parts: int) -> None:
        """Let no more than the first of so many equal parts of what is left be used, until this is asked again.

        What a machine disturbs from beginning to end would else be measured in the first process alone, and three
        blocks from three processes tell more.
        """
        self._open = self._left / parts

    def until_quiet(self, attempt: Callable[[], Disturbance | None], again: Callable[[], None] = lambda: None) -> None:
        """Do something, and do it again after a pause while it was disturbed and there is patience.

        Parameters
        ----------
        attempt : callable
            Does it, and returns what of its disturbances may pass, or None.
        again : callable
            Puts away what is left of a disturbed attempt, right before the next: without a next one it is what stands.
        """
        used, most = 0.0, min(self._share, self._open)
        for number in range(ATTEMPTS):
            began = time.perf_counter()
            disturbance = attempt()
            if not number:
                self.noticed(disturbed=disturbance is not None)
            pause = self._random.uniform(0.5, 1.5) * FIRST_PAUSE * GROWTH**number
            cost = time.perf_counter() - began + pause
            if disturbance is None or self.never_quiet or number + 1 == ATTEMPTS or used + cost > most:
                break
            if pause >= WORTH_TELLING:
                self._tell(Waiting(disturbance, pause))
            time.sleep(pause)
            used += cost
            again()
        self._left -= used
        self._open -= used
