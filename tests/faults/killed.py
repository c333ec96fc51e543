"""Sessions and workers that are killed with -9 at random moments: nothing accepted is lost, nothing stays behind."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil

from advisor.measurement.session import record
from benchmarks.fidelity.killed import Block, accepted
from tests.faults.place import Finding, Place, Told

KILLED = -9


def findings(times: int = 20) -> Iterator[Finding]:
    """Kill sessions at random moments of their lives and resume them; kill workers; kill a session as it saves."""
    chance = random.Random(8)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        began = time.monotonic()
        place = Place(Path(folder))
        amiss = place.amiss(place.run(*place.probe()), 0)
        whole = time.monotonic() - began
    yield Finding("nothing, to know how long a session lives", "it measures", tuple(amiss))
    yield _sessions(chance, times, whole)
    yield _workers(chance, times, whole)
    yield _saving()


def _sessions(chance: random.Random, times: int, whole: float) -> Finding:
    counts: Counter[str] = Counter()
    amiss: list[str] = []
    for number in range(times):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            place = Place(Path(folder))
            process = place.start(place.probe())
            # A moment from each part of its life, so that a few tries already meet several.
            time.sleep(0.3 + whole * (number + chance.random()) / times)
            process.kill()
            told = place.ended(process)
            if told.code != KILLED:
                counts["had ended before"] += 1
                continue
            left = [each for each in place.left(also=_scratch(place)) if not each.startswith("left behind: .")]
            amiss += left
            before = [record.rebuild(each) for each in place.store.unfinished()]
            ended = bool(list(place.store.runs()))
            told = place.run(*place.probe("--resume"))
            if before and not ended:
                amiss += place.amiss(told, 0)
                counts["resumed"] += 1
            else:
                # Nothing was on disk yet, or already everything: that is said, and a fresh session is as good as any.
                counts["had nothing to resume"] += 1
                amiss += _said(told, "there is nothing to resume") if told.code else place.amiss(told, 0)
                if not ended:
                    amiss += place.amiss(place.run(*place.probe()), 0)
            amiss += _kept(place, accepted(before), counts)
    happened = f"{times} times: {counts['resumed']} resumed, {counts['had nothing to resume']} had nothing to resume"
    happened += f", {counts['had ended before']} had ended; {counts['blocks']} accepted blocks, "
    happened += f"{counts['lost']} lost, {counts['doubled']} doubled"
    return Finding("kill -9 of a session at random moments, then --resume", happened, tuple(amiss))


def _kept(place: Place, before: Counter[Block], counts: Counter[str]) -> list[str]:
    runs = list(place.store.runs())
    if len(runs) != 1 or not runs[0].complete or place.store.unfinished():
        return [f"{len(runs)} Runs and {len(place.store.unfinished())} journals at the end"]
    after = accepted(runs)
    lost, doubled = sum((before - after).values()), sum(count - 1 for count in after.values())
    counts["blocks"] += sum(before.values())
    counts["lost"] += lost
    counts["doubled"] += doubled
    return [f"{lost} blocks lost, {doubled} doubled"] if lost or doubled else []


def _workers(chance: random.Random, times: int, whole: float) -> Finding:
    counts: Counter[str] = Counter()
    amiss: list[str] = []
    for number in range(times):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            place = Place(Path(folder))
            process = place.start(place.probe())
            time.sleep(0.5 + whole * (number + chance.random()) / times)
            try:
                children = psutil.Process(process.pid).children()
                workers = [each for each in children if "framework" in each.cmdline()]
                for each in workers[:1]:
                    each.kill()
            except psutil.Error:
                workers = []
            counts["killed"] += bool(workers)
            amiss += place.amiss(place.ended(process), 0)
            runs = list(place.store.runs())
            latencies = [e for run in runs for e in run.observations if e.metric == "latency"]
            counts["measured all the same"] += all(each.outcome == "measured" for each in latencies) and bool(workers)
            told = all(each.outcome == "measured" or "SIGKILL" in (each.message or "") for each in latencies)
            if len(runs) != 1 or not latencies or not told:
                amiss.append(f"{len(runs)} Runs, {[(each.outcome, each.message) for each in latencies]}")
    happened = f"{times} times, {counts['killed']} while a worker ran: the session came to its end each time, "
    happened += f"{counts['measured all the same']} with every figure, the others with 'signal SIGKILL' for one"
    return Finding("kill -9 of a worker at random moments", happened, tuple(amiss))


def _saving() -> Finding:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        place = Place(Path(folder))
        told = place.run(*place.probe(), faults=["killed-while-saving"])
        amiss = [] if told.code == KILLED else [f"exit code {told.code}"]
        if list(place.store.runs()) or not place.store.unfinished():
            amiss.append("half a Run, or no journal")
        before = accepted([record.rebuild(each) for each in place.store.unfinished()])
        amiss += place.amiss(place.run(*place.probe("--resume")), 0)
        amiss += _kept(place, before, Counter())
        happened = f"the journal had all {sum(before.values())} blocks; resumed, the temporary file of the dead is gone"
        return Finding("kill -9 between writing a Run and giving it its name", happened, tuple(amiss))


def _said(told: Told, words: str) -> list[str]:
    return [] if told.code == 2 and words in told.last else [f"exit code {told.code}: {told.err[-300:]}"]


def _scratch(place: Place) -> set[str]:
    """Return the session's own folder: a process that was killed leaves it, and the next session removes it."""
    return {path.name for path in place.temporary.glob("advisor-session-*")}
