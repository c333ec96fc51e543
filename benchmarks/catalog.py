"""How long it takes to load all that is documented, against parsing the same files and doing nothing with them.

`python -m benchmarks.catalog [--pairs N]` loads the whole catalog, with every check, and parses its files with PyYAML's
C loader, each in fresh processes that take turns, and prints CPU seconds and the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

LOAD = """
import time
from advisor.articles import articles, catalog, claims, runtimes, systems, verdicts
from advisor.knowledge import sources
start = time.process_time()
for load in (sources.load_sources, articles.load_articles, systems.load_systems, catalog.whole_catalog,
             claims.load_claims, verdicts.load_verdicts, runtimes.load_runtimes):
    load()
print(time.process_time() - start)
"""
PARSE = """
import pathlib, time, yaml
from advisor import articles, knowledge
files = [file for wing in (knowledge, articles) for file in sorted(pathlib.Path(wing.__file__).parent.glob("*.yaml"))]
start = time.process_time()
for file in files:
    with file.open(encoding="utf-8") as stream:
        yaml.load(stream, Loader=yaml.CSafeLoader)
print(time.process_time() - start)
"""
BAR = 0.15


def seconds(code: str) -> float:
    """Run `code` in a fresh process and return the seconds that it prints."""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return float(ended.stdout)


def main() -> None:
    """Print the medians of both, their ratio, and whether the bar is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=9)
    pairs = [(seconds(LOAD), seconds(PARSE)) for _ in range(parser.parse_args().pairs)]
    loaded, parsed = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(load / parse for load, parse in pairs)
    print(f"load and check everything  {loaded:.3f} s of CPU   (bar {BAR} s: {'met' if loaded <= BAR else 'missed'})")
    print(f"parse the same files       {parsed:.3f} s of CPU")
    print(f"ratio                      {ratio:.2f}")


if __name__ == "__main__":
    main()
