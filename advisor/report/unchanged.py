"""A site that is built into its folder again: pages that would be made of the same are taken over as they are.

The mark of a site tells for each of its pages what it was made of (its Markdown, the navigation, the theme, our code)
and what came of it, as digests. A page that would be made of the same again, and is still what came of it, is put in
its place beforehand; MkDocs then passes it over, as ``mkdocs build --dirty`` does.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from advisor import resources

MARK = ".advisor-site"
_FIRST = "Written by advisor; the next build replaces this folder."
_ENGINES = ("mkdocs", "markdown", "jinja2")
_CODE = ("markdown.py", "search.py", "site.py")

Digests = Mapping[str, str]


def made_of(source: Path, nav: Any) -> dict[str, str]:
    """Return what each page of a docs directory is made of, as a digest, by its name."""
    around = _surroundings() + json.dumps(nav)
    return {path.stem: _digest(around.encode(), path.read_bytes()) for path in sorted(source.glob("*.md"))}


def take_over(folder: Path, built: Path, made: Digests) -> frozenset[str]:
    """Put those pages of the site in `folder` that are made of the same into `built`; return their names.

    They get the time at which they are put there, which is after that of their Markdown: so MkDocs knows.
    """
    before = _read(folder)
    taken = set()
    for name, digest in made.items():
        if before.get(name, ("", ""))[0] != digest:
            continue
        with contextlib.suppress(OSError):
            page = (folder / f"{name}.html").read_bytes()
            if _digest(page) == before[name][1]:
                built.mkdir(exist_ok=True)
                (built / f"{name}.html").write_bytes(page)
                taken.add(name)
    return frozenset(taken)


def still(folder: Path, name: str) -> str | None:
    """Return the text of a file that a build wrote into the site in `folder`; None when it is not that any more."""
    with contextlib.suppress(OSError, ValueError):
        content = (folder / name).read_bytes()
        if _read(folder).get(name, ("", ""))[1] == _digest(content):
            return content.decode()
    return None


def mark(built: Path, made: Digests, others: Iterable[str] = ()) -> None:
    """Mark a site as ours, with what its pages were made of and what came of them, and what is in `others`."""
    lines = [f"{digest} {_digest((built / f'{name}.html').read_bytes())} {name}" for name, digest in made.items()]
    lines += [f"- {_digest((built / name).read_bytes())} {name}" for name in others]
    (built / MARK).write_text("\n".join([_FIRST, *lines, ""]), encoding="utf-8", newline="\n")


def is_ours(folder: Path) -> bool:
    """Return whether a build of ours wrote what is in `folder`."""
    return (folder / MARK).exists()


def _read(folder: Path) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    with contextlib.suppress(OSError, ValueError):
        for line in (folder / MARK).read_text(encoding="utf-8").splitlines()[1:]:
            of, became, name = line.split(" ", 2)
            found[name] = (of, became)
    return found


def _surroundings() -> str:
    """Return what every page is made of besides its Markdown and the navigation: theme, code, and engines."""
    here, theme = Path(__file__).parent, resources.templates() / "theme"
    files = [*(here / name for name in _CODE), *sorted(path for path in theme.rglob("*") if path.is_file())]
    return _digest(*(path.read_bytes() for path in files)) + "".join(
        f" {name} {importlib.metadata.version(name)}" for name in _ENGINES
    )


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(f"{len(part)} ".encode())
        whole.update(part)
    return whole.hexdigest()[:32]
