"""PyTorch's eager inference ten times in a row, and a slower one for which the best known setting has to stand."""

from __future__ import annotations

from probes.frameworks.repeated import PLAIN, TENTH_SLOWER, repeated  # type: ignore[import-untyped]

from probes.frameworks.pytorch.inference import eager

SETTINGS = {"out-of-the-box": (repeated(eager, PLAIN),), "best-known": (repeated(eager, TENTH_SLOWER),)}
