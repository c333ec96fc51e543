"""Two alternatives: the first process finds `early` the faster one; from the second process on `late` is."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from probes import reference
from probes.cell import Inference
from probes.workloads import Array, Case

# Far apart: on a busy machine the rest of a call takes milliseconds, too.
SHORT, LONG = 0.001, 0.016
_FIRST = Path(tempfile.gettempdir(), "the-first-was-here")
_IS_FIRST = not _FIRST.exists()
_FIRST.touch()


def early(case: Case) -> Inference:
    return _after("early", case, SHORT if _IS_FIRST else LONG)


def late(case: Case) -> Inference:
    return _after("late", case, LONG if _IS_FIRST else SHORT)


def _after(how: str, case: Case, seconds: float) -> Inference:
    def call() -> Array:
        time.sleep(seconds)
        return reference.forward(case.workload, case.weights, case.inputs)

    return Inference(how, call)


SETTINGS = {"best-known": (early, late)}
