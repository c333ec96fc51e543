"""ExecuTorch's runtime with XNNPACK, through a small C++ shim and ctypes, in a process without torch.

The Python module ``executorch.runtime`` imports torch, which no device would hold; the wheel's C++ libraries do not.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np

from probes.arrays import Array
from probes.runtimes import Slot, executorch_build

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
LARGEST_RANK = 16
# ExecuTorch's numbers of the types that NumPy has, too.
TYPES = {
    0: "uint8", 1: "int8", 2: "int16", 3: "int32", 4: "int64", 5: "float16", 6: "float32", 7: "float64", 11: "bool",
}  # fmt: skip


class Model:
    """A ``.pte`` file whose inputs and outputs are tensors; its format has no names for them, and keeps their order.

    Exported for any size, it tells the largest as its shape, and takes no larger one.

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
        self.inputs, self.outputs = (
            tuple(self._slot(side, index) for index in range(self._shim.shim_count(self._handle, side)))
            for side in (0, 1)
        )
        shapes = [[size or 0 for size in slot.shape] for slot in self.outputs]
        self._largest = [(tuple(shape), np.dtype(slot.dtype)) for shape, slot in zip(shapes, self.outputs, strict=True)]
        bytes_of = [int(np.prod(shape, dtype=np.int64)) * kind.itemsize for shape, kind in self._largest]
        self._capacities = (ctypes.c_size_t * len(bytes_of))(*bytes_of)
        self._results = (ctypes.c_int32 * sum(len(shape) for shape, _ in self._largest))()
        self._addresses = (ctypes.c_void_p * len(self.inputs)), (ctypes.c_void_p * len(self.outputs))

    def __call__(self, *given: Array) -> list[Array]:
        """Return the answers for dense arrays of the program's types, as new arrays."""
        for array, slot in zip(given, self.inputs, strict=True):
            if array.dtype != slot.dtype or array.ndim != len(slot.shape) or not array.flags.c_contiguous:
                raise ValueError(f"expected dense {slot.dtype} of {len(slot.shape)} dimensions, got {array.dtype}")
        sizes = [size for array in given for size in array.shape]
        answers = [np.empty(shape, kind) for shape, kind in self._largest]
        entries, results = self._addresses
        code = self._shim.shim_run(
            self._handle,
            entries(*(array.ctypes.data for array in given)),
            (ctypes.c_int32 * len(sizes))(*sizes),
            results(*(answer.ctypes.data for answer in answers)),
            self._capacities,
            self._results,
        )
        self._check(code, "cannot run the program")
        return self._cut(answers)

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._shim.shim_close(self._handle)

    def _cut(self, answers: list[Array]) -> list[Array]:
        """Return the answers in the sizes that they came in, where the program could have given more."""
        found, start = [], 0
        for answer in answers:
            stop = start + answer.ndim
            shape = tuple(self._results[start:stop])
            start = stop
            if shape != answer.shape:
                answer = answer.reshape(-1)[: int(np.prod(shape, dtype=np.int64))].reshape(shape)
            found.append(answer)
        return found

    def _check(self, code: int, what: str) -> None:
        if code:
            raise RuntimeError(f"ExecuTorch {what}: {self._shim.shim_error(code).decode()}")

    def _slot(self, side: int, index: int) -> Slot:
        sizes, kind = (ctypes.c_int32 * LARGEST_RANK)(), ctypes.c_int()
        rank = self._shim.shim_layout(self._handle, side, index, sizes, LARGEST_RANK, ctypes.byref(kind))
        if rank < 0:
            raise RuntimeError(f"more than {LARGEST_RANK} dimensions")
        if kind.value not in TYPES:
            raise RuntimeError(f"a type that NumPy does not have: number {kind.value} of ExecuTorch's")
        return Slot("", TYPES[kind.value], tuple(sizes[:rank]), bounds=True)


def _declared(shim: ctypes.CDLL) -> ctypes.CDLL:
    """Give the shim's functions their C signatures (see executorch_shim.cpp)."""
    pointer, number, sizes = ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int32)
    addresses, room = ctypes.POINTER(pointer), ctypes.POINTER(ctypes.c_size_t)
    shim.shim_error.argtypes, shim.shim_error.restype = [number], ctypes.c_char_p
    shim.shim_open.argtypes = [ctypes.c_char_p, ctypes.c_uint, addresses]
    shim.shim_count.argtypes = [pointer, number]
    shim.shim_layout.argtypes = [pointer, number, number, sizes, number, ctypes.POINTER(number)]
    shim.shim_run.argtypes = [pointer, addresses, sizes, addresses, room, sizes]
    shim.shim_close.argtypes, shim.shim_close.restype = [pointer], None
    return shim
