"""The claims as they are shipped, and every mistake in them named where it stands."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from advisor.articles.articles import documented, latest_day, load_articles
from advisor.articles.claims import claims_catalog, load_claims
from advisor.errors import AdvisorError
from advisor.knowledge.catalog import load_catalog

HERE = Path(__file__).parent
OUTDATED = """\
claims:
  - id: tested
    statement: One is faster than the other.
    subject: both
    compares: speed
    sources: [v7labs]
    as_of: 2023-03-16
    kind: performance
    contradicts: [documented]
    test:
      scope: A small network.
      compare:
        first: {probe: cnn-training, framework: pytorch, metric: latency}
        second: {probe: cnn-training, framework: tensorflow, metric: latency}
        is: lower
      ended_by: [keras-3-multi-backend]
  - id: documented
    statement: Keras belongs to TensorFlow.
    subject: keras
    compares: backends
    sources: [upwork]
    as_of: undated
    kind: status
    contradicts: [tested]
    facts:
      ids: [keras-3-multi-backend]
      verdict: outdated
      because: Keras 3 runs on three frameworks.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped catalog whose claims are two."""
    for file in (path for each in documented() for path in each.glob("*.yaml")):
        shutil.copy(file, tmp_path / file.name)
    (tmp_path / "claims.yaml").write_text(OUTDATED, encoding="utf-8")
    return tmp_path


def refused(folder: Path, old: str, new: str, *, file: str = "claims.yaml") -> str:
    """Change `file` and return the message with which loading refuses it."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AdvisorError) as caught:
        load_claims(folder)
    assert caught.value.exit_code == 2
    return caught.value.message


def test_every_claim_of_the_articles_is_there_once() -> None:
    assert sorted(claim.id for claim in load_claims()) == (HERE / "claim-ids.txt").read_text().split()


def test_most_claims_are_settled_by_a_test_or_a_dated_fact() -> None:
    ways = Counter(claim.way for claim in load_claims())
    assert ways["test"] >= 90
    assert ways["facts"] >= 60


def test_every_article_makes_a_claim_and_says_how_it_is_cited() -> None:
    articles = load_articles()
    cited = {source for claim in load_claims() for source in claim.sources}
    assert {article.id for article in articles} == cited
    assert all(article.title and article.publisher and article.date for article in articles)


def test_no_fact_that_settles_a_claim_rests_on_an_article_that_makes_it() -> None:
    facts = {fact.id: fact for fact in claims_catalog().facts}
    for claim in load_claims():
        named = claim.facts.ids if claim.facts else claim.test.ended_by if claim.test else ()
        assert not {facts[name].source for name in named} & set(claim.sources), claim.id


def test_every_fact_for_claims_is_used() -> None:
    used = set[str]()
    for claim in load_claims():
        used |= {*claim.see, *(claim.facts.ids if claim.facts else ()), *(claim.test.ended_by if claim.test else ())}
    own = {fact.id for fact in claims_catalog().facts} - {fact.id for fact in load_catalog().facts}
    assert own <= used


def test_the_last_day_that_a_time_may_mean() -> None:
    assert latest_day("2021") == latest_day("2021-12") == latest_day("2021-12-31")
    assert str(latest_day("2024-02")) == "2024-02-29"
    assert latest_day("undated") is None


def test_a_sound_folder_loads(folder: Path) -> None:
    assert [claim.way for claim in load_claims(folder)] == ["test", "facts"]


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("id: documented", "id: tested", "tested\n    statement: Keras", "duplicate id 'tested'"),
        ("[v7labs]", "[v7lab]", "v7lab]", "unknown article 'v7lab' — did you mean 'v7labs'?"),
        ("contradicts: [tested]", "contradicts: []", "documented]", "'documented' does not name 'tested'"),
        ("[tested]", "[tested, documented]", "documented]\n    facts", "a claim cannot contradict itself"),
        ("[tested]", "[tested, teste]", "teste]", "unknown claim 'teste' — did you mean 'tested'?"),
        ("ids: [keras-3-", "ids: [keras-4-", "keras-4-", "unknown fact 'keras-4-multi-backend' — did you mean"),
        ("ended_by: [keras-3-", "ended_by: [keras-4-", "keras-4-", "unknown fact 'keras-4-multi-backend'"),
        ("as_of: undated", "as_of: 2024-10-23", "outdated", "it was untrue when it was written"),
        ("verdict: outdated", "verdict: contradicted", "ids: [", "'by'"),
        (
            "outdated\n",
            "contradicted\n      by: [teste]\n",
            "[teste]",
            "'by' names a claim that is not in 'contradicts'",
        ),
        ("verdict: outdated", "verdict: oudated", "oudated", "'outdated'"),
        ("[upwork]", "[opencv.org]", None, "rests on 'opencv.org', which makes this very claim"),
        ("is: lower", "is: fewer", "fewer", "'lower'"),
        ("is: lower", "is: lower\n        margins: 1", "margins", "unknown key 'margins' — did you mean 'margin'?"),
        (", metric: latency}", "}", "{probe", "either 'metric' or 'figure'"),
        ("compare:", "outcome: {of: {probe: x}, is: [proved]}\n      compare:", "scope:", "exactly one of"),
        ("    facts:", "    opinion: It is one.\n    facts:", "id: documented", "exactly one of"),
        ("kind: status", "kind: gossip", "gossip", "'status'"),
        ("as_of: undated", "as_of: 2024-13", "2024-13", "expected 'undated', or a year, month or day"),
    ],
)
def test_a_mistake_is_named_where_it_stands(folder: Path, old: str, new: str, at: str | None, words: str) -> None:
    if at is None:
        at = "page-opencv-hypothetical]"
        text = OUTDATED.replace("ids: [keras-3-multi-backend]", f"ids: [{at}").replace("outdated", "does not hold")
        (folder / "claims.yaml").write_text(text, encoding="utf-8")
    message = refused(folder, old, new)
    before = (folder / "claims.yaml").read_text(encoding="utf-8").partition(at)[0]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert f"claims.yaml:{line}:{column}: " in message
    assert words in message


def test_a_fact_for_claims_needs_a_known_source(folder: Path) -> None:
    message = refused(folder, "source: torch7-repository", "source: torch8-repository", file="facts-claims.yaml")
    assert "facts-claims.yaml:" in message
    assert "unknown source 'torch8-repository' — did you mean 'torch7-repository'?" in message


def test_a_fact_for_claims_has_its_dates_in_order(folder: Path) -> None:
    message = refused(folder, "valid_from: 2012-01-25", "valid_from: 2112-01-25", file="facts-claims.yaml")
    assert "lies before 'valid_from' (2112-01-25)" in message


def test_two_sources_may_not_share_an_id(folder: Path) -> None:
    message = refused(folder, "id: torch7-repository", "id: v7labs", file="sources-claims.yaml")
    assert "duplicate id 'v7labs'" in message


def test_two_articles_may_not_share_an_id(folder: Path) -> None:
    assert "duplicate id 'v7labs'" in refused(folder, "id: upwork", "id: v7labs", file="articles.yaml")
