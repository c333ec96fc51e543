"""A site that is built into its folder again: pages that would be made of the same are taken over as they are.

The mark of a site tells for each of its pages what it was made of (its Markdown, the navigation, the theme, our code)
and what came of it, as digests. A page that would be made of the same again, and is still what came of it, is put in
its place beforehand; MkDocs then passes it over, as ``mkdocs build --dirty`` does.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advisor import resources
from advisor.report import mark

_ENGINES = ("mkdocs", "markdown", "jinja2")
_CODE = ("markdown.py", "search.py", "site.py")

Digests = Mapping[str, str]


def made_of(source: Path, nav: Any) -> dict[str, str]:
    """Return what each page of a docs directory is made of, as a digest, by its name."""
    around = _surroundings() + json.dumps(nav)
    return {path.stem: mark.digest(around.encode(), path.read_bytes()) for path in sorted(source.glob("*.md"))}


def take_over(folder: Path, built: Path, made: Digests) -> frozenset[str]:
    """Put those pages of the site in `folder` that are made of the same into `built`; return their names.

    They get the time at which they are put there, which is after that of their Markdown: so MkDocs knows.
    """
    before = (mark.read(folder) or mark.Mark()).files
    taken = set()
    for name, digest in made.items():
        listed = before.get(f"{name}.html")
        if listed is None or listed.made != digest:
            continue
        with contextlib.suppress(OSError):
            page = (folder / f"{name}.html").read_bytes()
            if mark.digest(page) == listed.became:
                built.mkdir(exist_ok=True)
                (built / f"{name}.html").write_bytes(page)
                taken.add(name)
    return frozenset(taken)


def still(folder: Path, name: str) -> str | None:
    """Return the text of a file that a build wrote into the site in `folder`; None when it is not that any more."""
    listed = (mark.read(folder) or mark.Mark()).files.get(name)
    with contextlib.suppress(OSError, ValueError):
        content = (folder / name).read_bytes()
        if listed is not None and listed.became == mark.digest(content):
            return content.decode()
    return None


def _surroundings() -> str:
    """Return what every page is made of besides its Markdown and the navigation: theme, code, and engines."""
    here, theme = Path(__file__).parent, resources.templates() / "theme"
    files = [*(here / name for name in _CODE), *sorted(path for path in theme.rglob("*") if path.is_file())]
    return mark.digest(*(path.read_bytes() for path in files)) + "".join(
        f" {name} {importlib.metadata.version(name)}" for name in _ENGINES
    )
