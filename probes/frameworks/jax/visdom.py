"""Write curve, histogram, image, text, sound and heat map for Visdom from JAX, and read its offline log back."""

from __future__ import annotations

from pathlib import Path

import jax.numpy as jnp
import numpy as np

from probes import visdom_log
from probes.demands import judged
from probes.frameworks.jax import models
from probes.proof import Proof
from probes.source import lines_of
from probes.workloads import Case

CURVE = {0: 2.5, 1: 1.25, 2: 0.625}


def run(case: Case) -> Proof:
    """Write one item of each kind offline, and read the log that a server would replay."""
    log = case.folder / "events.log"
    write(case, log)
    kinds, curve = visdom_log.kinds(log), visdom_log.curve(log, "loss")
    demands = {
        "the curve is read back as it was written": curve == CURVE,
        "every kind is read back": kinds == visdom_log.KINDS,
    }
    return judged(demands, kinds=len(kinds), read_back=sorted(kinds), steps=len(curve), lines=len(lines_of(write)))


def write(case: Case, log: Path) -> None:
    """Write the log; Visdom takes arrays of NumPy, and images with their channels first."""
    from visdom import Visdom  # here, for it may be missing

    model = models.cnn(case.weights)
    board = Visdom(offline=True, log_to_filename=str(log))
    for step, loss in CURVE.items():
        board.line(X=[step], Y=[loss], win="loss", update="append" if step else None)
    board.histogram(np.ravel(model.dense1.kernel[...]), win="weights")
    board.image(np.moveaxis(case.inputs[0], -1, 0), win="input")
    board.text("trained on the digits", win="note")
    board.audio(np.asarray(jnp.sin(jnp.arange(800.0) / 10)), win="tone")
    board.heatmap(np.asarray(model.dense2.kernel[...]), win="kernel")
