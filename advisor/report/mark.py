"""The mark of a folder that a build wrote: every file in it that is the build's, with its digest.

With it a site is built into its folder again: pages that would be made of the same are taken over as they are.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from advisor import resources

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


_ENGINES = ("mkdocs", "markdown", "jinja2")
_CODE = ("markdown.py", "search.py", "site.py")

Digests = Mapping[str, str]


def made_of(source: Path, nav: Any) -> dict[str, str]:
    """Return what each page of a docs directory is made of, as a digest, by its name."""
    around = _surroundings() + json.dumps(nav)
    return {path.stem: digest(around.encode(), path.read_bytes()) for path in sorted(source.glob("*.md"))}


def take_over(folder: Path, built: Path, made: Digests) -> frozenset[str]:
    """Put those pages of the site in `folder` that are made of the same into `built`; return their names.

    They get the time at which they are put there, which is after that of their Markdown: so MkDocs knows.
    """
    before = (read(folder) or Mark()).files
    taken = set()
    for name, origin in made.items():
        listed = before.get(f"{name}.html")
        if listed is None or listed.made != origin:
            continue
        with contextlib.suppress(OSError):
            page = (folder / f"{name}.html").read_bytes()
            if digest(page) == listed.became:
                built.mkdir(exist_ok=True)
                (built / f"{name}.html").write_bytes(page)
                taken.add(name)
    return frozenset(taken)


def still(folder: Path, name: str) -> str | None:
    """Return the text of a file that a build wrote into the site in `folder`; None when it is not that any more."""
    listed = (read(folder) or Mark()).files.get(name)
    with contextlib.suppress(OSError, ValueError):
        content = (folder / name).read_bytes()
        if listed is not None and listed.became == digest(content):
            return content.decode()
    return None


def _surroundings() -> str:
    """Return what every page is made of besides its Markdown and the navigation: theme, code, and engines."""
    here, theme = Path(__file__).parent, resources.templates() / "theme"
    files = [*(here / name for name in _CODE), *sorted(path for path in theme.rglob("*") if path.is_file())]
    return digest(*(path.read_bytes() for path in files)) + "".join(
        f" {name} {importlib.metadata.version(name)}" for name in _ENGINES
    )
