"""The same engine on a day of the past: what the documents of that day say, and nothing that was measured since.

Nothing can be measured in the past. What only a measurement answers is set aside for every stack alike, and said; the
weights of the others keep their proportions. How sure the answer would be if what is set aside could have been
anything is worked out beside it, by the same engine, and said too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import fsum

from advisor.articles.catalog import whole_catalog
from advisor.articles.runtimes import Runtime, load_runtimes
from advisor.criteria import Build, Criterion
from advisor.decision.alternatives import alternatives
from advisor.decision.engine import SAMPLES, assemble
from advisor.decision.evidence import Evidencer, of_build
from advisor.decision.phrases import in_percent, listed
from advisor.decision.recommendation import Recommendation
from advisor.decision.table import Table, build
from advisor.errors import EXIT_REFUSED, AdvisorError
from advisor.keys import Stack
from advisor.knowledge.catalog import Catalog, Fact
from advisor.measurement.definitions import FrameworkDefinition, RouteDefinition
from advisor.measurement.definitions import frameworks as defined_frameworks
from advisor.measurement.run import Framework, Host, Policy, Run
from advisor.profiles.profile import Profile

FIRST_DAY = date(2018, 1, 1)
"""Before this the catalog holds too little to ask."""


def empty_run(day: date) -> Run:
    """Return a Run of `day` in which nothing was measured: figures are missing, facts count as of that day."""
    moment = datetime.combine(day, time(), UTC)
    return Run(
        id=f"documents-{day.isoformat()}",
        started=moment,
        finished=moment,
        mode="standard",
        host=Host(cpu="none", cores=0, memory_bytes=0, os="none"),
        policy=Policy(threads=0),
        frameworks={
            name: Framework(title=found.title, outcome="not_run", message="nothing is measured in the past")
            for name, found in defined_frameworks().items()
        },
    )


def decide_as_of(
    profile: Profile,
    day: date,
    catalog: Catalog | None = None,
    *,
    seed: int = 0,
    samples: int = SAMPLES,
    frameworks: Collection[str] | None = None,
    exclude: Collection[str] = (),
    certainty: bool = True,
) -> Recommendation:
    """Return the Recommendation for `profile` on the facts that were valid on `day`; measured evidence is excluded.

    Parameters
    ----------
    profile : Profile
        What is needed.
    day : date
        From `FIRST_DAY` to today.
    catalog : Catalog, optional
        What is documented; default all that is shipped, history included.
    seed, samples, frameworks, exclude
        As for `advisor.decision.engine.decide`.
    certainty : bool
        Whether to work out how sure the answer would be if what is set aside could have been anything.

    Raises
    ------
    AdvisorError
        For a day that is too early or lies ahead; when nothing in the profile can be answered from documents (exit
        code 1).
    """
    _check(day)
    catalog = whole_catalog() if catalog is None else catalog
    asked, aside = documents_only(profile, catalog)
    if not asked.wishes:
        raise AdvisorError(
            f"nothing that the profile '{profile.name}' weighs is documented: all of it has to be measured",
            exit_code=EXIT_REFUSED,
        )
    run = empty_run(day)
    catalog = counted(catalog, run.frameworks, day)
    table = _table(run, asked, catalog, frameworks, exclude)
    told = assemble(table, run, catalog, seed=seed, samples=samples)
    full = None
    if certainty and aside:
        # The whole profile on the same stacks: what is set aside counts as anything from worst to best.
        full = assemble(_table(run, profile, catalog, frameworks, exclude), run, catalog, seed=seed, samples=samples)
    kept = [text for text in told.warnings if "could not be measured" not in text]
    return told.model_copy(update={"warnings": (*_stated(told, full, profile, aside, day), *kept), "next_probe": None})


def counted(catalog: Catalog, frameworks: Iterable[str], day: date) -> Catalog:
    """Return the Catalog with the feature versions of the year before `day` counted, wherever their days are known.

    The counts that are written down are those of calendar years, and up to a year old on `day`.
    """
    year = day - timedelta(days=365)
    found = [count for name in frameworks if (count := _count(catalog, name, year, day)) is not None]
    return catalog.model_copy(update={"facts": (*catalog.facts, *found)})


def _count(catalog: Catalog, framework: str, year: date, day: date) -> Fact | None:
    """Return how many feature versions of `framework` appeared from `year` to `day`; None where the list is too short.

    A version of which only the month is known may lie on either side: it widens the interval.
    """
    named = [fact for fact in catalog.facts if (fact.subject, fact.key) == (framework, "latest-release")]
    known = [(fact.earliest, fact.latest, fact) for fact in named if fact.earliest and fact.latest]
    newest = max((fact for *_, fact in known if fact.holds(day)), key=lambda fact: fact.valid_from, default=None)
    # Only where the list reaches back beyond the year is it known to be whole.
    if newest is None or not any(latest <= year for _, latest, _ in known):
        return None
    high = sum(earliest <= day and latest > year for earliest, latest, _ in known)
    low = sum(latest <= day and earliest > year for earliest, latest, _ in known)
    likely = sum(year < latest <= day for _, latest, _ in known)
    # The sources are those of the days that are counted, the last of them first of all.
    return newest.model_copy(
        update={
            "key": "feature-releases", "earliest": None, "latest": None, "unit": "",
            "statement": f"In the year to {day.isoformat()} {likely} feature versions appeared, by their days.",
            "value": likely, "low": low, "high": high, "valid_from": day, "valid_to": None,
        }
    )  # fmt: skip


def documents_only(profile: Profile, catalog: Catalog) -> tuple[Profile, tuple[Criterion, ...]]:
    """Return the profile without what only a measurement answers, and the criteria that were set aside.

    A figure that was measured elsewhere is a measurement too. The remaining weights keep their proportions and sum to
    1 again.
    """
    keys = {fact.key for fact in catalog.facts if not fact.measured}
    wishes = tuple(wish for wish in profile.wishes if _documentable(wish.criterion, keys, profile.build))
    constraints = tuple(each for each in profile.constraints if _documentable(each.criterion, keys, profile.build))
    total = fsum(wish.weight for wish in wishes)
    wishes = tuple(replace(wish, weight=wish.weight / total) for wish in wishes)
    asked = replace(profile, wishes=wishes, constraints=constraints)
    kept = asked.criteria
    return asked, tuple(criterion for name, criterion in profile.criteria.items() if name not in kept)


def _documentable(criterion: Criterion, keys: Collection[str], build: Build) -> bool:
    return any(
        rule.measured is None and of_build(rule, build) and (not rule.documented or rule.documented.fact in keys)
        for rule in criterion.evidence
    )


def runtimes_of(day: date, required: Collection[str] = ()) -> tuple[Runtime, ...]:
    """Return the runtimes that were offered on `day`; those for one purpose only where a constraint asks for it."""
    return tuple(
        runtime
        for runtime in load_runtimes()
        if runtime.offered(day) and (runtime.only_where is None or runtime.only_where in required)
    )


def _table(
    run: Run, profile: Profile, catalog: Catalog, frameworks: Collection[str] | None, exclude: Collection[str]
) -> Table:
    rules = [rule for constraint in profile.constraints for rule in constraint.criterion.evidence]
    required = {rule.documented.fact for rule in rules if rule.documented}
    offered = runtimes_of(run.finished.date(), required)
    routes = {runtime.id: _route(runtime) for runtime in offered}
    definitions = {name: _framework(found, offered) for name, found in defined_frameworks().items()}
    stacks = alternatives(run, profile.ships, definitions, routes, frameworks=frameworks, exclude=exclude)
    titles = run.titles
    titles |= {runtime.id: runtime.title for runtime in offered}
    return build(
        profile,
        stacks,
        titles,
        Evidencer(run, catalog, profile.team, build=profile.build).table(stacks, profile.criteria.values()),
    )


def _framework(found: FrameworkDefinition, offered: Collection[Runtime]) -> FrameworkDefinition:
    names = tuple(runtime.id for runtime in offered if found.id in runtime.frameworks)
    return found.model_copy(update={"routes": names})


def _route(runtime: Runtime) -> RouteDefinition:
    return RouteDefinition(
        id=f"route:{runtime.id}", runtime=runtime.id, title=runtime.title, ships=runtime.ships,
        distribution=runtime.id, question="", why="", proof="",
    )  # fmt: skip


def _stated(
    told: Recommendation, full: Recommendation | None, profile: Profile, aside: Collection[Criterion], day: date
) -> list[str]:
    """Return what a reader of an answer for the past has to know."""
    found = [f"Decided on the facts valid on {day.isoformat()}; everything measured is excluded"]
    if not aside:
        return found
    names = {criterion.id for criterion in aside}
    weight = fsum(wish.weight for wish in profile.wishes if wish.criterion.id in names)
    found.append(
        f"Set aside, because only a measurement answers it ({weight * 100:.0f} % of the weight): "
        + listed([f"'{criterion.title}'" for criterion in aside])
    )
    share = None if full is None else _share(full, told.answer)
    if full is not None and share is not None:
        found.append(
            f"If what is set aside could have been anything, the answer would come first in {in_percent(share)} of the"
            f" sampled worlds ({full.verdict})"
        )
    return found


def _share(full: Recommendation, answer: Stack | None) -> float | None:
    """Return the share of worlds in which `answer` comes first when what is set aside is unknown."""
    for row in full.ranking:
        if answer == row.stack and row.rank_acceptability:
            return row.rank_acceptability[0]
    return None


def _check(day: date) -> None:
    today = datetime.now(UTC).date()
    if day > today:
        raise AdvisorError(f"{day.isoformat()} lies ahead: ask for a day up to {today.isoformat()}")
    if day < FIRST_DAY:
        raise AdvisorError(f"{day.isoformat()} is too early: the catalog speaks of {FIRST_DAY.isoformat()} and after")
