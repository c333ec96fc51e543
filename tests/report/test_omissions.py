"""What was not measured, in sentences."""

from __future__ import annotations

from advisor.measurement.run import Skipped
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


def left_out(*skipped: Skipped, of: Skipped | None = None) -> list[str]:
    """Return what is said beside the figures of things left out, where the first cell lacks its figure for `of`."""
    told = sample_recommendation()
    cells = (told.evidence[0].model_copy(update={"omission": of}), *told.evidence[1:])
    run = sample_run().model_copy(update={"skipped": skipped})
    return gaps(told.model_copy(update={"evidence": cells}), run, told.titles)


def test_what_is_needless_is_told_by_reason_and_not_again_where_a_figure_says_it() -> None:
    of = [Skipped(probe=probe, kind="needless", framework="pytorch", reason="it is out") for probe in ("a", "b")]
    other = Skipped(probe="c", kind="needless", framework="tensorflow", reason="it is out", first=9)
    found = left_out(*of, other)
    assert "a, b: it is out" in found
    assert "c: rounds from 9 on: it is out" in found
    assert not any("it is out" in line for line in left_out(*of, other, of=of[0]))


def test_what_no_figure_rests_on_is_counted_but_for_what_has_the_reason_of_a_gap() -> None:
    of = [Skipped(probe=probe, kind="no_recipe", framework="pytorch") for probe in ("a", "b")]
    other = Skipped(probe="c", kind="no_recipe", framework="tensorflow")
    assert any(line.startswith("3 probes on which no figure") for line in left_out(*of, other))
    assert any(line.startswith("1 probe on which no figure") for line in left_out(*of, other, of=of[0]))


def test_everything_else_is_said_with_the_way_to_measure_it() -> None:
    rest = Skipped(probe="*", kind="not_asked", profile="edge", probes=12)
    said = "no criterion of the profile 'edge' rests on it (12 probes); --all measures it too"
    assert f"Everything else: {said}" in left_out(rest)
