"""The metrics of a probe in groups that answer one question each: how fast in the long run, at first, how large."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.report import words

GROUPS: dict[str, tuple[str, ...]] = {
    "Steady state": (
        "latency", "latency-pinned", "energy", "throughput", "ceiling-share",
    ),
    "The most that this machine gives": ("peak-flops", "memory-bandwidth"),
    "Beside a busy neighbor": ("slow-down",),
    "First call and compiling": (
        "cold-start", "import-time", "first-call", "compile-time", "recompile-time", "break-even",
    ),
    "Memory": ("memory-delta", "peak-memory", "memory-after-import"),
    "What is shipped": ("artifact-size", "runtime-size", "runtime-installed-size", "installed-size"),
    "Accuracy": ("accuracy", "accuracy-loss", "training-time", "epochs"),
}  # fmt: skip
REST = "Other figures"


@dataclass(frozen=True)
class Group:
    """Metrics that are read together: a heading, its anchor, and the metrics by name and title."""

    title: str
    anchor: str
    metrics: tuple[tuple[str, str], ...]


def grouped(metrics: Iterable[str]) -> list[Group]:
    """Return `metrics` in their groups, those that are in none last."""
    there = list(dict.fromkeys(metrics))
    known = {name for names in GROUPS.values() for name in names}
    found = [(title, [name for name in names if name in there]) for title, names in GROUPS.items()]
    found.append((REST, [name for name in there if name not in known]))
    return [
        Group(title, words.slug(title), tuple((name, words.metric(name)) for name in names))
        for title, names in found
        if names
    ]
