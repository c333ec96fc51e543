"""The mark of a folder that a build wrote: every file in it that is the build's, with its digest."""

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


@dataclass(frozen=True)
class Mark:
    """Digests of what a build wrote into a folder, by name; `kind` is None for a mark that does not say."""

    kind: Kind | None = None
    files: Mapping[str, str] = field(default_factory=dict)


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
            return Mark(kind, {name: written for _, written, name in parts})
    return Mark()


def write(folder: Path, mark: Mark) -> None:
    """Mark a folder."""
    # The first field once said what a page was made of.
    lines = [f"- {written} {name}" for name, written in sorted(mark.files.items())]
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
