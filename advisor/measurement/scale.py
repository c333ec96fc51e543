"""One kind of network at several sizes: which network stands for a kind, what of it has a size, where stacks cross.

A stack that suits small networks need not suit large ones: what a call costs counts for the one, what the arithmetic
costs for the other. So a kind of model (`Kind`) has one network with a parameter that makes it larger and smaller, a
session can measure it at several sizes (``advisor probe --scale cnn``), and a model of which only the kind and the size
are known is measured as that network at that size (``--model-kind cnn --model-size '300 MMAC'``).
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from advisor import numerals
from advisor.errors import AdvisorError, did_you_mean
from advisor.measurement import networks
from advisor.measurement.network_sizes import described
from advisor.measurement.networks import Asked
from advisor.measurement.run import Run
from advisor.measurement.subject import Subject, of_network

Kind = Literal["cnn", "encoder", "decoder", "recurrent", "tabular", "recommender"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Family:
    """The network that stands for a kind, its parameter that sets the size, and the values at which it is measured.

    A value is a multiple of ``step``.
    """

    network: str
    parameter: str
    values: tuple[float, ...]
    step: float


FAMILIES: Mapping[Kind, Family] = {
    "cnn": Family("mobilenetv1", "width", (0.1, 0.25, 0.5, 1, 2), 0.01),
    "encoder": Family("bert-mini", "width", (64, 128, 256, 512), 16),
    "decoder": Family("gpt2-decode", "depth", (1, 3, 12), 1),
    "recurrent": Family("lstm", "width", (16, 64, 256, 1024), 4),
    "tabular": Family("mlp", "width", (16, 128, 512, 2048), 4),
    "recommender": Family("recommender", "width", (16, 64, 256, 1024), 4),
}

UNITS = {"kMAC": 1e3, "MMAC": 1e6, "GMAC": 1e9}
NEAR = 1.25
"""How far the size of a network may be from the one that is asked for, as a factor: between two steps it is less."""

_CANDIDATES = 40


def size(text: str) -> float:
    """Return the multiplications of a text such as ``300 MMAC``; raise ValueError where it is none."""
    expected = "a size such as '300 MMAC' (kMAC, MMAC, GMAC: multiplications for one sample)"
    found = re.fullmatch(r"\s*(\S+?)\s*([A-Za-z]+)\s*", text)
    if found is None:
        raise ValueError(f"expected {expected}, got {numerals.shortened(text)}")
    unit = next((each for each in UNITS if found[2] in (each, f"{each}s")), None)
    if unit is None:
        raise ValueError(f"expected {expected}, got {numerals.shortened(text)}{did_you_mean(found[2], UNITS)}")
    macs = numerals.number(found[1], expected=expected) * UNITS[unit]
    if macs <= 0:
        raise ValueError(f"expected {expected}, got {numerals.shortened(text)}")
    return macs


def subjects(kind: Kind) -> tuple[Subject, ...]:
    """Return the network of a kind at each of the sizes at which a session measures it, the smallest first."""
    family = FAMILIES[kind]
    return tuple(of_network(_at(family, value)) for value in family.values)


def of_size(kind: Kind, macs: float) -> Subject:
    """Return the network of a kind whose parameter brings it nearest to so many multiplications for one sample.

    Raises
    ------
    AdvisorError
        Where no value does within a factor of `NEAR`: then the kind's network does not come in that size.
    """
    family = FAMILIES[kind]
    document = networks.find(f"@{family.network}").document
    low, high = document.value.parameters[family.parameter].range
    first, last = math.ceil(low / family.step), math.floor(high / family.step)
    steps = {round(first * (last / first) ** (number / _CANDIDATES)) for number in range(_CANDIDATES + 1)}
    sizes = _macs(family, steps)
    # Between the two of these that lie around the size the last digits are found.
    below = max((each for each in sizes if sizes[each] <= macs), default=first)
    above = min((each for each in sizes if sizes[each] >= macs), default=last)
    between = {round(below + (above - below) * number / _CANDIDATES) for number in range(_CANDIDATES + 1)}
    sizes |= _macs(family, between - set(sizes))
    best = min(sizes, key=lambda each: abs(math.log(sizes[each] / macs)))
    if not 1 / NEAR <= sizes[best] / macs <= NEAR:
        ends = f"{told(min(sizes.values()))} to {told(max(sizes.values()))}"
        raise AdvisorError(
            f"--model-size: no {kind} of {told(macs)} is at hand: {document.value.title} comes in {ends}",
            hint="--model FILE.yaml   (a definition of your own)",
        )
    found = of_network(_at(family, best * family.step))
    near = tuple(each.spec for each in subjects(kind))
    return replace(found, title=f"a network of the kind {kind} of {told(macs)} ({found.title})", family=near)


def _at(family: Family, value: float) -> Asked:
    document = networks.find(f"@{family.network}").document
    default = document.value.parameters[family.parameter].default
    value = float(f"{value:.6g}")
    return Asked(document, {} if value == default else {family.parameter: value})


def _macs(family: Family, steps: Iterable[int]) -> dict[int, float]:
    wanted = sorted(steps)
    found = described([_at(family, each * family.step) for each in wanted]) if wanted else []
    return {step: float(each.macs) for step, each in zip(wanted, found, strict=True)}


def told(macs: float) -> str:
    """Return multiplications as people say them: ``300 MMAC``."""
    unit = next((each for each in reversed(UNITS) if macs >= UNITS[each]), "kMAC")
    return f"{macs / UNITS[unit]:.3g} {unit}"


@dataclass(frozen=True)
class Point:
    """The time of one stack at one size of a network, with its 95 % interval, in seconds."""

    network: str
    spec: str
    macs: float
    stack: str
    precision: str | None
    setting: str | None
    seconds: float
    low: float
    high: float
    grade: str | None


def points(run: Run) -> list[Point]:
    """Return the time of one sample for every stack, of the networks that the Run holds at two sizes or more."""
    timed = [
        each
        for each in run.observations
        if each.metric == "latency" and each.summary is not None and each.parameters.get("batch") == 1
        and each.workload is not None and not each.probe.endswith("-training")
    ]  # fmt: skip
    specs: dict[str, set[str]] = {}
    for each in timed:
        specs.setdefault(str(each.workload).partition("?")[0], set()).add(str(each.workload))
    several = {spec for found in specs.values() if len(found) > 1 for spec in found}
    sizes = _sizes(tuple(sorted(several)))
    found = [
        Point(
            network=str(each.workload).partition("?")[0],
            spec=str(each.workload),
            macs=sizes[str(each.workload)],
            stack="→".join(filter(None, (each.framework, each.route))),
            precision=None if "precision" not in each.parameters else str(each.parameters["precision"]),
            setting=each.setting,
            seconds=each.summary.median,
            low=each.summary.low,
            high=each.summary.high,
            grade=each.grade,
        )
        for each in timed
        if each.summary is not None and sizes.get(str(each.workload))
    ]
    return sorted(found, key=lambda each: (each.network, str(each.precision), str(each.setting), each.stack, each.macs))


@functools.lru_cache(maxsize=16)
def _sizes(specs: tuple[str, ...]) -> dict[str, float]:
    """Return the multiplications of networks that are shipped, by what a Run calls them; those of one's own are not."""
    known = networks.shipped()
    shipped = [each for each in specs if each.partition("?")[0] in known]
    found = described([networks.find(f"@{each}") for each in shipped]) if shipped else []
    return {spec: float(each.macs) for spec, each in zip(shipped, found, strict=True)}


@dataclass(frozen=True)
class Crossing:
    """Where two stacks change places: ``small`` is the faster one below ``macs``, ``large`` above.

    ``between`` are the two measured sizes around it; ``sure`` says whether at each of them the intervals are apart.
    """

    network: str
    precision: str | None
    setting: str | None
    small: str
    large: str
    macs: float
    between: tuple[float, float]
    sure: bool


def crossings(found: Sequence[Point]) -> list[Crossing]:
    """Return where each pair of stacks changes places, on straight lines between the sizes on logarithmic scales."""
    curves: dict[tuple[str, str | None, str | None], dict[str, dict[float, Point]]] = {}
    for each in found:
        curves.setdefault((each.network, each.precision, each.setting), {}).setdefault(each.stack, {})[each.macs] = each
    crossed = []
    for (network, precision, setting), stacks in curves.items():
        for one, other in itertools.combinations(sorted(stacks), 2):
            common = sorted(set(stacks[one]) & set(stacks[other]))
            for below, above in itertools.pairwise(common):
                ends = [(stacks[one][at], stacks[other][at]) for at in (below, above)]
                first, last = (math.log(a.seconds / b.seconds) for a, b in ends)
                if first * last >= 0:
                    continue
                share = first / (first - last)
                macs = math.exp(math.log(below) + share * (math.log(above) - math.log(below)))
                names = (one, other) if first < 0 else (other, one)
                sure = all(a.high < b.low or b.high < a.low for a, b in ends)
                crossed.append(Crossing(network, precision, setting, *names, macs, (below, above), sure))
    return crossed
