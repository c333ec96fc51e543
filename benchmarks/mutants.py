"""How many changes of the engine and of the statistics the tests notice.

`python -m benchmarks.mutants [NAME…] [--sample N] [--seed S] [--longest SECONDS]` has mutmut change what
`pyproject.toml` names under `[tool.mutmut]`, a little at a time, in a copy below `mutants/`, and counts the changes
with which a test fails: all of the statistics, and of the engine all or N drawn at random; or those of one name, like
`advisor.decision.flips*`. A change is tried with the tests that reach its function; those that take longer than
`--longest` are not asked, so that the share comes out too small rather than too large. Called again it tries what is
left; `--again` tries what survived once more, after new tests. Bar: 85 % of each; of a sample the 95 % interval of the
share is told, too.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from advisor.measurement.statistics import proportion
from benchmarks.tables import Result, show

FOLDER = Path("mutants")
STATS = FOLDER / "mutmut-stats.json"
BAR = 0.85
STATISTICS = "advisor.measurement.statistics"
# mutmut's exit codes: not tried yet, left out, and those of a change that a test noticed, by failing or by its time.
OPEN, LEFT_OUT, NOTICED = None, 34, frozenset({1, 3, 36, 24, -24, 152, 255})
SURVIVED = frozenset({0, 5, 33})

Codes = dict[str, int | None]


def main() -> None:
    """Print what was found beside the bar, and the names of what survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these, such as advisor.decision.flips*")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of the engine's changes; default all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument("--again", action="store_true", help="try what survived once more")
    given = parser.parse_args()
    if not any(FOLDER.rglob("*.meta")):
        run(f"{STATISTICS}.x_exact__mutmut_1")  # makes all changes, and finds out which tests reach which function
    leave_out(given.longest)
    known = codes()
    engine = sorted(name for name in known if not name.startswith(STATISTICS))
    drawn = engine if given.sample is None else random.Random(given.seed).sample(engine, min(given.sample, len(engine)))
    wanted = {*drawn, *(name for name in known if name.startswith(STATISTICS))}
    if given.names:
        wanted = {name for name in known if any(fnmatchcase(name, each) for each in given.names)}
    mark({name: told(name, code, wanted, again=given.again) for name, code in known.items()})
    run()
    # What a fixture of a whole module reaches is put down to its first test: survivors are shown to all of the file.
    widen(given.longest)
    mark({name: told(name, code, wanted, again=True) for name, code in codes().items()})
    run()
    found = {name: code for name, code in codes().items() if name in wanted and code is not OPEN}
    for name in sorted(name for name, code in found.items() if code not in NOTICED):
        print(name)
    show(results(found, len(engine)))


def told(name: str, code: int | None, wanted: set[str], *, again: bool) -> int | None:
    """Return the exit code to begin with: what is wanted and not known is open, what is not wanted is left out."""
    if name not in wanted:
        return LEFT_OUT if code is OPEN else code
    return OPEN if code == LEFT_OUT or (again and code in SURVIVED) else code


def run(*names: str) -> None:
    """Have mutmut try what is open, one after the other."""
    program = shutil.which("mutmut", path=str(Path(sys.executable).parent)) or "mutmut"
    if subprocess.run([program, "run", "--max-children", "1", *names], stdout=sys.stderr, check=False).returncode:
        raise SystemExit("mutmut could not be run to its end")


def codes() -> Codes:
    """Return the exit code of every change, by its name."""
    found: Codes = {}
    for file in FOLDER.rglob("*.meta"):
        found |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def mark(wanted: Mapping[str, int | None]) -> None:
    """Write these exit codes where mutmut finds them."""
    for file in FOLDER.rglob("*.meta"):
        content = json.loads(file.read_text(encoding="utf-8"))
        content["exit_code_by_key"] = {name: wanted[name] for name in content["exit_code_by_key"]}
        file.write_text(json.dumps(content, indent=4), encoding="utf-8")


def leave_out(longest: float) -> None:
    """Ask no test that takes longer than so many seconds."""
    content = json.loads(STATS.read_text(encoding="utf-8"))
    slow = {test for test, seconds in content["duration_by_test"].items() if seconds > longest}
    reached = content["tests_by_mangled_function_name"]
    content["tests_by_mangled_function_name"] = {name: sorted({*tests} - slow) for name, tests in reached.items()}
    STATS.write_text(json.dumps(content, indent=4), encoding="utf-8")
    print(f"{len(slow)} tests of more than {longest:g} s are not asked", file=sys.stderr)


def widen(longest: float) -> None:
    """Have all tests of a file asked about what one of them reaches, but for those that take longer."""
    content = json.loads(STATS.read_text(encoding="utf-8"))
    quick: dict[str, set[str]] = defaultdict(set)
    for test, seconds in content["duration_by_test"].items():
        if seconds <= longest:
            quick[file_of(test)].add(test)
    reached = content["tests_by_mangled_function_name"]
    content["tests_by_mangled_function_name"] = {
        name: sorted(set[str]().union(*(quick[file] for file in {file_of(test) for test in tests})))
        for name, tests in reached.items()
    }
    STATS.write_text(json.dumps(content, indent=4), encoding="utf-8")


def file_of(test: str) -> str:
    """Return the file of a test, of whose id it is the first part."""
    return test.partition("::")[0]


def results(found: Mapping[str, int | None], engine: int) -> list[Result]:
    """Return a line for each module, then one for the statistics and one for the engine as a whole."""
    tried = Counter(module(name) for name in found)
    noticed = Counter(module(name) for name, code in found.items() if code in NOTICED)
    lines = [line(name, noticed[name], tried[name]) for name in sorted(tried)]
    deciding = [name for name in tried if name != STATISTICS]
    whole, killed = sum(tried[name] for name in deciding), sum(noticed[name] for name in deciding)
    if whole:
        share = proportion(killed, whole)
        sampled = f" [{share.low:.1%}–{share.high:.1%}], {whole:,} of {engine:,} tried" if whole < engine else ""
        last = line("advisor.profiles, advisor.decision", killed, whole)
        lines.append(Result(last.what, last.found + sampled, last.bar, last.holds))
    return lines


def line(what: str, noticed: int, tried: int) -> Result:
    """Return how many changes of a module were noticed."""
    share = noticed / tried
    return Result(what, f"{noticed:,} of {tried:,} = {share:.1%}", f"{BAR:.0%}", share >= BAR)


def module(name: str) -> str:
    """Return the module of a change."""
    return name.rpartition(".")[0]


if __name__ == "__main__":
    main()
