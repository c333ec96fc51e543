"""Export the CNN as a SavedModel; a fresh process runs it without the source of the model."""

from __future__ import annotations

from probes import python_process
from probes.frameworks.tensorflow import models
from probes.proof import Proof, close
from probes.workloads import Case

CONSUMER = """
import sys
import numpy as np
import tensorflow as tf

artifact, questions, answers = sys.argv[1:]
model = tf.saved_model.load(artifact)
inputs = tf.constant(np.load(questions))
np.save(answers, model.serve(inputs).numpy())
"""


def run(case: Case) -> Proof:
    """Export for any batch; ask with another one than was exported."""
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn"

    model.export(artifact, format="tf_saved_model", verbose=False)

    answer = python_process.answer(CONSUMER, artifact, inputs[:5].numpy())
    return close(answer, model(inputs[:5]).numpy(), artifact=artifact, format="SavedModel")
