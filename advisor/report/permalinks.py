"""Sites of single Runs at addresses that stay: a copy in ``runs/ID``, which later builds of the site leave alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from advisor.report.pages.context import PINNED

# The two links at the foot of a page: to itself on this Run, and to itself on the latest.
_HERE = re.compile(r'(<a rel="bookmark" href=")[^"]*/([^"/]+")')
_LATEST = re.compile(r'(<a rel="up" href=")([^"/]+")')


def pin(built: Path, place: str) -> None:
    """Copy a built site into its own folder `place`, where its pages lead to the latest two folders up."""
    shutil.copytree(built, built / place, ignore=lambda folder, _: {PINNED} if Path(folder) == built else set())
    for page in (built / place).glob("*.html"):
        text = _LATEST.sub(r"\1../../\2", _HERE.sub(r"\1\2", page.read_text(encoding="utf-8")))
        page.write_text(text, encoding="utf-8", newline="\n")


def stays(name: str, place: str | None) -> bool:
    """Tell whether a file of an earlier build is pinned, and not in the `place` that this build pins anew."""
    return name.startswith(f"{PINNED}/") and not (place and name.startswith(f"{place}/"))
