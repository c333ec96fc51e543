"""Forks of a process that has imported a framework: as fresh as a process that was started, and without a network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import sealed
from tests.probes.fork_server import WORKS, ForkServer
from tests.probes.recipes import need

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.skipif(not WORKS, reason="no forks after an import on this system"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    need("torch")
    started = ForkServer("pytorch", tmp_path_factory.mktemp("server"), os.environ)
    yield started
    started.close()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import sys; sys.exit(3)", 3),
        ("raise ValueError", 1),
        ("import os; os.kill(os.getpid(), 9)", -9),
        ("import sys, torch; assert 'probes' not in sys.modules; assert sys.argv == ['-c', 'more']", 0),
        ("import os; assert os.environ == {'ONLY': 'this'}", 0),
        ("import torch; assert torch.ones(3).sum() == 3; from probes import channel", 0),
    ],
)
def test_a_fork_is_as_a_process_that_was_started(server: ForkServer, script: str, code: int) -> None:
    forked = server.start(["-c", script, "more"], {"ONLY": "this"})
    forked.communicate(timeout=60)
    assert forked.wait() == code


def test_what_a_fork_prints_is_read_and_nothing_of_it_stays(server: ForkServer, tmp_path: Path) -> None:
    script = "import builtins; print(getattr(builtins, 'left', 'fresh'), flush=True); builtins.left = 'left'; input()"
    for _ in range(2):
        forked = server.start(["-c", script], os.environ)
        assert forked.stdout.readline() == "fresh\n"
        forked.communicate(timeout=60)


def test_what_reaches_out_is_counted(server: ForkServer) -> None:
    if not sealed.namespaces():
        pytest.skip("no network namespace can be made here")
    assert not server.reached()
    server.start(["-c", "import socket; socket.getaddrinfo('collector.example', 443)"], os.environ).wait()
    assert server.reached()
