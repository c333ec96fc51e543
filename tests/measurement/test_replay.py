"""Recorded sessions, of loads from 3 to 14 on two cores, are graded as they were to be: nothing lost, nothing wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.measurement.run import Observation, load_run
from advisor.measurement.timing import Round
from benchmarks.fidelity import design, replay


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
    run = load_run(replay.QUIET)
    known = {replay.place(each): each.summary.median for each in run.observations if each.summary and each.rounds}
    sessions = replay.slowed(run, 2, share=share)
    lines = replay.results(sessions, known)
    judged = [line for line in lines if line.what.startswith("intervals")]
    assert len({line.what for line in judged if "of a time" in line.what}) == grades
    assert all(line.holds for line in judged), [line for line in judged if not line.holds]
    assert lines[-1].found == "100% get a word, 0 wrong"


def test_beside_neighbors_nothing_is_called_different_that_is_not_and_one_thread_finds_what_is_slower() -> None:
    sessions = replay.recorded(replay.NEIGHBORS)
    lines = replay.results(sessions, replay.truths(sessions))
    covered = [line for line in lines if line.what.startswith("intervals")]
    assert len(covered) == 4, "times and ratios of two grades"
    assert all(line.holds for line in covered), [line for line in covered if not line.holds]
    twins = replay.twin_results(sessions, times=2)
    assert all(line.holds for line in twins), [line for line in twins if not line.holds]
    (found,) = (line.found for line in twins if line.what.startswith("+20 % injected, those of them on one pinned"))
    assert int(found.split()[0]) >= 9


def test_what_varies_within_and_between_processes_is_told_apart() -> None:
    chance = np.random.default_rng(5)

    def latency(framework: str, within: float, between: float) -> Observation:
        own = np.exp(chance.normal(0, between, 40))
        rounds = [
            Round(
                round=8 * process + number, process=process, calls=9, wall=10.0, cpu=1.0,
                median=own[process] * math.exp(chance.normal(0, within)),
            )
            for process in range(40)
            for number in range(8)
        ]  # fmt: skip
        return Observation(
            probe="p", framework=framework, metric="latency", unit="s", outcome="measured", rounds=tuple(rounds)
        )

    run = load_run(replay.QUIET)
    sides = (latency("pytorch", 0.03, 0.0), latency("tensorflow", 0.0, 0.02))
    (found,) = design.spreads(run.model_copy(update={"observations": sides}))
    assert math.sqrt(found.within) == pytest.approx(0.03, rel=0.15)
    assert math.sqrt(found.between) == pytest.approx(0.02, rel=0.3)
    # What no two blocks have in common is no less side by side than a round apart.
    assert found.apart == pytest.approx(found.within, rel=0.25)
    assert found.error(20, 1) < found.error(2, 10)
