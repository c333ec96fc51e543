"""Doing disturbed things again: how often, how long, and what is left for the others; by a clock that the tests set."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from advisor.measurement.events import Event, Waiting
from advisor.measurement.patience import ATTEMPTS, SHARE, Patience

# What doing something once takes, in seconds, and a look at the machine.
TAKES, LOOK = 0.02, 0.01


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


def patience(
    seconds: float, told: list[Event] | None = None, disturbed: Callable[[], str | None] = lambda: None
) -> Patience:
    return Patience(seconds, random.Random(1), (told if told is not None else []).append, disturbed)


class Busy:
    """A thing that is disturbed whenever it is done; counts how often that is."""

    def __init__(self, clock: Clock) -> None:
        self.attempts = 0
        self._clock = clock

    def __call__(self) -> str | None:
        self.attempts += 1
        self._clock.now += TAKES
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
    patience(1e6, told).until_quiet(lambda: "other processes took 50% of a processor")
    assert len(clock.slept) == ATTEMPTS - 1
    assert clock.slept[-1] > clock.slept[0]
    waits = [each for each in told if isinstance(each, Waiting)]
    assert 0 < len(waits) < ATTEMPTS
    assert waits[0].why == "other processes took 50% of a processor"
    assert all(each.seconds >= 0.3 for each in waits)


def test_a_pause_lasts_until_a_look_finds_nothing_any_more(clock: Clock) -> None:
    looks = iter(["a core is slowed from outside"] * 7 + [None])
    objections = iter(["a core is slowed from outside", None])
    patience(1e6, disturbed=lambda: next(looks)).until_quiet(lambda: next(objections))
    assert len(clock.slept) == 1 + 7
    assert next(objections, "all used") == "all used"


def test_where_no_look_finds_the_machine_quiet_nothing_more_is_tried(clock: Clock) -> None:
    busy, told, put_away = Busy(clock), list[Event](), list[int]()

    def look() -> str:
        clock.now += LOOK
        return "a core is slowed from outside"

    began = clock.now
    patience(10, told, disturbed=look).until_quiet(busy, lambda: put_away.append(1))
    assert busy.attempts == 1
    assert not put_away, "what was done once is not put away unless it is done again"
    assert SHARE * 10 <= clock.now - began < SHARE * 10 + 0.2
    (wait,) = [each for each in told if isinstance(each, Waiting)]
    assert wait.why == "a core is slowed from outside"
    assert 0.3 <= wait.seconds <= SHARE * 10


def test_patience_is_spread_over_what_is_still_to_come(clock: Clock) -> None:
    spread = patience(8)
    spent = []
    for parts in (4, 3, 2, 1):
        spread.spread(parts)
        began = clock.now
        for _ in range(30):
            spread.until_quiet(Busy(clock))
        # What nobody has patience for is done once all the same.
        spent.append(clock.now - began - 30 * TAKES)
    assert all(seconds <= 8 / 4 + TAKES for seconds in spent), spent
    assert spent[-1] > 1, "the last part is there when its time comes"
