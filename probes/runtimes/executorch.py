"""ExecuTorch's runtime with XNNPACK, through a small C++ shim and ctypes, in a process without torch.

The Python module ``executorch.runtime`` imports torch, which no device would hold; the wheel's C++ libraries do not.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np

from probes.runtimes import executorch_build
from probes.workloads import Array

DISTRIBUTION = "executorch"
PACKAGE = "executorch"
# With all operators, as the libraries of other runtimes have them; what this process maps is what its model needs.
NATIVE = (
    "lib/libexecutorch.so",
    "lib/libexecutorch_backend_xnnpack.so",
    "lib/libexecutorch_threadpool.so",
    "lib/libexecutorch_kernels_optimized.so",
    "lib/libexecutorch_kernels_quantized.so",
)
BUILD = "selective"

OPERATOR_MISSING = 0x14
LARGEST_RANK = 8


class Model:
    """A ``.pte`` file with one float32 input and one float32 output.

    Exported for any batch, it tells the largest as its shape, and takes no larger one.

    Raises
    ------
    ProbeError
        ``not_supported``: when the shim cannot be built on this machine.
    RuntimeError
        With ExecuTorch's own error when the file is damaged or needs what the runtime has not.
    """

    def __init__(self, artifact: Path, threads: int) -> None:
        self._shim = _declared(ctypes.CDLL(str(executorch_build.shim())))
        self._handle = ctypes.c_void_p()
        code = self._shim.shim_open(str(artifact).encode(), threads, ctypes.byref(self._handle))
        if code == OPERATOR_MISSING:
            # XNNPACK took only a part of the model. Load the other kernels now, and only now: they are 10 MB that a
            # device would not carry for a model that XNNPACK runs whole.
            for library in executorch_build.kernels():
                ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
            code = self._shim.shim_open(str(artifact).encode(), threads, ctypes.byref(self._handle))
        self._check(code, f"cannot load {artifact.name}")
        shape = self._shape(self._shim.shim_input_shape)
        self.input_shape: tuple[int | None, ...] = shape
        self._sample = int(np.prod(shape[1:]))
        self._output_shape = self._shape(self._shim.shim_output_shape)

    def __call__(self, inputs: Array) -> Array:
        """Return the answer for dense float32 `inputs` of the artifact's input shape, as a new array."""
        batch = len(inputs)
        if inputs.dtype != np.float32 or inputs.size != batch * self._sample or not inputs.flags.c_contiguous:
            expected = f"{self._sample} dense float32 values for each sample"
            raise ValueError(f"expected {expected}, got {inputs.size} of {inputs.dtype} for {batch}")
        answer = np.empty((batch, *self._output_shape[1:]), np.float32)
        code = self._shim.shim_run(self._handle, batch, inputs.ctypes.data, answer.ctypes.data, answer.size)
        self._check(code, "cannot run the program")
        return answer

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._shim.shim_close(self._handle)

    def _check(self, code: int, what: str) -> None:
        if code:
            raise RuntimeError(f"ExecuTorch {what}: {self._shim.shim_error(code).decode()}")

    def _shape(self, function: ctypes._NamedFuncPointer) -> tuple[int, ...]:
        sizes = (ctypes.c_int32 * LARGEST_RANK)()
        rank = function(self._handle, sizes, LARGEST_RANK)
        if rank < 0:
            raise RuntimeError(f"more than {LARGEST_RANK} dimensions")
        return tuple(sizes[:rank])


def _declared(shim: ctypes.CDLL) -> ctypes.CDLL:
    """Give the shim's functions their C signatures (see executorch_shim.cpp)."""
    pointer, sizes = ctypes.c_void_p, ctypes.POINTER(ctypes.c_int32)
    shim.shim_error.argtypes, shim.shim_error.restype = [ctypes.c_int], ctypes.c_char_p
    shim.shim_open.argtypes = [ctypes.c_char_p, ctypes.c_uint, ctypes.POINTER(pointer)]
    shim.shim_input_shape.argtypes = shim.shim_output_shape.argtypes = [pointer, sizes, ctypes.c_int]
    shim.shim_run.argtypes = [pointer, ctypes.c_int32, pointer, pointer, ctypes.c_size_t]
    shim.shim_close.argtypes, shim.shim_close.restype = [pointer], None
    return shim
