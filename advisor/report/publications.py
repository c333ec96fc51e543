"""What the site publishes beside the Run and the Recommendations: the capability matrix, the ledger, the systems.

Each is a document of its own among the downloads, so that every number and text of its pages can be followed to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from advisor.articles.agreement import Agreement, Row, agreement, then_and_now
from advisor.articles.articles import Article, load_articles
from advisor.articles.catalog import whole_catalog
from advisor.articles.claims import claims_catalog, load_claims
from advisor.articles.concerns import concerns
from advisor.articles.ledger import VERDICTS, Settled, Verdict, ledger
from advisor.articles.runtimes import load_runtimes
from advisor.articles.survey import system_rows
from advisor.articles.systems import load_systems
from advisor.decision.recommendation import Recommendation
from advisor.documents import Model
from advisor.measurement import definitions
from advisor.measurement.run import Observation, Run
from advisor.profiles.profile import shipped_profiles

NOT_RUN, NO_RECIPE = "not_run", "no_recipe"
_GRAVITY = ("proved", "not_applicable", "not_run", "not_installed", "not_supported", "refuted", "crashed", "error")


class Capability(Model):
    """One row of the matrix; ``outcomes`` and ``observations`` (places in the Run) are by framework."""

    id: str
    title: str
    question: str = ""
    outcomes: dict[str, str]
    observations: dict[str, int]


class Matrix(Model):
    """What each framework was seen to do; ``counts`` are by framework and outcome."""

    schema_: Literal["advisor.capabilities/1"] = Field(default="advisor.capabilities/1", alias="schema")
    run: str
    total: int
    counts: dict[str, dict[str, int]]
    capabilities: tuple[Capability, ...]


class Stated(Model):
    """One claim with what became of it."""

    id: str
    statement: str
    subject: str
    kind: str
    as_of: str
    claimed: str | None = None
    sources: tuple[str, ...]
    settled: Settled


class Backing(Model):
    """A dated fact behind a verdict, and who says so."""

    statement: str
    since: date
    title: str
    url: str | None = None


class Ledger(Model):
    """Every claim; ``counts`` are by verdict, ``by_kind`` by kind and verdict.

    ``decided`` are those that could be settled one way or another.
    """

    schema_: Literal["advisor.claims/1"] = Field(default="advisor.claims/1", alias="schema")
    run: str
    total: int
    decided: int
    articles: dict[str, Article]
    by_article: dict[str, int]
    counts: dict[Verdict, int]
    by_kind: dict[str, dict[Verdict, int]]
    facts: dict[str, Backing]
    claims: tuple[Stated, ...]


class Documented(Backing):
    """A dated fact, until when it held, and when somebody last looked."""

    until: date | None = None
    checked_on: date


class About(Model):
    """What else the catalog holds of a system.

    ``facts`` and ``claims`` concern it; ``named_in`` are articles, ``instead`` the systems that its advice names.
    ``successor`` is what took its place: the id of a system, or with ``url`` something that is in no article.
    ``distribution`` and ``checkable`` say what a check of one's own machine looks for.
    """

    facts: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    named_in: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    successor: str | None = None
    url: str | None = None
    distribution: str | None = None
    checkable: bool = False


class Survey(Model):
    """Every system; ``counts`` are by status, ``about`` is by system, ``facts`` and ``articles`` are what it names."""

    schema_: Literal["advisor.systems/1"] = Field(default="advisor.systems/1", alias="schema")
    total: int
    counts: dict[str, int]
    systems: tuple[dict[str, str], ...]
    about: dict[str, About] = Field(default_factory=dict)
    facts: dict[str, Documented] = Field(default_factory=dict)
    articles: dict[str, Article] = Field(default_factory=dict)


class Past(Model):
    """The articles' advice beside the engine's answers, and how often they agree."""

    schema_: Literal["advisor.then-and-now/1"] = Field(default="advisor.then-and-now/1", alias="schema")
    run: str
    agreement: Agreement
    articles: dict[str, Article]
    rows: tuple[Row, ...]


def matrix(run: Run) -> Matrix:
    """Return the outcome of every recipe that is shipped or that `run` tried, for every framework."""
    shipped = definitions.current()
    tried: dict[str, dict[str, int]] = {}
    for index, each in enumerate(run.observations):
        kind, _, name = each.probe.partition(":")
        if kind == "capability":
            cells = tried.setdefault(name, {})
            # Of several variants the cell shows the one that went worst, and leads to it.
            if each.framework not in cells or _gravity(each) > _gravity(run.observations[cells[each.framework]]):
                cells[each.framework] = index
    frameworks = list(dict.fromkeys([*shipped.frameworks, *run.frameworks]))
    rows = []
    for name in [*shipped.capabilities, *(name for name in tried if name not in shipped.capabilities)]:
        known, seen = shipped.capabilities.get(name), tried.get(name, {})
        outcomes = {}
        for framework in dict.fromkeys([*frameworks, *seen]):
            if framework in seen:
                outcomes[framework] = str(run.observations[seen[framework]].outcome)
            else:
                has = known and framework in shipped.frameworks and shipped.has_recipe(framework, known)
                outcomes[framework] = NOT_RUN if has else NO_RECIPE
        rows.append(
            Capability(
                id=name, title=known.title if known else name, question=known.question if known else "",
                outcomes=outcomes, observations=seen,
            )
        )  # fmt: skip
    counts = {name: dict(Counter(row.outcomes.get(name, NO_RECIPE) for row in rows)) for name in frameworks}
    return Matrix(run=run.id, total=len(rows), counts=counts, capabilities=tuple(rows))


def _gravity(each: Observation) -> int:
    return _GRAVITY.index(each.outcome) if each.outcome in _GRAVITY else len(_GRAVITY)


def settled(run: Run) -> Ledger:
    """Return the ledger of the claims on `run`."""
    claims, catalog = load_claims(), claims_catalog()
    found = {row.claim: row for row in ledger(run, catalog, claims)}
    counts = Counter(row.verdict for row in found.values())
    by_article = Counter(source for claim in claims for source in claim.sources)
    by_kind: dict[str, Counter[Verdict]] = {}
    for claim in claims:
        by_kind.setdefault(claim.kind, Counter())[found[claim.id].verdict] += 1
    cited, sources = {name for row in found.values() for name in row.facts}, {each.id: each for each in catalog.sources}
    return Ledger(
        run=run.id,
        total=len(claims),
        decided=len(claims) - counts["cannot be tested here"] - counts["opinion"],
        articles={article.id: article for article in load_articles() if article.id in by_article},
        by_article=dict(by_article.most_common()),
        counts={verdict: counts[verdict] for verdict in VERDICTS},
        by_kind={kind: {verdict: there[verdict] for verdict in VERDICTS} for kind, there in by_kind.items()},
        facts={
            fact.id: Backing(
                statement=fact.statement, since=fact.valid_from, title=sources[fact.source].title,
                url=sources[fact.source].url,
            )
            for fact in catalog.facts
            if fact.id in cited
        },
        claims=tuple(
            Stated(
                id=claim.id, statement=claim.statement, subject=claim.subject, kind=claim.kind, as_of=claim.as_of,
                claimed=claim.figure, sources=claim.sources, settled=found[claim.id],
            )
            for claim in claims
        ),
    )  # fmt: skip


def surveyed() -> Survey:
    """Return the systems that the articles name: rows of text, and what else the catalog holds of each."""
    rows, systems, catalog = system_rows(), load_systems(), whole_catalog()
    others = [*(successor.name for successor in systems.successors), *(runtime.title for runtime in load_runtimes())]
    found = concerns(systems.systems, catalog.facts, load_claims(), others)
    urls = {successor.id: successor.url for successor in systems.successors}
    about = {
        system.id: About(
            facts=found[system.id].facts, claims=found[system.id].claims, named_in=system.named_in,
            instead=found[system.id].instead, successor=system.replaced_by, url=urls.get(system.replaced_by or ""),
            distribution=system.pip, checkable=bool(system.pip or system.module or system.program),
        )
        for system in systems.systems
    }  # fmt: skip
    cited, sources = (
        {name for each in found.values() for name in each.facts},
        {each.id: each for each in catalog.sources},
    )
    return Survey(
        total=len(rows),
        counts=dict(Counter(row["status"] for row in rows).most_common()),
        systems=tuple(rows),
        about=about,
        facts={
            fact.id: Documented(
                statement=fact.statement, since=fact.valid_from, until=fact.valid_to, checked_on=fact.checked_on,
                title=sources[fact.source].title, url=sources[fact.source].url,
            )
            for fact in catalog.facts
            if fact.id in cited
        },
        articles={article.id: article for article in load_articles()},
    )  # fmt: skip


def past(
    run: Run, profiles: Collection[str], *, seed: int = 0, known: Mapping[str, Recommendation] | None = None
) -> Past:
    """Return what the articles advised for the personas of `profiles`, and the engine's answers then and on `run`.

    `known` holds answers of shipped profiles on `run` that were worked out already.
    """
    names = [name for name in profiles if name in shipped_profiles()]
    rows = then_and_now(run, profiles=names, seed=seed, known=known)
    cited = {row.source for row in rows}
    articles = {article.id: article for article in load_articles() if article.id in cited}
    return Past(run=run.id, agreement=agreement(rows), articles=articles, rows=rows)
