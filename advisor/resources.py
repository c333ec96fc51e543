"""Where probes/ and templates/ lie: inside the wheel, or beside the package in a checkout.

This is the only module that knows. In a wheel both folders are carried in ``advisor/bundled``.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _home() -> Path:
    bundled = _PACKAGE / "bundled"
    return bundled if bundled.is_dir() else _PACKAGE.parent


def probes() -> Path:
    """Return the folder of the probe scripts (a package named ``probes``)."""
    return _home() / "probes"


def templates() -> Path:
    """Return the folder of the Jinja templates and of the MkDocs theme."""
    return _home() / "templates"


def profiles() -> Path:
    """Return the folder of the profiles that are shipped."""
    return _PACKAGE / "profiles"
