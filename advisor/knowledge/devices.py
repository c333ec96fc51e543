"""Published comparisons: one model in two or more runtimes on one device, as somebody measured and published it.

``devices.yaml`` holds them. They say nothing of our networks; they say how far the order of runtimes changes from one
device to another, which is what `advisor.decision.transfer` needs to know of figures that were measured elsewhere.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from advisor.documents import Model, read_yaml
from advisor.errors import Problem
from advisor.fields import Count, Day, Number
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Name, Text, load_sources

_HERE = Path(__file__).resolve().parent

Metric = Literal["latency", "cold-start", "real-time-factor", "rate"]
Through = Literal["cpu", "gpu", "npu"]
Precision = Literal["float32", "float16", "int8", "int4", "not said"]
UNITS: dict[Metric, tuple[str, ...]] = {
    "latency": ("ms",),
    "cold-start": ("ms",),
    "real-time-factor": ("",),
    "rate": ("1/s", "tokens/s"),
}
"""The units that a metric may be published in: as its source prints it, since only ratios are taken."""


class Figure(Model):
    """What one runtime reached, in the comparison's unit; precision, threads and version where the source says them."""

    runtime: Name
    through: Through
    value: Annotated[Number, Field(gt=0)]
    precision: Precision | None = None
    threads: Annotated[Count, Field(gt=0)] | None = None
    version: Text | None = None

    @property
    def stack(self) -> tuple[str, str]:
        """Return what is compared: a runtime on one kind of processor."""
        return self.runtime, self.through


class Comparison(Model):
    """One model in several runtimes on one device; ``differs`` says in what the sides are not alike."""

    id: Name
    target: Name
    device: Text
    processor: Text
    model: Text
    kind: Literal["convolutional", "transformer", "recurrent", "language model", "other"]
    metric: Metric
    unit: Literal["ms", "1/s", "tokens/s", ""] = ""
    precision: Precision
    threads: Annotated[Count, Field(gt=0)] | None = None
    figures: tuple[Figure, ...] = Field(min_length=2)
    differs: Text | None = None
    source: Name
    checked_on: Day

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.unit not in UNITS[self.metric]:
            expected = " or ".join(f"'{unit}'" if unit else "no unit" for unit in UNITS[self.metric])
            raise ValueError(f"a {self.metric} is given in {expected}, got '{self.unit}'")
        stacks = [figure.stack for figure in self.figures]
        twice = next((stack for stack in stacks if stacks.count(stack) > 1), None)
        if twice is not None:
            raise ValueError(f"'{twice[0]}' through '{twice[1]}' stands here twice")
        return self

    def logs(self) -> dict[tuple[str, str], float]:
        """Return the natural logarithm of every stack's figure, less being better."""
        sign = -1.0 if self.metric == "rate" else 1.0
        return {figure.stack: sign * math.log(figure.value) for figure in self.figures}


class _Comparisons(Model):
    comparisons: tuple[Comparison, ...]


def load_comparisons(folder: Path | None = None) -> tuple[Comparison, ...]:
    """Read ``devices.yaml`` from `folder` (default: the shipped one), checked against the sources.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: unknown sources, ids that occur twice, a unit that is not the
        metric's, a look-up before the source was published.
    """
    folder = folder or _HERE
    document = read_yaml(folder / "devices.yaml", _Comparisons, what="list of comparisons")
    found = document.value.comparisons
    sources = {source.id: source for source in load_sources(folder)}
    problems = mistakes.duplicates("comparisons", [each.id for each in found])
    for index, each in enumerate(found):
        here = ("comparisons", index)
        problems += mistakes.unknown((*here, "source"), "source", each.source, sources)
        published = sources[each.source].published if each.source in sources else None
        if published is not None and each.checked_on < published:
            message = f"'checked_on' ({each.checked_on}) lies before the source was published ({published})"
            problems.append(Problem((*here, "checked_on"), message))
    mistakes.refuse(document, problems)
    return found
