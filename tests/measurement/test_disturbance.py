"""What disturbed a block, as data, also of Runs that said it in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.measurement.disturbance import Disturbance, robbed, seen, slowed_by
from advisor.measurement.run import Observation
from advisor.measurement.timing import Round
from advisor.report import words

BLOCK: dict[str, Any] = {"round": 0, "median": 1.0, "calls": 5, "wall": 1.0, "cpu": 1.0}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("other processes took 43% of a processor", seen("clocks", 0.43)),
        ("work that is not visible here took 120% of a processor", seen("hidden", 1.2)),
        ("the cores are further apart than usual: 440 ns a bounce, 316 ns when close", seen("bounce", 440e-9, 316e-9)),
        ("a core is slowed from outside: 160 µs for what takes 85, on core 1", seen("work", 160e-6, 85e-6, 1)),
        ("1.21 effective threads, 1.57 as a rule", seen("threads", 1.21, 1.57)),
        ("a core was not free for the canary", seen("core")),
        ("a sentence of a version that nobody remembers", seen("other")),
    ],
)
def test_sentences_of_older_runs_are_read_at_the_door(sentence: str, found: Disturbance) -> None:
    block = Round.model_validate(BLOCK | {"accepted": False, "rejected": sentence})
    (read,) = block.disturbances
    assert (read.kind, read.signal, read.core) == (found.kind, found.signal, found.core)
    assert read.figure == pytest.approx(found.figure)
    assert read.usual == pytest.approx(found.usual)
    assert Round.model_validate_json(block.model_dump_json()) == block


def test_a_block_that_did_not_count_and_said_nothing_was_robbed_for_all_we_know() -> None:
    for said in ({}, {"rejected": None}):
        assert robbed(Round.model_validate(BLOCK | {"accepted": False} | said).disturbances)
    assert not Round.model_validate(BLOCK | {"rejected": None}).disturbances


def test_the_host_slows_and_the_others_rob() -> None:
    slowed = (seen("work", 150e-6, 100e-6, 0), seen("bounce", 900e-9, 300e-9))
    assert not robbed(slowed)
    assert slowed_by(slowed) == pytest.approx(3.0)
    assert robbed((*slowed, seen("clocks", 0.1, 0.03)))
    assert slowed_by((seen("clocks", 0.9, 0.03),)) == 1.0


def test_a_figure_that_was_marked_contended_gets_the_grade_of_its_blocks() -> None:
    def read(rejected: list[str | None]) -> Observation:
        rounds = [
            BLOCK | {"round": number, "median": 1.0 + number / 10, "accepted": why is None, "rejected": why}
            for number, why in enumerate(rejected)
        ]
        summary = {"median": 9.0, "low": 1.0, "high": 20.0, "n": 30}
        return Observation.model_validate(
            {
                "probe": "mlp", "framework": "toy", "metric": "latency", "unit": "s", "outcome": "measured",
                "flags": ["contended"], "rounds": rounds, "summary": summary,
            }
        )  # fmt: skip

    slow = "a core is slowed from outside: 150 µs for what takes 100, on core 1"
    loaded = read([slow] * 7)
    assert (loaded.grade, loaded.flags) == ("under load", ())
    assert loaded.summary is not None
    assert loaded.summary.median == 1.0
    assert loaded.summary.low < 1 / 1.5
    bounded = read(["other processes took 90% of a processor"] * 7)
    assert bounded.grade == "bounded"
    assert bounded.summary is not None
    assert bounded.summary.low < bounded.summary.high == 1.0


def test_a_value_that_was_marked_contended_may_have_been_shorter() -> None:
    found = Observation.model_validate(
        {
            "probe": "environment", "framework": "toy", "metric": "import-time", "unit": "s", "outcome": "measured",
            "flags": ["contended", "single-value"], "summary": {"median": 8.0, "low": 7.0, "high": 9.0, "n": 1},
        }
    )  # fmt: skip
    assert (found.grade, found.flags) == ("under load", ("single-value",))
    assert found.summary is not None
    assert (found.summary.low, found.summary.high) == (3.5, 9.0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (seen("clocks", 0.43, 0.03), "other processes took 43 % of a processor"),
        (seen("hidden", 1.2), "work that is not visible here took 120 % of a processor"),
        (seen("bounce", 440e-9, 316e-9), "the cores are further apart than usual: 440 ns a bounce, 316 ns when close"),
        (seen("work", 160e-6, 85e-6, 1), "a core is slowed from outside: 160 µs for what takes 85, on core 1"),
        (seen("threads", 1.21, 1.57), "1.21 effective threads, 1.57 as a rule"),
        (seen("core"), "a core was not free for the canary"),
    ],
)
def test_it_is_told_in_words_with_its_figures(found: Disturbance, said: str) -> None:
    assert words.disturbance(found) == said
