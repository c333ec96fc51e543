"""Who wrote a file that a command is about to replace: only what advisor wrote, and nobody edited, is replaced.

A Run is known by its schema; a page or a report by its last line, which holds a digest of all before it. Folders of a
site have a mark of their own (`advisor.report.mark`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from pathlib import Path
from typing import Literal

from advisor.errors import AdvisorError

Kind = Literal["run", "text"]

_SIGNED = re.compile(r"(.*\n)<!-- advisor\.file/1 ([0-9a-f]{32}): [^\n]*-->\n", re.DOTALL)
_SAYS = "written by advisor, which replaces this file while it is as written"
_HINT = "name another file, or delete this one first"


def signed(text: str) -> str:
    """Return the text of a page or a report with the line that makes it known as ours, until somebody edits it."""
    text = text if text.endswith("\n") else f"{text}\n"
    return f"{text}<!-- advisor.file/1 {_digest(text)}: {_SAYS} -->\n"


def check(path: Path, kind: Kind) -> None:
    """Refuse to replace what advisor did not write as this kind of file, or what was edited since.

    Raises
    ------
    AdvisorError
        Exit code 2 when something stands there that is no such file of ours. An empty file holds nothing to lose.
    """
    try:
        if not path.exists():
            return
        if path.is_dir():
            raise AdvisorError(f"{path}: a folder stands where the file should go", hint="name a file")
        if not path.is_file():
            raise AdvisorError(f"{path}: is no plain file, and would be replaced", hint="name another file")
        content = path.read_bytes()
    except OSError as error:
        raise AdvisorError(f"{path}: cannot be looked at: {error.strerror or error}") from None
    if content and not (_is_run(content) if kind == "run" else _is_signed(content)):
        what = "is not a Run" if kind == "run" else "is not what advisor wrote, or was edited since"
        raise AdvisorError(f"{path}: {what}, and would be replaced", hint=_HINT)


def _is_run(content: bytes) -> bool:
    with contextlib.suppress(ValueError, RecursionError):
        document = json.loads(content)
        return isinstance(document, dict) and str(document.get("schema")).startswith("advisor.run/")
    return False


def _is_signed(content: bytes) -> bool:
    with contextlib.suppress(ValueError):
        found = _SIGNED.fullmatch(content.decode().replace("\r\n", "\n"))
        return found is not None and found[2] == _digest(found[1])
    return False


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
