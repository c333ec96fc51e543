"""Applies a claim's declarative test to a Run.

Answers combine as in Kleene's logic of three values (S. C. Kleene, "Introduction to Metamathematics", section 64): a
part that is missing decides nothing, and a part that decides is not undone by one that is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from advisor.articles.bindings import Bound, Compare, Expected, Figure, Form, Quantity, Selection, Stated
from advisor.articles.observations import (
    MissingError,
    Number,
    against,
    label,
    number,
    pairs,
    percentage,
    proofs,
    select,
    short,
)
from advisor.documents import Model
from advisor.measurement import comparison, metrics
from advisor.measurement.run_index import Found, RunIndex
from advisor.quantities import show, significant

Answer = Literal["holds", "does not hold", "within noise", "cannot be tested here"]


class Measured(Model):
    """One figure or outcome that a verdict rests on; ``evidence`` are JSON pointers into the Run.

    Where two figures are compared, ``value`` is their ratio (or, with a margin, their difference) with its bounds.
    """

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What a test says of a Run, with the figures and the reasons."""

    answer: Answer
    measured: tuple[Measured, ...] = ()
    why: tuple[str, ...] = ()


def apply(form: Form, index: RunIndex) -> Trial:
    """Return what the test `form` says of the Run that is indexed."""
    try:
        if form.compare is not None:
            return _compare(form.compare, index)
        if form.figure is not None:
            return _figure(form.figure, index)
        if form.bound is not None:
            return _bound(form.bound, index)
        if form.outcome is not None:
            return _outcome(form.outcome, index)
        if form.proof is not None:
            return _stated(form.proof, index)
    except MissingError as error:
        return _missing(error)
    if form.all_ is not None:
        return _every([apply(part, index) for part in form.all_])
    assert form.any_ is not None
    return _some([apply(part, index) for part in form.any_])


def probes(form: Form) -> tuple[str, ...]:
    """Return the probe ids and globs that the test names, in order of appearance."""
    return tuple(dict.fromkeys(selection.probe for selection in _selections(form)))


def _selections(form: Form) -> Iterator[Selection]:
    for part in (form.compare, form.figure, form.bound, form.outcome, form.proof):
        if isinstance(part, Compare):
            yield from (part.first, part.second)
        elif isinstance(part, (Figure, Bound)):
            yield from (part.of, part.over) if part.over is not None else (part.of,)
        elif part is not None:
            yield part.of
    for inner in (*(form.all_ or ()), *(form.any_ or ())):
        yield from _selections(inner)


def _compare(form: Compare, index: RunIndex) -> Trial:
    return _every([_difference(form, first, second, index) for first, second in pairs(form.first, form.second, index)])


def _difference(form: Compare, first: Found | None, second: Found | None, index: RunIndex) -> Trial:
    try:
        a, b = number(first, form.first, index.run), number(second, form.second, index.run)
    except MissingError as error:
        return _missing(error)
    assert first is not None
    assert second is not None
    both = against(first, second, a, b, index.run)
    if form.margin is None:
        if min(a.low, b.low) <= 0:
            return Trial("cannot be tested here", why=(f"{a}; {b}: a figure that is not positive has no ratio",))
        frameworks = {each.observation.framework for each in (first, second)}
        zone = comparison.zone(index.run.policy, index.run.aa_floor, frameworks)
        value, low, high, unit, kind = a.value / b.value, a.low / b.high, a.high / b.low, "", "ratio"
        least, most, edge = 1 / (1 + zone), 1 + zone, f"the zone of ±{significant(100 * zone)} %"
    else:
        value, low, high, unit, kind = a.value - b.value, a.low - b.high, a.high - b.low, a.unit, "difference"
        least, most, edge = -form.margin, form.margin, f"the margin of ±{show(form.margin, a.unit)}"
    inside, under, over = least <= low and high <= most, high < least, low > most
    if form.is_ == "same":
        answer = _judge(yes=inside, no=under or over)
    else:
        answer = _judge(yes=under, no=over) if form.is_ == "lower" else _judge(yes=over, no=under)
    place = "inside" if inside else "below" if under else "above" if over else "not clear of"
    shown = f"{kind} {_interval(value, low, high)}"
    figure = Measured(
        text=f"{a}; {b}; {shown}", value=value, low=low, high=high, unit=unit, evidence=(a.pointer, b.pointer)
    )
    return Trial(answer, (figure,), (f"{both}, {shown}, {place} {edge}",))


def _figure(form: Figure, index: RunIndex) -> Trial:
    low, high = form.claimed * (1 - form.tolerance), form.claimed * (1 + form.tolerance)
    aim = f"claimed {significant(form.claimed)}, give or take {significant(100 * form.tolerance)} %"
    return _held(form.of, form.over, low, high, aim, index)


def _bound(form: Bound, index: RunIndex) -> Trial:
    low = -math.inf if form.at_least is None else form.at_least
    high = math.inf if form.at_most is None else form.at_most
    least, bound = ("at most", high) if form.at_least is None else ("at least", low)
    share = form.over is None and metrics.is_share(form.of.metric)
    aim = f"asked for {least} {percentage(bound) if share else significant(bound)}"
    return _held(form.of, form.over, low, high, aim, index)


def _held(of: Quantity, over: Quantity | None, low: float, high: float, aim: str, index: RunIndex) -> Trial:
    """Hold every figure of `of` (over that of `over`) against the closed interval from `low` to `high`."""
    found: list[tuple[Found | None, Found | None]]
    found = [(each, None) for each in select(of, index)] if over is None else pairs(of, over, index)
    trials = []
    for first, second in found:
        try:
            a = number(first, of, index.run)
            b = None if over is None else number(second, over, index.run)
        except MissingError as error:
            trials.append(_missing(error))
            continue
        both = against(first, second, a, b, index.run) if first and second and b else ""
        trials.append(_inside(a, b, low, high, aim, both))
    return _every(trials)


def _inside(a: Number, b: Number | None, low: float, high: float, aim: str, both: str) -> Trial:
    value, least, most, unit, text, evidence = a.value, a.low, a.high, a.unit, str(a), [a.pointer]
    if b is not None:
        if b.low <= 0:
            return Trial("cannot be tested here", why=(f"{a}; {b}: a figure that is not positive has no ratio",))
        value, least, most, unit = a.value / b.value, a.low / b.high, a.high / b.low, ""
        text = f"{a}; {b}; ratio {_interval(value, least, most)}"
        evidence.append(b.pointer)
    answer = _judge(yes=low <= least and most <= high, no=most < low or least > high)
    figure = Measured(text=text, value=value, low=least, high=most, unit=unit, evidence=tuple(evidence))
    shown = f"{both}, ratio {_interval(value, least, most)}" if b is not None else str(a)
    return Trial(answer, (figure,), (f"{shown}; {aim}",))


def _outcome(form: Expected, index: RunIndex) -> Trial:
    trials = []
    for found in proofs(form.of, index):
        outcome, message = found.observation.outcome, found.observation.message
        text = f"{label(found.observation, index.run)}: {outcome}" + (f" ({short(message)})" if message else "")
        figure = Measured(text=text, evidence=(found.pointer("outcome"),))
        trials.append(Trial(_judge(yes=outcome in form.is_, no=outcome not in form.is_), (figure,), (text,)))
    return _every(trials)


def _stated(form: Stated, index: RunIndex) -> Trial:
    trials = []
    for found in proofs(form.of, index):
        name, value = label(found.observation, index.run), found.detail(form.field)
        if value is None:
            why = f"{name} ended in '{found.observation.outcome}' and reports no '{form.field}'"
            trials.append(Trial("cannot be tested here", why=(why,)))
            continue
        same = value == form.is_ and isinstance(value, bool) == isinstance(form.is_, bool)
        text = f"{name}: {form.field} {_plain(value)}"
        figure = Measured(text=text, evidence=(found.detail_pointer(form.field),))
        trials.append(Trial(_judge(yes=same, no=not same), (figure,), (text,)))
    return _every(trials)


def _every(trials: list[Trial]) -> Trial:
    """Return the conjunction: one part that does not hold decides, a missing part leaves it open."""
    return _combine(trials, ("does not hold", "cannot be tested here", "within noise", "holds"))


def _some(trials: list[Trial]) -> Trial:
    """Return the disjunction: one part that holds decides, a missing part leaves it open."""
    return _combine(trials, ("holds", "cannot be tested here", "within noise", "does not hold"))


def _combine(trials: list[Trial], order: tuple[Answer, ...]) -> Trial:
    answer = min((trial.answer for trial in trials), key=order.index)
    figures = {figure.text: figure for trial in trials for figure in trial.measured}
    why = dict.fromkeys(reason for trial in trials if trial.answer == answer for reason in trial.why)
    return Trial(answer, tuple(figures.values()), tuple(why))


def _judge(*, yes: bool, no: bool) -> Answer:
    return "holds" if yes else "does not hold" if no else "within noise"


def _missing(error: MissingError) -> Trial:
    return Trial("cannot be tested here", why=(str(error),))


def _interval(value: float, low: float, high: float) -> str:
    text = _signed(value)
    if low == high:
        return text
    return (
        f"{text} ({_signed(low)} to {_signed(high)})" if low < 0 else f"{text} ({significant(low)}–{significant(high)})"
    )


def _signed(value: float) -> str:
    return significant(value).replace("-", "−")


def _plain(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else short(str(value))
