"""What kind of machine this is for whoever measures: some seconds of watching, grades to expect, what would help."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from advisor.measurement import host
from advisor.measurement.disturbance import Disturbance, robbed
from advisor.measurement.noise.canary import Canary
from advisor.measurement.noise.watch import Watch

SECONDS = 8.0
# As long as a block, so that a look meets what a block would meet.
LOOK = 0.1
_SETTLE = 0.01
# Of so many looks one at most is disturbed: a session finds six undisturbed rounds for every timing.
QUIET = 0.1
# Above this share of robbed looks hardly three rounds of a timing are left alone, however often they are tried.
ALWAYS = 0.7


@dataclass(frozen=True)
class Outlook:
    """What a watch found.

    Attributes
    ----------
    looks, slowed, robbed : int
        Looks of a tenth of a second, and how many of them the host slowed, and others took a processor from.
    taken : float or None
        Processors that others took over all looks; None where the system does not tell.
    hints : tuple of str
        What of the set-up of this machine would be worth changing.
    """

    looks: int
    slowed: int
    robbed: int
    taken: float | None
    hints: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What kind of machine this is now."""
        if self.robbed > ALWAYS * self.looks:
            return "others take its processors nearly all the time"
        if self.robbed > QUIET * self.looks:
            return "others take its processors at times"
        if self.slowed > QUIET * self.looks:
            return (
                "its host slows it at times" if self.slowed <= ALWAYS * self.looks else "its host slows it throughout"
            )
        return "quiet"

    @property
    def expect(self) -> str:
        """Which grades a session that began now would give its timings."""
        if self.robbed > ALWAYS * self.looks:
            return (
                "bounded, and under load for calls on one thread: only large differences get a word, and what one "
                "pinned thread shows"
            )
        if self.robbed > QUIET * self.looks:
            return "measured or under load; a session times again what was robbed, which takes up to a tenth longer"
        if self.slowed > QUIET * self.looks:
            return "under load: wider intervals, and orders as sure as ever"
        return "measured"

    @property
    def helps(self) -> tuple[str, ...]:
        """What would help, the most helpful first."""
        found = []
        if self.robbed > QUIET * self.looks:
            found.append("end what else is at work, or measure when it has ended")
            found.append("give the session processors of its own: taskset, a container's cpuset, a batch system's node")
            found.append("--threads one lower than there are processors leaves one to the others")
        elif self.slowed > QUIET * self.looks:
            found.append("nothing from inside a virtual machine; a dedicated host, or another hour")
        return (*found, *self.hints)


def outlook(seconds: float = SECONDS, *, root: Path = Path("/")) -> Outlook:
    """Watch the machine for so many seconds, and return what was found.

    What earlier sessions remember of this host is read, and nothing is written.

    Parameters
    ----------
    seconds : float
        How long; it takes a moment more.
    root : path
        Where ``proc`` and ``sys`` are mounted.
    """
    watch, met = Watch(root), list[tuple[Disturbance, ...]]()
    taken = wall = 0.0
    with closing(Canary(host.describe(root).cpu, remember=False)) as canary:
        until = time.perf_counter() + seconds
        last = canary.look()
        while not met or time.perf_counter() < until:
            before = watch.glance()
            time.sleep(LOOK)
            foreign = watch.between(before, watch.glance(), os.getpid())
            found = watch.disturbances(foreign)
            time.sleep(_SETTLE)
            last, then = canary.look(), last
            met.append((*found, *canary.disturbances(then, last)))
            taken, wall = taken + (foreign.visible or 0.0), wall + foreign.wall
    hints = tuple(f"{each.name} ({each.value}): {each.hint}" for each in host.readings(root) if _worth_it(each))
    return Outlook(
        looks=len(met),
        slowed=sum(any(each.kind == "slowed" for each in found) for found in met),
        robbed=sum(map(robbed, met)),
        taken=taken / wall if foreign.visible is not None else None,
        hints=hints,
    )


def told(found: Outlook) -> dict[str, str]:
    """Return an outlook as a section of the doctor."""
    share = "" if found.taken is None else f", who took {found.taken:.2f} processors on average"
    return {
        "this machine": found.kind,
        "slowed by its host": f"{found.slowed} of {found.looks} looks of a tenth of a second",
        "robbed by others": f"{found.robbed} of {found.looks}{share}",
        "grades to expect": found.expect,
        "would help": "; ".join(found.helps) or "nothing",
    }


def _worth_it(each: host.Reading) -> bool:
    """Return whether a reading names something that whoever measures can change."""
    return each.hint is not None and each.name in ("clock governor", "limit on processor time")
