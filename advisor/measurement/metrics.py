"""The registry of metrics (``metrics.yaml``): what each is called, its unit, which way is better, what it can be.

A Run may hold a metric that is not in it, of a framework folder of one's own: it is shown under its identifier.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

from advisor.documents import Model, read_yaml
from advisor.errors import Problem


class Metric(Model):
    """One metric.

    Attributes
    ----------
    title : str
        What heads its column.
    group : str or None
        The heading under which it is read; None: with the other figures.
    unit : {"s", "B", "J", "1/s", ""}
        Its base unit; empty for a count or a ratio.
    share : bool
        Whether it reads as a percentage.
    least, most : float or None
        Bounds of what it can be, inclusive; None: there is no bound.
    """

    id: str
    title: str
    group: str | None = None
    unit: Literal["s", "B", "J", "1/s", ""]
    better: Literal["lower", "higher"]
    share: bool = False
    least: float | None = 0.0
    most: float | None = None


class _Metrics(Model):
    metrics: tuple[Metric, ...]


# 750 calls of 1 ms in a decision, 2,500 in a site: saves 0.7 and 3 s.
@functools.cache
def load_metrics(path: Path | None = None) -> dict[str, Metric]:
    """Return every metric by its identifier, in the order of the file (default: the shipped ``metrics.yaml``)."""
    document = read_yaml(path or Path(__file__).with_name("metrics.yaml"), _Metrics, what="list of metrics")
    found = {metric.id: metric for metric in document.value.metrics}
    twice = [
        Problem(("metrics", place, "id"), f"duplicate id '{metric.id}'")
        for place, metric in enumerate(document.value.metrics)
        if found[metric.id] is not metric
    ]
    if twice:
        raise document.error(twice)
    return found


def is_share(metric: str | None) -> bool:
    """Return whether a metric reads as a percentage."""
    known = load_metrics().get(metric or "")
    return known is not None and known.share


def unit_of(metric: str | None) -> str | None:
    """Return the base unit of a metric that is measured here; None of a proof, which has no metric."""
    return None if metric is None else load_metrics()[metric].unit
