"""Runs that contradict themselves or say what cannot be, Runs of newer advisors, journals with a damaged line."""

from __future__ import annotations

import copy
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from advisor.api import decide, load_profile
from advisor.documents import to_json
from advisor.errors import EXIT_USAGE, AdvisorError
from advisor.measurement.run import load_run
from advisor.measurement.session import record
from benchmarks import fuzz_runs
from tests.faults.place import Finding
from tests.samples import sample_run

AT_ONCE = 20.0
"""Seconds after which an answer is no answer."""

Change = Callable[[dict[str, Any]], object]


def _metric(name: str, **figures: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        for each in data["observations"]:
            if each.get("metric") == name:
                each["summary"].update(figures)

    return change


def _exactly(name: str, value: float) -> Change:
    return _metric(name, median=value, low=value, high=value)


def _rounds(**fields: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        for each in data["observations"]:
            for one in each.get("rounds", []):
                one.update(fields)

    return change


def _parity(value: float) -> Change:
    def change(data: dict[str, Any]) -> None:
        for each in data["observations"]:
            if each.get("parity"):
                each["parity"].update(max_relative_error=value)

    return change


def _proof(capability: str, **details: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        for each in data["observations"]:
            if each["probe"] == f"capability:{capability}":
                each["proof"].update(details)

    return change


def _many_keys(data: dict[str, Any]) -> None:
    data.update({f"key-{number}": number for number in range(200_000)})


REFUSED: dict[str, tuple[Change, str]] = {
    "runtimes of −1 GB": (_exactly("runtime-size", -1e9), "cannot be"),
    "a model file of −1 byte": (_exactly("artifact-size", -1.0), "cannot be"),
    "an accuracy of 700 %": (_exactly("accuracy", 7.0), "700 % cannot be"),
    "an observation twice": (lambda data: data["observations"].append(data["observations"][5]), "says again"),
    "answers that are wrong by 10^9, and count": (_parity(1e9), "above the limit"),
    "answers that nobody compared (NaN), and count": (_parity(float("nan")), "finite number"),
    "all rounds disturbed, and counted": (_rounds(accepted=False), "but they are counted"),
    "medians that their own rounds do not give": (_exactly("latency", 1e-6), "its own rounds give"),
    "slowest calls that are faster than the usual": (_metric("latency", p99=1e-9, p99_low=1e-9), "is below"),
    "rounds of 5e-324 s": (_rounds(median=5e-324), "greater than or equal to"),
    "rounds that end before their calls do": (_rounds(wall=1e-9), "too few"),
    "−3 cores": (lambda data: data["host"].update(cores=-3), "host.cores"),
    "memory that no float holds": (lambda data: data["host"].update(memory_bytes=10**400), "host.memory_bytes"),
    "a proof with a number that no float holds": (_proof("checkpoint", x=10**400), "beyond 1e30"),
    "a session that ends before it starts": (lambda data: data.update(finished="2026-11-20T17:00:00Z"), "before"),
    "a session that starts at the number 7": (lambda data: data.update(started=7), "started"),
    "a processor whose name has a million letters": (lambda data: data["host"].update(cpu="W" * 10**6), "host.cpu"),
    "what is not installed, measured": (
        lambda data: data["frameworks"]["pytorch"].update(outcome="not_installed"), "not_installed"),
    "200,000 unknown keys": (_many_keys, "unknown key"),
}  # fmt: skip

TOLD: dict[str, tuple[Change, str]] = {
    "of a newer advisor, with one more field": (
        lambda data: data.update(novel=1, advisor="99.0"), "newer advisor (99.0)"),
    "a 2 where a proof is asked for yes or no": (
        _proof("checkpoint", damage_detected={"truncated": 2, "flipped": 2}), "expected yes or no, the Run has 2"),
    "two frameworks of one title": (
        lambda data: [each.update(title="PyTorch") for each in data["frameworks"].values()], "PyTorch (tensorflow)"),
    "an import that took longer than the session": (_exactly("import-time", 1e6), "longer than its session"),
}  # fmt: skip

JOURNALS: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "whose id is a path": (lambda lines: lines[0]["value"].update(id="../../../escape"), ":1: "),
    "that starts twice": (lambda lines: lines.append(lines[0]), "the first line, and only that"),
    "with a block of what was never begun": (lambda lines: lines.pop(2), "that was not begun"),
    "with a line that is a list": (lambda lines: lines.insert(3, []), ":4: "),  # type: ignore[arg-type]
    "with calls that are a word": (lambda lines: lines[3].update(calls="many"), ":4: "),
    "with a time below zero": (lambda lines: lines[-1].update(value=-1), "cannot be"),
}


def findings() -> Iterator[Finding]:
    """Read what contradicts itself, what is only odd, and damaged journals."""
    data = json.loads(to_json(sample_run()))
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        here = Path(folder)
        for what, (change, says) in REFUSED.items():
            yield _refused(f"Run files: {what}", _changed(data, change), says, here / "run.json", load_run)
        for what, (change, says) in TOLD.items():
            yield _told(f"Run files: {what}", _changed(data, change), says, here / "run.json")
        lines = [json.loads(line) for line in fuzz_runs.a_journal(here)]
        for what, (damage, says) in JOURNALS.items():
            mine = copy.deepcopy(lines)
            damage(mine)
            text = "".join(f"{json.dumps(each)}\n" for each in mine)
            yield _refused(f"a journal {what}", text, says, here / "x.journal.jsonl", record.rebuild)


def _changed(data: dict[str, Any], change: Change) -> str:
    mine = copy.deepcopy(data)
    change(mine)
    return fuzz_runs.written(mine)


def _refused(what: str, text: str, says: str, file: Path, read: Callable[[Path], object]) -> Finding:
    file.write_text(text, encoding="utf-8")
    began = time.process_time()
    try:
        read(file)
        amiss = ["it was read"]
    except AdvisorError as error:
        well = error.exit_code == EXIT_USAGE and "\n" not in error.message and says in error.message
        amiss = [] if well else [error.message[:300]]
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        amiss = [f"crashed: {type(error).__name__}: {error}"[:300]]
    taken = time.process_time() - began
    amiss += [f"{taken:.0f} s of processor time"] if taken > AT_ONCE else []
    return Finding(what, "refused in one line with its place, exit 2", tuple(amiss))


def _told(what: str, text: str, says: str, file: Path) -> Finding:
    file.write_text(text, encoding="utf-8")
    try:
        run = load_run(file)
        told = to_json(decide(run, load_profile("mlops"), samples=100)) + " ".join((*run.notes, *run.titles.values()))
        told += _evidence(run)
        amiss = [] if says in told else [f"'{says}' is not told"]
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        amiss = [f"{type(error).__name__}: {error}"[:300]]
    return Finding(what, f"read, and told: '{says}'", tuple(amiss))


def _evidence(run: Any) -> str:
    from advisor.decision.performance import evidence_rows

    return " ".join(map(str, evidence_rows(run, None)))
