"""What the probes call an array, and a network's weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Weights = Mapping[str, Array]


def float_type(weights: Weights) -> np.dtype[Any]:
    """Return the dtype of the weights, in which everything is computed."""
    return next(iter(weights.values())).dtype
