"""The ceiling of the machine: what the figures are made of."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from advisor import resources
from probes import peaks

pytestmark = pytest.mark.integration


def test_a_product_that_takes_ten_milliseconds_has_the_rate_of_that() -> None:
    found = peaks.products("a nap", lambda: time.sleep(0.01), {"blas": "none"})
    rates = found.values["peak-flops"]
    assert len(rates) == peaks.TRIALS
    assert all(0.3 * 2 * peaks.SIZE**3 / 0.01 < rate <= 2 * peaks.SIZE**3 / 0.01 for rate in rates)
    assert found.details == {"size": peaks.SIZE, "blas": "none"}


def test_the_matrices_are_the_same_every_time() -> None:
    for one, other in zip(peaks.matrices(), peaks.matrices(), strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == np.float32


def test_numpy_answers_with_one_line() -> None:
    command = [sys.executable, str(resources.probes()), "ceiling", "--threads", "1"]
    done = subprocess.run(command, input="", capture_output=True, text=True, timeout=300, check=True)
    found = json.loads(done.stdout)["ok"]
    assert all(1e8 < rate < 1e14 for rate in found["values"]["peak-flops"])
    assert all(1e7 < rate < 1e13 for rate in found["values"]["memory-bandwidth"])
    assert found["how"] == "NumPy, 1 thread"
    assert "blas" in found["details"]


def test_it_stays_until_its_clock_has_been_read() -> None:
    command = [sys.executable, str(resources.probes()), "ceiling", "--threads", "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline()
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(120) == 0
