"""Sessions that are killed with -9 at random moments and go on: nothing accepted is lost, doubled or judged anew."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from advisor.measurement.run import Run, load_run
from advisor.measurement.session import record
from advisor.measurement.store import Store
from benchmarks.fidelity.equal import GROUPS, PLAIN, PYTORCH, SLOWER
from benchmarks.fidelity.sessions import ONE_PROCESS, Effort, plan, verdict, where_quiet
from benchmarks.tables import Result

Block = tuple[str, int, int, float]


def session(folder: Path) -> None:
    """Measure, or go on with what is there; the body of the process that gets killed."""
    from advisor.measurement.session.session import measure

    store = Store(folder)
    measure(plan(PYTORCH, GROUPS[:1], ONE_PROCESS), store=store, resume=next(iter(store.unfinished()), None))


def results(effort: Effort) -> list[Result]:
    """Kill sessions at random moments of their lives and let them go on to their end."""
    chance = random.Random(9)
    counts: Counter[str] = Counter()
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        _start(Path(folder)).wait()
        whole = time.monotonic() - began
    for number in effort.numbers(20, 1):
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            process = _start(store.folder)
            # A single kill comes when it measures; of many, some do.
            time.sleep(0.8 * whole if effort.limited else chance.uniform(0.5, whole))
            process.kill()
            process.wait()
            before = accepted([record.rebuild(each) for each in store.unfinished() if each.stat().st_size])
            ended = bool(list(store.folder.glob("*.json")))
            if not ended:
                assert _start(store.folder).wait() == 0
            run = load_run(next(iter(store.folder.glob("*.json"))))
            runs.append(run)
            after = accepted([run])
            counts["lost"] += sum((before - after).values())
            counts["doubled"] += sum(count - 1 for count in after.values())
            counts["killed while it measured"] += bool(before) and not ended
            for group in GROUPS[:1]:
                # One process each: of a slow-down by 10 % its luck could hide half.
                word = verdict(run, group, (PYTORCH[0], SLOWER), (PYTORCH[1], PLAIN))[0]
                counts["same verdict"] += word in ("slower", "open", "unclear")
                counts["other verdict"] += word in ("faster", "same")
        print(number, dict(counts), flush=True)
    return [line(counts, runs)]


def line(counts: Mapping[str, int], runs: Sequence[Run]) -> Result:
    """Return the line of the table for what came out of sessions that were killed and went on, and their Runs."""
    wrong = counts["lost"] or counts["doubled"] or counts["other verdict"]
    found = Result(
        f"kill -9 at {len(runs)} random moments, then resumed",
        f"{counts['lost']} accepted blocks lost, {counts['doubled']} doubled, "
        f"{counts['other verdict']} verdicts turned; {counts['killed while it measured']} had measured when killed",
        "nothing lost, nothing doubled, the same verdict",
        # A kill that met nothing proves nothing.
        counts["killed while it measured"] > 0 and not wrong,
    )
    return found if wrong else where_quiet(found, runs)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    code = f"from pathlib import Path; from benchmarks.fidelity import killed; killed.session(Path({str(folder)!r}))"
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def accepted(runs: list[Run]) -> Counter[Block]:
    """Count accepted blocks: of one cell, round and process with one median there can be one only."""
    return Counter(
        (str(each.key), block.round, block.process, block.median)
        for run in runs
        for each in run.observations
        for block in each.rounds
        if block.accepted
    )


if __name__ == "__main__":
    session(Path(sys.argv[1]))
