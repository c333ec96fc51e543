"""Drawings kept from one build to the next, in the user's cache folder: most of a build is to draw them again.

A drawing is kept under a digest of all that it is made of: its rows, its layers, our code, and the renderer's version.
Whatever cannot be read, is not whole, or may not be written, is drawn.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from advisor.report.charts import compiling

_MOST = 4_096


def drawing(draw: Callable[[], str], *made_of: str) -> str:
    """Return the kept drawing of what it is `made_of`, or what `draw` returns, which is kept."""
    place = _place(made_of)
    if place is None:
        return draw()
    with contextlib.suppress(OSError, ValueError):
        digest, _, text = place.read_text(encoding="utf-8").partition("\n")
        if digest == _digest(text):
            return text
    text = draw()
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
    return folder / f"{_digest(_maker(), *made_of)}.svg" if folder else None


def _folder() -> Path | None:
    configured = os.environ.get("ADVISOR_CACHE")
    if configured:
        return Path(configured) / "drawings"
    import platformdirs

    try:
        return platformdirs.user_cache_path("advisor") / "drawings"
    except (OSError, RuntimeError):
        return None


@functools.cache
def _maker() -> str:
    return f"{compiling.code()} {importlib.metadata.version('vl-convert-python')}"


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
