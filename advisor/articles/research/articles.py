"""What became of the articles: their claims settled on a Run, their advice beside the engine's of then and now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from advisor.articles.agreement import Agreement, Row, agreement, then_and_now
from advisor.articles.articles import Article, load_articles, load_verdicts
from advisor.articles.claims import Claim, claims_catalog, load_claims
from advisor.articles.ledger import VERDICTS, Settled, Verdict, ledger
from advisor.knowledge.catalog import Catalog, Fact
from advisor.measurement.run import Run

EXAMPLES = 5

SAMPLES = 2_000
"""Of each decision of then and now: a hundred decisions, of which only the word and the name are shown."""


@dataclass(frozen=True)
class Judged:
    """One claim with what became of it, and the sources of the facts it was settled by."""

    claim: Claim
    settled: Settled
    sources: tuple[str, ...]


class Articles:
    """The articles' claims and advice, judged on one Run.

    Parameters
    ----------
    run : Run
        What was measured.
    catalog : Catalog
        All that is documented.
    seed : int
        Of the robustness analysis.
    past : bool
        Whether to ask the engine for days of the past.
    """

    def __init__(self, run: Run, catalog: Catalog, *, seed: int = 0, past: bool = True) -> None:
        self.run = run
        self.seed = seed
        self.past = past
        self.facts: Mapping[str, Fact] = {fact.id: fact for fact in catalog.facts}
        self.all: tuple[Article, ...] = load_articles()

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        """Every claim, in the order of the file."""
        return tuple(
            Judged(claim, row, self.sources(row.facts)) for claim, row in zip(load_claims(), self.settled, strict=True)
        )

    @cached_property
    def settled(self) -> tuple[Settled, ...]:
        """What became of every claim, in the order of the file."""
        return ledger(self.run, claims_catalog(), load_claims())

    @cached_property
    def counts(self) -> dict[Verdict, int]:
        """How many claims ended in each verdict."""
        found = Counter(each.settled.verdict for each in self.judged)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def of(self, article: str) -> dict[Verdict, int]:
        """Return how many claims of one article ended in each verdict."""
        found = Counter(each.settled.verdict for each in self.judged if article in each.claim.sources)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def examples(self, verdict: Verdict) -> list[Judged]:
        """Return the claims of one verdict that most articles make, measured ones first."""
        found = [each for each in self.judged if each.settled.verdict == verdict]
        found.sort(key=lambda each: (not each.settled.measured, -len(each.claim.sources)))
        return found[:EXAMPLES]

    def disputes(self) -> list[Judged]:
        """Return claims that failed while a claim that says the opposite holds; what was not tested has not failed."""
        failed = ("does not hold", "contradicted", "outdated")
        return [each for each in self.judged if each.settled.right and each.settled.verdict in failed][:EXAMPLES]

    def statement(self, claim: str) -> str:
        """Return what a claim says."""
        return next(each.claim.statement for each in self.judged if each.claim.id == claim)

    def sources(self, facts: tuple[str, ...]) -> tuple[str, ...]:
        """Return the sources of facts, each once."""
        return tuple(dict.fromkeys(self.facts[name].source for name in facts if name in self.facts))

    def source(self, fact: str | None) -> str:
        """Return the source of one fact, or an empty text."""
        return self.facts[fact].source if fact is not None and fact in self.facts else ""

    @cached_property
    def advice(self) -> tuple[Row, ...]:
        """The dated advice for testable personas, beside the engine's of that day and of today."""
        return then_and_now(self.run, seed=self.seed, samples=SAMPLES) if self.past else ()

    @cached_property
    def agreement(self) -> Agreement:
        """How often the engine agrees on the facts of the day."""
        return agreement(self.advice)

    @property
    def agreed_today(self) -> int:
        """How many of the articles' recommendations the engine would repeat today."""
        return sum(bool(row.agrees_now) for row in self.advice)

    def left_out(self) -> tuple[int, int]:
        """Return how many recommendations bear no date, and how many ask what no profile can."""
        verdicts = load_verdicts()
        untestable = [each for each in verdicts.recommendations if verdicts.persona(each).profile is None]
        undated = [each for each in verdicts.recommendations if each.as_of == "undated" and each not in untestable]
        return len(undated), len(untestable)

    @cached_property
    def by_profile(self) -> dict[str, list[Row]]:
        """The advice, profile by profile."""
        found: dict[str, list[Row]] = {}
        for row in self.advice:
            found.setdefault(row.profile, []).append(row)
        return found

    def rows_for(self, profile: str) -> list[Row]:
        """Return the advice for one profile, oldest first."""
        return sorted((row for row in self.advice if row.profile == profile), key=lambda row: (row.day, row.advice))
