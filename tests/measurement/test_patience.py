"""Doing disturbed things again: how often, how long, and what is left for the others."""

from __future__ import annotations

import random
import time

import pytest

from advisor.measurement.events import Event, Waiting
from advisor.measurement.patience import ATTEMPTS, SHARE, Patience

pytestmark = pytest.mark.alone


def patience(seconds: float, told: list[Event] | None = None) -> Patience:
    return Patience(seconds, random.Random(1), (told if told is not None else []).append)


class Busy:
    """A thing that is disturbed whenever it is done; counts how often that is."""

    def __init__(self) -> None:
        self.attempts = 0

    def __call__(self) -> str | None:
        self.attempts += 1
        return "busy"


def test_what_counts_is_done_once() -> None:
    attempts: list[int] = []
    patience(10).until_quiet(lambda: attempts.append(1))
    assert len(attempts) == 1


def test_a_disturbed_thing_is_done_again_until_it_counts() -> None:
    objections = iter(["busy", "busy", None])
    put_away: list[int] = []
    patience(100).until_quiet(lambda: next(objections), lambda: put_away.append(1))
    assert len(put_away) == 2
    assert next(objections, "all used") == "all used"


def test_one_thing_takes_its_share_and_no_more() -> None:
    busy, start = Busy(), time.monotonic()
    patience(10).until_quiet(busy)
    assert time.monotonic() - start < SHARE * 10 + 0.5
    assert 2 <= busy.attempts < ATTEMPTS


def test_without_patience_nothing_is_done_twice() -> None:
    busy = Busy()
    patience(0).until_quiet(busy)
    assert busy.attempts == 1


def test_patience_runs_out() -> None:
    impatient = patience(2)
    counts = []
    for _ in range(30):
        busy = Busy()
        impatient.until_quiet(busy)
        counts.append(busy.attempts)
    assert counts[0] > 1
    assert counts[-1] == 1


def test_a_pause_worth_telling_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    told: list[Event] = []
    patience(1e6, told).until_quiet(lambda: "other processes took 50% of a processor")
    assert len(slept) == ATTEMPTS - 1
    assert slept[-1] > slept[0]
    waits = [each for each in told if isinstance(each, Waiting)]
    assert 0 < len(waits) < ATTEMPTS
    assert waits[0].why == "other processes took 50% of a processor"
    assert all(each.seconds >= 0.3 for each in waits)
