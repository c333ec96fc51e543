"""When no more rounds are needed."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from advisor.measurement.run import Host, Observation, Policy
from advisor.measurement.session import stopping_rule
from advisor.measurement.session.effort import PACES
from advisor.measurement.session.entries import Start
from advisor.measurement.session.record import Record
from advisor.measurement.timing import Round

PACE = PACES["standard"]


def latency(framework: str) -> Observation:
    return Observation(
        probe="mlp-inference",
        framework=framework,
        mode="out-of-the-box",
        metric="latency",
        unit="s",
        outcome="measured",
    )


def recorded(ratio: float, spread: float, rounds: int, *, calls: int = 100, rejected: int = 0) -> Record:
    """Return a record of two stacks, the first `ratio` times as slow as the second."""
    start = Start(
        id="x", started=datetime(2026, 11, 20, tzinfo=UTC), mode="standard", advisor="", seed=0,
        host=Host(cpu="c", cores=2, memory_bytes=1, os="o"), policy=Policy(threads=2),
    )  # fmt: skip
    record, chance = Record(start), random.Random(1)
    for name, seconds in (("slow", ratio), ("fast", 1.0)):
        record.observe(latency(name))
        for number in range(rounds):
            found = Round(
                round=number, median=seconds * (1 + chance.uniform(-spread, spread)), calls=calls, wall=1.0, cpu=1.0,
                process=number * 3 // rounds, accepted=number >= rejected,
            )  # fmt: skip
            record.block(latency(name), found, [])
    return record


def asked(record: Record) -> bool:
    return stopping_rule.decided(record, [latency("slow"), latency("fast")], PACE)


def test_a_clear_difference_is_enough_and_so_is_clear_equality() -> None:
    assert asked(recorded(1.5, 0.02, 9))
    assert asked(recorded(1.0, 0.01, 9))


def test_what_may_still_be_either_goes_on() -> None:
    assert not asked(recorded(1.05, 0.02, 9))


@pytest.mark.parametrize(("rounds", "rejected"), [(5, 0), (9, 4)])
def test_too_few_accepted_pairs_go_on_however_clear_they_are(rounds: int, rejected: int) -> None:
    assert not asked(recorded(3.0, 0.0, rounds, rejected=rejected))


def test_a_p99_that_all_rounds_would_give_is_waited_for_and_one_out_of_reach_is_not() -> None:
    assert not asked(recorded(1.5, 0.02, 9, calls=8))  # 72 calls now, 120 in the end
    assert asked(recorded(1.5, 0.02, 9, calls=5))  # 75 in the end


def test_an_unknown_cell_goes_on() -> None:
    assert not stopping_rule.decided(recorded(1.5, 0.02, 9), [latency("slow"), latency("other")], PACE)


def test_most_of_a_segment_is_heard_in_any_case() -> None:
    assert [stopping_rule.least(rounds) for rounds in (1, 2, 3, 5, 6)] == [1, 2, 2, 3, 4]


def test_unclear_is_a_pair_without_a_word_and_not_one_that_was_robbed_throughout() -> None:
    pair = [latency("slow"), latency("fast")]
    assert stopping_rule.unclear(recorded(1.05, 0.02, 9), pair)
    assert not stopping_rule.unclear(recorded(1.5, 0.02, 9), pair)
    assert stopping_rule.unclear(recorded(1.05, 0.02, 9, rejected=4), pair)
    assert not stopping_rule.unclear(recorded(1.05, 0.02, 9, rejected=7), pair)
