"""Who is faster, at a glance: how many times as long as the fastest each stack takes, work by work, as a document."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from advisor.documents import Model
from advisor.keys import Stack
from advisor.measurement.run import Observation, Run
from advisor.measurement.timing import BOUNDED


class Ratio(Model):
    """How many times as long as the fastest a stack takes; `alike`: by less than matters, or than both intervals."""

    framework: str
    route: str | None = None
    observation: int
    ratio: float
    alike: bool

    @property
    def stack(self) -> Stack:
        """Whose it is."""
        return Stack(framework=self.framework, route=self.route)


class Work(Model):
    """One work: its probe, the ratios of the stacks that did it, each at its fastest setting."""

    probe: str
    ratios: tuple[Ratio, ...]


class Mean(Model):
    """The geometric mean of a stack over the works that all did, over the least of these means."""

    framework: str
    route: str | None = None
    mean: float
    alike: bool


class Speeds(Model):
    """The ratios of a Run, work by work, and their means over the ``common`` works, where these are two or more."""

    schema_: Literal["advisor.speeds/1"] = Field(default="advisor.speeds/1", alias="schema")
    run: str
    works: tuple[Work, ...]
    common: int
    means: tuple[Mean, ...]


def speeds(run: Run, works: Mapping[str, Iterable[int]]) -> Speeds:
    """Return the ratios of `run` for works given as probes and places of their observations.

    Times of which only bounds are known are left out, and so are works that a single stack did.
    """
    found = [Work(probe=probe, ratios=tuple(_ratios(run, places))) for probe, places in works.items()]
    found = [work for work in found if len(work.ratios) > 1]
    stacks = dict.fromkeys(each.stack for work in found for each in work.ratios)
    tables = [{each.stack: each.ratio for each in work.ratios} for work in found]
    common = [table for table in tables if len(table) == len(stacks)]
    return Speeds(run=run.id, works=tuple(found), common=len(common), means=tuple(_means(run, stacks, common)))


def _ratios(run: Run, places: Iterable[int]) -> list[Ratio]:
    best: dict[Stack, tuple[float, int, Observation]] = {}
    for place in places:
        each = run.observations[place]
        if each.summary and each.grade != BOUNDED and each.summary.median > 0:
            this = (each.summary.median, place, each)
            best[each.stack] = min(best.get(each.stack, this), this, key=lambda item: item[:2])
    if not best:
        return []
    least = min(best.values(), key=lambda item: item[:2])
    assert least[2].summary is not None
    high = least[2].summary.high
    return [
        Ratio(
            framework=stack.framework, route=stack.route, observation=place, ratio=seconds / least[0],
            alike=seconds / least[0] <= 1 + run.policy.indifference or bool(each.summary and each.summary.low <= high),
        )
        for stack, (seconds, place, each) in best.items()
    ]  # fmt: skip


def _means(run: Run, stacks: Iterable[Stack], common: Sequence[Mapping[Stack, float]]) -> Iterable[Mean]:
    if len(common) < 2:
        return
    means = {each: math.exp(math.fsum(math.log(table[each]) for table in common) / len(common)) for each in stacks}
    least = min(means.values())
    for stack, mean in means.items():
        alike = mean / least <= 1 + run.policy.indifference
        yield Mean(framework=stack.framework, route=stack.route, mean=mean / least, alike=alike)
