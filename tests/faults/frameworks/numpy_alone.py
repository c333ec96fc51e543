"""What our frameworks say of themselves: they are NumPy."""

from __future__ import annotations

DISTRIBUTION = "numpy"
PACKAGES = ("numpy",)
MODULES = ("numpy",)


def environment(threads: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(threads)}


def configure(threads: int) -> None:
    """Nothing to set: NumPy's BLAS reads the environment."""


def settings() -> dict[str, str]:
    return {}


def devices() -> list[str]:
    return []


def version() -> str:
    import numpy

    return str(numpy.__version__)
