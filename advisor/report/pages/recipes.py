"""Recipes side by side: the file of each framework that does one thing, as code a reader can copy."""

from __future__ import annotations

import contextlib
import keyword
import tokenize
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from advisor.measurement import definitions
from advisor.report import words
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


def recipes(report: Report, name: str, frameworks: tuple[str, ...] | None = None) -> list[Recipe]:
    """Return the file `name` of every framework that advisor ships one for, as it is shipped.

    Parameters
    ----------
    report : Report
        Whose names of frameworks are used.
    name : str
        The file's name in a framework's folder; a path that leaves the folder finds nothing.
    frameworks : tuple of str, optional
        Only these; default all that are shipped.
    """
    shipped = definitions.current()
    found = []
    for framework in shipped.frameworks:
        file = shipped.probes / "frameworks" / framework / name
        if (frameworks is None or framework in frameworks) and Path(name).name == name and file.is_file():
            text = file.read_text(encoding="utf-8")
            path = f"probes/frameworks/{framework}/{name}"
            anchor = f"recipe-{words.slug(framework)}-{words.slug(Path(name).stem)}"
            found.append(Recipe(anchor, report.stack(framework), path, _code(text), text.count("\n")))
    return found


def network(name: str) -> Recipe | None:
    """Return the definition of the network `name` as it is shipped, or None where none is called so."""
    file = definitions.current().probes / "networks" / f"{name}.yaml"
    if Path(name).name != name or not file.is_file():
        return None
    text = file.read_text(encoding="utf-8")
    code = Markup(escape(words.visible(text).rstrip("\n")).replace("\n", "&#10;"))  # noqa: S704 - escaped
    stack = StackName("network", "The network", None)
    return Recipe(f"network-{words.slug(name)}", stack, f"probes/networks/{name}.yaml", code, text.count("\n"))


@cache
def _code(text: str) -> Markup:
    """Return Python as HTML, one class per kind of token; it is cut where nobody reads on."""
    lines = words.visible(text).rstrip("\n").split("\n")
    shown = "\n".join(lines[:_LONGEST]) + (f"\n# … and {len(lines) - _LONGEST} more lines" * (len(lines) > _LONGEST))
    # A line break is written as a reference, so that no Markdown engine sees an empty line.
    return Markup(_marked(shown).replace("\n", "&#10;"))  # noqa: S704 - escaped piece by piece


def _marked(code: str) -> str:
    """Return code as HTML with its keywords, comments and strings marked: the stylesheet tells no others apart.

    Python's own tokenizer reads a recipe in a tenth of the time of a highlighter of all languages; what it cannot read
    (code that was cut) stays as it is from there on.
    """
    lines, parts = code.splitlines(keepends=True), []
    row, column = 1, 0

    def between(start: tuple[int, int], end: tuple[int, int]) -> str:
        if start[0] == end[0]:
            return lines[start[0] - 1][start[1] : end[1]] if start[1] < end[1] else ""
        return "".join([lines[start[0] - 1][start[1] :], *lines[start[0] : end[0] - 1], *_head(lines, end)])

    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(iter([*lines, ""]).__next__):
            kind = _kind(token)
            if kind:
                parts.append(str(escape(between((row, column), token.start))))
                parts.append(f'<span class="{kind}">{escape(between(token.start, token.end))}</span>')
                row, column = token.end
    return "".join([*parts, str(escape(between((row, column), (len(lines) + 1, 0))))]).rstrip("\n")


def _head(lines: list[str], end: tuple[int, int]) -> list[str]:
    return [lines[end[0] - 1][: end[1]]] if end[0] <= len(lines) else []


def _kind(token: tokenize.TokenInfo) -> str | None:
    """Return the class of a token: ``k`` keyword, ``c1`` comment, ``s1`` string; None for any other."""
    if token.type == tokenize.NAME:
        return "k" if keyword.iskeyword(token.string) else None
    name = tokenize.tok_name[token.type]
    return "c1" if name == "COMMENT" else "s1" if name == "STRING" or name.startswith("FSTRING") else None
