"""A batch of another size: what compiled for one shape may have to be compiled again."""

from __future__ import annotations

import time

from probes import reference
from probes.cell import Cell, Inference
from probes.channel import ProbeError
from probes.proof import LIMIT, relative_error
from probes.workloads import synthetic


def at_another(cell: Cell, workload: str, batch: int) -> tuple[float, float]:
    """Return the seconds of the first and of the second call on `batch` samples.

    Raises
    ------
    ProbeError
        ``not_applicable`` when the cell takes no other inputs, or several; ``error`` when its answer is wrong.
    """
    if not isinstance(cell, Inference) or cell.answer is None:
        raise ProbeError("not_applicable", "only the inputs of an inference can change their shape here")
    case = synthetic(workload, {"batch": batch})
    if len(case.feeds) > 1:
        raise ProbeError("not_applicable", "another batch is asked of networks with one input only")
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        answer = cell.answer(case.inputs)
        seconds.append(time.perf_counter() - start)
    error = relative_error(answer, reference.forward(workload, reference.as_float64(case.weights), case.inputs))
    if not error <= LIMIT:
        text = f"{cell.how}: logits of {batch} samples differ from the referee by {error:.3g} relative"
        raise ProbeError("error", f"{text}, more than {LIMIT:g}")
    return seconds[0], seconds[1]
