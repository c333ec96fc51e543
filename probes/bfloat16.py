"""Whether numbers were really computed in bfloat16: its eight bits of precision show in every float32 made from it."""

from __future__ import annotations

import numpy as np

from probes.workloads import Array

# The unit roundoff is 2⁻⁸ = 0.4 %. The networks have four layers, and the roundings of a sum cancel in part; a wrong
# layout, a lost bias or float8 would be off by tens of per cent.
LIMIT = 0.03


def on_grid(array: Array) -> bool:
    """Tell whether every float32 of `array` is a bfloat16: the lower 16 bits are zero, and it is not all zeros."""
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32)
    return bool(bits.any() and not (bits & 0xFFFF).any())
