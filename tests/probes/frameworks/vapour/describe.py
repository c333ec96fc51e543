"""A framework that is not installed."""

from __future__ import annotations

DISTRIBUTION = "vapour"
PACKAGES = ("vapour",)
MODULES = ("vapour_framework",)


def environment(threads: int) -> dict[str, str]:
    return {}


def configure(threads: int) -> None:
    raise AssertionError("it is not there")


def settings() -> dict[str, str]:
    return {}


def devices() -> list[str]:
    return []


def version() -> str:
    return "0"
