"""How much of a session others disturbed, and what that did to its figures: one line for whoever asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from advisor.measurement.run import PINNED_LATENCY, Observation
from advisor.measurement.timing import BOUNDED, UNDER_LOAD


@dataclass(frozen=True)
class Interference:
    """What became of the blocks and timings of a session.

    Attributes
    ----------
    blocks, slowed, robbed : int
        Blocks that were watched; those that the host slowed, and those from which others took a processor (some both).
    timings, under_load, bounded : int
        Timings, and those of these two grades.
    reach : float or None
        Half the width of the intervals under load, as a share of the figure; their median.
    """

    blocks: int
    slowed: int
    robbed: int
    timings: int
    under_load: int
    bounded: int
    reach: float | None

    @property
    def sentence(self) -> str | None:
        """What to be told, without a full stop; None where nothing came of it."""
        if not self.blocks or not (self.under_load or self.bounded):
            return None
        counts = ((self.slowed, "slowed"), (self.robbed, "robbed of processors"))
        told = [f"{what} in {count} of {self.blocks} blocks" for count, what in counts if count]
        parts = [f"the machine was {' and '.join(told)}"]
        if self.under_load:
            wider = "" if self.reach is None else f" (±{self.reach:.0%})".replace("%", " %")
            parts.append(f"figures under load are wider{wider}")
        if self.bounded:
            parts.append(f"of {self.bounded} of {self.timings} timings only bounds are known")
        return "; ".join(parts)


def interference(observations: Iterable[Observation]) -> Interference:
    """Return what became of the watched blocks of a session, and of the timings that rest on them."""
    timings = [each for each in observations if each.rounds and each.metric != PINNED_LATENCY]
    blocks = [block for each in timings for block in each.rounds]
    kinds = [{each.kind for each in block.disturbances} for block in blocks]
    loaded = [each for each in timings if each.grade == UNDER_LOAD and each.summary is not None]
    reaches = [(each.summary.high - each.summary.low) / (2 * each.summary.median) for each in loaded if each.summary]
    return Interference(
        blocks=len(blocks),
        slowed=sum("slowed" in each for each in kinds),
        robbed=sum("robbed" in each for each in kinds),
        timings=len(timings),
        under_load=len(loaded),
        bounded=sum(each.grade == BOUNDED for each in timings),
        reach=median(reaches) if reaches else None,
    )
