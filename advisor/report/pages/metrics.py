"""The metrics of a probe in groups that answer one question each: how fast in the long run, at first, how large."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.measurement.metrics import load_metrics
from advisor.report import words

REST = "Other figures"


@dataclass(frozen=True)
class Group:
    """Metrics that are read together: a heading, its anchor, and the metrics by name and title."""

    title: str
    anchor: str
    metrics: tuple[tuple[str, str], ...]


def grouped(metrics: Iterable[str]) -> list[Group]:
    """Return `metrics` in the groups and the order of the registry, those that are in no group last."""
    there = dict.fromkeys(metrics)
    found: dict[str, list[str]] = {}
    for name, known in load_metrics().items():
        if known.group is not None and name in there:
            found.setdefault(known.group, []).append(name)
    rest = there.keys() - {name for names in found.values() for name in names}
    found[REST] = [name for name in there if name in rest]
    return [
        Group(title, words.slug(title), tuple((name, words.metric(name)) for name in names))
        for title, names in found.items()
        if names
    ]
