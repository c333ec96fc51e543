"""The toy probes, and sessions of a few seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.measurement import definitions
from advisor.measurement.definitions import Definitions
from advisor.measurement.plan import Pace

TOY = Path(__file__).parent / "data" / "probes"


@pytest.fixture(scope="session")
def toys() -> Definitions:
    return definitions.load(TOY)


@pytest.fixture(scope="session")
def brisk() -> Pace:
    """Blocks of a few milliseconds, two processes per framework."""
    return Pace(settle=0.001, lead_in=0.002, seconds=0.01, minimum_calls=5, rounds=4, processes=2, runtime_processes=2)
