"""Whether an earlier decision still holds: by framework or stack, alone or in a tie, and the one reason why not."""

from __future__ import annotations

import pytest

from advisor.decision.engine import assemble
from advisor.decision.recommendation import ConstraintCheck, Ranked, Recommendation, Verdict
from advisor.decision.validity import check
from advisor.errors import AdvisorError
from advisor.keys import Stack
from advisor.knowledge.catalog import load_catalog
from tests.decision.tables import criterion, profile, table, wish
from tests.samples import sample_run

TITLES = {"a": "Ann", "b": "Bob", "r": "Rail", "s": "Ship", "size": "Size"}


@pytest.fixture(scope="module")
def told() -> Recommendation:
    run = sample_run()
    run = run.model_copy(update={"frameworks": dict.fromkeys("ab", run.frameworks["pytorch"])})
    needed = profile([wish(criterion("x"), 1, 0.0, 1.0)])
    found = table(needed, {"a": {"x": (0.9, 0.85, 0.95)}, "b": {"x": (0.3, 0.25, 0.35)}})
    return assemble(found, run, load_catalog(), seed=0, samples=1200).model_copy(update={"titles": TITLES})


def ranked(told: Recommendation, framework: str, route: str | None, first: float, failed: str | None = None) -> Ranked:
    """Return a stack that comes first in this share of the samples, or fails a constraint."""
    failing = (
        ConstraintCheck(criterion="speed", outcome="pass", detail="fast"),
        ConstraintCheck(criterion="size", outcome="fail", detail=failed or ""),
        ConstraintCheck(criterion="speed", outcome="fail", detail="the second to fail"),
    )
    return told.ranking[0].model_copy(
        update={
            "framework": framework, "route": route, "feasible": failed is None,
            "rank_acceptability": () if failed else (first, 1 - first), "constraints": failing if failed else (),
        }
    )  # fmt: skip


def answer(told: Recommendation, *ranking: Ranked, verdict: Verdict = "lean", tied: int = 0) -> Recommendation:
    """Return the answer that names the first of the ranking, tied with so many in all."""
    stacks = [Stack(framework=each.framework, route=each.route) for each in ranking]
    update = {"ranking": ranking, "verdict": verdict, "answer": stacks[0], "tied": tuple(stacks[:tied])}
    return told.model_copy(update=update)


def test_what_is_still_the_answer_holds_and_says_how_sure(told: Recommendation) -> None:
    found = check(told, "a", confidence=0.9)
    assert (found.holds, found.why) == (True, "Ann comes first in 100 % of 1,200 plausible worlds (recommended)")


def test_what_is_no_longer_the_answer_tells_the_new_one_and_its_first_reason(told: Recommendation) -> None:
    found = check(told, "b", confidence=0.0)
    assert told.reasons
    assert (found.holds, found.why) == (False, f"Ann is now the answer (recommended): {told.reasons[0]}")
    bare = check(told.model_copy(update={"reasons": ()}), "b", confidence=0.0)
    assert bare.why == "Ann is now the answer (recommended)"


@pytest.mark.parametrize(("confidence", "holds"), [(0.5, True), (0.6, True), (0.61, False), (0.9, False)])
def test_coming_first_too_seldom_is_no_longer_holding(told: Recommendation, confidence: float, holds: bool) -> None:
    found = check(answer(told, ranked(told, "a", None, 0.6), ranked(told, "b", None, 0.4)), "a", confidence=confidence)
    assert found.holds is holds
    assert found.why.startswith("Ann comes first in 60 % of 1,200 plausible worlds")
    assert (f"fewer than {confidence * 100:g} %" in found.why) is not holds


def test_a_framework_holds_through_whatever_route_and_a_stack_through_its_own(told: Recommendation) -> None:
    routes = answer(told, ranked(told, "a", "r", 0.5), ranked(told, "a", "s", 0.3), ranked(told, "b", None, 0.2))
    whole = check(routes, "a", confidence=0.75)
    assert (whole.holds, whole.why) == (True, "Ann comes first in 80 % of 1,200 plausible worlds (lean)")
    for spelled in ("a→r", "a -> r"):
        one = check(routes, spelled, confidence=0.5)
        assert (one.holds, one.why) == (True, "Ann → Rail comes first in 50 % of 1,200 plausible worlds (lean)")
    assert check(routes, "a→s", confidence=0.0).why.startswith("Ann → Rail is now the answer (lean)")


def test_each_of_a_tie_still_holds(told: Recommendation) -> None:
    both = answer(told, ranked(told, "a", None, 0.5), ranked(told, "b", None, 0.45), ranked(told, "c", None, 0.05),
                  verdict="tie", tied=2)  # fmt: skip
    assert check(both, "b", confidence=0.4).holds
    assert not check(both, "c", confidence=0.0).holds


def test_failing_a_constraint_is_said_by_the_first_that_is_failed(told: Recommendation) -> None:
    out = answer(told, ranked(told, "b", None, 1.0), ranked(told, "a", "r", 0.0, "9 MB > 5 MB"),
                 ranked(told, "a", "s", 0.0, "8 MB > 5 MB"))  # fmt: skip
    found = check(out, "a", confidence=0.0)
    assert not found.holds
    assert found.why.startswith("Ann no longer meets the constraint")
    assert "'Size'" in found.why
    assert "9 MB > 5 MB" in found.why
    assert "the second to fail" not in found.why
    assert "8 MB" not in found.why


def test_a_framework_of_which_one_route_is_left_is_not_out(told: Recommendation) -> None:
    left = answer(told, ranked(told, "a", "r", 0.95), ranked(told, "a", "s", 0.0, "8 MB > 5 MB"))
    assert check(left, "a", confidence=0.9).holds


def test_no_answer_is_not_the_one_that_was_expected(told: Recommendation) -> None:
    nothing = told.model_copy(update={"verdict": "undetermined", "answer": None})
    found = check(nothing, "a", confidence=0.0)
    assert not found.holds
    assert found.why == "the verdict is 'undetermined': Ann comes first in 100 % of 1,200 plausible worlds"


def test_what_was_never_compared_is_a_mistake_that_names_what_was(told: Recommendation) -> None:
    routes = answer(told, ranked(told, "alpha", "r", 0.5), ranked(told, "alpha", None, 0.5))
    with pytest.raises(AdvisorError, match=r"^--expect alpa: nothing of that name was compared.*'alpha'") as caught:
        check(routes, "alpa", confidence=0.5)
    assert caught.value.hint == "one of alpha, alpha→r"


@pytest.mark.parametrize(
    ("first", "said"),
    [(0.0, "0 %"), (0.004, "under 1 %"), (0.01, "1 %"), (0.99, "99 %"), (0.996, "over 99 %"), (1.0, "100 %")],
)
def test_hardly_ever_is_not_never_and_nearly_always_is_not_always(
    told: Recommendation, first: float, said: str
) -> None:
    found = check(answer(told, ranked(told, "a", None, first), ranked(told, "b", None, 0.0)), "a", confidence=0.0)
    assert f"comes first in {said} of" in found.why


def test_of_another_than_the_runner_up_the_largest_difference_is_told() -> None:
    run = sample_run()
    run = run.model_copy(update={"frameworks": dict.fromkeys("abc", run.frameworks["pytorch"])})
    needed = profile([wish(criterion(name), 1, 0.0, 1.0) for name in ("x", "y")])
    rows = {name: {"x": (x,) * 3, "y": (y,) * 3} for name, x, y in (("a", 0.9, 0.9), ("b", 0.8, 0.8), ("c", 0.7, 0.1))}
    found = check(assemble(table(needed, rows), run, load_catalog(), seed=0, samples=100), "c", confidence=0.5)
    assert found.why == "a is now the answer (recommended): what speaks most for it is 'Y', 0.9 against 0.1 for c"
