"""What this TensorFlow is, and how it is set up before it is measured."""

from __future__ import annotations

import os

DISTRIBUTION = "tensorflow"
PACKAGES = ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime", "ai-edge-litert", "openvino", "nncf", "numpy")
MODULES = ("tensorflow", "keras")


def environment(threads: int) -> dict[str, str]:
    """Return the variables that have to be set before the import."""
    return {
        "KERAS_BACKEND": "tensorflow",
        "OMP_NUM_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3"),
    }


def configure(threads: int) -> None:
    """Set both of TensorFlow's thread pools (before they start) and Keras's defaults that a user's file can change."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")


def settings() -> dict[str, str]:
    """Return the settings that matter for a comparison, as TensorFlow reports them."""
    import keras
    import tensorflow as tf

    return {
        "intra-op threads": str(tf.config.threading.get_intra_op_parallelism_threads()),
        "inter-op threads": str(tf.config.threading.get_inter_op_parallelism_threads()),
        "Keras backend": keras.backend.backend(),
        "TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "not set"),
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", "not set"),
        "TensorFloat-32": "on" if tf.config.experimental.tensor_float_32_execution_enabled() else "off",
        "CUDA": tf.sysconfig.get_build_info().get("cuda_version", "not built in"),
    }


def devices() -> list[str]:
    """Return the accelerators that TensorFlow sees; the probes run on the processor all the same."""
    import tensorflow as tf

    return [device.name for device in tf.config.list_physical_devices() if device.device_type != "CPU"]


def version() -> str:
    """Return the version as the module says it."""
    import tensorflow as tf

    return str(tf.__version__)
