"""How far figures transfer: σ between networks and devices, and how often an order so given is right on a new device.

``python -m benchmarks.transfer [RUN …]``: every published comparison (``advisor/knowledge/devices.yaml``) is ordered
from what was published of *other* devices, as the engine would: the mean log ratio of two stacks over those devices,
widened by what such ratios are worth on a new one. An order is claimed where it holds in `SURE` of worlds, and is then
right or wrong; else it is open. Claimed wrongly in at most 5 %, right in at least 40 %, else exit code 1.

Of networks that we measure ourselves the model is known (σ(model) = 0): then an order comes from the same network, as
it was published of other devices or as a RUN has it, and what is left is the device. None of those may be wrong.
"""

from __future__ import annotations

import itertools
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Literal

from advisor.decision.transfer import (
    PROVED,
    SHIPPED,
    between_devices,
    between_networks,
    device_rows,
    ratios,
    spread,
)
from advisor.decision.verdict import SURE
from advisor.knowledge.devices import Comparison, load_comparisons
from advisor.measurement.run import Run, load_run
from benchmarks.tables import Result, show

Outcome = Literal["right", "wrong", "open"]
WRONG, RIGHT = 0.05, 0.40
REFERENCE = Path(__file__).resolve().parent.parent / "tests" / "data" / "reference-run.json"


def order(first: Hashable, second: Hashable, known: Sequence[Comparison]) -> float:
    """Return how sure it is that `first` is faster than `second` on a new device (below 0.5: the other way round)."""
    rows = device_rows(known)
    whole, seen = spread(rows), ratios(rows)
    pair = (first, second) if (first, second) in seen else (second, first)
    by = seen.get(pair, {})
    if whole is None or not by:
        return 0.5
    middle = math.fsum(by.values()) / len(by)
    width = whole.predictive * math.sqrt(1 + 1 / len(by))
    faster = 0.5 * math.erfc(middle / width / math.sqrt(2))
    return faster if pair == (first, second) else 1 - faster


def scored(
    comparisons: Sequence[Comparison],
    apart: Callable[[Comparison], Hashable] = lambda each: each.device,
    *,
    alike: bool = False,
) -> Counter[Outcome]:
    """Return how often the order of two stacks is right, wrong or open, what `apart` names being left out each time.

    `alike`: only pairs that run on the same kind of processor, which are harder.
    """
    counts: Counter[Outcome] = Counter()
    for each in comparisons:
        if each.metric == "cold-start":
            continue
        known = [other for other in comparisons if apart(other) != apart(each) and other.device != each.device]
        logs = each.logs()
        for first, second in itertools.combinations(sorted(logs), 2):
            if (alike and first[1] != second[1]) or logs[first] == logs[second]:
                continue
            counts[_outcome(order(first, second, known), logs[first] < logs[second])] += 1
    return counts


SAME = {"mobilenetv2": r"mobilenet[ _]?v2", "resnet50": r"resnet-?50", "bert-base": r"bert for squad"}
"""The networks of the list that were published of devices, and what they are called there."""


def network_of(each: Comparison) -> str | None:
    """Return our name of a published model, or None for one that is not in the list."""
    return next((name for name, said in SAME.items() if re.match(said, each.model, re.IGNORECASE)), None)


def scored_of_same_network(comparisons: Sequence[Comparison], runs: Sequence[Run] = ()) -> Counter[Outcome]:
    """Return how often orders of two stacks are right where the network is known: only the device is another one."""
    devices = between_devices(comparisons)
    assert devices is not None
    named = [(network_of(each), each) for each in comparisons]
    counts: Counter[Outcome] = Counter()
    for network, each in named:
        if network is None:
            continue
        others = [other.logs() for name, other in named if name == network and other.device != each.device]
        known = [*others, *(_measured(run, network, each.precision) for run in runs)]
        logs = each.logs()
        for first, second in itertools.combinations(sorted(logs), 2):
            seen = [row[first] - row[second] for row in known if first in row and second in row]
            if logs[first] == logs[second]:
                continue
            if not seen:
                counts["open"] += 1
                continue
            width = devices.predictive * math.sqrt(1 + 1 / len(seen))
            faster = 0.5 * math.erfc(math.fsum(seen) / len(seen) / width / math.sqrt(2))
            counts[_outcome(faster, logs[first] < logs[second])] += 1
    return counts


def _measured(run: Run, network: str, precision: str) -> dict[tuple[str, str], float]:
    """Return the logarithm of the time of each runtime for a network in a Run, by the framework that suits it best."""
    found: dict[tuple[str, str], float] = {}
    for each in run.observations:
        if (each.workload, each.metric) != (network, "latency") or each.route is None or each.summary is None:
            continue
        if each.parameters.get("precision") == precision:
            stack = each.route, "cpu"
            found[stack] = min(found.get(stack, math.inf), math.log(each.summary.median))
    return found


def _outcome(sure: float, truth: bool) -> Outcome:
    if max(sure, 1 - sure) < SURE:
        return "open"
    return "right" if (sure > 0.5) == truth else "wrong"


def shares(counts: Counter[Outcome]) -> dict[Outcome, float]:
    """Return the counts as shares."""
    total = sum(counts.values()) or 1
    outcomes: tuple[Outcome, ...] = ("right", "wrong", "open")
    return {outcome: counts[outcome] / total for outcome in outcomes}


def results(comparisons: Sequence[Comparison], runs: Sequence[Path]) -> list[Result]:
    """Return what transfers, and how often the order is right, as lines of a table."""
    devices = between_devices(comparisons)
    assert devices is not None
    told = f"{devices.predictive:.2f} of {devices.contexts} devices, {devices.pairs} pairs of stacks"
    found = [Result(f"σ(device) of times, {len(comparisons)} comparisons", told, "", None)]
    for path in runs:
        run = load_run(path)
        for metric in (*PROVED, "training"):
            here = between_networks(run, metric)
            value = "too few networks" if here is None else f"{here.predictive:.2f} of {here.contexts} networks"
            found.append(Result(f"σ(model) of {metric}, {path.name}", value, f"{SHIPPED[metric]:.2f} shipped", None))
    kinds = {
        "one device left out": scored(comparisons),
        "the same, one kind of processor": scored(comparisons, alike=True),
        "device and source left out": scored(comparisons, lambda each: each.source),
    }
    for name, counts in kinds.items():
        judged = name == "one device left out"
        share, pairs = shares(counts), f"{sum(counts.values())} pairs, {name}"
        judgements: tuple[tuple[Outcome, str, bool | None], ...] = (
            ("right", f"≥ {RIGHT:.0%}", share["right"] >= RIGHT),
            ("wrong", f"≤ {WRONG:.0%}", share["wrong"] <= WRONG),
            ("open", "", None),
        )
        for outcome, bar, holds in judgements:
            value = f"{share[outcome]:.1%}"
            judge = holds if judged or outcome == "wrong" else None
            found.append(Result(f"{outcome}: {pairs}", value, bar if judge is not None else "", judge))
    same = scored_of_same_network(comparisons, [load_run(path) for path in runs])
    there = [each for each in comparisons if network_of(each) is not None]
    what = f"{sum(same.values())} pairs of {len(there)} comparisons of a network of the list, σ(model) = 0"
    found.append(Result(f"wrong: {what}", f"{same['wrong']}", "0", same["wrong"] == 0))
    found.append(Result(f"right, open: {what}", f"{same['right']}, {same['open']}", "", None))
    return found


def main(arguments: Sequence[str]) -> int:
    """Print it; return 1 where a bar is missed."""
    found = results(load_comparisons(), [Path(name) for name in arguments] or [REFERENCE])
    show(found)
    return 0 if all(each.holds is not False for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
