"""The fault campaign: `python -m tests.faults [--quick] [--only CHAPTER…] [--write FILE]` prints what was tried.

Exit 1 when anything was amiss. ``--quick`` tries what the test suite tries; ``--write`` puts the table into a page,
after its line ``<!-- table -->``.
"""

from __future__ import annotations

import argparse
import platform
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from tests.faults import (
    damaged,
    disk,
    folders,
    killed,
    lies,
    misbehaving,
    numbers,
    outward,
    places,
    profiles,
    secretive,
    streams,
    survivors,
)
from tests.faults.place import Finding

MARK = "<!-- table -->\n"
CHAPTERS: dict[str, tuple[str, Callable[[bool], Iterator[Finding]]]] = {
    "killed": ("Killed", lambda quick: killed.findings(3 if quick else 20)),
    "workers": ("Workers that misbehave", lambda _: chain(misbehaving.findings(), survivors.findings())),
    "disk": ("Disks and folders", lambda _: chain(disk.findings(), folders.findings())),
    "places": ("Odd places", lambda _: chain(places.findings(), streams.findings())),
    "runs": (
        "Damaged and hostile Runs",
        lambda quick: chain(damaged.findings(flips=60 if quick else 1000, full=not quick), lies.findings()),
    ),
    "profiles": (
        "Damaged profiles",
        lambda quick: chain(profiles.findings(300 if quick else 20_000), numbers.findings()),
    ),
    "secrets": ("Secrets", lambda _: chain(secretive.findings(), outward.findings())),
}


def main() -> None:
    """Try everything, or the chapters that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", choices=CHAPTERS, default=list(CHAPTERS))
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    # A shell starts what runs in the background with Ctrl-C ignored, and so would be whatever is tried here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    began, lines, amiss = time.monotonic(), [], 0
    for name in arguments.only:
        title, tries = CHAPTERS[name]
        lines += [f"\n## {title}\n", "| Tried | What happened | As it should |", "|---|---|---|"]
        for found in tries(arguments.quick):
            amiss += bool(found.amiss)
            lines.append(f"| {_cell(found.fault)} | {_cell(found.happened)} | {'**no**' if found.amiss else 'yes'} |")
            sys.stdout.write(lines[-1] + "\n")
            for each in found.amiss:
                sys.stdout.write(f"    {each}\n")
            sys.stdout.flush()
    minutes = (time.monotonic() - began) / 60
    tried = sum(line.endswith((" yes |", "**no** |")) for line in lines)
    head = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.release()}, Python {platform.python_version()}; "
        f"{tried} lines, {amiss} amiss; {minutes:.0f} minutes.\n"
    )
    sys.stdout.write(head)
    if arguments.write:
        page = arguments.write
        text = page.read_text(encoding="utf-8").partition(MARK)[0] if page.exists() else ""
        page.write_text(text + MARK + "\n" + head + "\n".join(lines) + "\n", encoding="utf-8")
    raise SystemExit(1 if amiss else 0)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    main()
