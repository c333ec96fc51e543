"""Where probes/ and templates/ lie: inside the wheel, or beside the package in a checkout; and the cache of this host.

This is the only module that knows. In a wheel both folders are carried in ``advisor/bundled``.
"""

from __future__ import annotations

import os
from importlib import metadata
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


def cache() -> Path:
    """Return the folder of what is kept between sessions and can be lost: ``ADVISOR_CACHE``, or the user's cache."""
    configured = os.environ.get("ADVISOR_CACHE")
    if configured:
        return Path(configured)
    import platformdirs

    return platformdirs.user_cache_path("advisor")


def own_version() -> str:
    """Return the version of advisor, or an empty string when it runs from files that were never installed."""
    try:
        return metadata.version("framework-advisor")
    except metadata.PackageNotFoundError:
        return ""
