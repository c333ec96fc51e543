"""What this Keras and the PyTorch below it are, and how they are set up before anything is proved."""

from __future__ import annotations

from probes.frameworks.pytorch import describe as pytorch

DISTRIBUTION = "keras"
# Keras requires no backend: what it takes to install is the sum.
BESIDE = ("torch",)
PACKAGES = ("keras", "torch", "torchao", "onnx", "onnxscript", "onnxruntime", "litert-torch", "numpy")
MODULES = ("torch", "keras")
RECIPES = "keras"


def environment(threads: int) -> dict[str, str]:
    """Return the variables that have to be set before the import."""
    return {**pytorch.environment(threads), "KERAS_BACKEND": "torch"}


def configure(threads: int) -> None:
    """Set PyTorch's thread pools, and Keras's defaults that a user's file can change."""
    import keras

    pytorch.configure(threads)
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")


def settings() -> dict[str, str]:
    """Return the settings that matter for a comparison, as Keras and PyTorch report them."""
    import keras

    return {"Keras backend": keras.backend.backend(), **pytorch.settings()}


def devices() -> list[str]:
    """Return the accelerators that PyTorch sees; the probes run on the processor all the same."""
    return pytorch.devices()


def version() -> str:
    """Return the version as the module says it."""
    import keras

    return str(keras.__version__)
