"""What this Keras and the JAX below it are, and how they are set up before anything is measured."""

from __future__ import annotations

from probes.frameworks.jax import describe as jax

DISTRIBUTION = "keras"
# Keras requires no backend: what it takes to install is the sum.
BESIDE = ("jax",)
PACKAGES = ("keras", "jax", "jaxlib", "numpy")
MODULES = ("jax", "keras")
RECIPES = "keras"

settings = jax.settings
devices = jax.devices


def environment(threads: int) -> dict[str, str]:
    """Return the variables that have to be set before the import."""
    return {**jax.environment(threads), "KERAS_BACKEND": "jax"}


def configure(threads: int) -> None:
    """Let arrays be the processor's, and set Keras's defaults that a user's file can change."""
    import keras

    jax.configure(threads)
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")


def version() -> str:
    """Return the version as the module says it."""
    import keras

    return str(keras.__version__)
