"""What hundreds of Runs cost: reading them, finding one among them, comparing those of a machine, and their site.

`python -m benchmarks.scale [--runs 500] [--machines 200] [--no-site] [RUN]` makes synthetic Runs of many machines from
one that was measured (the committed reference Run by default), with the noise of sessions: each machine has its own
speed, each session and block its own, and a version now and then is a fifth faster or slower. Each step runs in a
process of its own on an eighth, a quarter, a half and all of the Runs. Bars: processor time per further Run from half
to all at most 1.5 times that from an eighth to a half, of what takes a quarter longer for all than for an eighth at
least; finding a Run through the index at most a twentieth of reading all; 300 MB for everything but the site, 600 MB
for that.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from advisor import api
from advisor.measurement import run_changes
from advisor.measurement.run import Run, load_run, save_run
from advisor.measurement.store import NAME, Store
from advisor.profiles.profile import shipped_profiles
from benchmarks.site import Cost, cost, derived
from benchmarks.tables import Result, show

REFERENCE = Path(__file__).resolve().parent.parent / "tests" / "data" / "reference-run.json"
SHARES = (8, 4, 2, 1)
LINEAR, INDEXED, MEMORY, SITE = 1.5, 0.05, 300e6, 600e6
# What takes hardly longer for eight times as many Runs is the start of the process, and its differences are chance.
GROWS = 1.25


def read(folder: Path) -> int:
    """Read every Run in turn."""
    return sum(len(run.observations) for run in Store(folder).runs())


def index(folder: Path) -> int:
    """Make the index from nothing."""
    (folder / NAME).unlink(missing_ok=True)
    return len(Store(folder).entries())


def find(folder: Path) -> int:
    """Look through the index that is there."""
    return len({(entry.cpu, entry.cores) for entry in Store(folder).entries()})


def compare(folder: Path) -> int:
    """Compare each Run with the one before it on its machine; two are held at a time."""
    store, machines = Store(folder), defaultdict[tuple[str, int], list[str]](list)
    for entry in store.entries():
        machines[entry.cpu, entry.cores].append(entry.id)
    words = 0
    for names in machines.values():
        for newer, older in pairwise(names):
            found = run_changes.changes(load_run(store.path(older)), load_run(store.path(newer)))
            words += sum(each.word != "unclear" for each in found)
    return words


def site(folder: Path) -> int:
    """Build the site of all Runs for one profile."""
    first, *others = (folder / f"{entry.id}.json" for entry in Store(folder).entries())
    with tempfile.TemporaryDirectory() as built:
        api.build_site(
            load_run(first), Path(built), profiles=shipped_profiles()[:1], others=(load_run(file) for file in others)
        )
        return len(list(Path(built).glob("*.html")))


STEPS = {"read": read, "index": index, "find": find, "compare": compare, "site": site}


def made(run: Run, folder: Path, count: int, machines: int) -> None:
    """Write `count` synthetic Runs into `folder`; those of a machine are a day apart, and each second has its own."""
    for number in range(count):
        one = derived(run, number, machines)
        moment = one.started + timedelta(seconds=number)
        name = f"{moment:%Y%m%d-%H%M%S}-{number:04x}"
        length = one.finished - one.started
        one = one.model_copy(update={"id": name, "started": moment, "finished": moment + length})
        save_run(one, folder / f"{name}.json")


def results(step: str, counts: list[int], costs: list[Cost]) -> list[Result]:
    """Return the lines of one step: how it grows, and the most memory it held."""
    eighth, _, half, whole = (each.seconds for each in costs)
    early, late = (half - eighth) / (counts[2] - counts[0]), (whole - half) / (counts[3] - counts[2])
    told = ", ".join(f"{each.seconds:.1f}" for each in costs)
    most, bar = max(each.bytes for each in costs), SITE if step == "site" else MEMORY
    ratio = late / early if early > 0 else float("inf")
    grows = whole > GROWS * eighth
    growth = f"{late * 1e3:.1f} ms / {early * 1e3:.1f} ms = {ratio:.2f} times" if grows else "does not grow"
    return [
        Result(
            f"{step}: {', '.join(map(str, counts))} Runs in {told} s; a further Run late over early",
            growth, f"{LINEAR:g}", not grows or ratio <= LINEAR,
        ),
        Result(f"{step}: peak memory", f"{most / 1e6:.0f} MB", f"{bar / 1e6:.0f} MB", most <= bar),
    ]  # fmt: skip


def main() -> None:
    """Print what was found beside each bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?", type=Path, default=REFERENCE)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--machines", type=int, default=200)
    parser.add_argument("--no-site", action="store_true")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(STEPS[given.step](given.folder))
        return
    counts = [given.runs // share for share in SHARES]
    found: list[Result] = []
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / str(count) for count in counts]
        for folder, count in zip(folders, counts, strict=True):
            # An eighth of the Runs is of an eighth of the machines, so that only one thing grows.
            made(load_run(given.run), folder, count, max(1, given.machines * count // given.runs))
        spent: dict[str, list[Cost]] = {}
        for step in STEPS:
            if step == "site" and given.no_site:
                continue
            command = [sys.executable, "-m", "benchmarks.scale", "--step", step, "--folder"]
            spent[step] = [cost([*command, str(folder)]) for folder in folders]
            found += results(step, counts, spent[step])
        empty = Path(scratch) / "none"
        floor = cost([sys.executable, "-m", "benchmarks.scale", "--step", "find", "--folder", str(empty)]).seconds
    share = (spent["find"][-1].seconds - floor) / (spent["read"][-1].seconds - floor)
    found.append(Result("find over read, both without the start", f"{share:.1%}", f"{INDEXED:.0%}", share <= INDEXED))
    show(found)


if __name__ == "__main__":
    main()
