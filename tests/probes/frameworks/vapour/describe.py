"""A framework that is not installed."""

from __future__ import annotations

DISTRIBUTION = "vapour"
PACKAGES = ("vapour",)
MODULES = ("vapour_framework",)


def environment(threads: int) -> dict[str, str]:
    return {}
