"""Then and now: what agrees with what, what changed in between, and how often the engine repeats old advice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from advisor.articles.agreement import Answer, Row, agreement, agrees, changes, then_and_now
from advisor.articles.articles import Advice, latest_day, load_verdicts
from advisor.articles.catalog import whole_catalog
from advisor.articles.history import decide_as_of
from advisor.decision.engine import decide
from advisor.keys import Stack, stack_title
from advisor.profiles.profile import load_profile, shipped_profiles
from tests.samples import sample_run

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return then_and_now(sample_run(), samples=1_000)


def advice(*accepts: str) -> Advice:
    return Advice(
        id="one",
        source="v7labs",
        as_of="2023",
        persona="edge/IoT",
        recommends="It.",
        accepts=accepts,
        because=("It is good.",),
    )


def answer(verdict: str, *frameworks: str) -> Answer:
    stack = Stack(framework=frameworks[0]) if frameworks else None
    return Answer(verdict=verdict, stack=stack, frameworks=frameworks)


@pytest.mark.parametrize(
    ("accepts", "told", "expected"),
    [
        (("tensorflow",), answer("recommended", "tensorflow"), True),
        (("tensorflow",), answer("lean", "tensorflow"), True),
        (("tensorflow",), answer("recommended", "pytorch"), False),
        (("tensorflow",), answer("tie", "tensorflow", "pytorch"), False),
        (("tensorflow",), answer("tie", "tensorflow"), True),
        (("tensorflow",), answer("undetermined"), False),
        (("pytorch", "tensorflow"), answer("tie", "tensorflow", "pytorch"), True),
        (("pytorch", "tensorflow"), answer("lean", "pytorch"), True),
        (("pytorch", "tensorflow"), answer("recommended", "pytorch"), False),
        (("pytorch", "tensorflow"), answer("undetermined"), False),
    ],
)
def test_an_answer_agrees_when_it_leaves_open_only_what_the_advice_accepts(
    accepts: tuple[str, ...], told: Answer, expected: bool
) -> None:
    assert agrees(advice(*accepts), told) is expected


def test_every_dated_advice_for_a_testable_persona_is_asked_once(rows: tuple[Row, ...]) -> None:
    verdicts = load_verdicts()
    expected = [
        advice.id
        for advice in verdicts.recommendations
        if advice.as_of != "undated" and verdicts.persona(advice).profile in shipped_profiles()
    ]
    assert [row.advice for row in rows] == expected
    assert {row.profile for row in rows} <= set(shipped_profiles())


def test_the_engine_gives_the_advice_of_the_day_in_three_of_four(rows: tuple[Row, ...]) -> None:
    """Facts are chosen for being true: where this falls, look for a fact that is missing, not for one that fits."""
    found = agreement(rows)
    assert found.asked == len(rows) > 50
    assert found.share >= 0.80, found.disagreements
    assert found.named / found.asked >= 0.80, found.disagreements
    assert len(found.disagreements) == found.asked - found.agreed


def test_every_answer_that_differs_is_explained_and_no_other(rows: tuple[Row, ...]) -> None:
    explained = {each.id for each in load_verdicts().recommendations if each.differs}
    assert set(agreement(rows).disagreements) == explained
    assert all(row.differs for row in rows if not row.agreed_then)


def test_the_documentation_tells_the_share(rows: tuple[Row, ...]) -> None:
    found, page = agreement(rows), (ROOT / "site" / "deciding.md").read_text(encoding="utf-8")
    assert f"{found.agreed} of {found.asked}" in page
    assert f"more than {found.possible}" in page


def test_no_answer_can_agree_with_advice_that_excludes_itself(rows: tuple[Row, ...]) -> None:
    found = agreement(rows)
    assert found.agreed <= found.possible < found.asked
    opposite = [row for row in rows if row.source == "v7labs" and row.profile == "deployment"]
    assert agreement(opposite).possible == 1 < len(opposite)
    (known,) = [row for row in rows if row.knows]
    assert agreement([known]).possible == 1


def test_no_fact_behind_an_answer_rests_on_the_article_that_it_is_compared_with(rows: tuple[Row, ...]) -> None:
    sources = {fact.id: fact.source for fact in whole_catalog().facts}
    articles = {row.source for row in rows}
    asked = {(row.profile, row.day) for row in rows}
    for profile, day in asked:
        told = decide_as_of(load_profile(profile), day, samples=100, certainty=False)
        for cell in told.evidence:
            assert cell.provenance != "documented" or sources[str(cell.evidence)] not in articles, cell


def test_what_a_team_knows_decides_a_tie() -> None:
    (row,) = (
        each for each in then_and_now(None, samples=500) if each.advice == "assemblyai-industry-already-on-tensorflow"
    )
    assert row.knows == "tensorflow"
    assert row.then.frameworks == ("tensorflow",)
    assert row.agreed_then


def test_without_a_run_nothing_is_said_of_today() -> None:
    row = then_and_now(None, profiles=["edge"], samples=200)[0]
    assert row.now is None
    assert row.agrees_now is None
    assert not row.changes


def test_what_changed_names_both_facts_and_the_greatest_difference_first() -> None:
    edge = load_profile("edge")
    then = decide_as_of(edge, date(2022, 12, 31), samples=200)
    found = list(changes(then, decide(sample_run(), edge, samples=200)))
    facts = {fact.id: fact for fact in whole_catalog().facts}
    upkeep = next(
        each for each in found if each.criterion == "framework-maintenance" and each.framework == "tensorflow"
    )
    assert (upkeep.then_fact, upkeep.now_fact) == ("tensorflow-maintained", "tensorflow-stability-only")
    assert upkeep.worth == pytest.approx(-0.5)
    assert [abs(each.worth) for each in found] == sorted((abs(each.worth) for each in found), reverse=True)
    for each in found:
        assert each.then_fact is None or facts[each.then_fact].holds(date(2022, 12, 31))
        assert each.now_fact is None or facts[each.now_fact].holds(sample_run().finished.date())


def test_days_are_the_last_that_an_article_may_speak_of(rows: tuple[Row, ...]) -> None:
    for row in rows:
        source = next(each for each in load_verdicts().recommendations if each.id == row.advice)
        assert row.day == latest_day(source.as_of)


def test_answers_that_are_known_are_not_worked_out_again() -> None:
    run, samples = sample_run(), 200
    told = decide(run, load_profile("edge"), samples=samples)
    known = {"edge": told}
    rows = then_and_now(run, profiles=["edge"], samples=samples, known=known)
    assert rows
    assert rows == then_and_now(run, profiles=["edge"], samples=samples)
    changed = {"edge": told.model_copy(update={"verdict": "undetermined"})}
    again = then_and_now(run, profiles=["edge"], samples=samples, known=changed)
    assert {row.now.verdict for row in again if row.now} == {"undetermined"}


def test_a_row_holds_the_advice_and_what_the_engine_says_of_both_days() -> None:
    run, verdicts, samples = sample_run(), load_verdicts(), 100
    told = decide(run, load_profile("edge"), samples=samples)
    rows = then_and_now(run, profiles=["edge"], samples=samples, known={"edge": told})
    advices = {each.id: each for each in verdicts.recommendations}
    assert rows
    for row in rows:
        of = advices[row.advice]
        persona = verdicts.persona(of)
        assert (row.source, row.persona, row.recommends, row.accepts) == (
            of.source, of.persona, of.recommends, of.accepts,
        )  # fmt: skip
        assert (row.profile, row.knows) == ("edge", persona.knows)
        then = decide_as_of(load_profile("edge"), row.day, samples=samples, certainty=False)
        assert row.now is not None
        assert (row.now.verdict, row.now.stack) == (told.verdict, told.answer)
        assert (row.then.verdict, row.then.stack) == (then.verdict, then.answer)
        assert told.answer is not None
        assert row.now.title == stack_title(told.answer, told.titles)
        assert (row.agreed_then, row.agrees_now) == (agrees(of, row.then), agrees(of, row.now))
        assert row.named_then >= row.agreed_then
        assert row.changes == tuple(changes(then, told)) != ()
        assert row.differs == (None if row.agreed_then else of.differs)
        measured = {cell.criterion for cell in told.evidence if cell.provenance == "measured here"}
        assert set(row.measured_now) == measured
        assert len(row.measured_now) == len(measured)


@pytest.mark.parametrize("verdict", ["undetermined", "infeasible"])
def test_a_leader_that_a_verdict_merely_points_at_is_no_answer(verdict: str) -> None:
    run = sample_run()
    told = decide(run, load_profile("edge"), samples=100)
    assert told.answer is not None
    known = {"edge": told.model_copy(update={"verdict": verdict})}
    for row in then_and_now(run, profiles=["edge"], samples=100, known=known):
        assert row.now == Answer(verdict=verdict)
        assert row.agrees_now is False
