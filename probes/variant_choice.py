"""Where a setting has variants (with XLA or without), a short trial finds the faster one on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probes import timing
from probes.cell import Builder
from probes.channel import ProbeError
from probes.parity import Ready, Referee, check
from probes.workloads import Case

BLOCKS = 4
SECONDS = 0.05
CLEARLY = 0.95


@dataclass(frozen=True)
class Choice:
    """The alternative that was taken.

    Attributes
    ----------
    ready : Ready
        The cell; its ``how`` also says what it was preferred to, and what did not work.
    variant : str
        The name of the alternative; given back with the next ``prepare``, it is taken again without a trial.
    tried : list of dict
        Every alternative: ``variant``; ``how``, ``compiled``, ``first_call`` (seconds) and, where there was a trial,
        ``call`` (the shortest, seconds), or ``message`` where it did not work.
    """

    ready: Ready
    variant: str
    tried: list[dict[str, Any]]


def choose(builders: Sequence[Builder], case: Case, variant: str | None = None) -> Choice:
    """Make every alternative ready, drop those that fail or disagree with the referee, and take the fastest.

    An alternative displaces an earlier one of the list only when it takes less than 95 % of its time.

    Parameters
    ----------
    builders : sequence of callables
        The alternatives, the preferred one first.
    case : Case
        What they compute.
    variant : str, optional
        The name of one alternative: then only this one is made ready.

    Raises
    ------
    Exception
        What the first alternative raised, when none works.
    """
    builders = named(builders, variant)
    referee = Referee(case)
    working: list[tuple[str, Ready]] = []
    failures: list[tuple[str, Exception]] = []
    for build in builders:
        try:
            cell = build(case)
            if cell is not None:
                working.append((build.__name__, check(cell, referee)))
        except Exception as error:  # noqa: BLE001 - an alternative may fail as long as another one works
            failures.append((build.__name__, error))
    if not working:
        raise failures[0][1] if failures else ProbeError("not_applicable", "no alternative applies to this workload")
    calls = _shortest([ready for _, ready in working]) if len(working) > 1 else []
    best = _fastest(calls)
    name, ready = working[best]
    tried = [
        {"variant": each, "how": one.how, "compiled": one.cell.compiled, "first_call": one.first_call}
        | ({"call": calls[index]} if calls else {})
        for index, (each, one) in enumerate(working)
    ]
    tried += [{"variant": failed, "message": _reason(failed, error)} for failed, error in failures]
    return Choice(ready, name, tried)


def named(builders: Sequence[Builder], variant: str | None) -> Sequence[Builder]:
    """Return the one alternative that is called `variant`, or all of them without a name."""
    if variant is None:
        return builders
    found = [build for build in builders if build.__name__ == variant]
    if not found:
        raise ProbeError("error", f"no variant is called {variant!r}")
    return found


def _shortest(ready: Sequence[Ready]) -> list[float]:
    """Return the shortest call of each alternative in seconds, from blocks in turns.

    The shortest and not the median: the trial has no one to tell it that the machine was busy.
    """
    shortest = [float("inf")] * len(ready)
    for _ in range(BLOCKS):
        for index, each in enumerate(ready):
            seen = timing.block(each.cell.call, lead_in=SECONDS / 2, seconds=SECONDS, minimum_calls=3)
            shortest[index] = min(shortest[index], *seen["calls"])
    return shortest


def _fastest(shortest: Sequence[float]) -> int:
    """Return the index of the alternative to take; a later one has to be clearly faster than an earlier one."""
    best = 0
    for index, seconds in enumerate(shortest):
        if seconds < CLEARLY * shortest[best]:
            best = index
    return best


def _reason(name: str, error: Exception) -> str:
    """Return in a few words why an alternative is out."""
    text = str(error) if isinstance(error, ProbeError) else f"{name} failed: {type(error).__name__}: {error}"
    # Frameworks explain at length; what went wrong stands in the first line.
    return " ".join(text.strip().partition("\n")[0].split())[:200]
