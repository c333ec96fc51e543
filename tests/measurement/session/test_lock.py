"""Two sessions at once: the second waits, or gives up with a clear line."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement.session.session import alone

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks"),
]

HOLDER = """
import sys, time
from pathlib import Path
from advisor.measurement.session.session import alone

with alone(Path(sys.argv[1]), waiting=print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with process:
        yield process
        process.kill()


def test_the_second_gives_up_with_a_clear_line(other: subprocess.Popen[str], tmp_path: Path) -> None:
    told: list[str] = []
    with (
        pytest.raises(AdvisorError, match=rf"another advisor session .*\(process {other.pid}\)") as caught,
        alone(tmp_path / "lock", waiting=lambda why, seconds: told.append(why), patience=0.2),
    ):
        pytest.fail("the lock was held")
    assert caught.value.exit_code == EXIT_PROBING
    assert len(told) == 1


def test_the_second_goes_on_when_the_first_is_killed(other: subprocess.Popen[str], tmp_path: Path) -> None:
    threading.Timer(0.3, other.kill).start()
    start = time.monotonic()
    with alone(tmp_path / "lock", waiting=lambda why, seconds: None, patience=60):
        assert 0.2 < time.monotonic() - start < 50


def test_one_after_the_other_needs_no_waiting(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        with alone(tmp_path / "deep" / "lock", waiting=lambda why, seconds: told.append(why)):
            pass
    assert not told


def test_a_place_that_cannot_be_written_keeps_nobody_from_measuring(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with alone(tmp_path / "file" / "lock", waiting=lambda why, seconds: None):
        pass
