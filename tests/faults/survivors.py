"""Recipes that leave processes behind in every way that is known: none outlives its recipe, or else its session."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import psutil

from tests.faults.place import FRAMEWORKS, Finding, Place

_SLEEP = "sleep {seconds}"
_QUIET = "</dev/null >/dev/null 2>&1 &"
# What a recipe hands to a shell; the process that stays sleeps for a time that nobody else sleeps.
WAYS: dict[str, tuple[str, str]] = {
    "child": ("a recipe leaves a child", f"{_SLEEP} {_QUIET}"),
    "session": ("… in a session of its own", f"setsid {_SLEEP} {_QUIET}"),
    "emptied": ("… with an empty environment", f"env -i {_SLEEP} {_QUIET}"),
    "both": ("… in a session of its own, with an empty environment", f"env -i setsid {_SLEEP} {_QUIET}"),
    "elsewhere": ("… with another folder for temporary files", f"TMPDIR=/elsewhere setsid {_SLEEP} {_QUIET}"),
    "daemon": ("… twice forked, its parents gone", f"env -i setsid sh -c '{_SLEEP} & exec true' {_QUIET}"),
    "deaf": ("… that ignores SIGTERM, SIGHUP and SIGINT", f"trap '' TERM HUP INT; env -i setsid {_SLEEP} {_QUIET}"),
    "lowered": ("… with a lower limit than it was given", f"ulimit -S -q 1000; env -i setsid {_SLEEP} {_QUIET}"),
    "afar": ("… in another working folder", f"cd / && env -i setsid {_SLEEP} {_QUIET}"),
    "dead": ("… and then segfaults", f"env -i setsid {_SLEEP} {_QUIET} kill -SEGV $PPID"),
}
ENDS = {
    "kill -9": ("a session is killed with -9 while such a process runs; the next one", signal.SIGKILL),
    "SIGTERM": ("a session gets SIGTERM while such a process runs", signal.SIGTERM),
    "Ctrl-C": ("a session gets Ctrl-C while such a process runs", signal.SIGINT),
}

_RECIPE = """\
import subprocess, time
from probes.proof import Proof


def run(_case):
    subprocess.run(["bash", "-c", {script!r}], check=True)
    time.sleep({rest})
    return Proof("proved", {{"left": True}})
"""
_CAPABILITY = """\
id: {name}
title: {name}
question: What does it leave?
why: Recipes leave things.
proof: It says so.
limits: {{seconds: 60, memory: 400 MB}}
"""
_PATIENCE = 60.0


def findings(ways: Collection[str] = WAYS, ends: Collection[str] = ENDS) -> Iterator[Finding]:
    """Leave processes behind in each of `ways`, all in one session; end a session in each of `ends` meanwhile."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        place, seconds = Place(Path(folder)), {way: f"{86400 + number}.0716" for number, way in enumerate(ways)}
        _write(place, {way: WAYS[way][1].format(seconds=seconds[way]) for way in ways})
        told = place.run(*_probe(place))
        amiss = place.amiss(told, 0)
        run = next(iter(place.store.runs()), None)
        for way in ways:
            found = [each for each in run.observations if each.probe == f"capability:{way}"] if run else []
            outcomes = {each.outcome for each in found}
            left = [*amiss, *_ended(seconds[way])]
            left += [] if outcomes == {"crashed" if way == "dead" else "proved"} else [f"its outcome: {outcomes}"]
            yield Finding(WAYS[way][0], "it is gone when the session has ended", tuple(left))
    for number, end in enumerate(ends):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield _cut_short(Place(Path(folder)), *ENDS[end], f"{87400 + number}.0716")


def _cut_short(place: Place, what: str, number: signal.Signals, seconds: str) -> Finding:
    _write(place, {"both": WAYS["both"][1].format(seconds=seconds)}, rest=600)
    process = place.start(_probe(place))
    until = time.monotonic() + _PATIENCE
    while not _running(seconds) and time.monotonic() < until:
        time.sleep(0.05)
    amiss = [] if _running(seconds) else ["it was never there"]
    process.send_signal(number)
    told = place.ended(process)
    if number == signal.SIGKILL:
        # It leaves its folder to the next session, and with it what still runs.
        told = place.run(*place.probe())
        amiss += place.amiss(told, 0)
    else:
        amiss += place.amiss(told, 130)
    return Finding(what, "ends it" if number == signal.SIGKILL else "it is gone", (*amiss, *_ended(seconds)))


def _probe(place: Place) -> list[str]:
    mine = str(place.folder / "leavers")
    return [*place.probe("--frameworks-folder", mine, frameworks="tame,leaver"), "--only", "capability:*"]


def _write(place: Place, scripts: dict[str, str], rest: float = 0.0) -> None:
    folder = place.folder / "leavers"
    (folder / "capabilities").mkdir(parents=True)
    shutil.copytree(FRAMEWORKS / "tame", folder / "leaver", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(FRAMEWORKS / "numpy_alone.py", folder)
    text = (folder / "leaver" / "framework.yaml").read_text().replace("tame", "leaver").replace("Tame", "Leaver")
    (folder / "leaver" / "framework.yaml").write_text(text)
    for name, script in scripts.items():
        (folder / "leaver" / f"{name}.py").write_text(_RECIPE.format(script=script, rest=rest))
        (folder / "capabilities" / f"{name}.yaml").write_text(_CAPABILITY.format(name=name))


def _running(seconds: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if command[:1] == ["sleep"] and command[1:] == [seconds]:
            found.append(process)
    return found


def _ended(seconds: str) -> list[str]:
    """Return what still sleeps, and end it."""
    left = _running(seconds)
    for each in left:
        each.kill()
    return [f"left running: sleep {seconds}" for _ in left]
