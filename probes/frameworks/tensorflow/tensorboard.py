"""Write curve, histogram, image, text, sound and graph for TensorBoard from TensorFlow, and read them back."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from probes import event_files
from probes.demands import judged
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.source import lines_of
from probes.workloads import Case

CURVE = {0: 2.5, 1: 1.25, 2: 0.625}


def run(case: Case) -> Proof:
    """Write one item of each kind, and read the event files with TensorBoard's own loader."""
    write(case, case.folder)
    kinds, curve = event_files.kinds(case.folder), event_files.scalars(case.folder, "loss")
    demands = {
        "the curve is read back as it was written": curve == CURVE,
        "every kind is read back": kinds == event_files.KINDS,
    }
    return judged(demands, kinds=len(kinds), read_back=sorted(kinds), steps=len(curve), lines=len(lines_of(write)))


def write(case: Case, folder: Path) -> None:
    """Write the event files."""
    model = models.cnn(case.weights)
    graph = tf.function(model).get_concrete_function(models.natural(case.inputs)).graph
    with tf.summary.create_file_writer(str(folder)).as_default():
        for step, loss in CURVE.items():
            tf.summary.scalar("loss", loss, step)
        tf.summary.histogram("weights", model.get_layer("dense1").kernel, 0)
        tf.summary.image("input", case.inputs[:1], 0)
        tf.summary.text("note", "trained on the digits", 0)
        tf.summary.audio("tone", tf.sin(tf.range(800.0) / 10)[None, :, None], 8000, 0)
        tf.summary.graph(graph)
