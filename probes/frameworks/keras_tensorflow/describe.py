"""What this Keras and the TensorFlow below it are, and how they are set up before anything is measured."""

from __future__ import annotations

from probes.frameworks.tensorflow import describe as tensorflow

DISTRIBUTION = "keras"
# Keras requires no backend: what it takes to install is the sum.
BESIDE = ("tensorflow",)
PACKAGES = ("keras", "tensorflow", "numpy")
MODULES = ("tensorflow", "keras")
RECIPES = "keras"

environment = tensorflow.environment
configure = tensorflow.configure
settings = tensorflow.settings
devices = tensorflow.devices


def version() -> str:
    """Return the version as the module says it."""
    import keras

    return str(keras.__version__)
