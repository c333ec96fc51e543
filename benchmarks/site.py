"""How long the site takes to build, against MkDocs alone with as many empty pages, and how that grows.

`python -m benchmarks.site [--pairs N] [RUN]` builds the site of a Run for every shipped profile and a site of as many
empty pages in turn, each in a process of its own, and compares their processor time: on a shared machine wall-clock
time says more about the neighbours than about the program. Every build is cold, with an empty cache folder, but for the
one that says otherwise. Bars: 12 times MkDocs alone; time per page with all profiles at most 1.5 times that with one;
memory at most 600 MB. The site of one question is also compared: with an MkDocs site of as many empty pages, and with
what MkDocs takes for the very same Markdown (`site build --docs-only`); bar 4 times.

Then the site of the Run and of further Runs made from it: every five are of one machine, a day apart, their times moved
by a few percent and now and then by a fifth, as a new version would. Bars: from 10 to 50 Runs, each further one costs
at most 1.5 times what each cost from 1 to 10; at 50, memory at most 600 MB. `--several` does this alone.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from advisor import api
from advisor.measurement.run import Observation, Run, save_run
from advisor.profiles.profile import shipped_profiles
from benchmarks.tables import Result, show
from tests.samples import sample_run

BAR, QUESTION, GROWTH, MEMORY = 12.0, 4.0, 1.5, 600e6
RUNS, PER_MACHINE, LINEAR = (1, 10, 50), 5, 1.5


@dataclass(frozen=True)
class Cost:
    """What one process cost: processor seconds, and the most bytes it held at once."""

    seconds: float
    bytes: float


def cost(command: Sequence[str], cache: Path | None = None) -> Cost:
    """Run a command to its end and return its cost, children included; with an empty `cache` unless one is given."""
    with tempfile.TemporaryDirectory() as nothing:
        return _cost(command, surroundings(cache or Path(nothing)))


def surroundings(cache: Path) -> dict[str, str]:
    """Return the environment of a build with this cache folder.

    MkDocs was compiled when it was installed; so is a checkout's own code, where Python may keep what it compiles.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"ADVISOR_CACHE": str(cache)}


def _cost(command: Sequence[str], environment: dict[str, str]) -> Cost:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def site(runs: Sequence[Path], folder: Path, profiles: Sequence[str]) -> list[str]:
    """Return the command that builds the site of `runs` for `profiles`."""
    chosen = [word for name in profiles for word in ("--profile", name)]
    shown = [word for run in runs for word in ("--run", str(run))]
    return [sys.executable, "-m", "advisor", "site", "build", *shown, *chosen, "--output", str(folder)]


def derived(run: Run, number: int, machines: int | None = None) -> Run:
    """Return another Run made from `run`: the same cells, its own id, machine and times.

    Every five are of one machine, or, with `machines`, the machines take turns.
    """
    draw = random.Random(number)
    machine, day = divmod(number, PER_MACHINE) if machines is None else divmod(number, machines)[::-1]
    host = run.host.model_copy(update={"cpu": f"{run.host.cpu}, machine {machine}"} if machine else {})
    speed = random.Random(f"machine {machine}").uniform(0.5, 2.0) if machine else 1.0

    def moved(each: Observation) -> Observation:
        if each.unit != "s" or each.summary is None:
            return each
        factor = speed * draw.choices((1.0, 0.83, 1.2), (8, 1, 1))[0] * draw.lognormvariate(0, 0.02)
        told = {name: value * factor for name, value in each.summary if name != "n" and value is not None}
        rounds = []
        for block in each.rounds:
            scale = factor * draw.lognormvariate(0, 0.005)
            times = {
                name: getattr(block, name) * scale for name in ("median", "mean", "wall", "cpu") if getattr(block, name)
            }
            rounds.append(block.model_copy(update=times))
        return each.model_copy(update={"summary": each.summary.model_copy(update=told), "rounds": tuple(rounds)})

    started = run.started - timedelta(days=day + 1)
    return run.model_copy(
        update={
            "id": f"{started:%Y%m%d-%H%M%S}-{number:04x}", "started": started,
            "finished": started + (run.finished - run.started), "host": host,
            "observations": tuple(moved(each) for each in run.observations),
        }
    )  # fmt: skip


def several(run: Path, folder: Path, profile: str, pairs: int) -> list[Result]:
    """Build the site of 1, 10 and 50 Runs for one profile in turn; return what a further one costs, and the memory."""
    first, files = api.load_run(run), [run]
    for number in range(1, RUNS[-1]):
        files.append(folder / f"run-{number}.json")
        save_run(derived(first, number), files[-1])
    commands = [site(files[:count], folder / f"several-{count}", [profile]) for count in RUNS]
    costs = [[cost(command) for command in commands] for _ in range(pairs)]
    # The least of each: a difference of two times near each other drowns in what else the machine did.
    one, ten, fifty = (min(found[place].seconds for found in costs) for place in range(len(RUNS)))
    early, late = (ten - one) / (RUNS[1] - RUNS[0]), (fifty - ten) / (RUNS[2] - RUNS[1])
    pages = [len(list((folder / f"several-{count}").glob("*.html"))) for count in RUNS]
    largest = max(page.stat().st_size for page in (folder / f"several-{RUNS[-1]}").glob("*.html"))
    most = max(found[-1].bytes for found in costs)
    return [
        Result(f"largest page at {RUNS[-1]} Runs", f"{largest / 1e3:.0f} kB", "150 kB", largest <= 150e3),
        Result(
            f"{RUNS[0]}, {RUNS[1]}, {RUNS[2]} Runs: {pages[0]}, {pages[1]}, {pages[2]} pages in {one:.1f}, {ten:.1f}, "
            f"{fifty:.1f} s; a further Run late over early",
            f"{late:.2f} s / {early:.2f} s = {late / early:.2f} times", f"{LINEAR:g}", late / early <= LINEAR,
        ),
        Result(
            f"peak memory at {RUNS[-1]} Runs", f"{most / 1e6:.0f} MB", f"{MEMORY / 1e6:.0f} MB", most <= MEMORY
        ),
    ]  # fmt: skip


def question(run: Path, folder: Path, pairs: int) -> list[Result]:
    """Build the site of one question, MkDocs' of as many empty pages, and MkDocs' of the same Markdown, in turn."""
    ours, cache = site([run], folder / "question", ["edge"]), folder / "kept"
    cost(ours, cache)
    count = len(list((folder / "question").glob("*.html")))
    cost([*site([run], folder / "same", ["edge"]), "--docs-only"], cache)
    bare = empty(folder / "bare", count)
    same = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(folder / "same" / "mkdocs.yml")]
    costs = [[cost(ours, cache), cost(bare), cost(same)] for _ in range(pairs)]
    weight = sum(file.stat().st_size for file in (folder / "question").rglob("*") if file.is_file())
    results = [Result(f"site of a question, {count} pages", f"{weight / 1e6:.2f} MB", "3 MB", weight <= 3e6)]
    for place, what in ((1, "as many empty pages"), (2, "the same Markdown")):
        found = statistics.median(each[0].seconds / each[place].seconds for each in costs)
        results.append(
            Result(f"… against MkDocs with {what}", f"{found:.1f} times", f"{QUESTION:g}", found <= QUESTION)
        )
    return results


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
    parser.add_argument("--several", action="store_true", help="only the growth with further Runs")
    parser.add_argument("--question", action="store_true", help="only the site of one question")
    given = parser.parse_args()
    profiles = shipped_profiles()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run = given.run or folder / "run.json"
        if given.run is None:
            save_run(sample_run(), run)
        asked = question(run, folder, given.pairs)
        if given.question:
            show(asked)
            return
        growing = several(run, folder, profiles[0], given.pairs)
        if given.several:
            show(growing)
            return
        one, whole = site([run], folder / "one", profiles[:1]), site([run], folder / "all", profiles)
        kept = folder / "cache"
        cost(one), cost(whole, kept)
        heaviest = max((folder / "all").glob("*.html"), key=lambda page: page.stat().st_size)
        weight = heaviest.stat().st_size
        few, many = (len(list((folder / name).glob("*.html"))) for name in ("one", "all"))
        peer = empty(folder / "empty", many)
        pairs = [(cost(whole), cost(peer), cost(one), cost(whole, kept)) for _ in range(given.pairs)]
    ratio = statistics.median(ours.seconds / theirs.seconds for ours, theirs, _, _ in pairs)
    warm = statistics.median(again.seconds / theirs.seconds for _, theirs, _, again in pairs)
    growth = statistics.median(ours.seconds / many / (small.seconds / few) for ours, _, small, _ in pairs)
    most = max(ours.bytes for ours, _, _, _ in pairs)
    show(
        [
            Result(f"{many} pages, against MkDocs alone", f"{ratio:.1f} times", f"{BAR:g}", ratio <= BAR),
            Result(f"{many} pages, when an earlier build left its cache", f"{warm:.1f} times", f"{BAR:g}", warm <= BAR),
            Result(
                f"time per page, {many} pages against {few}", f"{growth:.2f} times", f"{GROWTH:g}", growth <= GROWTH
            ),
            Result(f"largest page ({heaviest.stem})", f"{weight / 1e3:.0f} kB", "150 kB", weight <= 150e3),
            Result("peak memory", f"{most / 1e6:.0f} MB", f"{MEMORY / 1e6:.0f} MB", most <= MEMORY),
            *asked,
            *growing,
        ]
    )


if __name__ == "__main__":
    main()
