"""What this PyTorch is, and how it is set up before it is measured."""

from __future__ import annotations

import os

DISTRIBUTION = "torch"
PACKAGES = (
    "torch", "executorch", "torchao", "onnx", "onnxscript", "onnxruntime", "openvino", "nncf", "litert-torch", "numpy",
)  # fmt: skip
MODULES = ("torch",)


def environment(threads: int) -> dict[str, str]:
    """Return the variables that have to be set before the import."""
    return {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}


def configure(threads: int) -> None:
    """Set both of PyTorch's thread pools."""
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(threads)


def settings() -> dict[str, str]:
    """Return the settings that matter for a comparison, as PyTorch reports them."""
    import torch

    return {
        "intra-op threads": str(torch.get_num_threads()),
        "inter-op threads": str(torch.get_num_interop_threads()),
        "CPU capability": torch.backends.cpu.get_cpu_capability(),
        "oneDNN": _on(torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled),
        "MKL": _on(torch.backends.mkl.is_available()),
        "OpenMP": _on(torch.backends.openmp.is_available()),
        "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "not set"),
        "float32 matmul precision": torch.get_float32_matmul_precision(),
        "CUDA": torch.version.cuda or "not built in",
    }


def devices() -> list[str]:
    """Return the accelerators that PyTorch sees; the probes run on the processor all the same."""
    import torch

    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]


def version() -> str:
    """Return the version as the module says it."""
    import torch

    return str(torch.__version__)


def _on(value: bool) -> str:
    return "on" if value else "off"
