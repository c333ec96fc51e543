"""What a worker started is known by what it cannot shed, and nobody else's process is taken for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from advisor.measurement.worker import limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the limits of other processes")

# Each leaves a process behind that the shell, which is the worker here, does not wait for.
WAYS = {
    "a child": "sleep 600",
    "in a session of its own": "setsid sleep 600",
    "without its surroundings": "env -i setsid sleep 600",
    "another folder for its files": "TMPDIR=/elsewhere setsid sleep 600",
    "through a shell that ended": "env -i setsid sh -c 'sleep 600 & exec true'",
    "of a daemon of a daemon": "env -i setsid sh -c 'setsid sh -c \"setsid sleep 600 & exec true\" & exec true'",
    "with a lower soft limit": "sh -c 'ulimit -S -q 1000; exec env -i setsid sleep 600'",
}


def begun(folder: Path, session: Path, script: str) -> subprocess.Popen[bytes]:
    """Start a shell as a worker is started, marked before it does anything."""
    folder.mkdir(parents=True, exist_ok=True)
    worker = subprocess.Popen(
        ["bash", "-c", f"read; {script}"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder)}, start_new_session=True,
    )  # fmt: skip
    limits.mark_process(worker.pid, session, folder)
    worker.communicate(b"go\n")
    return worker


def sleeping(folder: Path) -> list[psutil.Process]:
    """Wait until a `sleep` of this folder's company runs, and return all of them."""
    for _ in range(3000):
        found = [each for each in limits.descendants(folder) if each.is_running() and each.name() == "sleep"]
        if found:
            return found
        time.sleep(0.02)
    return []


@pytest.fixture(autouse=True)
def no_sleeper_stays(tmp_path: Path) -> Iterator[None]:
    yield
    limits.end_descendants(tmp_path / "session")


@pytest.mark.parametrize("way", WAYS)
def test_whatever_a_worker_left_is_found_and_ended(tmp_path: Path, way: str) -> None:
    session = tmp_path / "session"
    begun(session / "recipe", session, f"{WAYS[way]} >/dev/null 2>&1 </dev/null &")
    (left,) = sleeping(session / "recipe")
    limits.end_descendants(session / "recipe")
    assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE
    assert not list(limits.descendants(session))


def test_a_session_ends_what_its_workers_left_and_no_other_recipe_does(tmp_path: Path) -> None:
    session = tmp_path / "session"
    begun(session / "one", session, "env -i setsid sleep 600 >/dev/null 2>&1 </dev/null &")
    assert sleeping(session / "one")
    limits.end_descendants(session / "two")
    (left,) = sleeping(session / "one")
    limits.end_descendants(session)
    assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE


def test_nobody_elses_process_is_company(tmp_path: Path) -> None:
    other = tmp_path / "other"
    begun(other, other, "env -i setsid sleep 600 >/dev/null 2>&1 </dev/null &")
    try:
        (theirs,) = sleeping(other)
        limits.end_descendants(tmp_path / "session")
        assert theirs.is_running()
    finally:
        limits.end_descendants(other)
    assert not list(limits.descendants(tmp_path / "session"))
