"""Sites of single Runs at addresses that stay: a copy in ``runs/ID``, which later builds of the site leave alone."""

from __future__ import annotations

import os
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


def keep(folder: Path, built: Path) -> None:
    """Put into a built site what the site in `folder` has pinned; what is pinned anew wins."""
    for before in sorted((folder / PINNED).glob("*")):
        after = built / PINNED / before.name
        if before.is_dir() and not after.exists():
            shutil.copytree(before, after, copy_function=_linked)


def _linked(source: str, target: str) -> str:
    """Give a file a second name where the file system can: a pinned site is large and does not change."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
