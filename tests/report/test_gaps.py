"""What was not measured, in sentences."""

from __future__ import annotations

from advisor.report.gaps import gaps
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

DISTURBED = "other work disturbed the machine while this was measured"


def test_what_was_disturbed_is_told_once_with_the_time_of_each_stack_and_what_to_do() -> None:
    told = sample_recommendation()
    criterion = told.needs[0].criterion
    times = iter(("23.3 µs", "43.6 µs", "47.5 µs", "51.0 µs"))
    cells = [
        cell.model_copy(
            update={
                "provenance": "missing", "outcome": "contended", "value": None, "low": None, "high": None,
                "message": f"{DISTURBED}; on one thread pinned to a core it took {next(times)}",
            }
        )
        for cell in told.evidence
        if cell.criterion == criterion
    ]  # fmt: skip
    assert len(cells) >= 2
    found = gaps(told.model_copy(update={"evidence": tuple(cells)}), sample_run(), told.titles)
    about = [line for line in found if DISTURBED in line]
    assert len(about) == 1
    assert about[0].count("pinned to a core it took") == 1
    assert "23.3 µs (" in about[0]
    assert "43.6 µs (" in about[0]
    assert any("--fresh" in line for line in found)


def test_where_nothing_was_disturbed_nothing_is_to_be_measured_again() -> None:
    told = sample_recommendation()
    assert not any("--fresh" in line for line in gaps(told, sample_run(), told.titles))
