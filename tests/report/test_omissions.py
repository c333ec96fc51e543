"""What was not measured, in sentences."""

from __future__ import annotations

from advisor.report.omissions import gaps
from tests.report.samples import sample_recommendation
from tests.samples import sample_run


def test_criteria_that_are_missing_for_one_reason_come_together() -> None:
    told = sample_recommendation()
    criterion = told.needs[0].criterion
    missing = {
        "provenance": "missing",
        "outcome": "not_run",
        "value": None,
        "low": None,
        "high": None,
        "message": "late",
    }
    cells = [each.model_copy(update=missing) if each.criterion == criterion else each for each in told.evidence]
    found = gaps(told.model_copy(update={"evidence": tuple(cells)}), sample_run(), told.titles)
    assert [line for line in found if "late" in line] == [f"{told.needs[0].title}: late (every stack)"]


def test_nobody_is_told_to_measure_again_on_a_quieter_machine() -> None:
    told = sample_recommendation()
    assert not any("quieter" in line or "--fresh" in line for line in gaps(told, sample_run(), told.titles))
