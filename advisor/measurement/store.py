"""The Runs that are kept: what each says of itself, so that one of hundreds is found soon, and which is used again."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from advisor import paths
from advisor.documents import Model, read_json, write_json
from advisor.errors import AdvisorError
from advisor.measurement import environments, host, identity
from advisor.measurement.definitions import Definitions
from advisor.measurement.run import Mode, Run, load_run
from advisor.measurement.session.plan import make_plan
from advisor.resources import own_version

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
    label: str = ""
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
        advisor=run.advisor, cpu=run.host.cpu, cores=run.host.cores, threads=run.policy.threads, label=run.host.label,
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


FRESH = timedelta(days=7)
_GRADE: dict[Mode, int] = {"quick": 0, "standard": 1, "thorough": 2}
_JOURNAL = ".journal.jsonl"


class Store:
    """A folder of Run files, ``<id>.json``, and of the journals of sessions that did not end, ``<id>.journal.jsonl``.

    Beside them lies an index of what the Runs say of themselves; it is rebuilt when it is missing or out of date.

    Parameters
    ----------
    folder : path
        Usually ``.advisor/runs``; it is made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, run_id: str) -> Path:
        """Return where the Run `run_id` is kept; AdvisorError for an id that would lead elsewhere."""
        return paths.inside(self.folder, f"{run_id}.json", what="the id of a Run")

    def journal(self, run_id: str) -> Path:
        """Return where the journal of the Run `run_id` is kept while it is measured."""
        return paths.inside(self.folder, f"{run_id}{_JOURNAL}", what="the id of a Run")

    def new_id(self, now: datetime) -> str:
        """Return an unused Run id: the time in UTC, and four random hexadecimal digits."""
        while True:
            name = f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
            if not self.path(name).exists() and not self.journal(name).exists():
                return name

    def runs(self) -> Iterator[Run]:
        """Yield the kept Runs, newest first; a file that cannot be read is passed over."""
        for file in sorted(self.folder.glob("*.json"), reverse=True):
            try:
                yield load_run(file)
            except AdvisorError:
                continue

    def entries(self) -> list[Entry]:
        """Return what the kept Runs say of themselves, newest first, as the index has it."""
        return [entry for _, entry in indexed(self.folder)]

    def unfinished(self) -> list[Path]:
        """Return the journals that killed and interrupted sessions left, newest first, as far as they hold anything."""
        found = sorted(self.folder.glob(f"*{_JOURNAL}"), reverse=True)
        return [path for path in found if b"\n" in path.read_bytes()]

    def reusable(
        self,
        *,
        mode: Mode = "standard",
        frameworks: Collection[str] | None = None,
        pythons: Mapping[str, Path] | None = None,
        threads: int | None = None,
        definitions: Definitions | None = None,
        training: bool = False,
        now: datetime | None = None,
        enough: Callable[[Run], bool] | None = None,
    ) -> Run | None:
        """Return the newest kept Run that says what a session would say now, or None.

        It is younger than seven days, complete, in the same or a more thorough mode, by this version of advisor, on
        this processor with as many cores and threads; it has tried everything the plan holds; and the frameworks it
        found, and the versions of their packages, are those that are installed now. What was measured under load
        counts like any other. No framework is imported to know.

        `enough` tells of a Run whether it has tried all that is asked for, where that is less than the whole plan.
        """
        moment = now or datetime.now(UTC)
        here, wanted = host.describe(), threads or host.cores()
        recent = [
            file
            for file, kept in indexed(self.folder)
            if kept.complete
            and _GRADE[kept.mode] >= _GRADE[mode]
            and kept.advisor == own_version()
            and timedelta(0) <= moment - kept.finished < FRESH
            and (kept.cpu, kept.cores, kept.threads) == (here.cpu, here.cores, wanted)
            and identity.same(kept.label, here.label)
        ]
        if not recent:
            return None
        plan = make_plan(mode=mode, frameworks=frameworks, definitions=definitions, training=training)
        found = environments.find(plan.frameworks.values(), pythons)
        for file in recent:
            run = load_run(file)
            alike = all(_unchanged(run, each) for each in found.values())
            if alike and (enough or plan.covered_by)(run):
                return run
        return None


def _unchanged(run: Run, environment: environments.Environment) -> bool:
    kept = run.frameworks.get(environment.framework)
    if kept is None:
        return False
    if kept.outcome == "not_installed" or not environment.present:
        return kept.outcome == "not_installed" and not environment.present
    return kept.outcome == "measured" and kept.packages == dict(environment.packages)
