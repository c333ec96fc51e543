"""Use TensorFlow from C++: a small program, compiled against the installed package, differentiates as Python does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from probes import native, programs
from probes.proof import Proof, close
from probes.workloads import Array, Case

SOURCE = Path(__file__).with_name("cpp.cc")
LIBRARIES = Path(tf.sysconfig.get_lib())


def run(case: Case) -> Proof:
    """Compile and run it, and compare with the gradient in Python."""
    rng = np.random.default_rng(0)
    shapes = {"inputs": (32, 16), "first": (16, 8), "second": (8, 4)}
    arrays = {name: rng.standard_normal(shape, dtype=np.float32) for name, shape in shapes.items()}
    native.write(case.folder, **arrays)

    headers = tf.sysconfig.get_compile_flags()
    libraries = native.linked("-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2", folder=LIBRARIES)
    program = native.build(SOURCE, case.folder / "program", [*headers, *libraries])
    programs.run([program, case.folder])

    found = native.read(case.folder / "gradient", 16, 8)
    return close(found, gradient(**arrays), library="libtensorflow_cc", language="C++")


def gradient(inputs: Array, first: Array, second: Array) -> Array:
    """Return the same gradient, computed from Python."""
    weight = tf.Variable(first)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tf.nn.relu(inputs @ weight) @ second))
    return tape.gradient(loss, weight).numpy()
