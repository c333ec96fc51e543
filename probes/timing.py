"""Timing one block of calls: settle, lead in, then a span bounded by time and not by calls."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from typing import Any, TypeVar

from probes import energy

MOST_CALLS = 2000
T = TypeVar("T")


def block(
    call: Callable[[], object],
    *,
    settle: float = 0.01,
    lead_in: float = 0.1,
    seconds: float = 0.1,
    minimum_calls: int = 5,
) -> dict[str, Any]:
    """Run one block and return what was seen.

    Parameters
    ----------
    call : callable
        Does the work once and materialises its result.
    settle : float
        Seconds of sleep first: thread pools that spin after their last work come to rest.
    lead_in : float
        Seconds of untimed calls: after a pause the first calls are slower than the steady state.
    seconds : float
        Timed calls start until this many seconds have passed …
    minimum_calls : int
        … and until this many calls were made.

    Returns
    -------
    dict
        ``wall`` and ``cpu`` (seconds over the timed span; ``cpu`` of all threads of the process), ``nivcsw``
        (involuntary context switches), ``energy`` (joules of the whole processor, where it tells), ``calls`` (seconds
        of each call, in order), ``count`` (how many calls there were; ``calls`` holds at most 2000 of them, evenly
        taken).
    """
    time.sleep(settle)
    end = time.perf_counter() + lead_in
    while time.perf_counter() < end:
        call()
    calls: list[float] = []
    collecting = gc.isenabled()
    gc.disable()
    try:
        counted = energy.counters()
        switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
        cpu = time.process_time()
        start = now = time.perf_counter()
        end = start + seconds
        while now < end or len(calls) < minimum_calls:
            call()
            after = time.perf_counter()
            calls.append(after - now)
            now = after
        wall = now - start
        cpu = time.process_time() - cpu
        switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw - switches
        taken = energy.joules(counted, energy.counters())
    finally:
        if collecting:
            gc.enable()
    found = {"wall": wall, "cpu": cpu, "nivcsw": switches, "calls": thinned(calls), "count": len(calls)}
    return found if taken is None else found | {"energy": taken}


def thinned(values: list[T], most: int = MOST_CALLS) -> list[T]:
    """Return at most `most` of `values`, evenly spaced and in order."""
    if len(values) <= most:
        return values
    return [values[index * len(values) // most] for index in range(most)]
