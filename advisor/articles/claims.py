"""The claims of the comparison articles, and for each of them how it is settled.

``claims.yaml`` holds what the articles say, in our words; ``facts-claims.yaml`` and ``sources-claims.yaml`` the dated
facts that settle what no probe can. A claim is settled in exactly one way: by a `Binding` to what a Run observed, by
dated facts, or not at all, because it is an opinion or cannot be tested (and why).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from advisor.articles.articles import HERE, AsOf, base, latest_day, load_articles
from advisor.articles.bindings import Binding
from advisor.documents import Model, read_yaml
from advisor.errors import Loc, Problem
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Catalog, Fact, Name, Source, Text, fact_problems

Kind = Literal["history", "status", "capability", "usability", "performance", "ecosystem", "adoption"]
Way = Literal["test", "facts", "opinion", "untestable"]


class Settlement(Model):
    """The dated facts that settle a claim, and the verdict they yield.

    ``outdated``: it was so once, and a fact dated after the claim ended it. ``contradicted``: a fact speaks for the
    claims named in ``by``, which say the opposite.
    """

    ids: tuple[Name, ...] = Field(min_length=1)
    verdict: Literal["holds", "outdated", "does not hold", "contradicted"]
    because: Text
    by: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _who_is_right(self) -> Self:
        if (self.verdict == "contradicted") != bool(self.by):
            raise ValueError("'by' (the claims that a fact speaks for) belongs to the verdict 'contradicted'")
        return self


class Claim(Model):
    """One statement of one or several articles, restated, and the one way in which it is settled.

    ``see`` names facts that explain the way without deciding: why it cannot be tested, what a test leaves out.
    """

    id: Name
    statement: Text
    subject: Name
    compares: Text
    figure: Text | None = None
    sources: tuple[Name, ...] = Field(min_length=1)
    as_of: AsOf
    kind: Kind
    contradicts: tuple[Name, ...] = ()
    note: Text | None = None
    see: tuple[Name, ...] = ()
    test: Binding | None = None
    facts: Settlement | None = None
    opinion: Text | None = None
    untestable: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways: tuple[Way, ...] = ("test", "facts", "opinion", "untestable")
        if sum(getattr(self, way) is not None for way in ways) != 1:
            raise ValueError("expected exactly one of 'test', 'facts', 'opinion' and 'untestable'")
        return self

    @property
    def way(self) -> Way:
        """Return how the claim is settled."""
        if self.test is not None:
            return "test"
        if self.facts is not None:
            return "facts"
        return "opinion" if self.opinion is not None else "untestable"


class _Claims(Model):
    claims: tuple[Claim, ...]


class _Sources(Model):
    sources: tuple[Source, ...]


class _Facts(Model):
    facts: tuple[Fact, ...]


def load_claims(folder: Path | None = None) -> tuple[Claim, ...]:
    """Read ``claims.yaml`` from `folder` (default: the shipped one), checked against articles and facts.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: duplicate ids, unknown articles, facts and claims, a contradiction
        that the other claim does not return, a fact that rests on the very article it judges, an end before the claim.
    """
    return _claims(folder or HERE)


def claims_catalog(folder: Path | None = None) -> Catalog:
    """Return the Catalog together with the articles and with the facts and sources that settle claims."""
    return _catalog(folder or HERE)


@functools.cache
def _catalog(folder: Path) -> Catalog:
    known, articles = base(folder), load_articles(folder)
    sources = read_yaml(folder / "sources-claims.yaml", _Sources, what="list of sources")
    held = {source.id for source in (*known.sources, *articles)}
    mistakes.refuse(sources, mistakes.duplicates("sources", [source.id for source in sources.value.sources], held))
    held |= {source.id for source in sources.value.sources}
    facts = read_yaml(folder / "facts-claims.yaml", _Facts, what="list of facts")
    mistakes.refuse(facts, fact_problems(facts.value.facts, held, {fact.id for fact in known.facts}))
    return Catalog(
        sources=(*known.sources, *articles, *sources.value.sources), facts=(*known.facts, *facts.value.facts)
    )


# Twice more in a site, 157 ms each.
@functools.cache
def _claims(folder: Path) -> tuple[Claim, ...]:
    document = read_yaml(folder / "claims.yaml", _Claims, what="list of claims")
    articles = {article.id for article in load_articles(folder)}
    facts = {fact.id: fact for fact in claims_catalog(folder).facts}
    claims = {claim.id: claim for claim in document.value.claims}
    problems = mistakes.duplicates("claims", [claim.id for claim in document.value.claims])
    for index, claim in enumerate(document.value.claims):
        here: Loc = ("claims", index)
        problems += mistakes.all_unknown((*here, "sources"), "article", claim.sources, articles)
        problems += _rivals((*here, "contradicts"), claim, claims)
        problems += _evidence(here, claim, facts)
    mistakes.refuse(document, problems)
    return document.value.claims


def _rivals(place: Loc, claim: Claim, claims: Mapping[str, Claim]) -> list[Problem]:
    """Return what is wrong with the claims that `claim` contradicts: unknown, itself, or not returned."""
    problems = mistakes.all_unknown(place, "claim", claim.contradicts, claims)
    for number, rival in enumerate(claim.contradicts):
        if rival == claim.id:
            problems.append(Problem((*place, number), "a claim cannot contradict itself"))
        elif rival in claims and claim.id not in claims[rival].contradicts:
            problems.append(Problem((*place, number), f"'{rival}' does not name '{claim.id}' in its 'contradicts'"))
    return problems


def _evidence(here: Loc, claim: Claim, facts: Mapping[str, Fact]) -> list[Problem]:
    """Return what is wrong with the facts that settle `claim`: unknown, circular, or too early to have ended it."""
    known = []
    problems = []
    for place, named in (
        ((*here, "see"), claim.see),
        ((*here, "facts", "ids"), claim.facts.ids if claim.facts else ()),
        ((*here, "test", "ended_by"), claim.test.ended_by if claim.test else ()),
    ):
        problems += mistakes.all_unknown(place, "fact", named, facts)
        for number, fact in ((number, facts[name]) for number, name in enumerate(named) if name in facts):
            known.append(fact)
            if fact.source in claim.sources:
                message = f"fact '{fact.id}' rests on '{fact.source}', which makes this very claim"
                problems.append(Problem((*place, number), message))
    if claim.facts is None or problems:
        return problems
    if not set(claim.facts.by) <= set(claim.contradicts):
        problems.append(Problem((*here, "facts", "by"), "'by' names a claim that is not in 'contradicts'"))
    said = latest_day(claim.as_of)
    ends = [day for fact in known for day in (fact.valid_from, fact.valid_to) if day is not None]
    if claim.facts.verdict == "outdated" and said is not None and not any(day > said for day in ends):
        message = f"no fact ended it after {claim.as_of}: it was untrue when it was written, so it 'does not hold'"
        problems.append(Problem((*here, "facts", "verdict"), message))
    return problems
