"""What the abacus is: NumPy."""

from __future__ import annotations

import os

DISTRIBUTION = "numpy"
PACKAGES = ("numpy", "a-package-that-nobody-has")
MODULES = ("numpy",)


def environment(threads: int) -> dict[str, str]:
    return {"ABACUS_THREADS": str(threads)}


def configure(threads: int) -> None:
    print("the abacus prints while it is set up")  # noqa: T201 - what must not reach the channel


def settings() -> dict[str, str]:
    return {"threads": os.environ["ABACUS_THREADS"]}


def devices() -> list[str]:
    return []


def version() -> str:
    return "1"
