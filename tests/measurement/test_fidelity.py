"""What the table of fidelity says of a line that asks for a quiet machine, where the machine was not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from advisor.measurement.disturbance import seen
from advisor.measurement.run import Run, load_run
from benchmarks.fidelity import killed
from benchmarks.fidelity.sessions import where_quiet
from benchmarks.tables import Result

REFERENCE = Path(__file__).parents[1] / "data" / "reference-run.json"


def missed(*, holds: bool = False) -> Result:
    return Result("A/A", "3 open", "none open", holds=holds)


def with_all(run: Run, *, accepted: bool) -> Run:
    """Return a Run of which every block counts, or none."""
    update = {"accepted": accepted, "disturbances": () if accepted else (seen("clocks", 0.5, 0.03),)}
    observations = (
        each.model_copy(update={"rounds": tuple(block.model_copy(update=update) for block in each.rounds)})
        for each in run.observations
    )
    return run.model_copy(update={"observations": tuple(observations)})


@pytest.fixture(scope="module")
def still() -> Run:
    return with_all(load_run(REFERENCE), accepted=True)


@pytest.fixture(scope="module")
def stormy(still: Run) -> Run:
    return with_all(still, accepted=False)


def test_on_a_quiet_machine_a_missed_bar_is_missed(still: Run) -> None:
    assert where_quiet(missed(), [still]) == missed()


def test_on_any_other_it_is_not_judged_and_says_so(still: Run, stormy: Run) -> None:
    found = where_quiet(missed(), [still, stormy])
    assert found.holds is None
    assert found.word == "–"
    assert found.found == "3 open; not judged: others disturbed 50% of the blocks beside nobody of ours"


def test_what_holds_there_all_the_same_holds(stormy: Run) -> None:
    assert where_quiet(missed(holds=True), [stormy]) == missed(holds=True)


@pytest.mark.parametrize(
    ("counts", "quiet", "busy"),
    [
        ({"killed while it measured": 1}, True, True),
        # A kill that met nothing proves nothing; where nothing could be accepted it is not the benchmark's fault.
        ({}, False, None),
        ({"killed while it measured": 1, "lost": 1}, False, False),
        ({"doubled": 1}, False, False),
        ({"other verdict": 1}, False, False),
    ],
)
def test_killed_sessions_must_have_had_something_to_lose(
    counts: dict[str, int], quiet: bool | None, busy: bool | None, still: Run, stormy: Run
) -> None:
    assert killed.line(Counter(counts), [still]).holds is quiet
    assert killed.line(Counter(counts), [stormy]).holds is busy
