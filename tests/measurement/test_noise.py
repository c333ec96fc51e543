"""The signals of other work, against loads that the tests make themselves."""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from advisor.measurement.canary import LIMIT, SHORT, Canary
from advisor.measurement.guard import Guard
from advisor.measurement.noise import AVAILABLE, Foreign, Watch

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


def seen(watch: Watch, measured: int, seconds: float = 0.3) -> Foreign:
    before = watch.glance()
    time.sleep(seconds)
    return watch.between(before, watch.glance(), measured)


@linux
def test_another_process_is_seen_on_the_clocks(hog: int) -> None:
    watch = Watch()
    assert set(watch.signals.values()) == {AVAILABLE}
    foreign = seen(watch, measured=STRANGER)
    assert foreign.visible is not None
    # On a machine with other load the hog does not get a whole core, but far more than the limit.
    assert foreign.visible > 0.2 * foreign.wall
    assert "other processes took" in (watch.objection(foreign) or "")


def test_one_tick_of_the_system_s_own_work_disturbs_no_block() -> None:
    watch = Watch()
    assert watch.objection(Foreign(wall=0.15, visible=0.0055, hidden=None)) is None
    assert "10% of a processor" in (watch.objection(Foreign(wall=0.15, visible=0.015, hidden=None)) or "")


@linux
def test_the_measured_process_and_its_children_are_no_strangers(hog: int) -> None:
    before = psutil.Process(hog).cpu_times()
    with_hog = seen(Watch(), measured=hog)
    after = psutil.Process(hog).cpu_times()
    used = after.user + after.system - before.user - before.system
    assert with_hog.visible is not None
    assert used > 0.03
    without = seen(Watch(), measured=STRANGER)
    assert without.visible is not None
    assert with_hog.visible < without.visible


@linux
def test_what_descends_from_the_measured_process_is_its_own_in_another_session_too(hog: int) -> None:
    # The hog leads a session of its own, and this process is its parent.
    own, foreign = seen(Watch(), measured=os.getpid()), seen(Watch(), measured=STRANGER)
    assert own.visible is not None
    assert foreign.visible is not None
    assert own.visible < foreign.visible
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
        told(tick)  # one second of work by children that are gone
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
    before = watch.glance()
    time.sleep(0.5)
    (proc / "stat").write_text(stat.format(cpu=cpu, idle=1020))
    foreign = watch.between(before, watch.glance(), os.getpid())
    # Of all the processors' time only 0.2 s were idle, and this process slept.
    expected = foreign.wall * len(os.sched_getaffinity(0)) - 0.2
    assert foreign.hidden == pytest.approx(expected, abs=0.05)
    assert "not visible here took" in (watch.objection(foreign) or "")
    quiet = Foreign(wall=1.0, visible=0.0, hidden=0.1)
    assert watch.objection(quiet) is None
    assert "not visible here took" in (watch.objection(Foreign(1.0, 0.0, 100.0)) or "")


def test_a_system_without_proc_goes_on(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    assert all(text.startswith("not available") for text in watch.signals.values())
    foreign = seen(watch, os.getpid(), seconds=0.01)
    assert (foreign.visible, foreign.hidden) == (None, None)
    assert watch.objection(foreign) is None


two_cores = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="the canary needs two cores"
)


@two_cores
def test_the_canary_measures_a_bounce_and_remembers_how_short_it_was(tmp_path: Path) -> None:
    memory = tmp_path / "canary.json"
    with closing(Canary("Invented", memory)) as canary:
        assert canary.missing is None
        found = [canary.bounce() for _ in range(20)]
        finite = [each for each in found if each is not None and math.isfinite(each)]
        assert finite
        assert 20 < min(finite) < 100_000
        assert min(finite) <= canary.lowest == sorted(finite)[int(SHORT * len(finite))]
    assert [each["lowest"] for each in json.loads(memory.read_text()).values()] == [canary.lowest]
    with closing(Canary("Invented", memory)) as again:
        assert again.lowest == canary.lowest
    with closing(Canary("Another processor", memory)) as other:
        assert other.lowest == math.inf


def test_one_bounce_that_is_shorter_than_all_others_condemns_no_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [*([400.0, 330.0, 450.0] * 10), 250.0, 440.0]
    with answering(tmp_path / "canary.json", answers, monkeypatch) as canary:
        assert canary.lowest == 330.0
        assert canary.objection(440.0) is None
        assert "further apart" in (canary.objection(680.0) or "")


@contextmanager
def answering(memory: Path, answers: Sequence[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    """Give a canary whose processes have told these bounces."""
    with closing(Canary("Invented", memory)) as canary:
        canary._stop()
        fake = SimpleNamespace(stdin=io.BytesIO(), stdout=io.BytesIO("".join(f"{a}\n" for a in answers).encode()))
        monkeypatch.setattr(canary, "_process", fake)
        for _ in answers:
            canary.bounce()
        monkeypatch.setattr(canary, "_process", None)
        yield canary


@pytest.mark.parametrize(
    ("bounces", "lowest", "seen"),
    [
        # As close as ever, a little less, a little more: what was known is confirmed, or becomes shorter.
        (230.0, 230.0, "2026-11-21"), (220.0, 220.0, "2026-11-21"), (300.0, 230.0, "2026-11-21"),
        # Far apart: the host may move them back, so it is not forgotten, and not taken for confirmed.
        (360.0, 230.0, "2026-11-15"),
    ],
)  # fmt: skip
def test_a_session_that_saw_the_cores_as_close_confirms_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounces: float, lowest: float, seen: str
) -> None:
    memory = tmp_path / "canary.json"
    on(monkeypatch, "2026-11-15")
    with answering(memory, [230.0] * 20, monkeypatch):
        pass
    on(monkeypatch, "2026-11-21")
    with answering(memory, [bounces] * 20, monkeypatch) as canary:
        assert canary.lowest == lowest
        assert (canary.objection(bounces) is None) == (bounces <= 300)
    assert list(json.loads(memory.read_text()).values()) == [{"lowest": lowest, "seen": seen}]


def test_cores_that_were_not_close_for_a_week_are_measured_against_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "canary.json"
    on(monkeypatch, "2026-11-14")
    with answering(memory, [230.0] * 20, monkeypatch):
        pass
    on(monkeypatch, "2026-11-21")
    with answering(memory, [360.0] * 20, monkeypatch) as canary:
        assert canary.lowest == 360.0
        assert canary.objection(360.0) is None
    assert list(json.loads(memory.read_text()).values()) == [{"lowest": 360.0, "seen": "2026-11-21"}]


def on(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Have the canary live on this day."""
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    monkeypatch.setattr("advisor.measurement.canary.datetime", SimpleNamespace(now=lambda _: now))


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


@two_cores
def test_the_canary_sleeps_between_bounces_and_leaves_nothing(tmp_path: Path) -> None:
    before = set(psutil.Process().children(recursive=True))
    canary = Canary("Invented", tmp_path / "canary.json")
    canary.bounce()
    mine = set(psutil.Process().children(recursive=True)) - before
    assert len(mine) == 2
    used = [each.cpu_times() for each in mine]
    time.sleep(0.3)
    later = [each.cpu_times() for each in mine]
    assert sum(b.user + b.system - a.user - a.system for a, b in zip(used, later, strict=True)) < 0.03
    canary.close()
    _, alive = psutil.wait_procs(mine, timeout=3)
    assert not alive
    assert canary.bounce() is None


def test_a_canary_far_above_the_lowest_objects(tmp_path: Path) -> None:
    with closing(Canary("Invented", tmp_path / "canary.json")) as canary:
        canary.lowest = 400.0
        assert canary.objection(400.0, 400.0 * LIMIT) is None
        assert "further apart than usual: 680 ns" in (canary.objection(400.0, 680.0) or "")
        assert "not free" in (canary.objection(400.0, math.inf) or "")
        assert canary.objection(None, None) is None


@pytest.mark.parametrize("text", ["[1, 2", "[1, 2]", '{"a": 227.0}', '{"a": {"lowest": 227.0}}', '{"a": {"seen": 1}}'])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, text: str) -> None:
    (tmp_path / "canary.json").write_text(text)
    with closing(Canary("Invented", tmp_path / "canary.json")) as canary:
        assert canary.lowest == math.inf


class StillCanary(Canary):
    """A canary that is silent: what a machine without one has."""

    def bounce(self) -> float | None:
        return None


def test_a_stack_that_had_less_of_the_processors_than_usual_is_noticed(tmp_path: Path) -> None:
    canary = StillCanary("Invented", tmp_path / "canary.json")
    with closing(Guard(canary, Watch(tmp_path), settle=0.0)) as guard:

        def objection(threads: float, stack: str = "a") -> str | None:
            def run() -> Mapping[str, Any]:
                return {"wall": 1.0, "cpu": threads}

            return guard.block(run, stack=stack, process=os.getpid)[1].objection

        assert [objection(threads) for threads in (1.9, 2.0, 1.95)] == [None] * 3
        assert objection(1.2) == "1.20 effective threads, 1.95 as a rule"
        assert objection(1.2, stack="b") is None
        assert objection(1.8) is None
