"""Write curve, histogram, image, text and sound for TensorBoard with Flax's writer, and read them back."""

from __future__ import annotations

from pathlib import Path

import jax.numpy as jnp
import numpy as np

from probes import event_files
from probes.demands import judged
from probes.frameworks.jax import models
from probes.proof import Proof
from probes.source import lines_of
from probes.workloads import Case

CURVE = {0: 2.5, 1: 1.25, 2: 0.625}


def run(case: Case) -> Proof:
    """Write one item of each kind that the writer has, and read the event files with TensorBoard's own loader."""
    write(case, case.folder)
    kinds, curve = event_files.kinds(case.folder), event_files.scalars(case.folder, "loss")
    missing = event_files.KINDS - kinds
    demands = {
        "the curve is read back as it was written": curve == CURVE,
        f"every kind is read back ({', '.join(sorted(missing))} missing)": not missing,
    }
    return judged(demands, kinds=len(kinds), read_back=sorted(kinds), steps=len(curve), lines=len(lines_of(write)))


def write(case: Case, folder: Path) -> None:
    """Write the event files; Flax's writer has no graphs."""
    from flax.metrics.tensorboard import SummaryWriter  # here, for it needs TensorBoard and TensorFlow

    model = models.cnn(case.weights)
    writer = SummaryWriter(folder)
    for step, loss in CURVE.items():
        writer.scalar("loss", loss, step)
    writer.histogram("weights", model.dense1.kernel[...], 0)
    writer.image("input", case.inputs[0], 0)
    writer.text("note", "trained on the digits", 0)
    writer.audio("tone", np.asarray(jnp.sin(jnp.arange(800.0) / 10))[None, :, None], 0, sample_rate=8000)
    writer.close()
