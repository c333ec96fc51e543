"""What the kept Runs say of themselves, so that one Run of hundreds is found without reading them all.

The index is a copy and nothing else: what of it is missing, damaged, of another version or older than its Run file is
read from the Run files again, and a folder that cannot be written to does without one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from advisor.documents import Model, read_json, write_json
from advisor.errors import AdvisorError
from advisor.measurement.run import Mode, Run, load_run

SCHEMA = "advisor.index/1"
NAME = "index"
"""File of the index; without a suffix, so that nobody takes it for a Run."""


class Entry(Model):
    """A Run without its observations."""

    id: str
    started: datetime
    finished: datetime
    mode: Mode
    complete: bool
    advisor: str
    cpu: str
    cores: int
    threads: int
    frameworks: dict[str, str]


class Indexed(Model):
    """A file of the folder as it was when it was read; ``run`` is None when it was no Run that can be read.

    ``size`` in bytes, ``changed`` in nanoseconds since 1970: a file that has both is taken to be the one that was read.
    """

    file: str
    size: int
    changed: int
    run: Entry | None = None


class _Index(Model):
    schema_: Literal["advisor.index/1"] = Field(default="advisor.index/1", alias="schema")
    files: tuple[Indexed, ...] = ()


def entry(run: Run) -> Entry:
    """Return what the index keeps of a Run."""
    return Entry(
        id=run.id, started=run.started, finished=run.finished, mode=run.mode, complete=run.complete,
        advisor=run.advisor, cpu=run.host.cpu, cores=run.host.cores, threads=run.policy.threads,
        frameworks={name: found.version or found.outcome for name, found in run.frameworks.items()},
    )  # fmt: skip


def indexed(folder: Path) -> list[tuple[Path, Entry]]:
    """Return the Runs of `folder`, newest first, with their files; a file that cannot be read is passed over.

    Reads only what is new or has changed since the last time, and brings the index on disk up to date.
    """
    known = {each.file: each for each in _kept(folder / NAME)}
    found = tuple(_current(folder, known))
    if found != tuple(known.values()) and (found or known):
        with contextlib.suppress(AdvisorError):
            write_json(folder / NAME, _Index(files=found))
    return [(folder / each.file, each.run) for each in reversed(found) if each.run is not None]


def _kept(path: Path) -> tuple[Indexed, ...]:
    try:
        return read_json(path, _Index, schema=SCHEMA, what="index").files
    except AdvisorError:
        return ()


def _current(folder: Path, known: dict[str, Indexed]) -> Iterator[Indexed]:
    for path in sorted(folder.glob("*.json")):
        try:
            status = path.stat()
        except OSError:
            continue  # removed meanwhile
        same = known.get(path.name)
        if same is not None and (same.size, same.changed) == (status.st_size, status.st_mtime_ns):
            yield same
            continue
        try:
            run = entry(load_run(path))
        except AdvisorError:
            run = None
        yield Indexed(file=path.name, size=status.st_size, changed=status.st_mtime_ns, run=run)
