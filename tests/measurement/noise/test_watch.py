"""The signals of other work, against loads that the tests make themselves, on a machine that may have others, too.

What two readings are compared by is taken from the same two glances: whatever else the machine does is in both.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from advisor.measurement.disturbance import Disturbance
from advisor.measurement.noise import watch as watch_module
from advisor.measurement.noise.canary import Answer, Canary
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.watch import AVAILABLE, Foreign, Watch
from advisor.measurement.worker.answers import Block

pytestmark = pytest.mark.alone

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the signals are Linux's")
HOG = "while True: pass"
# A process that none of ours descends from, as far as is looked for.
STRANGER = 1


@pytest.fixture
def hog() -> Iterator[int]:
    """A process in a session of its own that keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", HOG], start_new_session=True)
    time.sleep(0.1)
    yield process.pid
    process.kill()
    process.wait()


def seen(watch: Watch, *measured: int, hog: int | None = None) -> list[Foreign]:
    """Return what is seen while the hog works a tenth of a second, however long the machine takes to let it."""
    before = watch.glance()
    start = worked(hog)
    time.sleep(0.1)
    while worked(hog) < start + 0.1:
        time.sleep(0.01)
    after = watch.glance()
    return [watch.between(before, after, each) for each in measured]


def worked(hog: int | None) -> float:
    """Return the processor seconds of a process so far; without one, any number of them."""
    if hog is None:
        return math.inf
    times = psutil.Process(hog).cpu_times()
    return times.user + times.system


@linux
def test_another_process_is_seen_on_the_clocks(hog: int) -> None:
    watch = Watch()
    assert set(watch.signals.values()) == {AVAILABLE}
    (foreign,) = seen(watch, STRANGER, hog=hog)
    assert foreign.visible is not None
    assert foreign.visible > 0.05
    assert signals(watch.disturbances(foreign))[0] == "clocks"


def test_one_tick_of_the_system_s_own_work_disturbs_no_block() -> None:
    watch = Watch()
    assert not watch.disturbances(Foreign(wall=0.15, visible=0.0055, hidden=None))
    (found,) = watch.disturbances(Foreign(wall=0.15, visible=0.015, hidden=None))
    assert (found.kind, found.signal) == ("robbed", "clocks")
    assert found.figure == pytest.approx(0.1)


@linux
def test_the_measured_process_and_its_children_are_no_strangers(hog: int) -> None:
    with_hog, without = seen(Watch(), hog, STRANGER, hog=hog)
    assert with_hog.visible is not None
    assert without.visible is not None
    assert with_hog.visible < without.visible - 0.05


@linux
def test_what_descends_from_the_measured_process_is_its_own_in_another_session_too(hog: int) -> None:
    # The hog leads a session of its own, and this process is its parent.
    own, foreign = seen(Watch(), os.getpid(), STRANGER, hog=hog)
    assert own.visible is not None
    assert foreign.visible is not None
    assert own.visible < foreign.visible - 0.05
    assert psutil.Process(hog).is_running()


@linux
def test_children_that_have_ended_count_for_their_parent_where_that_is_asked(tmp_path: Path) -> None:
    cpu, pid, tick = min(os.sched_getaffinity(0)), os.getpid(), os.sysconf("SC_CLK_TCK")
    proc = tmp_path / "proc"
    (proc / str(pid)).mkdir(parents=True)
    (proc / "stat").write_text(f"cpu  0 0 0 0\ncpu{cpu} 0 0 0 0 0 0 0 0 0 0\n")

    def told(children: int) -> None:
        fields = ["S", "1", *["0"] * 11, str(children), "0", "0"]
        (proc / str(pid) / "stat").write_text(f"{pid} (a (strange) name) {' '.join(fields)}\n")

    found = {}
    for ended in (False, True):
        watch = Watch(tmp_path)
        told(0)
        before = watch.glance(ended=ended)
        told(100 * tick)  # a hundred seconds of work by children that are gone
        found[ended] = watch.between(before, watch.glance(ended=ended), pid).hidden
    assert found[False] is not None
    assert found[True] is not None
    assert found[True] == 0.0, "no more was busy than they took"


@linux
def test_busy_time_that_no_process_accounts_for_is_seen(tmp_path: Path) -> None:
    cpu = min(os.sched_getaffinity(0))
    proc = tmp_path / "proc"
    (proc / str(os.getpid())).mkdir(parents=True)
    stat = "cpu  0 0 0 0\ncpu{cpu} 100 0 0 {idle} 0 0 0 0 0 0\n"
    (proc / "stat").write_text(stat.format(cpu=cpu, idle=1000))
    watch = Watch(tmp_path)
    began = time.process_time()
    before = watch.glance()
    time.sleep(0.5)
    (proc / "stat").write_text(stat.format(cpu=cpu, idle=1020))
    foreign = watch.between(before, watch.glance(), os.getpid())
    # Of all the processors' time only 0.2 s were idle, and this process did next to nothing.
    own = time.process_time() - began
    expected = foreign.wall * len(os.sched_getaffinity(0)) - 0.2
    assert foreign.hidden == pytest.approx(expected, abs=0.01 + own)
    assert signals(watch.disturbances(foreign)) == ["hidden"]
    quiet = Foreign(wall=1.0, visible=0.0, hidden=0.1)
    assert not watch.disturbances(quiet)
    assert signals(watch.disturbances(Foreign(1.0, 0.0, 100.0))) == ["hidden"]


def test_a_system_without_proc_goes_on(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    assert all(text.startswith("not available") for text in watch.signals.values())
    (foreign,) = seen(watch, os.getpid())
    assert (foreign.visible, foreign.hidden) == (None, None)
    assert not watch.disturbances(foreign)


@linux
def test_the_watcher_s_own_work_is_no_foreign_work() -> None:
    watch = Watch()
    before = watch.glance()
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    after = watch.glance()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    foreign = watch.between(before, after, child.pid)
    child.communicate(b"\n")
    used = after.clocks[os.getpid()] - before.clocks[os.getpid()]
    everybody = sum(max(0.0, clock - before.clocks.get(pid, 0.0)) for pid, clock in after.clocks.items())
    assert used > 0.19
    assert foreign.visible is not None
    assert foreign.visible <= everybody - used + 1e-9


def signals(found: Iterable[Disturbance]) -> list[str]:
    return [each.signal for each in found]


class StillCanary(Canary):
    """A canary that is silent: what a machine without one has."""

    def look(self) -> Answer | None:
        return None


def test_a_stack_that_had_less_of_the_processors_than_usual_is_noticed(tmp_path: Path) -> None:
    canary = StillCanary("Invented", tmp_path / "canary.json")
    with closing(Guard(canary, Watch(tmp_path), settle=0.0)) as guard:

        def met(threads: float, stack: str = "a") -> tuple[Disturbance, ...]:
            def run() -> Block:
                return Block(calls=[1.0], wall=1.0, cpu=threads)

            return guard.block(run, stack=stack, process=os.getpid)[1].disturbances

        assert [met(threads) for threads in (1.9, 2.0, 1.95)] == [()] * 3
        assert met(1.2) == (Disturbance(kind="robbed", signal="threads", figure=1.2, usual=1.95),)
        assert met(1.2, stack="b") == ()
        assert met(1.8) == ()


SPINS = """
import sys, threading, time
def spin():
    end = time.perf_counter() + 0.15
    while time.perf_counter() < end:
        pass
for _ in sys.stdin:
    pool = threading.Thread(target=spin)
    pool.start()
    print(flush=True)
    pool.join()
"""


@linux
@pytest.mark.parametrize("kind", ["block", "once"])
def test_what_follows_waits_until_the_pool_that_was_woken_has_come_to_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """ONNX Runtime spins for 40 to 65 ms after its last call: the next stack would be timed beside it."""
    # A pool that must wait for a processor to end its spinning takes as long as others let it.
    monkeypatch.setattr(watch_module, "_RESTS_WITHIN", 60.0)
    command = [sys.executable, "-c", SPINS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        stdin, stdout = child.stdin, child.stdout

        def run() -> Block:
            stdin.write(b"\n")
            stdin.flush()
            stdout.readline()
            return Block(calls=[1.0], wall=1.0, cpu=1.0)

        watch = Watch()
        with closing(Guard(StillCanary("Invented", tmp_path / "canary.json"), watch, settle=0.01)) as guard:
            if kind == "block":
                guard.block(run, stack="a", process=lambda: child.pid)
            else:
                guard.once(run, process=lambda: child.pid)
            before = watch.glance()
            time.sleep(0.05)
            used = watch.glance().clocks[child.pid] - before.clocks[child.pid]
        stdin.close()
    assert used < 0.01


@linux
def test_a_process_that_never_rests_is_not_waited_for_without_end(hog: int) -> None:
    began = time.perf_counter()
    Watch().rest(hog, 0.01)
    assert 0.1 < time.perf_counter() - began < 60


@linux
def test_who_asks_does_not_keep_itself_from_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    # What reports to the main process runs when it likes.
    monkeypatch.setattr(Watch, "_tasks", lambda *_: [str(threading.get_native_id())])
    Watch().rest(os.getpid(), 0.01)
    assert slept == [0.01]


def test_where_threads_cannot_be_seen_a_rest_lasts_as_long_as_it_is_told(tmp_path: Path) -> None:
    began = time.perf_counter()
    Watch(tmp_path).rest(STRANGER, 0.02)
    assert time.perf_counter() - began >= 0.02
