"""The interval of a ratio of two figures from sessions apart."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from advisor.measurement.run import Host, Observation, Policy, Run
from advisor.measurement.run_changes import changes, differences, quotient
from advisor.measurement.timing import Round, Summary


def test_the_ratio_of_a_figure_with_itself_is_one_and_its_interval_is_symmetric() -> None:
    same = Summary(median=2.0, low=1.8, high=2.2, n=30)
    found = quotient(same, same)
    assert found.value == 1.0
    assert found.low == pytest.approx(1 / found.high)
    assert math.log(found.high) == pytest.approx(math.hypot(math.log(2.2 / 2.0), math.log(2.0 / 1.8)))


def test_exact_figures_keep_two_percent() -> None:
    found = quotient(Summary(median=3.0, low=3.0, high=3.0, n=1), Summary(median=2.0, low=2.0, high=2.0, n=1))
    assert (found.low, found.value, found.high) == pytest.approx((1.47, 1.5, 1.53))


def test_the_interval_holds_the_true_ratio_as_often_as_it_says() -> None:
    random, spread, times = np.random.default_rng(1), (0.03, 0.05), 4000
    reach = [math.exp(1.96 * each) for each in spread]
    held = 0
    for first, second in np.exp(random.normal(0.0, spread, size=(times, 2))):
        sides = [
            Summary(median=m, low=m / r, high=m * r, n=30) for m, r in zip((first, 1.3 * second), reach, strict=True)
        ]
        found = quotient(sides[1], sides[0])
        held += found.low <= 1.3 <= found.high
    assert 0.94 <= held / times <= 0.96


def imports(seconds: float, n: int, *, rounds: int = 0) -> Run:
    """Return a Run with one time: of `n` single values, or of blocks."""
    blocks = tuple(Round(round=each, median=seconds, calls=9, wall=0.1, cpu=0.1) for each in range(rounds))
    observation = Observation(
        probe="environment", framework="toy", metric="import-time", unit="s", outcome="measured", rounds=blocks,
        summary=Summary(median=seconds, low=seconds * 0.9, high=seconds * 1.1, n=n),
    )  # fmt: skip
    now = datetime.now(UTC)
    return Run(
        id="x", started=now, finished=now, mode="quick", policy=Policy(threads=1), frameworks={},
        host=Host(cpu="c", cores=1, memory_bytes=1, os="o"), observations=(observation,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("n", "rounds", "word", "why"),
    [
        (1, 0, "unclear", "measured once: too few for a 95 % interval"),
        (3, 0, "unclear", "measured 3 times: too few for a 95 % interval"),
        (6, 0, "slower", ""),
        (5, 6, "slower", ""),
    ],
)
def test_a_few_single_values_have_a_ratio_and_no_word(n: int, rounds: int, word: str, why: str) -> None:
    (found,) = changes(imports(1.0, n, rounds=rounds), imports(2.0, n, rounds=rounds))
    assert (found.word, found.why) == (word, why)
    assert found.ratio is not None
    assert found.ratio.value == pytest.approx(2.0)


def labelled(label: str) -> Run:
    run = imports(1.0, 3)
    return run.model_copy(update={"host": run.host.model_copy(update={"label": label})})


def test_two_machines_of_one_kind_are_two_and_an_older_run_may_be_of_either() -> None:
    first, second, older = labelled("camera-17"), labelled("camera-18"), labelled("")
    assert differences(first, second) == ["machine: camera-17, camera-18"]
    assert not differences(first, labelled("camera-17"))
    assert not differences(first, older)
    assert not differences(older, second)
