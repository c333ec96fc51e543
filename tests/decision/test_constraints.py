"""Hard constraints: pass, fail and unknown on the interval."""

import pytest

from advisor.decision.recommendation import Cell
from advisor.decision.table import check
from advisor.profiles.profile import Constraint, Limit
from tests.decision.tables import criterion

SIZE = criterion("size", "B", "lower")
LEVELS = criterion("route", levels=("not proved", "proved"))


def cell(low: float | None, value: float | None, high: float | None, **update: object) -> Cell:
    plain = Cell(
        framework="a", criterion="size", outcome="measured", value=value, low=low, high=high, unit="B",
        provenance="measured here",
    )  # fmt: skip
    return plain.model_copy(update=update)


@pytest.mark.parametrize(
    ("kind", "low", "value", "high", "outcome", "shortfall"),
    [
        ("at_most", 80.0, 90.0, 100.0, "pass", None),
        ("at_most", 90.0, 95.0, 101.0, "unknown", None),
        ("at_most", 99.0, 105.0, 110.0, "unknown", None),
        ("at_most", 120.0, 130.0, 140.0, "fail", 20.0),
        ("at_most", 120.0, None, None, "fail", 20.0),
        ("at_most", 50.0, None, None, "unknown", None),
        ("at_most", None, None, 90.0, "pass", None),
        ("at_most", None, None, 110.0, "unknown", None),
        ("at_least", 100.0, 110.0, 120.0, "pass", None),
        ("at_least", 90.0, 110.0, 120.0, "unknown", None),
        ("at_least", 60.0, 70.0, 80.0, "fail", 20.0),
        ("at_least", None, None, 80.0, "fail", 20.0),
    ],
)
def test_the_whole_interval_decides(
    kind: Limit, low: float | None, value: float | None, high: float | None, outcome: str, shortfall: float | None
) -> None:
    found = check(Constraint(SIZE, kind, 100.0, "100 B", "a test"), cell(low, value, high))
    assert (found.outcome, found.shortfall) == (outcome, shortfall)


def test_a_failure_says_by_how_much() -> None:
    found = check(Constraint(SIZE, "at_most", 10e6, "10 MB", "a test"), cell(12e6, 12e6, 12e6))
    assert found.detail == "12 MB > 10 MB, off by 2 MB"


def test_unknown_is_not_pass_and_says_why() -> None:
    missing = cell(None, None, None, outcome="not_run", provenance="missing", message="left out by --quick")
    found = check(Constraint(SIZE, "at_most", 100.0, "100 B", "a test"), missing)
    assert (found.outcome, found.detail) == ("unknown", "not run: left out by --quick")


@pytest.mark.parametrize("outcome", ["not_supported", "refuted"])
def test_an_outcome_against_the_stack_fails(outcome: str) -> None:
    against = cell(None, None, None, outcome=outcome, message="the exporter refuses")
    found = check(Constraint(SIZE, "at_most", 100.0, "100 B", "a test"), against)
    assert (found.outcome, found.shortfall) == ("fail", None)
    assert found.detail == f"{outcome.replace('_', ' ')}: the exporter refuses"


def test_a_pass_shows_the_figure_beside_its_limit() -> None:
    assert check(Constraint(SIZE, "at_most", 10e6, "10 MB", "a test"), cell(1e6, 1e6, 1e6)).detail == "1 MB ≤ 10 MB"
    assert check(Constraint(SIZE, "at_least", 1e3, "1 kB", "a test"), cell(1e6, 1e6, 1e6)).detail == "1 MB ≥ 1 kB"


@pytest.mark.parametrize(
    ("value", "outcome", "detail"), [(1.0, "pass", "proved"), (0.0, "fail", "not proved, must be proved")]
)
def test_a_level_must_be_reached(value: float, outcome: str, detail: str) -> None:
    level = LEVELS.levels[int(value)]
    found = check(Constraint(LEVELS, "is", 1.0, "proved", "a test"), cell(value, value, value, level=level, unit=""))
    assert (found.outcome, found.detail) == (outcome, detail)


SHARE = criterion("share").model_copy(update={"percent": True})


@pytest.mark.parametrize(
    ("kind", "low", "value", "high", "detail"),
    [
        ("at_most", 0.15, 0.2, 0.25, "20 % > 10 %, off by at least 5 %"),
        ("at_most", 0.2, 0.2, 0.2, "20 % > 10 %, off by 10 %"),
        ("at_least", 0.2, 0.3, 0.4, "30 % < 50 %, off by at least 10 %"),
        ("at_least", 0.06, 0.06, 0.06, "6 % < 10 %, off by 4 %"),
    ],
)
def test_a_missed_share_is_told_in_percent_from_the_side_that_was_missed(
    kind: Limit, low: float, value: float, high: float, detail: str
) -> None:
    limit = 0.5 if "50 %" in detail else 0.1
    constraint = Constraint(SHARE, kind, limit, f"{limit:.0%}".replace("%", " %"), "a test")
    found = check(constraint, cell(low, value, high, criterion="share", unit=""))
    assert (found.outcome, found.detail) == ("fail", detail)


@pytest.mark.parametrize("outcome", ["measured", "proved", "documented"])
def test_what_was_found_needs_no_message(outcome: str) -> None:
    constraint = Constraint(SIZE, "at_most", 10e6, "10 MB", "a test")
    found = check(constraint, cell(12e6, 12e6, 12e6, outcome=outcome, message="how it was measured"))
    assert found.detail == "12 MB > 10 MB, off by 2 MB"
    assert check(constraint, cell(12e6, None, None, outcome="bounded", message="it was stopped there")).detail == (
        "at least 12 MB > 10 MB, off by at least 2 MB: it was stopped there"
    )
