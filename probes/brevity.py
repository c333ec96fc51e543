"""How much code a task takes: a stand-in for how long it takes to learn, counted on code that was just seen to work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from probes import source
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array

FEATURES, CLASSES, SAMPLES = 64, 10, 512
ENOUGH = 0.95


def data() -> tuple[Array, Array]:
    """Return samples (float32) and labels (int64) of classes that lie well apart: whatever works learns them."""
    rng = np.random.default_rng(0)
    labels = np.arange(SAMPLES) % CLASSES
    centres = rng.standard_normal((CLASSES, FEATURES), dtype=np.float32)
    return centres[labels] + rng.standard_normal((SAMPLES, FEATURES), dtype=np.float32) / 4, labels


def counted(task: str, code: tuple[Callable[..., Any], ...], accuracy: float) -> Proof:
    """Return the counts of `code`, functions and classes that do `task`.

    Parameters
    ----------
    task : str
        ``"define"``, ``"train"`` …
    code : tuple
        What a user would write, imports left out.
    accuracy : float
        Of the model after the task was done with this code; what does not work is not counted.
    """
    figures = {"tokens": source.tokens_of(*code), "names": source.names_of(*code), "lines": len(source.lines_of(*code))}
    works = {"the code that is counted works": accuracy >= ENOUGH}
    return judged(works, task=task, **figures, accuracy=accuracy, stands_for="the effort of learning")
