"""Words of the report for ids: criteria, probes, metrics, what was left out, and what blocks were marked with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from advisor.criteria import load_criteria
from advisor.decision import phrases
from advisor.measurement import definitions
from advisor.measurement.metrics import load_metrics
from advisor.measurement.run import Run
from advisor.report import words

_MANY = {"capability:*": "Capabilities", "*-training": "Memory while training"}


def left_out(run: Run) -> list[tuple[str, list[str]]]:
    """Return what the session left out on purpose: for each reason, the titles of what it concerns."""
    titles, frameworks = probes() | _MANY, run.titles
    found: dict[str, dict[str, None]] = {}
    for each in run.skipped:
        # The case and the advice to measure it after all are the same for all of them.
        why = words.line(phrases.reason(each, frameworks))
        found.setdefault(why, {})[titles.get(each.probe, each.probe)] = None
    return [(why, list(names)) for why, names in found.items()]


def flags(run: Run) -> list[tuple[str, int]]:
    """Return how many observations carry each flag, the most frequent first."""
    return Counter(flag for each in run.observations for flag in each.flags).most_common()


def titled(text: str, titles: Mapping[str, str], *, quoted: bool = False) -> str:
    """Return a text with every id that has a title replaced by it: ``'edge-latency'`` by “Latency on the device”."""

    def name(found: re.Match[str]) -> str:
        title = titles.get(found[1])
        return found[0] if title is None else f"“{title}”" if quoted else title

    # Not inside of brackets: there it is an extra of a package, in a line that somebody will paste.
    return re.sub(r"'?(?<!\[)\b((?:[a-z]+:)?[a-z0-9]+(?:-[a-z0-9]+)*)\b'?(?!\()", name, text)


def probes() -> dict[str, str]:
    """Return the titles of probes and metrics, for texts that name them by their ids."""
    known = definitions.shipped()
    found = {each.probe: each.title for each in known.workloads} | {
        each.probe: each.title for each in known.experiments
    }
    found |= {each.probe: each.title for each in known.capabilities.values()}
    found |= {each.id: f"Route to {each.title}" for each in known.routes.values()} | {"environment": "Start"}
    return found | {name: metric.title.lower() for name, metric in load_metrics().items() if "-" in name}


def topics() -> dict[str, str]:
    """Return, for each key of facts, the title of the criterion that reads it."""
    found: dict[str, str] = {}
    for criterion in load_criteria().values():
        for rule in criterion.evidence:
            if rule.documented:
                found.setdefault(rule.documented.fact, criterion.title)
    return found | {
        "maintenance": "Upkeep",
        "compatibility": "Compatibility",
        "latest-release": "Newest release",
        "server-maturity": "Maturity of its makers' server",
    }
