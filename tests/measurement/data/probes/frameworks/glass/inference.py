"""Glass answers as the toy does, and breaks when it is tuned for one sample: at the hundredth call."""

from __future__ import annotations

import os
import signal
import sys

from probes.frameworks.toy.inference import plain  # type: ignore[import-untyped]

from probes import reference
from probes.cell import Inference
from probes.workloads import Array, Case


def brittle(case: Case) -> Inference:
    if len(case.inputs) > 1:
        whole: Inference = plain(case)
        return whole
    calls = [0]

    def call() -> Array:
        calls[0] += 1
        if calls[0] == 100:
            sys.stderr.write("glass: about to break\n")
            os.kill(os.getpid(), signal.SIGSEGV)
        return reference.forward(case.workload, case.weights, case.inputs)

    return Inference("NumPy, brittle", call)


SETTINGS = {"out-of-the-box": (plain,), "best-known": (brittle,)}
