"""Recipes side by side: the file of each framework that does one thing, as code a reader can copy."""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from advisor.measurement import definitions
from advisor.report import kept, words
from advisor.report.pages.context import Report, StackName

_LONGEST = 200


@dataclass(frozen=True)
class Recipe:
    """One framework's file: its anchor, its path below the probes, its lines as HTML, and how many there are."""

    anchor: str
    stack: StackName
    path: str
    code: Markup
    lines: int


def recipes(report: Report, name: str, frameworks: tuple[str, ...] | None = None, *, folder: str = "") -> list[Recipe]:
    """Return the file `name` of every framework that advisor ships one for, as it is shipped.

    Parameters
    ----------
    report : Report
        Whose names of frameworks are used.
    name : str
        The file's name in a framework's folder; a path that leaves the folder finds nothing.
    frameworks : tuple of str, optional
        Only these; default all that are shipped.
    folder : str
        The folder in a framework's own where the file lies; default that folder itself.
    """
    shipped = definitions.shipped()
    found = []
    for framework in shipped.frameworks:
        file = shipped.probes / "frameworks" / framework / folder / name
        if (frameworks is None or framework in frameworks) and Path(name).name == name and file.is_file():
            text = file.read_text(encoding="utf-8")
            path = "/".join(part for part in ("probes/frameworks", framework, folder, name) if part)
            anchor = f"recipe-{words.slug(framework)}-{words.slug(Path(name).stem)}"
            found.append(Recipe(anchor, report.stack(framework), path, _code(text), text.count("\n")))
    return found


@cache
def _code(text: str) -> Markup:
    """Return Python as HTML, one class per kind of token; it is cut where nobody reads on."""
    lines = words.visible(text).rstrip("\n").split("\n")
    shown = "\n".join(lines[:_LONGEST]) + (f"\n# … and {len(lines) - _LONGEST} more lines" * (len(lines) > _LONGEST))
    code = kept.piece(lambda: _highlighted(shown), f"Pygments {importlib.metadata.version('pygments')}", shown)
    # A line break is written as a reference, so that no Markdown engine sees an empty line.
    return Markup(code.replace("\n", "&#10;"))  # noqa: S704 - escaped by the formatter


def _highlighted(code: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
