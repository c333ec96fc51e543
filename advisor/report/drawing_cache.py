"""Drawings kept from one build to the next, in the user's cache folder: most of a build is to draw them again.

Worth, in processor time on one core: the site of a question built again takes 4.5 s instead of 7.7.

A piece of a page is kept under a digest of all that it is made of: what it shows, our code, and the version of what
makes it. Whatever cannot be read, is not whole, or may not be written, is made.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from advisor import paths

_MOST = 4_096


def piece(make: Callable[[], str], *made_of: str) -> str:
    """Return the kept piece of what it is `made_of`, or what `make` returns, which is kept."""
    place = _place(made_of)
    if place is None:
        return make()
    with contextlib.suppress(OSError, ValueError):
        digest, _, text = place.read_bytes().decode().partition("\n")
        if digest == _digest(text):
            return text
    text = make()
    with contextlib.suppress(OSError):
        _write(place, f"{_digest(text)}\n{text}")
    return text


def tidy() -> None:
    """Let go of the oldest half where too many are kept."""
    folder = _folder()
    if folder is None:
        return
    with contextlib.suppress(OSError):
        found = [(entry.stat().st_mtime, entry.path) for entry in os.scandir(folder)]
        if len(found) > _MOST:
            for _, path in sorted(found)[: len(found) // 2]:
                Path(path).unlink(missing_ok=True)


def _place(made_of: tuple[str, ...]) -> Path | None:
    folder = _folder()
    return folder / _digest(*made_of) if folder else None


def _folder() -> Path | None:
    try:
        return paths.cache() / "pieces"
    except (OSError, RuntimeError):
        return None


def _digest(*parts: str) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(f"{len(part)} {part}".encode())
    return whole.hexdigest()


def _write(place: Path, text: str) -> None:
    """Write beside the final name and rename, so that two builds may keep the same drawing at once."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).replace(place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
