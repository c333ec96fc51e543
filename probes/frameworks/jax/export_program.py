"""Export the CNN with jax.export; a fresh process runs it without the source of the model."""

from __future__ import annotations

import jax
from jax import export

from probes import python_process
from probes.frameworks.jax import models
from probes.proof import Proof, close
from probes.workloads import Case

CONSUMER = """
import sys
from pathlib import Path
import numpy as np
from jax import export

artifact, questions, answers = sys.argv[1:]
program = export.deserialize(bytearray(Path(artifact).read_bytes()))
np.save(answers, program.call(np.load(questions)))
"""


def run(case: Case) -> Proof:
    """Export for any batch; ask with another one than was exported."""
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.stablehlo"

    (batch,) = export.symbolic_shape("batch")
    example = jax.ShapeDtypeStruct((batch, *inputs.shape[1:]), inputs.dtype)
    artifact.write_bytes(export.export(jax.jit(model))(example).serialize())

    answer = python_process.answer(CONSUMER, artifact, case.inputs[:5])
    return close(answer, models.array(models.call(model, inputs[:5])), artifact=artifact, format="StableHLO")
