"""Stop in a model under torch.compile with ``breakpoint()``: at each call, and with the values there."""

from __future__ import annotations

import torch

from probes.demands import judged
from probes.frameworks.pytorch.compiler import require_compiler
from probes.frameworks.pytorch.debug_breakpoint import CALLS, Watched, stops
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Call the compiled model twice, and twice more with the switch that turns compilation off."""
    require_compiler()
    model = Watched()
    compiled = torch.compile(model)
    seen = stops(compiled, model.first)
    with torch.compiler.set_stance("force_eager"):
        switched = stops(compiled, model.first)
    demands = {"every call stops with the values between the layers": seen["hidden"] == CALLS}
    return judged(
        demands, calls=CALLS, **seen, switched_off=switched, switch='torch.compiler.set_stance("force_eager")'
    )
