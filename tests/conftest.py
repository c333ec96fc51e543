"""Two test processes side by side: what belongs together stays together, and what measures has the machine to itself.

``make test`` runs with ``-n 2``. A file's tests go to one process, so that its module's fixtures are made once; the
slow kinds begin first. Tests marked ``alone`` take times or count other people's work: while they run, the other
process waits. Without ``-n`` all of this does nothing.

Hypothesis has no deadlines: a busy machine is no failure.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from advisor import optouts
from advisor.measurement import networks
from tests.budget import Budget

if os.name == "posix":
    import fcntl

SLOW = ("alone", "install", "frameworks", "browser", "integration")
_HELD: list[int] = []

# What the tests start without a session, too, sends nothing.
os.environ.update(optouts.variables())
# npm keeps no logs in the home of who runs the tests.
os.environ.setdefault("NPM_CONFIG_LOGS_MAX", "0")
# A test-only package imports matplotlib, which keeps a list of fonts: here, and not there.
os.environ.setdefault("MPLCONFIGDIR", str(Path(__file__).parents[1] / ".pytest_cache" / "matplotlib"))
# As does Keras with its settings.
os.environ.setdefault("KERAS_HOME", str(Path(__file__).parents[1] / ".pytest_cache" / "keras"))

settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


def pytest_configure(config: pytest.Config) -> None:
    """Count what the tests cost, and forget the width of the terminal that started them: no test is about that one."""
    config.pluginmanager.register(Budget(config), "budget")
    if hasattr(config, "workerinput"):
        os.environ.pop("COLUMNS", None)
    # What the tests compute in this process finds the networks as a worker does.
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    os.environ[networks.VARIABLE] = str(networks.hand_over(Path(folder.name)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what runs sessions or looks at a built site, group the tests, and let the slow groups begin."""
    for item in items:
        if item.get_closest_marker("alone") or _fixtures(item) & {"quiet", "site"}:
            item.add_marker(pytest.mark.integration)
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue
        name = (
            "alone"
            if item.get_closest_marker("alone")
            else "site"
            if "site" in _fixtures(item)
            else item.nodeid.split("::")[0]
        )
        item.add_marker(pytest.mark.xdist_group(name))
    ranks: dict[str, int] = {}
    for item in items:
        ranks[_group(item)] = min(ranks.get(_group(item), len(SLOW)), _rank(item))
    items.sort(key=lambda item: ranks[_group(item)])


def _fixtures(item: pytest.Item) -> set[str]:
    return {*getattr(item, "fixturenames", ())}


def _group(item: pytest.Item) -> str:
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else ""


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, name in enumerate(SLOW) if item.get_closest_marker(name)), len(SLOW))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Hold the machine for as long as tests marked ``alone`` follow each other; share it otherwise."""
    if not hasattr(item.config, "workerinput") or os.name != "posix":
        return (yield)
    alone = item.get_closest_marker("alone") is not None
    if not _HELD:
        _HELD.append(_machine(Path(item.config.getoption("basetemp")).parent, alone=alone))
    try:
        return (yield)
    finally:
        if not alone or nextitem is None or not nextitem.get_closest_marker("alone"):
            os.close(_HELD.pop())


def _machine(folder: Path, *, alone: bool) -> int:
    # Whoever waits for the machine holds the door meanwhile, or a stream of other tests would never let it in.
    door, machine = (os.open(folder / name, os.O_RDWR | os.O_CREAT) for name in ("door.lock", "machine.lock"))
    fcntl.flock(door, fcntl.LOCK_EX)
    fcntl.flock(machine, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    os.close(door)
    return machine
