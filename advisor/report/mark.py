"""The mark of a folder that a build wrote: every file in it that is the build's, with its digest.

The first line names the form of the mark and what was written. Each further line is a file: what the page was made of
(`advisor.report.page_reuse`) or ``-``, what came of it, both as digests, and its name within the folder. Whatever is
not listed, or is not what came of it any more, is somebody's own.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

NAME = ".advisor-site"
Kind = Literal["site", "docs"]

_FORM = "advisor.site/2"
_KINDS: tuple[Kind, ...] = ("site", "docs")
_SAYS = "Written by advisor: a build replaces the files that are listed here, while they are as written, and no others."
_UNMADE = "-"


@dataclass(frozen=True)
class Listed:
    """A file that a build wrote: digests of what it was `made` of (``-`` where nothing tells), and of its content."""

    became: str
    made: str = _UNMADE


@dataclass(frozen=True)
class Mark:
    """What a build wrote into a folder, by name; `kind` is None for a mark that does not say, as older ones do not."""

    kind: Kind | None = None
    files: Mapping[str, Listed] = field(default_factory=dict)


def read(folder: Path) -> Mark | None:
    """Return the mark of a folder; None where there is none."""
    file = folder / NAME
    if not file.exists():
        return None
    with contextlib.suppress(OSError, ValueError):
        first, _, *lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        kind = next((each for each in _KINDS if first == f"{_FORM} {each}"), None)
        if kind is not None:
            parts = (line.split(" ", 2) for line in lines)
            return Mark(kind, {name: Listed(became, made) for made, became, name in parts})
    return Mark()


def write(folder: Path, mark: Mark) -> None:
    """Mark a folder."""
    lines = [f"{each.made} {each.became} {name}" for name, each in sorted(mark.files.items())]
    text = "\n".join([f"{_FORM} {mark.kind}", _SAYS, *lines, ""])
    (folder / NAME).write_text(text, encoding="utf-8", errors="surrogateescape", newline="\n")


def digest(*parts: bytes) -> str:
    """Return a digest of some contents, one after the other."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(f"{len(part)} ".encode())
        whole.update(part)
    return whole.hexdigest()[:32]


def digest_of(file: Path) -> str | None:
    """Return the digest of a file; None for what is no plain file, such as a link, or cannot be read."""
    if file.is_symlink() or not file.is_file():
        return None
    try:
        return digest(file.read_bytes())
    except OSError:
        return None
