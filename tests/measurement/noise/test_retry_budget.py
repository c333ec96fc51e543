"""Doing disturbed things again: how often, how long, and what is left for the others; by a clock that the tests set."""

from __future__ import annotations

import random
import time

import pytest

from advisor.measurement.disturbance import Disturbance, seen
from advisor.measurement.noise.retry_budget import ATTEMPTS, SHARE, TELLING, Patience
from advisor.measurement.session.effort import PACES
from advisor.measurement.session.events import Event, Waiting

# What doing something once takes, in seconds.
TAKES = 0.02


class Clock:
    """Goes on when somebody sleeps, and when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(time, "sleep", told.sleep)
    monkeypatch.setattr(time, "perf_counter", lambda: told.now)
    return told


BUSY = seen("clocks", 0.5, 0.03)


def patience(seconds: float, told: list[Event] | None = None) -> Patience:
    return Patience(seconds, random.Random(1), (told if told is not None else []).append)


class Busy:
    """A thing that is disturbed whenever it is done; counts how often that is."""

    def __init__(self, clock: Clock) -> None:
        self.attempts = 0
        self._clock = clock

    def __call__(self) -> Disturbance | None:
        self.attempts += 1
        self._clock.now += TAKES
        return BUSY


def test_what_counts_is_done_once() -> None:
    attempts: list[int] = []
    patience(10).until_quiet(lambda: attempts.append(1))
    assert len(attempts) == 1


def test_a_disturbed_thing_is_done_again_until_it_counts() -> None:
    objections = iter([BUSY, BUSY, None])
    put_away: list[int] = []
    patience(100).until_quiet(lambda: next(objections), lambda: put_away.append(1))
    assert len(put_away) == 2
    assert next(objections, "all used") == "all used"


def test_one_thing_takes_its_share_and_no_more(clock: Clock) -> None:
    busy, began = Busy(clock), clock.now
    patience(10).until_quiet(busy)
    assert clock.now - began <= SHARE * 10 + TAKES
    assert 2 <= busy.attempts < ATTEMPTS


def test_without_patience_nothing_is_done_twice(clock: Clock) -> None:
    busy = Busy(clock)
    patience(0).until_quiet(busy)
    assert busy.attempts == 1


def test_patience_runs_out(clock: Clock) -> None:
    impatient = patience(2)
    counts = []
    for _ in range(30):
        busy = Busy(clock)
        impatient.until_quiet(busy)
        counts.append(busy.attempts)
    assert counts[0] > 1
    assert counts[-1] == 1


def test_a_pause_worth_telling_is_told(clock: Clock) -> None:
    told: list[Event] = []
    patience(1e6, told).until_quiet(lambda: BUSY)
    assert len(clock.slept) == ATTEMPTS - 1
    assert clock.slept[-1] > clock.slept[0]
    waits = [each for each in told if isinstance(each, Waiting)]
    assert 0 < len(waits) < ATTEMPTS
    assert waits[0].why == BUSY
    assert all(each.seconds >= 0.3 for each in waits)


def test_a_machine_that_is_never_quiet_is_not_waited_for(clock: Clock) -> None:
    there = patience(1e6)
    attempts = []
    for _ in range(2 * TELLING):
        busy = Busy(clock)
        there.until_quiet(busy)
        attempts.append(busy.attempts)
    assert attempts[0] > 1
    assert attempts[TELLING - 1 :] == [1] * (TELLING + 1)
    assert there.never_quiet


def test_what_is_done_once_tells_before_the_first_block_that_no_pause_helps(clock: Clock) -> None:
    there = patience(1e6)
    for _ in range(TELLING):
        there.noticed(disturbed=True)
    for _ in range(20):
        there.until_quiet(Busy(clock))
    assert not clock.slept
    learns = patience(1e6)
    for number in range(TELLING):
        learns.noticed(disturbed=number % 2 == 0)
    learns.until_quiet(Busy(clock))
    assert clock.slept


def test_of_a_quick_session_no_more_than_its_patience_is_waited_whatever_the_machine_does(clock: Clock) -> None:
    pace, told = PACES["quick"], patience(PACES["quick"].patience)
    told.spread(pace.segments)
    for _ in range(200):
        told.until_quiet(Busy(clock))
    assert sum(clock.slept) <= pace.patience / pace.segments


def test_a_machine_that_leaves_some_things_alone_is_waited_for(clock: Clock) -> None:
    there = patience(1e6)
    for _ in range(2 * TELLING):
        there.until_quiet(lambda: None)
        there.until_quiet(Busy(clock))
    assert not there.never_quiet


def test_patience_is_spread_over_what_is_still_to_come(clock: Clock) -> None:
    spread = patience(8)
    spent = []
    for parts in (4, 3, 2, 1):
        spread.spread(parts)
        began = clock.now
        for _ in range(10):
            spread.until_quiet(lambda: None)
            spread.until_quiet(Busy(clock))
        # What nobody has patience for is done once all the same.
        spent.append(clock.now - began - 10 * TAKES)
    assert all(seconds <= 8 / 4 + 3 * TAKES for seconds in spent), spent
    assert spent[-1] > 1, "the last part is there when its time comes"
