"""The whole of `make test` can be run where nothing gets out: what tries is counted, whoever it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sealed

ROOT = Path(__file__).parents[1]


def isolated(*command: str) -> subprocess.CompletedProcess[str]:
    if not sealed.namespaces() or os.geteuid() != 0:
        pytest.skip("no namespaces can be made here")
    return subprocess.run(
        [sys.executable, "-m", "tests.isolated", "--", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_command_that_stays_here_keeps_its_code() -> None:
    done = isolated("sh", "-c", "exit 3")
    assert done.returncode == 3, done.stderr
    assert "Packets without a way out: 0 (IPv4)" in done.stdout


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (
            "import socket, contextlib\nwith contextlib.suppress(OSError): socket.getaddrinfo('a.example', 1)",
            "out: 1 (",
        ),
        ("import pathlib; (pathlib.Path.home() / 'id').touch()", "  home/id"),
        ("import tempfile; tempfile.mkstemp(prefix='left')", "  tmp/left"),
    ],
    ids=["looks up", "writes at home", "leaves a temporary file"],
)
def test_what_gets_out_or_stays_behind_fails_a_command_that_says_nothing(what: str, told: str) -> None:
    done = isolated(sys.executable, "-c", what)
    assert done.returncode == 1, done.stderr
    assert told in done.stdout
