"""How long the command line takes to start, against a floor process that only imports what it needs.

`python -m benchmarks.startup [--pairs N]` starts both commands of a pair in turn and prints the median of the ratios of
their CPU times: on a shared machine wall-clock time says more about the neighbours than about the program. Both find
their modules compiled, as an installation does, and the first pair, which compiles them, does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HELP_FLOOR = "import click, rich, rich.console"
JSON_FLOOR = "import click, numpy, pydantic"
RUN = Path(__file__).parents[1] / "tests" / "data" / "reference-run.json"


def cpu_seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a command to its end and return its user + system CPU time, children included, in seconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def ratios(command: Sequence[str], floor: Sequence[str], pairs: int, compiled: Path) -> list[float]:
    """Return command / floor for each of `pairs` alternating pairs, after one pair that compiles and warms up."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(compiled)
    return [cpu_seconds(command, environment) / cpu_seconds(floor, environment) for _ in range(pairs + 1)][1:]


def main() -> None:
    """Print one row per command: median, smallest and largest ratio, and the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=15)
    pairs = parser.parse_args().pairs
    advisor = str(Path(sys.executable).with_name("advisor"))
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            ("advisor --help", [advisor, "--help"], HELP_FLOOR, 1.5),
            ("recommend --run REFERENCE --json", [advisor, "recommend", "--run", str(RUN), "--json"], JSON_FLOOR, 2.0),
        ]
        print(f"{'command':<34} {'floor':<34} {'median':>7} {'min':>6} {'max':>6} {'bar':>5}")
        for title, command, floor, bar in rows:
            found = ratios(command, [sys.executable, "-c", floor], pairs, Path(folder) / "compiled")
            middle, least, most = statistics.median(found), min(found), max(found)
            print(f"{title:<34} {floor:<34} {middle:>7.2f} {least:>6.2f} {most:>6.2f} {bar:>5}")


if __name__ == "__main__":
    main()
