"""The command line of a bundle on a device: check, measure, measure in the background, tell how far that is."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from advisor import printing
from advisor.devices import examination, manifest, session
from advisor.errors import EXIT_INTERRUPTED, EXIT_PROBING, EXIT_USAGE, AdvisorError
from advisor.measurement.run import save_run
from advisor.measurement.session import events

LOG, PID, RESULT = "session.log", "session.pid", "run.json"
# A name in the kernel, not a file: gone with its process, and nothing is written outside the bundle.
_HOST = "\0advisor-device-session"
_STARTS_WITHIN = 5.0


def main(folder: str, arguments: Sequence[str]) -> int:
    """Do what the arguments say with the bundle in `folder`; return the exit code."""
    bundle = Path(folder)
    with printing.sinks() as (out, err):
        try:
            code = _done(bundle, _parsed(arguments))
        except AdvisorError as error:
            printing.tell(f"Error: {error.lines[0]}", *error.lines[1:])
            if error.hint:
                printing.tell(f"Try: {error.hint}")
            code = error.exit_code
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            printing.tell(f"Error: {where}{error.strerror or error}")
            code = EXIT_USAGE
        except KeyboardInterrupt:
            printing.tell("Interrupted.")
            code = EXIT_INTERRUPTED
        out.flush()
        err.flush()
    return code


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", description="Measure the artifacts of this bundle on this device.")
    parser.add_argument("-o", "--output", type=Path, help="write the Run here (default: work/run.json)")
    parser.add_argument("--quick", dest="mode", action="store_const", const="quick", help="fewer rounds")
    parser.add_argument("--standard", dest="mode", action="store_const", const="standard", help="the usual care")
    parser.add_argument("--thorough", dest="mode", action="store_const", const="thorough", help="more rounds")
    parser.add_argument("--label", help="what this device is called in the Run")
    parser.add_argument("--threads", type=int, help="threads of each runtime (default: all that are allowed)")
    parser.add_argument("--budget", type=float, metavar="SECONDS", help="begin nothing more after this time")
    parser.add_argument("--seed", type=int, default=0, help="seed of the order of the rounds")
    parser.add_argument("--resume", action="store_true", help="go on with a session that was killed or interrupted")
    parser.add_argument("--check", action="store_true", help="only tell what this device is and has, as JSON")
    parser.add_argument("--detach", action="store_true", help="measure in the background; the link may go")
    parser.add_argument("--status", type=int, nargs="?", const=0, metavar="BYTE", help="tell how far that is, as JSON")
    parser.add_argument("--stop", action="store_true", help="end the session in the background; what it has is kept")
    return parser.parse_args(arguments)


def _done(bundle: Path, asked: argparse.Namespace) -> int:
    work = bundle / manifest.WORK
    if asked.status is not None:
        printing.data(json.dumps(status(work, asked.status)) + "\n")
        return 0
    if asked.stop:
        return _stopped(work)
    told = manifest.read(bundle)
    if asked.check:
        printing.data(json.dumps(examination.examine(bundle, told), ensure_ascii=False) + "\n")
        return 0
    try:
        work.mkdir(exist_ok=True)
        (work / "tmp").mkdir(exist_ok=True)
    except OSError as error:
        raise AdvisorError(
            f"{work}: cannot write: {error.strerror}", hint="copy the bundle to a folder that can be written to"
        ) from None
    if asked.detach:
        return _detached(bundle, work)
    manifest.hold(bundle, told)
    return _measured(bundle, told, asked)


def _measured(bundle: Path, told: manifest.Manifest, asked: argparse.Namespace) -> int:
    work = bundle / manifest.WORK
    # Everything that is written lies in the bundle: caches, temporary files, the home that the runtimes see.
    os.environ["ADVISOR_CACHE"] = str(work / "cache")
    tempfile.tempdir = str(work / "tmp")
    with _alone():
        run = session.measure(
            session.Bundle(bundle, told), mode=asked.mode, seed=asked.seed, threads=asked.threads, budget=asked.budget,
            label=asked.label, resume=asked.resume, on_event=tell,
        )  # fmt: skip
    output = asked.output or work / RESULT
    save_run(run, output)
    printing.say(str(output))
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Hold this machine for one session, whichever bundle it is of; the system lets go when the process ends.

    Raises
    ------
    AdvisorError
        Exit code 3 where another session measures.
    """
    if not sys.platform.startswith("linux"):
        yield
        return
    with socket.socket(socket.AF_UNIX) as held:
        try:
            held.bind(_HOST)
        except OSError:
            raise AdvisorError(
                f"another session is measuring on this machine (process {_holder()})",
                hint="wait for it, or end it: run.py --stop in its bundle",
                exit_code=EXIT_PROBING,
            ) from None
        held.listen(1)
        yield


def _holder() -> str:
    with socket.socket(socket.AF_UNIX) as asking, contextlib.suppress(OSError):
        asking.connect(_HOST)
        told = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return str(struct.unpack("3i", told)[0])
    return "unknown"


def _detached(bundle: Path, work: Path) -> int:
    """Begin a session that no end of a terminal or a link ends, and say its process."""
    before = status(work)
    if before["state"] == "running":
        printing.data(json.dumps(before) + "\n")
        return 0
    (work / RESULT).unlink(missing_ok=True)
    own = [each for each in sys.argv[1:] if each != "--detach"]
    with (work / LOG).open("wb") as log:
        # sys.argv holds the options as they were given; the Run goes where `status` looks for it.
        process = subprocess.Popen(
            [sys.executable, str(bundle / "run.py"), *own, "--output", str(work / RESULT)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=str(bundle),
        )  # fmt: skip
    (work / PID).write_text(f"{process.pid} {_began(process.pid)}\n", encoding="ascii")
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None and not (work / LOG).stat().st_size:
        time.sleep(0.05)
    printing.data(json.dumps(status(work)) + "\n")
    return 0


def status(work: Path, since: int = 0) -> dict[str, Any]:
    """Return how a session in the background stands: its state, what it said after a byte of its log, the Run's file.

    The state is ``none``, ``running``, ``finished``, or ``ended``: without a Run, as its last lines say.
    """
    process = _running(work)
    try:
        with (work / LOG).open("rb") as log:
            log.seek(since)
            said = log.read()
    except OSError:
        said = b""
    whole = said[: said.rfind(b"\n") + 1]
    run = work / RESULT
    state = "running" if process else "finished" if run.is_file() else "ended" if (work / PID).is_file() else "none"
    return {
        "state": state, "process": process, "said": whole.decode("utf-8", "replace"), "next": since + len(whole),
        "run": str(run) if run.is_file() else None,
        "unfinished": any((work / "runs").glob("*.journal.jsonl")),
    }  # fmt: skip


def _running(work: Path) -> int | None:
    """Return the process of the session in the background, where that very process still runs."""
    try:
        pid, began = (work / PID).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return int(pid) if began == _began(int(pid)) else None


def _began(pid: int) -> str | None:
    """Return when a process began, in the kernel's ticks: another one of its number began later. None: it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _stopped(work: Path) -> int:
    process = _running(work)
    if process is None:
        printing.say("No session runs in the background.")
        return 0
    os.kill(process, signal.SIGTERM)
    printing.say(f"Process {process} was asked to end; what it has measured is kept.")
    return 0


def tell(event: events.Event) -> None:
    """Say what a session does, a line each: this may be a log that nobody watches."""
    if isinstance(event, events.SessionStarted):
        printing.tell(f"Session {event.run}: about {event.estimate:.0f} s")
    elif isinstance(event, events.PhaseStarted):
        printing.tell(f"{event.title} …")
    elif isinstance(event, events.TaskFinished):
        printing.tell(f"  {event.title}: {event.outcome} ({event.seconds:.1f} s){_because(event.message)}")
    elif isinstance(event, events.Noticed):
        printing.tell(event.message)
    elif isinstance(event, events.SessionFinished):
        printing.tell(f"Session {event.run} ended{'' if event.complete else ', not complete'}.")


def _because(message: str | None) -> str:
    return f": {message.splitlines()[0]}" if message else ""
