"""What this JAX is, and how it is set up before it is measured."""

from __future__ import annotations

import os
from pathlib import Path

DISTRIBUTION = "jax"
# JAX has no modules, optimizers or checkpoints of its own: its documentation names Flax, Optax and Orbax for them.
BESIDE = ("flax", "optax", "orbax-checkpoint")
PACKAGES = (
    "jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "grain", "jax2onnx", "tensorflow", "onnx", "onnxruntime",
    "ai-edge-litert", "openvino", "nncf", "numpy",
)  # fmt: skip
MODULES = ("jax", "flax.nnx", "optax")
# What XLA calls the threads of the pool that computes.
_POOL = "tf_XLAEigen"


def environment(threads: int) -> dict[str, str]:
    """Return the variables that have to be set before the import.

    XLA's client for processors reads the size of its pool from PJRT_NPROC, and else takes a thread for every processor
    that it may run on; ``intra_op_parallelism_threads`` in XLA_FLAGS, which many recommend, is no flag of it.
    """
    return {
        "PJRT_NPROC": str(threads),
        "OMP_NUM_THREADS": str(threads),
        # Three quarters of a GPU's memory would be taken by the first array.
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3"),
    }


def configure(threads: int) -> None:  # noqa: ARG001 - the environment has set the pool, which starts with the first array
    """Let arrays and programs be the processor's, where a GPU would be the default."""
    import jax

    jax.config.update("jax_default_device", "cpu")


def settings() -> dict[str, str]:
    """Return the settings that matter for a comparison, as JAX reports them, and the threads that its pool has."""
    import jax

    return {
        "intra-op threads": _threads(),
        "64-bit types": _on(jax.config.jax_enable_x64),
        "matmul precision": jax.config.jax_default_matmul_precision or "default",
        "asynchronous dispatch": _on(jax.config.read("jax_cpu_enable_async_dispatch")),
        "compilation cache": jax.config.jax_compilation_cache_dir or "off",
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", "not set"),
        "XLA_PYTHON_CLIENT_PREALLOCATE": os.environ.get("XLA_PYTHON_CLIENT_PREALLOCATE", "not set"),
    }


def devices() -> list[str]:
    """Return the accelerators that JAX sees; the probes run on the processor all the same."""
    import jax

    return [device.device_kind for device in jax.devices() if device.platform != "cpu"]


def version() -> str:
    """Return the version as the module says it."""
    import jax

    return str(jax.__version__)


def _threads() -> str:
    """Return how many threads XLA's pool has, as the system counts them; what was asked for where it does not tell."""
    import jax

    jax.local_devices(backend="cpu")
    names = [task.read_text(encoding="utf-8").strip() for task in Path("/proc/self/task").glob("*/comm")]
    return str(names.count(_POOL) or os.environ["PJRT_NPROC"])


def _on(value: bool) -> str:
    return "on" if value else "off"
