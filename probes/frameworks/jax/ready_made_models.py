"""Count the networks that installed packages offer for JAX without downloading."""

from __future__ import annotations

import importlib
import inspect
import os
from dataclasses import asdict
from typing import Any

from probes import python_process
from probes.catalogues import Catalogue, counted, keras_hub
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Ask the packages that users take networks from: JAX and Flax have none, and Keras's run on JAX, too."""
    return Proof(**python_process.call(survey))  # a fresh process: where TensorFlow is imported, Keras runs on it


def survey() -> dict[str, Any]:
    """Count in a process in which nobody has imported Keras before."""
    os.environ["KERAS_BACKEND"] = "jax"
    return asdict(counted({"keras.applications": applications, "keras_hub": keras_hub, "transformers": transformers}))


def applications() -> Catalogue:
    """Networks for images, a part of Keras; the weights of one alone take JAX minutes to draw, layer by layer."""
    keras = importlib.import_module("keras")
    return Catalogue([name for name, _ in inspect.getmembers(keras.applications, inspect.isfunction)])


def transformers() -> Catalogue:
    """Networks for text, images and sound, by Hugging Face; version 5 has none for Flax any more."""
    mapping = importlib.import_module("transformers.models.auto.modeling_flax_auto")
    return Catalogue(list(mapping.FLAX_MODEL_MAPPING_NAMES))
