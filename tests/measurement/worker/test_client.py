"""The worker client against real processes that misbehave."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pydantic import ConfigDict

from advisor.measurement.worker.answers import Answer, WorkerDiedError, WorkerError, WorkerLostError, WorkerSilentError
from advisor.measurement.worker.client import STDERR_LINES, Worker
from advisor.measurement.worker.environment import THREADS, surroundings
from advisor.measurement.worker.protocol import Command

pytestmark = pytest.mark.alone

SCRIPT = Path(__file__).parent.parent / "data" / "misbehaving.py"
LIMIT = 60.0


class Told(Answer):
    """Whatever the script answers."""

    model_config = ConfigDict(extra="allow")

    @property
    def told(self) -> dict[str, Any]:
        return self.model_extra or {}


class Do(Command[Told]):
    """Whatever the script does."""

    model_config = ConfigDict(extra="allow")


def do(name: str, **fields: object) -> Do:
    return Do.model_validate({"do": name, **fields})


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with Worker([sys.executable, str(SCRIPT)], env=surroundings(threads=1, scratch=tmp_path), name="the worker") as one:
        yield one


def gone(pid: int) -> bool:
    """Wait up to two seconds until a process is no more (or only waits to be reaped by someone else)."""
    for _ in range(100):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_a_command_is_answered(worker: Worker) -> None:
    reply = worker.ask(do("echo", text="ä", number=1.5), limit=LIMIT)
    assert reply.told["got"] == {"id": 1, "do": "echo", "text": "ä", "number": 1.5}


def test_a_refusal_carries_outcome_message_and_place(worker: Worker) -> None:
    with pytest.raises(WorkerError, match="no such operator") as caught:
        worker.ask(do("refuse"), limit=LIMIT)
    assert (caught.value.outcome, caught.value.where) == ("not_supported", "export.py:3")
    assert not isinstance(caught.value, WorkerLostError)
    assert worker.ask(do("echo"), limit=LIMIT)


def test_two_workers_work_at_the_same_time(worker: Worker, tmp_path: Path) -> None:
    with Worker([sys.executable, str(SCRIPT)], env=surroundings(threads=1, scratch=tmp_path), name="other") as other:
        for each in (worker, other):
            each.ask(do("echo"), limit=LIMIT)
        pending = [(each, each.send(do("sleep", seconds=1.5))) for each in (worker, other)]
        slept = [each.collect(sent, limit=LIMIT).told["slept"] for each, sent in pending]
        assert max(began for began, _ in slept) < min(ended for _, ended in slept)


def test_polling_gives_nothing_until_the_answer_is_there(worker: Worker) -> None:
    worker.ask(do("echo"), limit=LIMIT)
    pending = worker.send(do("sleep", seconds=0.3))
    assert worker.poll(pending, timeout=0.05) is None
    assert worker.collect(pending, limit=LIMIT)


def test_a_signal_is_named_with_the_last_words(worker: Worker) -> None:
    with pytest.raises(WorkerDiedError, match=r"the worker died at 'segfault': signal SIGSEGV\n.*\nbefore the end"):
        worker.ask(do("segfault"), limit=LIMIT)


def test_an_exit_status_is_named(worker: Worker) -> None:
    with pytest.raises(WorkerDiedError, match="died at 'leave': exit status 3"):
        worker.ask(do("leave"), limit=LIMIT)
    with pytest.raises(WorkerLostError):
        worker.ask(do("echo"), limit=LIMIT)


def test_a_worker_that_hangs_is_killed_in_time(worker: Worker) -> None:
    start = time.perf_counter()
    with pytest.raises(WorkerSilentError, match=r"no answer to 'hang' within 0\.5 s"):
        worker.ask(do("hang"), limit=0.5)
    assert time.perf_counter() - start < 60
    assert gone(worker.pid)


def test_a_closed_channel_is_told_from_a_death(worker: Worker) -> None:
    with pytest.raises(WorkerSilentError, match="closed its channel before it answered 'close'"):
        worker.ask(do("close"), limit=LIMIT)
    assert gone(worker.pid)


def test_garbage_before_the_answer_is_passed_over(worker: Worker) -> None:
    assert worker.ask(do("garbage"), limit=LIMIT)


def test_garbage_instead_of_an_answer_is_shown(worker: Worker) -> None:
    with pytest.raises(WorkerSilentError, match=r"no answers on its channel(.|\n)*'no reply'"):
        worker.ask(do("only-garbage"), limit=LIMIT)


def test_half_an_answer_is_no_answer(worker: Worker) -> None:
    with pytest.raises(WorkerDiedError, match=r"exit status 0(.|\n)*'\{\"id\":'"):
        worker.ask(do("half"), limit=LIMIT)


def test_ten_megabytes_on_stderr_neither_block_nor_pile_up(worker: Worker) -> None:
    assert worker.ask(do("noise"), limit=LIMIT)
    with pytest.raises(WorkerDiedError):
        worker.ask(do("leave"), limit=LIMIT)
    assert len(worker.last_words) == STDERR_LINES
    assert worker.last_words[-1].startswith("line 99999 ")


def test_a_line_without_end_on_stderr_is_cut(worker: Worker) -> None:
    with pytest.raises(WorkerDiedError, match="SIGABRT"):
        worker.ask(do("one-long-line"), limit=LIMIT)
    assert sum(map(len, worker.last_words)) < 10_000


def test_closing_ends_the_children_too(worker: Worker) -> None:
    child = worker.ask(do("breed"), limit=LIMIT).told["child"]
    worker.close()
    assert gone(child)
    assert gone(worker.pid)
    worker.close()


def test_a_program_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WorkerDiedError, match="nowhere could not be started: /nowhere/python: No such file"):
        Worker(["/nowhere/python"], env={}, name="nowhere")


def test_a_worker_sees_no_secret_and_the_threads_it_may_use(worker: Worker, tmp_path: Path) -> None:
    ambient = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "API_TOKEN": "secret",
        "PYTHONPATH": "/mine",
        "OMP_NUM_THREADS": "64",
    }
    env = surroundings(threads=3, scratch=tmp_path, ambient=ambient)
    assert (env["PATH"], env["HOME"], env["TMPDIR"]) == ("/bin", str(tmp_path / "home"), str(tmp_path))
    assert {env[name] for name in THREADS} == {"3"}
    assert not {"API_TOKEN", "PYTHONPATH"} & env.keys()
    seen = worker.ask(do("environment"), limit=LIMIT).told
    assert seen["OMP_NUM_THREADS"] == "1"
