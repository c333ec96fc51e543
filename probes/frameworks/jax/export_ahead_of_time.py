"""Compile the CNN ahead of time with XLA; a fresh process runs the executable without the source of the model."""

from __future__ import annotations

import pickle

import jax
from jax.experimental import serialize_executable

from probes import python_process
from probes.frameworks.jax import models
from probes.proof import Proof, close
from probes.workloads import Case

CONSUMER = """
import pickle
import sys
from pathlib import Path
import jax
import numpy as np
from jax.experimental import serialize_executable

artifact, questions, answers = sys.argv[1:]
program = serialize_executable.deserialize_and_load(*pickle.loads(Path(artifact).read_bytes()))
np.save(answers, program(jax.numpy.array(np.load(questions))))
"""


def run(case: Case) -> Proof:
    """Compile for one batch; ask with it. What is written is machine code of this processor, and no Python."""
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.xla"

    compiled = jax.jit(lambda inputs: model(inputs)).lower(inputs).compile()
    artifact.write_bytes(pickle.dumps(serialize_executable.serialize(compiled)))

    answer = python_process.answer(CONSUMER, artifact, case.inputs)
    return close(answer, models.array(models.call(model, inputs)), artifact=artifact, format="XLA")
