"""What is to be known about the session of a Run: what it left out on purpose, and what was marked."""

from __future__ import annotations

from collections import Counter

from advisor.articles.research import terms
from advisor.decision import phrases
from advisor.measurement.run import Run
from advisor.report import words

_MANY = {"capability:*": "Capabilities", "*-training": "Memory while training"}


def left_out(run: Run) -> list[tuple[str, list[str]]]:
    """Return what the session left out on purpose: for each reason, the titles of what it concerns."""
    titles, frameworks = terms.probes() | _MANY, run.titles
    found: dict[str, dict[str, None]] = {}
    for each in run.skipped:
        # The case and the advice to measure it after all are the same for all of them.
        why = words.line(phrases.reason(each, frameworks))
        found.setdefault(why, {})[titles.get(each.probe, each.probe)] = None
    return [(why, list(names)) for why, names in found.items()]


def flags(run: Run) -> list[tuple[str, int]]:
    """Return how many observations carry each flag, the most frequent first."""
    return Counter(flag for each in run.observations for flag in each.flags).most_common()
