"""Compile the CNN ahead of time with XLA; a fresh process runs the library without the source of the model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keras
import tensorflow as tf

from probes import python_process
from probes.frameworks.tensorflow import models
from probes.frameworks.tensorflow.compiler import link, require_compiler
from probes.proof import Proof, close
from probes.workloads import Case

CONSUMER = """
import ctypes
import sys
import numpy as np

artifact, questions, answers = sys.argv[1:]
model = ctypes.CDLL(artifact)
inputs = np.load(questions)
logits = np.empty((len(inputs), 10), np.float32)
model.answer(inputs.ctypes.data_as(ctypes.c_void_p), logits.ctypes.data_as(ctypes.c_void_p))
np.save(answers, logits)
"""
SHIM = Path(__file__).with_name("ahead_of_time.cc")
COMPILE = ["-m", "tensorflow.python.tools.saved_model_cli", "aot_compile_cpu"]


def run(case: Case) -> Proof:
    """Compile for one batch; ask with it."""
    require_compiler()
    model = models.cnn(case.weights)
    inputs = models.natural(case.inputs)
    artifact = case.folder / "cnn.so"

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", model.call, [tf.TensorSpec(inputs.shape, inputs.dtype)])
    archive.write_out(case.folder / "cnn", verbose=False)
    signature = ["--dir", f"{case.folder}/cnn", "--tag_set", "serve", "--signature_def_key", "serve"]
    generated = ["--output_prefix", f"{case.folder}/network", "--cpp_class", "Network"]
    subprocess.run([sys.executable, *COMPILE, *signature, *generated], check=True)
    link([SHIM, *case.folder.glob("network*.o")], artifact)

    answer = python_process.answer(CONSUMER, artifact, inputs.numpy())
    return close(answer, model(inputs).numpy(), artifact=artifact, format="XLA")
