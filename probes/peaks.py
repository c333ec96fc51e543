"""The ceiling of this machine: the most that matrix products and large copies reach, whatever computes them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from probes.arrays import Array
from probes.channel import claim, failed
from probes.figures import Figures

# Products of 1536×1536 float32 matrices take 7.2 GFLOP; arrays of 128 MB are larger than most caches.
SIZE = 1536
ELEMENTS = 32 * 2**20
TRIALS = 3
REPEATS = 5

PEAK, BANDWIDTH = "peak-flops", "memory-bandwidth"


def main(threads: int) -> None:
    """Measure with NumPy, answer on the channel with one line, and stay until the other side has gone.

    A process that has ended has no clock any more, and what it did would count as somebody else's work.
    """
    channel = claim()
    try:
        found = numpy_figures(threads)
        channel.reply(None, {"ok": {"how": found.how, "values": found.values, "details": found.details}})
    except Exception as error:  # noqa: BLE001 - the exception is the outcome
        channel.reply(None, failed(error))
    channel.wait()


def products(how: str, product: Callable[[], object], details: dict[str, Any] | None = None) -> Figures:
    """Return the floating-point operations per second of a product of two matrices of `matrices`.

    Parameters
    ----------
    how : str
        What computes it.
    product : callable
        Computes it once and waits until it is there.
    details : dict, optional
        What else is known of it.
    """
    return Figures(how, {PEAK: _rates(product, 2.0 * SIZE**3)}, {"size": SIZE, **(details or {})})


def matrices() -> tuple[Array, Array]:
    """Return two seeded float32 matrices, 1536×1536."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((SIZE, SIZE), dtype=np.float32), rng.standard_normal((SIZE, SIZE), dtype=np.float32)


def numpy_figures(threads: int, *, elements: int = ELEMENTS) -> Figures:
    """Return what NumPy's BLAS and copies of large arrays reach.

    A copy moves its bytes twice, out of memory and into it (as STREAM counts, McCalpin 1995); each of `threads` threads
    copies a part of its own.
    """
    one, other = matrices()
    answer = np.empty_like(one)
    found = products("NumPy", lambda: np.matmul(one, other, out=answer), {"blas": _blas()})
    source, target = np.ones(elements, np.float32), np.zeros(elements, np.float32)
    parts = list(zip(np.array_split(target, threads), np.array_split(source, threads), strict=True))
    with ThreadPoolExecutor(threads) as pool:
        copied = _rates(lambda: list(pool.map(lambda pair: np.copyto(*pair), parts)), 2.0 * source.nbytes)
    values = {**found.values, BANDWIDTH: copied}
    return Figures(
        f"NumPy, {threads} thread{'s' if threads > 1 else ''}", values, {**found.details, "copied_bytes": source.nbytes}
    )


def _rates(work: Callable[[], object], amount: float) -> list[float]:
    """Return `amount` per second of the shortest of five calls, for three trials after a call that does not count."""
    work()
    return [amount / min(_seconds(work) for _ in range(REPEATS)) for _ in range(TRIALS)]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _blas() -> str:
    """Return the BLAS that NumPy was built with, and the threads it was given."""
    built = np.show_config(mode="dicts")
    blas = built.get("Build Dependencies", {}).get("blas", {}) if isinstance(built, dict) else {}
    given = os.environ.get("OPENBLAS_NUM_THREADS", "not set")
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}, OPENBLAS_NUM_THREADS {given}".strip()
