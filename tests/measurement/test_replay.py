"""Recorded sessions, of loads from 3 to 14 on two cores, are graded as they were to be: nothing lost, nothing wrong."""

from __future__ import annotations

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


def test_on_a_host_that_slows_most_rounds_orders_are_as_sure_as_ever() -> None:
    run = load_run(replay.REFERENCE)
    known = {replay.place(each): each.summary.median for each in run.observations if each.summary and each.rounds}
    found = list(replay.pairs(replay.slowed(run, 1, share=0.9), known))
    loaded = [(each, truth) for each, truth in found if each.grade == "under load"]
    assert len(loaded) > 50
    inside = sum(each.low <= truth <= each.high for each, truth in loaded if each.low and each.high)
    assert inside >= 0.93 * len(loaded)
    assert not [each for each, truth in loaded if each.word == ("slower" if truth < 1 / 1.05 else "faster")]
