"""The workloads' networks on PyTorch: one Keras definition serves both backends, so it is not written twice."""

from __future__ import annotations

import keras
import torch

from probes.frameworks.keras import interpreter
from probes.workloads import Array, Case


def build(case: Case) -> keras.Model:
    """Return the network of a case with a copy of its weights, ready to infer."""
    model = interpreter.build(case.network, case.weights)
    # A Keras model is a module of PyTorch here, and PyTorch's exporters ask it whether it is in training.
    return model.eval()


def answer(model: keras.Model, inputs: Array) -> Array:
    """Return the model's own float32 answer."""
    with torch.no_grad():
        logits: Array = model(torch.tensor(inputs), training=False).numpy()
    return logits
