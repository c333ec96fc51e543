"""Streams that take nothing, encodings that lack signs, folders that go away: the code is right, and so is the line."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advisor import printing
from tests.faults.disk import mounted
from tests.faults.place import ROOT, Finding, Place, Told, heed

REFERENCE = ROOT / "tests" / "data" / "reference-run.json"
HOLDS, HOLDS_NOT = ("check", "--expect", "pytorch"), ("check", "--expect", "tensorflow")
ANSWER, DATA = ("recommend", "--no-site"), ("recommend", "--json")
ROWS, CLAIMS = ("evidence", "--profile", "edge"), ("claims",)
C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
FORGED = "PyTorch\n::error file=app.py::forged\nHolds: all is well\x1b]0;OWNED\x07\x1b[8m\u202e ##vso[task.complete]"
_COMMAND = re.compile(r"^\s*::|##[A-Za-z]*\[", re.MULTILINE)
_LINES = 3


@dataclass(frozen=True)
class Stream:
    """How a command is started, the codes that it ends with where it would end with 0 and with 1, and what it says."""

    name: str
    redirected: str
    codes: tuple[int, int] = (0, 1)
    says: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    shows: bool = False


_CANNOT = "Error: standard output: cannot write the answer: No space left on device"
STREAMS = (
    Stream("standard output on a full disk", ">/dev/full", (2, 2), _CANNOT),
    Stream("… without Python's buffer", ">/dev/full", (2, 2), _CANNOT, {"PYTHONUNBUFFERED": "1"}),
    Stream("standard output closed", ">&-", says="Note: standard output is closed"),
    Stream("standard error closed", "2>&-", shows=True),
    Stream("standard error on a full disk", "2>/dev/full", shows=True),
    Stream("all three closed", "<&- >&- 2>&-"),
    Stream("a reader that left at once", "| true"),
    Stream("… without Python's buffer", "| true", env={"PYTHONUNBUFFERED": "1"}),
)
ENCODINGS = (
    Stream("output in ASCII", "", env={"PYTHONIOENCODING": "ascii"}, shows=True),
    Stream("output in Latin-1", "", env={"PYTHONIOENCODING": "latin-1:strict"}, shows=True),
    Stream("LC_ALL=C and PYTHONUTF8=0", "", env=C_LOCALE, shows=True),
)
FOLDERS = (
    Stream("a cache that cannot be written", "", env={"ADVISOR_CACHE": "/dev/null/cache"}, shows=True),
    Stream("no folder for temporary files", "", env={"TMPDIR": "/nowhere"}, shows=True),
)
CASES = ("streams", "encodings", "folders", "documents", "interrupted", "measuring")


def findings(cases: Sequence[str] = CASES) -> Iterator[Finding]:
    """Try the chapters' commands with each of these."""
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield from _TRIES[case](Place(Path(folder)))


def _streams(place: Place) -> Iterator[Finding]:
    for stream in STREAMS:
        for command, verdict in ((HOLDS, 0), (HOLDS_NOT, 1)) if stream.name[0] != "…" else ((ANSWER, 0),):
            yield _told(place, stream, command, verdict)


def _encodings(place: Place) -> Iterator[Finding]:
    for stream in ENCODINGS:
        for command in (ROWS, CLAIMS):
            yield _told(place, stream, command, 0)


def _folders(place: Place) -> Iterator[Finding]:
    for stream in FOLDERS:
        yield _told(place, stream, HOLDS_NOT, 1)
    gone = place.work / "gone"
    gone.mkdir()
    moved = ["sh", "-c", f'cd {gone} && rmdir {gone} && exec "$@"', "sh"]
    told = place.run(*HOLDS_NOT, "--run", str(REFERENCE), before=moved)
    yield Finding("the working folder deleted: check a Run", "exit 1, as ever", _amiss(place, told, 1, shows=True))
    gone.mkdir()
    told = place.run("profile", "new", "--name", "x", "--where", "server", before=moved)
    amiss = _amiss(place, told, 2, "the working folder is not there any more")
    yield Finding("… write there", "exit 2, one line that says so", amiss)


def _told(place: Place, stream: Stream, command: Sequence[str], verdict: int) -> Finding:
    before, env = ["sh", "-c", f'exec "$@" {stream.redirected}', "sh"], dict(stream.env)
    if stream.redirected == "| true":
        process = place.start([*command, "--run", str(REFERENCE)], env=env)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        told = place.ended(process)
    else:
        told = place.run(*command, "--run", str(REFERENCE), before=before, env=env)
    code = stream.codes[verdict]
    amiss = _amiss(place, told, code, stream.says, shows=stream.shows)
    asked = " ".join(command[:1]) + (", which does not hold" if verdict else "")
    return Finding(f"{stream.name}: {asked}", f"exit {code}" + (f", '{stream.says}'" if stream.says else ""), amiss)


def _amiss(place: Place, told: Told, code: int, says: str = "", *, shows: bool = False) -> tuple[str, ...]:
    found = [] if told.code == code else [f"exit code {told.code}: {told.err[-400:]}"]
    found += ["a traceback"] if "Traceback" in told.out + told.err else []
    found += [] if says in told.err else [f"did not say {says!r}: {told.err[-400:]}"]
    found += [f"more than a line: {told.err[-400:]}"] if len(told.err.splitlines()) > _LINES else []
    found += ["said nothing"] if shows and not told.out.strip() else []
    return (*found, *place.left())


def _documents(place: Place) -> Iterator[Finding]:
    run, key, extends = place.work / "title.json", place.work / "key.json", place.work / "extends.yaml"
    data = json.loads(REFERENCE.read_text(encoding="utf-8"))
    data["frameworks"]["pytorch"]["title"] = data["host"]["cpu"] = FORGED
    run.write_text(json.dumps(data))
    key.write_text(json.dumps({**data, FORGED: 1}))
    extends.write_text(f"extends: {json.dumps(FORGED)}\nname: x\n")
    framework = place.work / "frameworks" / "mine"
    framework.mkdir(parents=True)
    (framework / "framework.yaml").write_text(f"{json.dumps(FORGED)}: 1\nid: mine\n")
    tries: tuple[tuple[str, Sequence[str], int], ...] = (
        ("check", (*HOLDS, "--run", str(run)), 0),
        ("recommend", (*ANSWER, "--run", str(run)), 0),
        ("recommend --json", (*DATA, "--run", str(run)), 0),
        ("evidence --format csv", (*ROWS, "--format", "csv", "--run", str(run)), 0),
        ("evidence --format json", (*ROWS, "--format", "json", "--run", str(run)), 0),
        ("compare", ("compare", str(REFERENCE), str(run)), 2),
        ("an unknown key of a Run", ("recommend", "--run", str(key)), 2),
        ("`extends:` of a profile", ("profile", "check", str(extends)), 2),
        ("a key of a framework", ("env", "list", "--frameworks-folder", str(framework.parent)), 2),
        ("an option", ("recommend", "--profile", FORGED), 2),
    )
    for what, command, code in tries:
        told = place.run(*command)
        shown = told.out + told.err
        amiss = [] if told.code == code else [f"exit code {told.code}: {told.err[-400:]}"]
        unsafe = printing.UNSAFE.findall(shown.replace("\r\n", "\n"))
        amiss += [f"commands a terminal: {found!r}" for found in unsafe[:1]]
        amiss += [f"commands a CI: {found!r}" for found in _COMMAND.findall(shown)[:1]]
        amiss += ["forged a line"] if re.search(r"^Holds: all is well", shown, re.MULTILINE) else []
        yield Finding(f"a document that forges lines of a terminal and a CI: {what}",
                      f"exit {code}; what it says is text", tuple(amiss) + tuple(place.left()))  # fmt: skip


def _interrupted(place: Place) -> Iterator[Finding]:
    """Press Ctrl-C while the command line is being loaded: Python tells on standard error what it imports."""
    for module in ("click.core", "advisor.cli.options"):
        process = subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "advisor", "profile", "list"], cwd=place.work, env=place.env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=heed,
        )  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if line.rstrip().endswith(f" {module}"):
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=240)
        said = "".join(each for each in err.splitlines(keepends=True) if "import time:" not in each)
        told = Told(process.returncode, "", said)
        yield Finding(f"Ctrl-C while {module} is imported", "exit 130, 'Interrupted.'",
                      _amiss(place, told, 130, "Interrupted."))  # fmt: skip


def _measuring(place: Place) -> Iterator[Finding]:
    process = place.start(place.probe())
    assert process.stderr is not None
    process.stderr.readline()
    process.stderr.close()
    process.stderr = None
    code, whole = _ended(process), list(place.store.runs())
    amiss = [] if code == 0 and len(whole) == 1 and whole[0].complete else [f"exit code {code}, {len(whole)} Runs"]
    yield Finding("whoever reads the progress of a session leaves", "it goes on to its end", (*amiss, *place.left()))

    full = Place(place.folder / "2")
    told = full.run(*full.probe(), before=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
    amiss = [] if told.code == 2 and _CANNOT in told.err else [f"exit code {told.code}: {told.err[-400:]}"]
    amiss += [] if len(list(full.store.runs())) == 1 else ["the Run is not kept"]
    yield Finding("standard output on a full disk: measure", "exit 2, one line; the Run is kept",
                  (*amiss, *full.left()))  # fmt: skip

    yield _cache_full(Place(place.folder / "4"))

    cut = Place(place.folder / "3")
    process = cut.start(cut.probe())
    _remove(cut)
    told = cut.ended(process)
    amiss = [] if told.code in (0, 3) else [f"exit code {told.code}: {told.err[-600:]}"]
    amiss += ["a traceback"] if "Traceback (most" in told.err else []
    if told.code == 3 and "temporary folder was removed" not in told.err:
        amiss.append(f"did not say why: {told.err[-400:]}")
    kept = len(list(cut.store.runs())) + len(cut.store.unfinished())
    amiss += [] if kept == 1 else ["nothing is kept"]
    yield Finding("the session's temporary folder removed while it measures",
                  "ends in one line, or without what needed it; nothing is lost", tuple(amiss))  # fmt: skip


def _cache_full(place: Place) -> Finding:
    what, cache = "a cache on a full disk: measure", place.folder / "cache"
    cache.mkdir()
    with mounted(cache, "size=4k") as small:
        if not small:
            return Finding(what, "not tried: this user may not mount a small one")
        with contextlib.suppress(OSError):
            (cache / "filler").write_bytes(b"x" * 8192)
        told = place.run(*place.probe())
        amiss = place.amiss(told, 0)
    amiss += [] if len(list(place.store.runs())) == 1 else ["the Run is not kept"]
    return Finding(what, "measures, and remembers nothing of the host", tuple(amiss))


def _remove(place: Place) -> None:
    """Remove the temporary folder of a session as soon as it is there."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        for path in place.temporary.glob("advisor-session-*"):
            if any(place.work.rglob("*.journal*")):
                time.sleep(0.3)
                shutil.rmtree(path, ignore_errors=True)
                return
        time.sleep(0.02)


def _ended(process: subprocess.Popen[Any]) -> int:
    with contextlib.suppress(ValueError):
        if process.stdout is not None:
            process.stdout.read()
    return process.wait(240)


_TRIES: dict[str, Callable[[Place], Iterator[Finding]]] = {
    "streams": _streams, "encodings": _encodings, "folders": _folders, "documents": _documents,
    "interrupted": _interrupted, "measuring": _measuring,
}  # fmt: skip
