"""How much code a task takes: a stand-in for how long it takes to learn, counted on code that was just seen to work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from probes import source
from probes.demands import judged
from probes.proof import Proof
from probes.workloads import Array

FEATURES, CLASSES, SAMPLES = 64, 10, 512
ENOUGH = 0.95

Code = Callable[..., Any]


def data() -> tuple[Array, Array]:
    """Return samples (float32) and labels (int64) of classes that lie well apart: whatever works learns them."""
    rng = np.random.default_rng(0)
    labels = np.arange(SAMPLES) % CLASSES
    centres = rng.standard_normal((CLASSES, FEATURES), dtype=np.float32)
    return centres[labels] + rng.standard_normal((SAMPLES, FEATURES), dtype=np.float32) / 4, labels


def counted(
    tasks: Mapping[str, tuple[Code, ...]], accuracies: Mapping[str, float], *, train: Code, watch: Code
) -> Proof:
    """Return the counts of the code of each task.

    Parameters
    ----------
    tasks : mapping of str to tuple of functions and classes
        What a user would write, imports left out; the names of the tasks are those of the figures.
    accuracies : mapping of str to float
        Of the models that this code defined, trained, saved, loaded and exported; what does not work is not counted.
    train, watch : function
        The same training, without and with its loss and weights written for TensorBoard; ``visualize`` has the number
        of lines that tell them apart.
    """
    counts: dict[str, dict[str, int]] = {
        task: {
            "tokens": source.tokens_of(*code),
            "names": source.names_of(*code),
            "lines": len(source.lines_of(*code)),
        }
        for task, code in tasks.items()
    }
    counts["visualize"] = {"lines": source.changed_lines(train, watch)}
    works = {f"the code that is counted works ({name})": each >= ENOUGH for name, each in accuracies.items()}
    return judged(works, **counts, accuracies=dict(accuracies), stands_for="the effort of learning")
