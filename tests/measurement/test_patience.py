"""Doing disturbed things again: how often, how long, and what is left for the others."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from advisor.measurement.events import Event, Waiting
from advisor.measurement.patience import ATTEMPTS, SHARE, Patience

pytestmark = pytest.mark.alone


def patience(
    seconds: float, told: list[Event] | None = None, disturbed: Callable[[], str | None] = lambda: None
) -> Patience:
    return Patience(seconds, random.Random(1), (told if told is not None else []).append, disturbed)


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


def test_a_pause_lasts_until_a_look_finds_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    looks = iter(["a core is slowed from outside"] * 7 + [None])
    objections = iter(["a core is slowed from outside", None])
    patience(1e6, disturbed=lambda: next(looks)).until_quiet(lambda: next(objections))
    assert len(slept) == 1 + 7
    assert next(objections, "all used") == "all used"


def test_where_no_look_finds_the_machine_quiet_nothing_more_is_tried() -> None:
    busy, told, put_away = Busy(), list[Event](), list[int]()
    began = time.monotonic()
    patience(10, told, disturbed=lambda: "a core is slowed from outside").until_quiet(busy, lambda: put_away.append(1))
    assert busy.attempts == 1
    assert not put_away, "what was done once is not put away unless it is done again"
    assert SHARE * 10 - 0.1 < time.monotonic() - began < SHARE * 10 + 0.5
    (wait,) = [each for each in told if isinstance(each, Waiting)]
    assert wait.why == "a core is slowed from outside"
    assert 0.3 <= wait.seconds <= SHARE * 10


def test_patience_is_spread_over_what_is_still_to_come() -> None:
    spread = patience(8)
    spent = []
    for parts in (4, 3, 2, 1):
        spread.spread(parts)
        began = time.monotonic()
        for _ in range(30):
            spread.until_quiet(Busy())
        spent.append(time.monotonic() - began)
    assert all(seconds < 8 / 4 + 0.5 for seconds in spent)
    assert spent[-1] > 1, "the last part is there when its time comes"
