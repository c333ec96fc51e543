"""A disk that is full, a file that may not grow, a folder that cannot be written: one line, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor import authorship
from advisor.documents import write_json
from advisor.measurement import networks
from advisor.measurement.session import record
from tests.faults.place import Finding, Place, Told
from tests.samples import sample_run

ROOM = 4096
CASES = ("journalling", "saving", "building", "read-only", "full")


def findings(cases: tuple[str, ...] = CASES) -> Iterator[Finding]:
    """Let writing fail at each of the places where a command writes."""
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield from _TRIES[case](Place(Path(folder)))


def _journalling(place: Place) -> Iterator[Finding]:
    # The networks' file is written before anything is measured; the journal is to be what outgrows the limit.
    size = networks.hand_over(place.folder).stat().st_size + ROOM
    more = ("--only", "cnn-inference")
    told = place.run(*place.probe(*more), limits=_no_file_beyond(size))
    amiss = place.amiss(told, 2) + _says(told, "cannot write the journal: File too large")
    (journal,) = place.store.unfinished()
    before = record.rebuild(journal)
    amiss += place.amiss(place.run(*place.probe(*more, "--resume")), 0)
    kept, found = (
        {(each.key, block.round, block.median) for each in run.observations for block in each.rounds}
        for run in (before, next(place.store.runs(), before))
    )
    if not kept <= found:
        amiss.append(f"{len(kept - found)} blocks lost")
    happened = f"exit 2, '{_short(told)}'; resumed with room: all {len(kept)} blocks of before are in the Run"
    yield Finding("no room left while the journal is written", happened, tuple(amiss))


def _saving(place: Place) -> Iterator[Finding]:
    run, page = place.work / "run.json", place.work / "answer.html"
    write_json(run, sample_run())
    page.write_text(authorship.signed("what was here before"))
    command = ["recommend", "--run", str(run), "--no-site", "--adr", str(place.work / "adr")]
    told = place.run(*command, limits=_no_file_beyond(1024))
    amiss = place.amiss(told, 2) + _says(told, "cannot write: File too large")
    amiss += [f"half a file: {path.name}" for path in (place.work / "adr").iterdir()]
    yield Finding("no room left while a record is saved", f"exit 2, '{_short(told)}'; no half of it", tuple(amiss))
    command = ["site", "build", "--run", str(run), "--profile", "edge", "--single-file", "--output", str(page)]
    told = place.run(*command, limits=_no_file_beyond(ROOM))
    amiss = place.amiss(told, 2) + _says(told, "File too large")
    if page.read_text() != authorship.signed("what was here before"):
        amiss.append("the old file is no more")
    yield Finding("no room left while one page is saved", f"exit 2, '{_short(told)}'; the old one stands", tuple(amiss))


def _building(place: Place) -> Iterator[Finding]:
    run = place.work / "run.json"
    write_json(run, sample_run())
    for what, extra in (("a site is built", ()), ("Markdown is written", ("--docs-only",))):
        folder = place.work / what.replace(" ", "-")
        command = ["site", "build", "--run", str(run), "--profile", "edge", "--output", str(folder), *extra]
        amiss = place.amiss(place.run(*command), 0)
        before = _contents(folder)
        told = place.run(*command, limits=_no_file_beyond(ROOM))
        amiss += place.amiss(told, 2) + _says(told, "File too large")
        if _contents(folder) != before:
            amiss.append("what was there is no more")
        happened = f"exit 2, '{_short(told)}'; what was there before stands"
        yield Finding(f"no room left while {what}", happened, tuple(amiss))


def _read_only(place: Place) -> Iterator[Finding]:
    run = place.work / "run.json"
    write_json(run, sample_run())
    with _unwritable(place.folder / "locked") as locked:
        if locked is None:
            yield Finding("a read-only folder", "not tried: this user may write everywhere and may not mount")
            return
        tries = {
            "journalling": (place.probe(), locked, "cannot write the journal"),
            "saving": (["recommend", "--run", str(run), "--no-site", "--adr", "adr.md"], locked, "cannot write"),
            "building": (
                ["site", "build", "--run", str(run), "--profile", "edge", "--output", "site"], locked, "cannot write"
            ),
            "building Markdown": (
                ["site", "build", "--run", str(run), "--profile", "edge", "--output", "docs", "--docs-only"],
                locked, "cannot write",
            ),
        }  # fmt: skip
        for what, (command, folder, says) in tries.items():
            place.work = folder
            told = place.run(*command)
            amiss = place.amiss(told, 2) + _says(told, says)
            yield Finding(f"a read-only folder while {what}", f"exit 2, '{_short(told)}'", tuple(amiss))


def _full(place: Place) -> Iterator[Finding]:
    with mounted(place.work, "size=64k") as small:
        if not small:
            yield Finding("a full disk", "not tried: this user may not mount a small one")
            return
        filler = place.work / "filler"
        with contextlib.suppress(OSError), filler.open("wb") as stream:
            while True:
                stream.write(b"x" * 512)
                stream.flush()
        os.truncate(filler, filler.stat().st_size - 12 * 1024)
        told = place.run(*place.probe())
        amiss = place.amiss(told, 2) + _says(told, "No space left on device")
        (journal,) = place.store.unfinished()
        blocks = sum(len(each.rounds) for each in record.rebuild(journal).observations)
        filler.unlink()
        amiss += place.amiss(place.run(*place.probe("--resume")), 0)
        happened = f"exit 2, '{_short(told)}'; {blocks} blocks are kept, and with room it goes on to its end"
        yield Finding("a full disk while the journal is written", happened, tuple(amiss))
        place.temporary.mkdir(exist_ok=True)


_TRIES: dict[str, Callable[[Place], Iterator[Finding]]] = {
    "journalling": _journalling, "saving": _saving, "building": _building, "read-only": _read_only, "full": _full,
}  # fmt: skip


def _no_file_beyond(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@contextmanager
def _unwritable(folder: Path) -> Iterator[Path | None]:
    """Make a folder that not even root can write to."""
    folder.mkdir()
    if os.geteuid():
        folder.chmod(0o555)
        try:
            yield folder
        finally:
            folder.chmod(0o755)
        return
    with mounted(folder, "ro") as done:
        yield folder if done else None


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[bool]:
    """Mount a file system in memory, where that is allowed."""
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True)
    except OSError:
        yield False
        return
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def _says(told: Told, words: str) -> list[str]:
    return [] if words in told.last else [f"did not say {words!r}: {told.err[-400:]}"]


def _short(told: Told) -> str:
    path, _, rest = told.last.removeprefix("Error: ").partition(": ")
    return f"{Path(path).name}: {rest}"[:120]


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
