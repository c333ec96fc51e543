"""What somebody sees who writes ``breakpoint()`` into a model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from probes.proof import LIMIT, relative_error
from probes.workloads import Array


def watch(
    call: Callable[[], object], value: Callable[[object], Array | None], expected: Mapping[str, Array]
) -> dict[str, int]:
    """Run `call` with a hook in place of the debugger, and count what it finds at each stop.

    Parameters
    ----------
    call : callable
        Runs the model as often as it likes.
    value : callable
        Returns the numbers in a local variable, or None when it has none to show.
    expected : mapping of str to array
        What the variables of the source hold when the model runs.

    Returns
    -------
    dict
        ``stops``, and for each variable the number of stops at which some local holds its numbers, under any name.
    """
    seen = {"stops": 0, **dict.fromkeys(expected, 0)}

    def hook(*_: object, **__: object) -> None:
        values = [value(local) for local in sys._getframe(1).f_locals.values()]
        seen["stops"] += 1
        for name, array in expected.items():
            seen[name] += any(got is not None and relative_error(got, array) <= LIMIT for got in values)

    before, sys.breakpointhook = sys.breakpointhook, hook
    try:
        call()
    finally:
        sys.breakpointhook = before
    return seen
