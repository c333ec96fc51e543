"""Then and now: what the articles advised, what the engine says on the facts of that day, and what it says today.

For every recommendation whose persona a profile asks for. In between stands the evidence that changed: for each
framework, what was documented of its first stack then and what is documented of its first stack today.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from advisor.articles.articles import Advice, Verdicts, latest_day, load_verdicts
from advisor.articles.catalog import whole_catalog
from advisor.articles.history import decide_as_of
from advisor.decision.engine import SAMPLES, decide
from advisor.decision.recommendation import Cell, Recommendation
from advisor.documents import Model
from advisor.keys import Stack
from advisor.knowledge.catalog import Catalog
from advisor.measurement.run import Run
from advisor.profiles.profile import load_profile, shipped_profiles

Kind = Literal["changed", "ended", "began"]
_KEPT = 256


class Change(Model):
    """One criterion that is documented differently today, for the first stack of one framework.

    ``then`` and ``now`` say what is documented (None where nothing is); the facts are ids in the Catalog. ``worth`` is
    what the difference adds to the stack's partial value, before weighing. ``then_route`` and ``now_route`` are the
    runtimes of that stack on the two days.
    """

    framework: str
    criterion: str
    title: str
    kind: Kind
    then: str | None = None
    then_fact: str | None = None
    now: str | None = None
    now_fact: str | None = None
    worth: float = 0.0
    then_route: str | None = None
    now_route: str | None = None


class Answer(Model):
    """What the engine says: a verdict, the stack it names, and every framework that it leaves open."""

    verdict: str
    stack: Stack | None = None
    title: str | None = None
    frameworks: tuple[str, ...] = ()


class Row(Model):
    """One recommendation of an article, beside the engine's answer of that day and of today."""

    advice: str
    source: str
    persona: str
    profile: str
    knows: str | None = None
    day: date
    recommends: str
    accepts: tuple[str, ...]
    then: Answer
    agreed_then: bool
    named_then: bool
    differs: str | None = None
    now: Answer | None = None
    agrees_now: bool | None = None
    changes: tuple[Change, ...] = ()
    measured_now: tuple[str, ...] = ()


class Agreement(Model):
    """How many of the dated, testable recommendations the engine would have given on the facts of their day.

    ``agreed`` counts answers that leave no other framework open; ``named`` counts, besides them, ties that name a
    framework first which the article accepts. ``possible`` is the most that any answers could agree with: fewer than
    were ``asked`` where two recommendations for one profile and day exclude each other.
    """

    agreed: int
    named: int
    asked: int
    possible: int = 0
    disagreements: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Return the share of agreement, 0 to 1; 0 when nothing was asked."""
        return self.agreed / self.asked if self.asked else 0.0


def then_and_now(
    run: Run | None,
    *,
    verdicts: Verdicts | None = None,
    catalog: Catalog | None = None,
    profiles: Iterable[str] | None = None,
    seed: int = 0,
    samples: int = SAMPLES,
    known: Mapping[str, Recommendation] | None = None,
) -> tuple[Row, ...]:
    """Return one row for every dated recommendation whose persona a shipped profile asks for.

    Parameters
    ----------
    run : Run, optional
        For the answer of today; None leaves it out.
    verdicts, catalog
        Default the shipped ones.
    profiles : iterable of str, optional
        Only personas of these profiles.
    seed, samples : int
        Of the robustness analysis.
    known : mapping of str to Recommendation, optional
        Answers on `run` by shipped profile that were worked out already, with the same seed and samples.
    """
    verdicts = verdicts or load_verdicts()
    asked = set(shipped_profiles() if profiles is None else profiles)
    today: dict[str, Recommendation] = dict(known or {})
    before = _then if catalog is None else functools.cache(functools.partial(_decided_then, catalog))
    rows = []
    for advice in verdicts.recommendations:
        persona, day = verdicts.persona(advice), latest_day(advice.as_of)
        if persona.profile is None or day is None or persona.profile not in asked:
            continue
        then = before(persona.profile, day, seed, samples)
        if run is not None and persona.profile not in today:
            today[persona.profile] = decide(run, load_profile(persona.profile), seed=seed, samples=samples)
        rows.append(_row(advice, persona.profile, persona.knows, day, then, today.get(persona.profile)))
    return tuple(rows)


def _decided_then(catalog: Catalog, profile: str, day: date, seed: int, samples: int) -> Recommendation:
    return decide_as_of(load_profile(profile), day, catalog, seed=seed, samples=samples, certainty=False)


# Days and profiles that articles share: 9 decisions of 56.
@functools.lru_cache(_KEPT)
def _then(profile: str, day: date, seed: int, samples: int) -> Recommendation:
    """Return an answer of the past: no Run has a part in it, so that one serves for all of them."""
    return _decided_then(whole_catalog(), profile, day, seed, samples)


def agreement(rows: Iterable[Row]) -> Agreement:
    """Count the rows in which the engine, on the facts of the day, agrees with the article."""
    rows = tuple(rows)
    return Agreement(
        agreed=sum(row.agreed_then for row in rows),
        named=sum(row.named_then for row in rows),
        asked=len(rows),
        possible=_possible(rows),
        disagreements=tuple(row.advice for row in rows if not row.agreed_then),
    )


def _possible(rows: Iterable[Row]) -> int:
    """Return the most rows with which any answers could agree: one answer per profile, day and known framework."""
    asked: dict[tuple[str, date, str | None], list[Row]] = {}
    for row in rows:
        asked.setdefault((row.profile, row.day, row.knows), []).append(row)
    return sum(_most(together) for together in asked.values())


def _most(rows: Iterable[Row]) -> int:
    # A lean to one framework agrees with the advice for it and with all advice for either.
    accepted = [set(row.accepts) for row in rows]
    return max(sum(name in each for each in accepted) for name in set().union(*accepted))


def agrees(advice: Advice, answer: Answer) -> bool:
    """Return whether an answer agrees with an article's advice.

    Every framework that the answer leaves open must be one that the advice accepts. Advice for either framework agrees
    with a tie and with a lean. An answer that names nothing agrees with nothing.
    """
    if answer.stack is None:
        return False
    if advice.either:
        return answer.verdict in ("tie", "lean")
    return set(answer.frameworks) <= set(advice.accepts)


def _row(
    advice: Advice, profile: str, knows: str | None, day: date, then: Recommendation, now: Recommendation | None
) -> Row:
    before, after = _answer(then, knows), None if now is None else _answer(now, knows)
    return Row(
        advice=advice.id,
        source=advice.source,
        persona=advice.persona,
        profile=profile,
        knows=knows,
        day=day,
        recommends=advice.recommends,
        accepts=advice.accepts,
        then=before,
        agreed_then=agrees(advice, before),
        named_then=agrees(advice, before) or (before.stack is not None and before.stack.framework in advice.accepts),
        now=after,
        agrees_now=None if after is None else agrees(advice, after),
        changes=() if now is None else tuple(changes(then, now)),
        measured_now=() if now is None else _measured(now),
        differs=None if agrees(advice, before) else advice.differs,
    )


def _answer(told: Recommendation, knows: str | None) -> Answer:
    """Return the answer; in a tie, what the team knows already decides."""
    named = tuple(dict.fromkeys(stack.framework for stack in (told.tied or ((told.answer,) if told.answer else ()))))
    stack = told.answer
    # An undetermined verdict may point at a leader; it is no answer.
    if stack is None or told.verdict in ("undetermined", "infeasible"):
        return Answer(verdict=told.verdict)
    if told.verdict == "tie" and knows in named:
        stack = next(each for each in told.tied if each.framework == knows)
        named = (stack.framework,)
    return Answer(verdict=told.verdict, stack=stack, title=_title(stack, told.titles), frameworks=named)


def _title(stack: Stack, titles: Mapping[str, str]) -> str:
    names = [titles.get(part, part) for part in (stack.framework, stack.route) if part]
    return " → ".join(names)


def changes(then: Recommendation, now: Recommendation) -> Iterable[Change]:
    """Yield what is documented differently today, the most valuable difference first."""
    found = [
        _change(framework, criterion, before.get(criterion), after.get(criterion), then, now)
        for framework in dict.fromkeys(row.framework for row in then.ranking)
        for before, after in [(_documented(then, framework), _documented(now, framework))]
        for criterion in dict.fromkeys((*before, *after))
    ]
    known = (each for each in found if each is not None)
    yield from sorted(known, key=lambda each: (-abs(each.worth), each.framework, each.criterion))


def _change(
    framework: str, criterion: str, before: Cell | None, after: Cell | None, then: Recommendation, now: Recommendation
) -> Change | None:
    if before is not None and after is not None:
        kind: Kind = "changed"
        worth = (after.score or 0.0) - (before.score or 0.0)
        if before.evidence == after.evidence or (before.text == after.text and before.route == after.route):
            return None
    else:
        kind = "began" if before is None else "ended"
        worth = 0.0
    return Change(
        framework=framework,
        criterion=criterion,
        title=now.titles.get(criterion) or then.titles.get(criterion, criterion),
        kind=kind,
        then=before.message if before else None,
        then_fact=before.evidence if before else None,
        now=after.message if after else None,
        now_fact=after.evidence if after else None,
        worth=worth,
        then_route=before.route if before else None,
        now_route=after.route if after else None,
    )


def _documented(told: Recommendation, framework: str) -> dict[str, Cell]:
    """Return the documented cells of the framework's first stack in the ranking, by criterion."""
    first = next((row for row in told.ranking if row.framework == framework), None)
    if first is None:
        return {}
    return {
        cell.criterion: cell for cell in told.evidence if cell.provenance == "documented" and cell.stack == first.stack
    }


def _measured(told: Recommendation) -> tuple[str, ...]:
    """Return the criteria that rest on measurements of today's Run."""
    return tuple(dict.fromkeys(cell.criterion for cell in told.evidence if cell.provenance == "measured here"))
