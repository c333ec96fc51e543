"""What a framework takes: resident memory of this process, and bytes on disk with everything it depends on."""

from __future__ import annotations

import csv
import re
import resource
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from probes import markers
from probes.channel import ProbeError

if TYPE_CHECKING:
    from probes.cell import Builder
    from probes.workloads import Case


@dataclass(frozen=True)
class Installed:
    """A distribution with its dependencies: names (normalised) and the bytes of all their files, each counted once."""

    packages: tuple[str, ...]
    bytes: int


def resident_bytes() -> int:
    """Return the resident memory of this process in bytes (its peak so far where the system tells nothing else)."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def peak_bytes() -> int:
    """Return the most that was resident in this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss, which on Linux a new process inherits from the one that started it.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def of_calls(build: Builder, case: Case, *, calls: int = 5) -> dict[str, int]:
    """Build a cell, call it `calls` times and return the resident bytes ``before``, ``after`` and at the ``peak``.

    Raises
    ------
    ProbeError
        ``not_applicable`` when the alternative has nothing to offer for the case.
    """
    before = resident_bytes()
    cell = build(case)
    if cell is None:
        raise ProbeError("not_applicable", "the alternative does not apply to this workload")
    for _ in range(calls):
        cell.call()
    return {"before": before, "after": resident_bytes(), "peak": peak_bytes()}


def version(distribution: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """Return the versions of those distributions that are installed."""
    found = {name: version(name) for name in distributions}
    return {name: text for name, text in found.items() if text}


def installed(*distributions: str) -> Installed:
    """Return `distributions` with the closure of their requirements that hold here; extras are not followed.

    Sizes come from each distribution's RECORD; files it lists without a size (compiled bytecode) are looked up. A
    requirement that is not installed takes no room.
    """
    files: dict[str, int] = {}
    found = required(*distributions)
    for each in found.values():
        files |= _files(each)
    return Installed(tuple(sorted(found)), sum(files.values()))


def required(*distributions: str) -> dict[str, metadata.Distribution]:
    """Return what is installed of `distributions` and of all that they require here, by its normalised name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [*distributions]
    while waiting:
        name = _normalised(waiting.pop())
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        waiting += [needed for needed, holds in map(markers.requirement, found[name].requires or ()) if holds]
    return found


def _files(distribution: metadata.Distribution) -> dict[str, int]:
    """Return path → bytes of the files of one distribution."""
    record = distribution.read_text("RECORD")
    if record is None:
        return {str(path.locate()): _bytes(Path(str(path.locate()))) for path in distribution.files or ()}
    home = str(distribution.locate_file(""))
    files = {}
    for row in csv.reader(record.splitlines()):
        if row:
            path = f"{home}/{row[0]}"
            files[path] = int(row[2]) if len(row) > 2 and row[2].isdigit() else _bytes(Path(path))
    return files


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
