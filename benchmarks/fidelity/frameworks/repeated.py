"""A cell that does another cell's work several times in one call: eleven times is 10 % slower than ten times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from probes.cell import Inference
from probes.workloads import Array, Case

PLAIN, TENTH_SLOWER, FIFTH_SLOWER = 10, 11, 12


def repeated(build: Callable[[Case], Inference], times: int) -> Callable[[Case], Inference]:
    """Return a builder whose cell calls that of `build` so many `times`."""

    def builder(case: Case) -> Inference:
        found = build(case)

        def call() -> Array:
            for _ in range(times - 1):
                found.call()
            return found.call()

        return replace(found, how=f"{found.how}, {times} times in a row", call=call)

    builder.__name__ = f"times_{times}"
    return builder
