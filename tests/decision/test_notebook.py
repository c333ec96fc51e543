"""What a notebook shows of a Recommendation: the answer and why, as HTML that nobody's text can break."""

from __future__ import annotations

from html import escape

import pytest

from advisor.decision import phrases
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.keys import Stack, stack_title
from advisor.profiles.adjustments import requiring
from advisor.profiles.profile import load_profile, shipped_profiles
from tests.report.html import parse
from tests.samples import sample_run


def shown(told: Recommendation) -> str:
    html = told._repr_html_()
    parse(html)
    return html


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_answer_is_shown_with_its_reasons_and_every_stack(name: str) -> None:
    told = decide(sample_run(), load_profile(name))
    html = shown(told)
    assert told.verdict in html
    assert html.count("<tr>") == 1 + len(told.ranking)
    assert html.count("<li>") == sum(map(len, (told.reasons, told.conditions, told.flips[:3], told.warnings)))
    assert f"Run {sample_run().id}" in html
    assert not any(word in html for word in ("<script", "<style", "href", "src"))


def test_a_sure_answer_says_how_often_it_comes_first() -> None:
    told = decide(sample_run(), load_profile("edge"))
    assert told.answer is not None
    share = told.ranking[0].rank_acceptability[0]
    assert f"{told.verdict} (first in {phrases.in_percent(share)} of the samples)" in shown(told)
    assert str(told) in shown(told)
    assert str(told).startswith(f"{stack_title(told.answer, told.titles)}: {told.verdict}")


def test_conditions_and_ties_are_told_in_full() -> None:
    told = decide(sample_run(), load_profile("edge"))
    told = told.model_copy(update={"conditions": ("it ships",)})
    assert "<p>Provided that:</p><ul><li>it ships</li></ul>" in shown(told)
    unanswered = told.model_copy(update={"verdict": "undetermined", "answer": None})
    assert "<p>Yet to be shown:</p><ul><li>it ships</li></ul>" in shown(unanswered)
    assert told.answer is not None
    first, second = (Stack(framework=each.framework, route=each.route) for each in told.ranking[:2])
    both = shown(told.model_copy(update={"verdict": "tie", "tied": (first, second)}))
    assert f"{stack_title(first, told.titles)} or {stack_title(second, told.titles)}: tie" in both


def test_a_stack_that_is_out_is_told_with_what_it_fails() -> None:
    told = decide(sample_run(), requiring(load_profile("edge"), ["artifact-size<=50 kB"]))
    failed = [check.detail for each in told.ranking for check in each.constraints if check.outcome == "fail"]
    assert failed
    assert all(f"out: {escape(detail)}" in shown(told) for detail in failed)


def test_what_to_mind_stands_under_its_own_words() -> None:
    told = decide(sample_run(), load_profile("edge")).model_copy(update={"warnings": ("Careful",)})
    assert "<p>Mind:</p><ul><li>Careful</li></ul>" in shown(told)
    assert "Mind:" not in shown(told.model_copy(update={"warnings": ()}))


def test_without_an_answer_the_verdict_stands_for_it() -> None:
    told = decide(sample_run(), load_profile("edge")).model_copy(update={"verdict": "undetermined", "answer": None})
    assert "No answer: undetermined" in shown(told)


def test_what_a_document_says_stays_text() -> None:
    hostile = "<script>alert('x')</script> & <b>bold</b>"
    told = decide(sample_run(), load_profile("edge"))
    told = told.model_copy(
        update={
            "question": hostile, "reasons": (hostile,), "conditions": (hostile,), "warnings": (hostile,),
            "profile": hostile, "run": hostile, "titles": {**told.titles, "pytorch": hostile},
        }
    )  # fmt: skip
    html = shown(told)
    assert "<script" not in html
    assert "<b>" not in html
    assert html.count("&lt;script&gt;") >= 7
