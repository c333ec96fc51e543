"""How long the site takes to build, against MkDocs alone with as many empty pages, and how that grows.

`python -m benchmarks.site [--pairs N] [RUN]` builds the site of a Run for every shipped profile and a site of as many
empty pages in turn, each in a process of its own, and compares their processor time: on a shared machine wall-clock
time says more about the neighbours than about the program. Every build is cold: nothing is kept on the disk. Bars: 12
times MkDocs alone; time per page with all profiles at most 1.5 times that with one; memory at most 600 MB; building
again after one profile changed, in the process that built before as `advisor site serve` does, at most 40 % of a full
build in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from advisor import api
from advisor.decision.profile import Profile, load_profile, shipped_profiles
from advisor.measurement.run import save_run
from benchmarks.tables import Result, show
from tests.samples import sample_run

BAR, GROWTH, MEMORY, AGAIN = 12.0, 1.5, 600e6, 0.4


@dataclass(frozen=True)
class Cost:
    """What one process cost: processor seconds, and the most bytes it held at once."""

    seconds: float
    bytes: float


def cost(command: Sequence[str]) -> Cost:
    """Run a command to its end and return its cost, children included."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def site(run: Path, folder: Path, profiles: Sequence[str]) -> list[str]:
    """Return the command that builds the site of `run` for `profiles`."""
    chosen = [word for name in profiles for word in ("--profile", name)]
    return [sys.executable, "-m", "advisor", "site", "build", "--run", str(run), *chosen, "--output", str(folder)]


def again(run: Path, folder: Path) -> float:
    """Build the whole site in this process, and again with one profile changed; return the second's share."""
    first, *others = shipped_profiles()
    api.build_site(api.load_run(run), folder, profiles=[first, *others])
    # Imports and all, as a process of its own has them.
    full = time.process_time()
    api.build_site(api.load_run(run), folder, profiles=[changed(load_profile(first)), *others])
    return (time.process_time() - full) / full


def changed(profile: Profile) -> Profile:
    """Return `profile` with the weights of its first and its last criterion exchanged."""
    first, *middle, last = profile.wishes
    ends = replace(first, weight=last.weight), replace(last, weight=first.weight)
    return replace(profile, wishes=(ends[0], *middle, ends[1]))


def empty(folder: Path, pages: int) -> list[str]:
    """Write a MkDocs site of `pages` pages that hold a heading each; return the command that builds it."""
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    for number in range(pages):
        name = "index.md" if number == 0 else f"page-{number}.md"
        (folder / "docs" / name).write_text(f"# Page {number}\n", encoding="utf-8")
    config = "site_name: empty\nplugins: []\ntheme: {name: mkdocs, highlightjs: false}\n"
    (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    return [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(folder / "mkdocs.yml")]


def main() -> None:
    """Print what was found beside each bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--again", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.again:
        print(again(given.run, given.again))
        return
    profiles = shipped_profiles()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run = given.run or folder / "run.json"
        if given.run is None:
            save_run(sample_run(), run)
        one, whole = site(run, folder / "one", profiles[:1]), site(run, folder / "all", profiles)
        cost(one), cost(whole)
        few, many = (len(list((folder / name).glob("*.html"))) for name in ("one", "all"))
        peer = empty(folder / "empty", many)
        pairs = [(cost(whole), cost(peer), cost(one)) for _ in range(given.pairs)]
        rebuild = [sys.executable, "-m", "benchmarks.site", str(run), "--again", str(folder / "again")]
        shares = [float(subprocess.check_output(rebuild, text=True)) for _ in range(given.pairs)]
    ratio = statistics.median(ours.seconds / theirs.seconds for ours, theirs, _ in pairs)
    growth = statistics.median(ours.seconds / many / (small.seconds / few) for ours, _, small in pairs)
    most = max(ours.bytes for ours, _, _ in pairs)
    show(
        [
            Result(f"{many} pages, against MkDocs alone", f"{ratio:.1f} times", f"{BAR:g}", ratio <= BAR),
            Result(
                f"time per page, {many} pages against {few}", f"{growth:.2f} times", f"{GROWTH:g}", growth <= GROWTH
            ),
            Result(
                "again, one profile changed",
                f"{statistics.median(shares):.0%} of a full build",
                f"{AGAIN:.0%}",
                statistics.median(shares) <= AGAIN,
            ),
            Result("peak memory", f"{most / 1e6:.0f} MB", f"{MEMORY / 1e6:.0f} MB", most <= MEMORY),
        ]
    )


if __name__ == "__main__":
    main()
