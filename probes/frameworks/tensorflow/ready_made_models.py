"""Count the networks that installed packages build in TensorFlow without downloading, and build some of them."""

from __future__ import annotations

import importlib
import inspect

import keras

from probes.catalogues import Catalogue, counted, keras_hub
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Ask the packages that users take networks from; Keras itself has some."""
    return counted({"keras.applications": applications, "keras_hub": keras_hub, "transformers": transformers})


def applications() -> Catalogue:
    """Networks for images, a part of Keras."""
    builders = dict(inspect.getmembers(keras.applications, inspect.isfunction))

    def build(name: str) -> None:
        builders[name](weights=None)

    return Catalogue(list(builders), build)


def transformers() -> Catalogue:
    """Networks for text, images and sound, by Hugging Face; version 5 has none for TensorFlow any more."""
    mapping = importlib.import_module("transformers.models.auto.modeling_tf_auto")
    return Catalogue(list(mapping.TF_MODEL_MAPPING_NAMES))
