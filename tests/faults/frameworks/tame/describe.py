"""It is NumPy."""

from probes.frameworks.numpy_alone import *  # type: ignore[import-untyped]  # noqa: F403
