"""Recorded sessions, of loads from 3 to 14 on two cores, are graded as they were to be: nothing lost, nothing wrong."""

from __future__ import annotations

import pytest

from advisor.measurement.run import load_run
from benchmarks.fidelity import replay


def test_of_recorded_sessions_in_which_no_timing_counted_every_clear_pair_keeps_its_order() -> None:
    sessions = replay.recorded()
    known = replay.truths(sessions)
    assert len(sessions) >= 5
    for session in sessions:
        for each in session.timings:
            assert each.summary is not None, "nothing is unknown where something ran"
            assert each.grade in ("under load", "bounded")
    lines = replay.results(sessions, known)
    assert all(line.holds is not False for line in lines), [line for line in lines if line.holds is False]


@pytest.mark.parametrize(("share", "grades"), [(0.5, 2), (0.9, 1)])
def test_on_a_host_that_slows_its_rounds_every_interval_holds_and_orders_are_as_sure_as_ever(
    share: float, grades: int
) -> None:
    run = load_run(replay.REFERENCE)
    known = {replay.place(each): each.summary.median for each in run.observations if each.summary and each.rounds}
    sessions = replay.slowed(run, 2, share=share)
    lines = replay.results(sessions, known)
    judged = [line for line in lines if line.what.startswith("intervals")]
    assert len({line.what for line in judged if "of a time" in line.what}) == grades
    assert all(line.holds for line in judged), [line for line in judged if not line.holds]
    assert lines[-1].found == "100% get a word, 0 wrong"
