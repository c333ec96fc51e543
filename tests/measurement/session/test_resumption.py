"""Sessions that are killed, and go on later: nothing accepted is lost, nothing is measured twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from advisor.errors import AdvisorError
from advisor.measurement.comparison import ENOUGH_PAIRS
from advisor.measurement.definitions import Definitions
from advisor.measurement.run import Run, load_run
from advisor.measurement.session import record
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.events import TaskStarted
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.session import InterruptedSessionError, measure
from advisor.measurement.store import Store
from tests.measurement.conftest import TOY

pytestmark = [pytest.mark.alone, pytest.mark.usefixtures("quiet")]

SESSION = """
import sys
from pathlib import Path
from advisor.measurement import definitions
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store

store = Store(Path(sys.argv[2]))
plan = make_plan(
    definitions=definitions.load(Path(sys.argv[1])), frameworks=["toy"], only=["mlp-inference", "route:*"],
    pace=Pace(0.001, 0.002, 0.02, 5, rounds=8, processes=2, runtime_processes=2),
)

measure(plan, store=store, threads=1, resume=next(iter(store.unfinished()), None))
"""


def started(runs: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SESSION, str(TOY), str(runs)], stderr=subprocess.PIPE)


def blocks(run: Run, *, accepted: bool) -> list[tuple[str, int, float]]:
    return [
        (str(each.key), block.round, block.median)
        for each in run.observations
        for block in each.rounds
        if block.accepted or not accepted
    ]


def test_a_killed_session_leaves_a_journal_with_every_block(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    session = started(store.folder)
    try:
        until = time.monotonic() + 240
        while time.monotonic() < until and session.poll() is None:
            journals = store.unfinished()
            if journals and journals[0].read_text().count('"kind":"block"') >= 5:
                break
            time.sleep(0.02)
        workers = psutil.Process(session.pid).children(recursive=True)
        os.kill(session.pid, signal.SIGKILL)
    finally:
        session.kill()
        session.communicate()
    (journal,) = store.unfinished()
    whole = journal.read_bytes().rpartition(b"\n")[0].count(b'"kind":"block"')
    run = record.rebuild(journal)
    assert not run.complete
    assert len(blocks(run, accepted=False)) == whole >= 5
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive, "the workers end when their session does"


def test_killed_again_and_again_nothing_accepted_is_lost_or_doubled(tmp_path: Path) -> None:
    store, moments = Store(tmp_path / "runs"), random.Random(5)
    known: list[tuple[str, int, float]] = []
    for _ in range(4):
        session = started(store.folder)
        time.sleep(moments.uniform(0.3, 4.0))
        session.kill()
        session.communicate()
        for journal in store.unfinished():
            found = blocks(record.rebuild(journal), accepted=True)
            assert set(known) <= set(found)
            known = found
        if any(run.complete for run in store.runs()):
            break  # it came to its end before it could be killed; another start would be another session
    else:
        last = started(store.folder)
        _, errors = last.communicate(timeout=300)
        assert last.returncode == 0, errors.decode()
    assert not store.unfinished()
    (run,) = store.runs()
    assert run.complete
    final = blocks(run, accepted=True)
    assert set(known) <= set(final)
    numbered = [(key, number) for key, number, _ in final]
    assert len(set(numbered)) == len(numbered)
    latencies = [each for each in run.observations if each.metric == "latency"]
    assert len(latencies) == 6
    for each in latencies:
        assert each.outcome == "measured"
        made = {block.round for block in each.rounds}
        assert made <= set(range(8))
        assert len(made) >= ENOUGH_PAIRS, "a group may stop when its pairs are decided, not before"


def test_an_interrupted_session_goes_on_to_its_end(toys: Definitions, brisk: Pace, tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    plan = make_plan(definitions=toys, frameworks=["toy"], only=["mlp-inference"], pace=brisk)

    def stop(event: object) -> None:
        if isinstance(event, TaskStarted) and "round 3" in event.title:
            raise KeyboardInterrupt

    with pytest.raises(InterruptedSessionError) as caught:
        measure(plan, store=store, threads=1, on_event=stop)
    half = caught.value.run
    (journal,) = store.unfinished()
    whole = measure(plan, store=store, threads=1, resume=journal)
    assert whole.id == half.id
    assert whole.complete
    assert not store.unfinished()
    assert load_run(store.path(whole.id)) == whole
    assert set(blocks(half, accepted=True)) <= set(blocks(whole, accepted=True))
    assert half.spent is not None
    assert whole.spent is not None
    assert whole.spent.total > half.spent.total * 0.9


def test_another_plan_or_other_threads_cannot_go_on(toys: Definitions, brisk: Pace, tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    plan = make_plan(definitions=toys, frameworks=["toy"], only=["mlp-inference"], pace=brisk)

    def stop(event: object) -> None:
        if isinstance(event, TaskStarted):
            raise KeyboardInterrupt

    with pytest.raises(InterruptedSessionError):
        measure(plan, store=store, threads=1, on_event=stop)
    (journal,) = store.unfinished()
    before = journal.read_bytes()
    with pytest.raises(AdvisorError, match="cannot be resumed: the number of threads is another now"):
        measure(plan, store=store, threads=2, resume=journal)
    other = make_plan(definitions=toys, frameworks=["toy"], only=["mlp-training"], pace=brisk)
    with pytest.raises(AdvisorError, match="cannot be resumed: the plan is another now"):
        measure(other, store=store, threads=1, resume=journal)
    assert journal.read_bytes() == before


def test_a_request_to_end_keeps_what_is_there(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    session = started(store.folder)
    until = time.monotonic() + 240
    while time.monotonic() < until and not any('"kind":"block"' in each.read_text() for each in store.unfinished()):
        time.sleep(0.02)
    session.terminate()
    _, errors = session.communicate(timeout=120)
    assert b"interrupted: what was measured so far" in errors
    (run,) = store.runs()
    assert not run.complete
    assert blocks(run, accepted=False)
