"""Programs that recipes start: their output, their end, and nothing left of them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from probes import programs, replicas
from probes.channel import ProbeError


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_programs_run_at_the_same_time_and_are_read_in_order(tmp_path: Path) -> None:
    # Each waits for the other one's file: one after the other they would never end.
    script = (
        "import pathlib, sys, time; me, other = map(pathlib.Path, sys.argv[1:]); me.touch()\n"
        "while not other.exists(): time.sleep(0.01)\nprint(me.name)"
    )
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    assert programs.run([*python(script), first, second], [*python(script), second, first]) == ["first\n", "second\n"]


def test_the_environment_is_added_to() -> None:
    script = "import os; print(os.environ['PATH'] != '', os.environ['MORE'])"
    assert programs.run(python(script), environment={"MORE": "than before"}) == ["True than before\n"]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import sys; sys.exit('first\\nRuntimeError: no peer\\n====')", "exit 1: RuntimeError: no peer$"),
        ("import sys; sys.exit('only this')", "exit 1: only this$"),
        ("import os; os.abort()", "SIGABRT"),
    ],
)
def test_a_failure_is_said_with_the_line_that_names_it(script: str, says: str) -> None:
    with pytest.raises(ProbeError, match=says) as caught:
        programs.run(python("pass"), python(script))
    assert caught.value.outcome == "error"


def test_what_takes_too_long_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "PATIENCE", 1.0)
    before = set(psutil.Process().children(recursive=True))
    nested = f"import subprocess; subprocess.run({python('import time; time.sleep(60)')!r})"
    began = time.monotonic()
    with pytest.raises(ProbeError, match="was not done after 1 s"):
        programs.run(python(nested))
    assert time.monotonic() - began < 50
    _, alive = psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, timeout=60)
    assert not alive


def test_a_block_ends_its_program() -> None:
    with programs.started(python("import time; time.sleep(60)")) as program:
        assert program.poll() is None
    assert program.returncode == -9


def test_last_words_end_a_program() -> None:
    program = subprocess.Popen(
        python("import sys, time; sys.stderr.write('ValueError: odd\\nbye\\n'); sys.stderr.flush(); time.sleep(60)"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stderr is not None
    time.sleep(0.5)
    assert programs.last_words(program) == "SIGKILL: ValueError: odd"


def test_ports_are_free_and_different() -> None:
    ports = replicas.free_ports(3)
    assert len(set(ports)) == 3
    assert all(1024 <= port < 65536 for port in ports)


def test_replicas_that_take_other_steps_are_refuted(tmp_path: Path) -> None:
    case = replicas.task()
    moved = {name: array * 0.999 for name, array in case.weights.items()}
    alone = replicas.keep(moved, str(tmp_path), "alone")
    same = replicas.keep(moved, str(tmp_path), "same")
    other = replicas.keep({name: array * 0.998 for name, array in case.weights.items()}, str(tmp_path), "other")
    still = replicas.keep(case.weights, str(tmp_path), "still")
    assert replicas.same(alone, [same, same]).outcome == "proved"
    assert replicas.same(alone, [same, other]).outcome == "refuted"
    assert replicas.same(alone, [still]).outcome == "refuted"
    assert replicas.same(still, [still]).outcome == "refuted", "a training that moves nothing proves nothing"
    assert replicas.same(alone, [same], {"it also flies": False}).message == "it does not hold that it also flies"
