"""Every part of the fidelity table: `python -m benchmarks.fidelity [--quick] [--budget TIME] [--part NAME …]`.

The whole table takes about 70 minutes on two quiet cores, and a multiple beside others; `--quick` does a few sessions
of each part, and `--budget 20min` as many as the time allows, of fewer cells: every line says of how many. What was
found is kept as JSON (`--keep FILE`), part by part, so that a later call can do the others; `--write FILE` puts the
table into a page of the documentation.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advisor import quantities
from advisor.measurement import host
from benchmarks.fidelity import (
    against_torch,
    answers,
    conditions,
    equal,
    killed,
    one_thread,
    repeatable,
    replay,
    sessions,
)
from benchmarks.tables import Result, show

PARTS = {
    "recorded": replay.recorded_results,
    "equal": equal.results,
    "repeatable": repeatable.results,
    "conditions": conditions.results,
    "answers": answers.results,
    "one-thread": one_thread.results,
    "torch": against_torch.results,
    "killed": killed.results,
}
KEPT = Path("build") / "fidelity.json"


def main() -> None:
    """Do the parts that were asked for and print the whole table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few sessions of each part")
    parser.add_argument("--budget", help="begin no further session after this time, such as 20min")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part (may be repeated)")
    parser.add_argument("--keep", type=Path, default=KEPT, help="where the results are kept (default %(default)s)")
    parser.add_argument("--runs", type=Path, help="a folder that receives every Run, numbered by its seed")
    parser.add_argument("--write", type=Path, help="the page that receives the table")
    asked = parser.parse_args()
    sessions.KEEP["folder"] = asked.runs
    known = json.loads(asked.keep.read_text()) if asked.keep.is_file() else {}
    parts = asked.part or list(PARTS)
    end = time.monotonic() + quantities.parse(asked.budget, "s") if asked.budget else math.inf
    for number, name in enumerate(parts):
        began = time.monotonic()
        # What an earlier part left over is the later ones'.
        until = began + (end - began) / (len(parts) - number)
        found = PARTS[name](sessions.Effort(asked.quick, until))
        seconds = time.monotonic() - began
        print(f"{name}: {seconds:.0f} s", flush=True)
        known[name] = {
            "on": datetime.now(UTC).date().isoformat(),
            "seconds": round(seconds),
            "quick": asked.quick or end < math.inf,
            "results": [asdict(each) for each in found],
        }
        asked.keep.parent.mkdir(parents=True, exist_ok=True)
        asked.keep.write_text(json.dumps(known, indent=1) + "\n")
        if asked.write:
            # After each part: what a later one loses, the earlier ones have.
            asked.write.write_text(page(known), encoding="utf-8")
    show([Result(**each) for name in PARTS if name in known for each in known[name]["results"]])


def page(known: dict[str, Any]) -> str:
    """Return the page of the documentation with what is kept."""
    machine = host.describe()
    dates = sorted(str(part["on"]) for part in known.values())
    minutes = sum(part["seconds"] for part in known.values()) / 60
    lines = [
        "# Fidelity",
        "",
        "Whether the measuring can be believed: what it says of things whose truth is known. "
        "`python -m benchmarks.fidelity` measures this table; the last one:",
        "",
        f"{dates[0] if dates[0] == dates[-1] else f'{dates[0]} to {dates[-1]}'}, {machine.cpu}, {machine.cores} cores, "
        f"{machine.os}, Python {platform.python_version()}; {minutes:.0f} minutes.",
        "",
        "| Test | Found | Bar | Holds |",
        "|---|---|---|---|",
    ]
    if few := [name for name in PARTS if name in known and known[name]["quick"]]:
        lines[6:6] = [f"With a few sessions only (`--quick` or `--budget`): {', '.join(few)}.", ""]
    if missing := [name for name in PARTS if name not in known]:
        lines[6:6] = [f"Not measured yet: {', '.join(missing)}.", ""]
    for each in (Result(**each) for name in PARTS if name in known for each in known[name]["results"]):
        holds = "**no**" if each.holds is False else each.word
        lines += [f"| {each.what} | {each.found} | {each.bar} | {holds} |"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
