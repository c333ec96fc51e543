"""Finds in a Run the observations that a test means and reads figures from them; what is missing is said."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from advisor.articles.bindings import Quantity, Selection
from advisor.keys import CellKey
from advisor.measurement import definitions, metrics
from advisor.measurement.run import Observation, Run
from advisor.measurement.run_index import Found, RunIndex
from advisor.quantities import show

# Anything else (not installed, an error of the probe, left out) says nothing about a claim.
_DECIDED = frozenset({"measured", "proved", "refuted", "not_supported"})

_MARKS = ("framework", "route", "workload", "setting")
Cell = tuple[tuple[str, object], ...]


class MissingError(Exception):
    """An observation that a test needs is missing, failed or was disturbed; the text says which and how."""


@dataclass(frozen=True)
class Number:
    """A figure in its base unit with its 95 % interval, what it is called, and a JSON pointer to it.

    A ``share`` has no unit and reads as a percentage.
    """

    value: float
    low: float
    high: float
    unit: str
    name: str
    pointer: str
    share: bool = False

    def text(self, value: float) -> str:
        """Return a value of this kind with its unit."""
        return percentage(value) if self.share else show(value, self.unit)

    def __str__(self) -> str:
        told = f"{self.name} {self.text(self.value)}"
        if self.low == self.high:
            return told
        return f"{told} ({self.text(self.low)}–{self.text(self.high)})"


def percentage(share: float) -> str:
    """Return a share as a percentage with at most two decimals."""
    return f"{round(100 * share, 2):g} %".replace("-", "−")


def select(selection: Selection, index: RunIndex) -> list[Found]:
    """Return the observations that `selection` means; raise MissingError when there is none."""
    run = index.run
    if selection.device is not None and run.policy.device != selection.device:
        raise MissingError(f"this run was measured on {run.policy.device}, the claim is about {selection.device}")
    found = [each for each in index if selection.matches(each.key)]
    if not found:
        raise MissingError(f"not measured in this run: {_described(selection)}")
    return found


def proofs(selection: Selection, index: RunIndex) -> list[Found]:
    """Return the selected proofs; raise MissingError where one ended for a reason that says nothing of the claim."""
    found = select(selection, index)
    for each in found:
        if each.observation.outcome not in _DECIDED:
            raise MissingError(_failed(each.observation, index.run))
    return found


def number(found: Found | None, quantity: Quantity, run: Run) -> Number:
    """Return the figure that `quantity` means, or raise MissingError where the observation has none that counts."""
    if found is None:
        raise MissingError(f"not measured in this run: a counterpart for {_described(quantity)}")
    observation, name = found.observation, label(found.observation, run)
    if observation.outcome not in _DECIDED:
        raise MissingError(_failed(observation, run))
    if quantity.figure is not None:
        value = found.detail(quantity.figure)
        value = len(value) if isinstance(value, (list, tuple)) else value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise MissingError(f"{name} ended in '{observation.outcome}' and reports no figure '{quantity.figure}'")
        return Number(value, value, value, "", f"{name} {quantity.figure}", found.detail_pointer(quantity.figure))
    here = found.pointer("summary")
    summary, unit = observation.summary, observation.unit or ""
    if summary is None:
        raise MissingError(_failed(observation, run))
    name = f"{name} {(quantity.metric or '').replace('-', ' ')}"
    if quantity.statistic == "median":
        share = metrics.is_share(quantity.metric)
        return Number(summary.median, summary.low, summary.high, unit, name, f"{here}/median", share)
    if summary.p99 is None or summary.p99_low is None or summary.p99_high is None:
        raise MissingError(f"{name}: too few calls for a p99")
    return Number(summary.p99, summary.p99_low, summary.p99_high, unit, f"{name} p99", f"{here}/p99")


def pairs(first: Quantity, second: Quantity, index: RunIndex) -> list[tuple[Found | None, Found | None]]:
    """Return the observations of both quantities, paired by whatever neither of them fixes (None where one lacks)."""
    fixed = _fixed(first, second)
    left = {_cell(each.key, fixed): each for each in select(first, index)}
    right = {_cell(each.key, fixed): each for each in select(second, index)}
    return [(left.get(cell), right.get(cell)) for cell in dict.fromkeys((*left, *right))]


def label(observation: Observation, run: Run) -> str:
    """Return what an observation is of, for a reader: the title of its probe, framework, setting, parameters."""
    return f"{titled(observation.probe)}, {side(observation, run)}"


def titled(probe: str) -> str:
    """Return the title of a probe; its id where it is not one that is shipped."""
    return _titles().get(probe, probe)


# 850 calls of 20 ms for the claims: saves 17 s.
@functools.cache
def _titles() -> dict[str, str]:
    known = {each.probe: each.title for each in definitions.workloads()}
    known |= {each.probe: each.title for each in definitions.capabilities().values()}
    known |= {each.id: each.title for each in definitions.routes().values()}
    return known | {each.probe: each.title for each in definitions.current().experiments}


def side(observation: Observation, run: Run) -> str:
    """Return whose observation it is, for a reader: framework, setting, parameters."""
    marks = [observation.how or observation.setting or ""]
    marks += [f"{name} {value}" for name, value in observation.parameters.items()]
    inner = ", ".join(mark for mark in marks if mark)
    title = run.titles.get(observation.framework, observation.framework)
    return title + (f" ({inner})" if inner else "")


def against(first: Found, second: Found, a: Number, b: Number, run: Run) -> str:
    """Return two figures side by side, with what they are of said once."""
    probe, other = titled(first.observation.probe), titled(second.observation.probe)
    what = probe if probe == other else f"{probe} and {other}"
    measure = a.name.removeprefix(label(first.observation, run)).strip()
    sides = (f"{n.text(n.value)} with {side(f.observation, run)}" for f, n in ((first, a), (second, b)))
    return f"{what}, {measure}: {' against '.join(sides)}"


def short(message: str, length: int = 120) -> str:
    """Return a message on one line of at most `length` characters."""
    line = " ".join(message.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _fixed(first: Selection, second: Selection) -> set[str]:
    fixed = {name for name in _MARKS if getattr(first, name) is not None or getattr(second, name) is not None}
    if first.probe != second.probe:
        fixed |= {"probe", "route"}
    return fixed | set(first.parameters) | set(second.parameters)


def _cell(key: CellKey, fixed: set[str]) -> Cell:
    marks = {
        "probe": key.probe, "framework": key.stack.framework, "route": key.stack.route, "workload": key.network,
        "setting": key.setting, **dict(key.parameters),
    }  # fmt: skip
    return tuple(sorted((name, value) for name, value in marks.items() if name not in fixed))


def _described(selection: Selection) -> str:
    marks = [getattr(selection, name) for name in _MARKS]
    marks += [f"{name} {value}" for name, value in selection.parameters.items()]
    inner = ", ".join(mark for mark in (*marks, selection.metric) if mark)
    return f"probe {selection.probe}" + (f" ({inner})" if inner else "")


def _failed(observation: Observation, run: Run) -> str:
    message = f": {short(observation.message)}" if observation.message else ""
    return f"{label(observation, run)} ended in '{observation.outcome}'{message}"
