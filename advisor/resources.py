"""What is installed as advisor: its version, and where probes/ and templates/ lie, in the wheel or in a checkout.

This is the only module that knows. In a wheel both folders are carried in ``advisor/bundled``. Beside them lie the
folders of a user's own frameworks, which whoever asks a question names for as long as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_folders: tuple[Path, ...] = ()


def folders() -> tuple[Path, ...]:
    """Return the folders of frameworks that are in use beside those that advisor ships."""
    return _folders


@contextmanager
def using(more: Iterable[Path]) -> Iterator[None]:
    """Use further folders of frameworks meanwhile; one process answers one question at a time."""
    global _folders
    before = _folders
    _folders = tuple(dict.fromkeys((*before, *(folder.resolve() for folder in more))))
    try:
        yield
    finally:
        _folders = before


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


def own_version() -> str:
    """Return the version of advisor, or an empty string when it runs from files that were never installed."""
    from importlib import metadata  # which reads e-mail: no part of an answer needs it

    try:
        return metadata.version("framework-advisor")
    except metadata.PackageNotFoundError:
        return ""
