"""The toy probes, and sessions of a few seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.measurement import definitions
from advisor.measurement.definitions import Definitions
from advisor.measurement.noise.canary import Canary
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.watch import Watch
from advisor.measurement.session.effort import Pace

TOY = Path(__file__).parent / "data" / "probes"


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what sessions remember of this host out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADVISOR_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def toys() -> Definitions:
    return definitions.load(TOY)


@pytest.fixture(scope="session")
def brisk() -> Pace:
    """Blocks of a few milliseconds, two processes per framework."""
    return Pace(settle=0.001, lead_in=0.002, seconds=0.01, minimum_calls=5, rounds=6, processes=2, runtime_processes=2)


@pytest.fixture(scope="module")
def quiet() -> Iterator[None]:
    """Let no block be objected to: what is tested is not how busy the machine is that runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watch, "disturbances", lambda *_, **__: ())
        patch.setattr(Canary, "disturbances", lambda *_: ())
        patch.setattr(Guard, "_idle_threads", lambda *_: ())
        yield
