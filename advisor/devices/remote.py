"""Measure on a device over a link: check, push what changed, start detached, follow, fetch, clean up.

The session runs on the device and needs no link: when that is lost, it goes on there, and whoever asks again finds it.
"""

from __future__ import annotations

import io
import json
import shlex
import tarfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor import scratch
from advisor.devices import manifest
from advisor.devices.link import Link, LinkError
from advisor.devices.manifest import Manifest
from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement.run import Run, load_run

FOLDER = "advisor-bundles"
"""Where bundles lie on a device, below the home of the user there."""

LEAST = (3, 11)
SHORT, LONG = 60.0, 900.0
# A look takes some milliseconds of the device's time: early ones soon, later ones seldom.
SOONEST, SELDOM, SHARE = 1.0, 15.0, 0.1
AGAIN = 5.0
_MARK = "--advisor--"

# Read by any Python 3 that is there, also one that is too old.
_LOOK = """\
import json, os, platform, sys
folder = os.path.expanduser(sys.argv[1])
wrong = None
try:
    os.makedirs(folder, exist_ok=True)
    probe = os.path.join(folder, ".probe")
    open(probe, "w").close()
    os.remove(probe)
except OSError as error:
    wrong = error.strerror
print(json.dumps({"python": list(sys.version_info[:2]), "folder": folder, "wrong": wrong,
                  "machine": platform.machine(), "system": platform.system()}))
"""
_DIFFER = """\
import hashlib, json, os, sys
folder, differ = sys.argv[1], []
for name, expected in json.load(sys.stdin).items():
    try:
        with open(os.path.join(folder, name), "rb") as file:
            found = hashlib.sha256(file.read()).hexdigest()
    except OSError:
        found = None
    if found != expected:
        differ.append(name)
print(json.dumps(differ))
"""
_RECEIVE = """\
import os, sys, tarfile
os.makedirs(sys.argv[1], exist_ok=True)
try:
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|gz") as archive:
        archive.extractall(sys.argv[1])
except OSError as error:
    sys.exit("cannot write: %s" % (error.strerror or error))
"""
_REMOVE = """\
import os, shutil, sys
if os.path.isfile(os.path.join(sys.argv[1], "manifest.json")):
    shutil.rmtree(sys.argv[1])
"""
Teller = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """A bundle's place on a device: the Python there, the folder."""

    python: str
    folder: str

    @property
    def program(self) -> str:
        """The bundle's program there."""
        return f"{self.folder}/run.py"


@dataclass(frozen=True)
class Device:
    """A bundle and a device, and the link between them.

    Parameters
    ----------
    python : str
        What runs Python there.
    folder : str
        Where bundles are put there; relative to the home.
    """

    link: Link
    bundle: Path
    manifest: Manifest
    python: str = "python3"
    folder: str = f"~/{FOLDER}"

    def place(self) -> Place:
        """Look at the device and return where the bundle goes.

        Raises
        ------
        AdvisorError
            Exit code 3: no Python there, one that is too old, a folder that cannot be written to.
        """
        told = self._said(self.link.run(self.python, "-c", _LOOK, self.folder, limit=SHORT), "look at the device")
        found = tuple(told["python"])
        if found < LEAST:
            raise self._error(
                f"{self.python} is Python {_dotted(found)} there, and a bundle needs {_dotted(LEAST)} or later",
                "--python PATH   (of another Python on the device)",
            )
        if told["wrong"]:
            raise self._error(
                f"{told['folder']}: cannot write there: {told['wrong']}", "--folder DIR   (on the device)"
            )
        return Place(self.python, f"{told['folder']}/{self.bundle.name}")

    def push(self, place: Place, tell: Teller) -> int:
        """Bring the bundle there, only the files that differ; return how many bytes went over the link."""
        files = self.manifest.files | {manifest.NAME: manifest.digest(self.bundle / manifest.NAME)}
        asked = json.dumps(files).encode()
        answer = self.link.run(place.python, "-c", _DIFFER, place.folder, given=asked, limit=SHORT)
        differ = self._said(answer, "compare the bundle")
        if not differ:
            return 0
        packed = _packed(self.bundle, differ)
        tell(f"{self.link.host}: {len(differ)} of {len(files)} files, {len(packed) / 1e6:.1f} MB")
        done = self.link.run(place.python, "-c", _RECEIVE, place.folder, given=packed, limit=LONG)
        if done.returncode:
            raise self._error(
                f"{place.folder}: {_last(done.stderr)}", "--folder DIR   (on the device), or make room there"
            )
        return len(packed)

    def check(self, place: Place) -> dict[str, Any]:
        """Return what the device is and has (`advisor.devices.examination`)."""
        told: dict[str, Any] = self._said(
            self.link.run(place.python, place.program, "--check", limit=SHORT), "examine the device"
        )
        return told

    def start(self, place: Place, options: Sequence[str]) -> dict[str, Any]:
        """Begin a session that the link does not end, or find the one that runs; return how it stands."""
        told: dict[str, Any] = self._said(
            self.link.run(place.python, place.program, "--detach", *options, limit=SHORT), "begin a session"
        )
        return told

    def follow(self, place: Place, tell: Teller, *, patience: float) -> None:
        """Say what the session there says, until it ends.

        Raises
        ------
        AdvisorError
            Exit code 3: the session ended without a Run, or the link stayed away for `patience` seconds.
        """
        began = heard = time.monotonic()
        at, lost = 0, False
        while True:
            try:
                state, said = self._glance(place, at)
            except LinkError as error:
                if time.monotonic() - heard > patience:
                    raise LinkError(
                        f"{error.message}; the session goes on there",
                        hint="the same command again finds it, and fetches its Run", exit_code=EXIT_PROBING,
                    ) from None  # fmt: skip
                if not lost:
                    tell(f"{error.message}; the session goes on there, and is looked for again")
                lost = True
                time.sleep(AGAIN)
                continue
            heard, lost = time.monotonic(), False
            at += len(said)
            lines = said.decode("utf-8", "replace").splitlines()
            for line in lines:
                tell(line)
            if state == "finished":
                return
            if state == "ended":
                why = next((each for each in reversed(lines) if each.startswith("Error: ")), "its process ended")
                raise self._error(
                    f"the session ended without a Run: {why.removeprefix('Error: ')}",
                    "the same command with --resume goes on with it",
                )
            time.sleep(min(SELDOM, max(SOONEST, SHARE * (time.monotonic() - began))))

    def state(self, place: Place) -> str:
        """Return how the session there stands: ``running``, ``finished`` or ``ended``."""
        return self._glance(place, 0)[0]

    def fetch(self, place: Place) -> Run:
        """Return the Run of the session that ended there.

        Raises
        ------
        AdvisorError
            When there is none, or it is damaged.
        """
        done = self.link.run("cat", f"{place.folder}/{manifest.WORK}/run.json", limit=LONG)
        if done.returncode:
            raise self._error(f"there is no Run to fetch: {_last(done.stderr)}", "advisor device measure")
        with scratch.folder("advisor-fetch-") as folder:
            (folder / "run.json").write_bytes(done.stdout)
            return load_run(folder / "run.json")

    def clean(self, place: Place) -> None:
        """Remove the bundle there, with all that was written into it."""
        self.link.run(place.python, "-c", _REMOVE, place.folder, limit=SHORT)

    def _glance(self, place: Place, at: int) -> tuple[str, bytes]:
        """Return how the session stands and its whole new lines: a shell there, and no Python that would disturb."""
        work = shlex.quote(f"{place.folder}/{manifest.WORK}")
        script = (
            f"cd {work} || exit 1; [ -f run.json ] && s=finished || s=ended; read p b < session.pid; "
            "set -- $(sed 's/.*) //' /proc/$p/stat 2>/dev/null); "
            f'[ "${{20}}" = "$b" ] && [ "$1" != Z ] && s=running; tail -c +{at + 1} session.log; printf %s%s {_MARK} $s'
        )
        done = self.link.shell(script, limit=SHORT)
        said, mark, state = done.stdout.rpartition(_MARK.encode())
        if not mark:
            raise self._error("no session was begun there", "advisor device measure")
        return state.decode(), said if state != b"running" else said[: said.rfind(b"\n") + 1]

    def _said(self, done: Any, what: str) -> Any:
        """Return what a program there printed as JSON; AdvisorError with its own words where it did not."""
        try:
            if done.returncode == 0:
                return json.loads(done.stdout)
        except ValueError:
            pass
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        told = next((each.removeprefix("Error: ") for each in lines if each.startswith("Error: ")), None)
        hint = next((each.removeprefix("Try: ") for each in lines if each.startswith("Try: ")), None)
        raise self._error(told or f"cannot {what}: {_last(done.stderr)}", hint)

    def _error(self, why: str, hint: str | None) -> AdvisorError:
        return AdvisorError(f"{self.link.host}: {why}", hint=hint, exit_code=EXIT_PROBING)


def _packed(bundle: Path, names: Sequence[str]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        # The manifest last: what was cut off on its way is no bundle yet.
        for name in sorted(names, key=lambda each: each == manifest.NAME):
            archive.add(bundle / name, name, recursive=False)
    return whole.getvalue()


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def _last(said: bytes) -> str:
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
