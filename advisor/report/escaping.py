"""Text of documents made safe for Markdown: whatever stands in it appears as text, in every engine."""

from __future__ import annotations

import re

from markupsafe import Markup

from advisor.report import words

# A backslash is understood by every engine before these; the others have a character reference instead.
_BACKSLASHED = re.compile(r"([\\`*_{}\[\]#])")
_REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "~": "&#126;", "@": "&#64;"})
_LEADING = re.compile(r"^(?:[-+=]|\d+(?=[.)](?:\s|$)))")
_HEADING = re.compile(r"(?m)^(#{1,4} .*)$")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp):(?=//)|\bwww\.")


def text(value: object) -> Markup:
    """Return any value as one line of Markdown that shows it literally.

    No markup, no HTML, no link and no block can come from it: what Markdown or HTML would read is escaped, line breaks
    become spaces, and an address is not turned into a link. One space at either end stays.
    """
    raw = str(value)
    line = _BACKSLASHED.sub(r"\\\1", words.line(raw)).translate(_REFERENCES)
    line = _ADDRESS.sub(lambda found: found[0][:-1] + f"&#{ord(found[0][-1])};", line)
    line = _LEADING.sub(lambda found: found[0] + "\\" if found[0][0].isdigit() else "\\" + found[0], line)
    return Markup((" " if raw[:1] == " " else "") + line + (" " if line and raw[-1:] == " " else ""))  # noqa: S704


def finalize(value: object) -> Markup:
    """Escape what a template writes, unless it is Markdown already."""
    return value if isinstance(value, Markup) else text(value)


def tidy(markdown: str) -> str:
    """Return the document with one empty line between blocks, none at the start, and one newline at the end."""
    lines = [line.rstrip() for line in markdown.splitlines()]
    spaced = _HEADING.sub(r"\n\1\n", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", spaced).strip("\n") + "\n"
