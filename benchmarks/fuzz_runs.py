"""Two thousand Runs with one field replaced, and five hundred damaged journals: read, or refused in one line.

`python -m benchmarks.fuzz_runs [--runs N] [--journals N] [--seed N] [--run FILE]`. No traceback, and no decision on a
Run that contradicts itself. What contradicts itself is worked out here from the plain data, not by the models that read
it. Every kind of field is reached, each by as many values as there is time for.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from advisor.decision.engine import decide
from advisor.documents import to_json
from advisor.errors import EXIT_USAGE, AdvisorError
from advisor.measurement.run import load_run
from advisor.measurement.session import record
from advisor.profiles.profile import Profile, load_profile

Loc = tuple[str | int, ...]
REFERENCE = Path(__file__).resolve().parents[1] / "tests" / "data" / "reference-run.json"
PROFILES = ("edge", "deployment", "research")
WORLDS = 100
GONE = object()
"""In place of a value: the field is left out."""
NASTY: tuple[Any, ...] = (
    None, "", "x", "__proto__", "../../../escape", "\ud800", "\0", "9" * 20, "W" * 200_000, -1, 0, 1, 2, 7.0, -1e9, 1e9,
    0.5, 5e-324, 1e-300, 1e308, math.nan, math.inf, 10**400, -(10**400), True, False, [], {}, [[]], {"": ""},
    {"__proto__": {"x": 1}}, "1969-12-31T23:59:59Z", "9998-01-01T00:00:00Z", "not_installed", "measured", "error", GONE,
    lambda old: -old, lambda old: old * 3, lambda old: old / 3, lambda old: old * 1e6, lambda old: str(old),
    lambda old: [old, old], lambda old: {"value": old},
)  # fmt: skip
NO_LINES = ("[]", "1", "null", "{}", "[" * 5000, '{"kind": "start"}', '{"kind": []}', '{"kind": "spent", "value": {}}')
READ, REFUSED = "read", "refused"
Fate = Callable[[str, Path, Profile], str]


def fields(data: Any, at: Loc = ()) -> Iterator[Loc]:
    """Yield where every value of a document stands."""
    if at:
        yield at
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from fields(value, (*at, key))


def shapes(data: Any) -> list[list[Loc]]:
    """Return the places of a document, those that differ in an index only together."""
    found: dict[Loc, list[Loc]] = {}
    for loc in fields(data):
        found.setdefault(tuple("*" if isinstance(part, int) else part for part in loc), []).append(loc)
    return list(found.values())


def replaced(data: Any, loc: Loc, value: Any) -> Callable[[], None]:
    """Replace what stands at `loc`, and return how to put it back."""
    inner = data
    for part in loc[:-1]:
        inner = inner[part]
    key, old = loc[-1], inner[loc[-1]]
    before = copy.copy(inner)
    if value is GONE:
        del inner[key]
    elif callable(value):
        try:
            inner[key] = value(old)
        except (TypeError, OverflowError, ValueError):
            inner[key] = -1
    else:
        inner[key] = value

    def back() -> None:
        inner.clear()
        (inner.extend if isinstance(inner, list) else inner.update)(before)

    return back


def runs(data: Any, count: int, seed: int) -> Iterator[str]:
    """Yield Runs with one field replaced; every shape of a field comes before one comes again."""
    chance = random.Random(seed)
    order: list[list[Loc]] = []
    values: list[Any] = []
    for _ in range(count):
        if not order:
            order = shapes(data)
            chance.shuffle(order)
        if not values:
            values = [*NASTY]
            chance.shuffle(values)
        back = replaced(data, chance.choice(order.pop()), values.pop())
        yield written(data)
        back()


def journals(lines: list[str], count: int, seed: int) -> Iterator[str]:
    """Yield journals with one field replaced, a line gone, twice, elsewhere, cut off or of another kind."""
    chance = random.Random(seed)
    for number in range(count):
        made = list(lines)
        at = chance.randrange(len(made))
        if number % 4:
            data = json.loads(made[at])
            replaced(data, chance.choice(chance.choice(shapes(data))), chance.choice(NASTY))
            made[at] = written(data)
        else:
            line = made.pop(at)
            kind = chance.randrange(5)
            if kind == 1:
                made[at:at] = [line, line]
            elif kind == 2:
                made.insert(chance.randrange(len(made) + 1), line)
            elif kind == 3:
                made.insert(at, line[: chance.randrange(len(line))])
            elif kind == 4:
                made.insert(
                    at, chance.choice(("[]", "1", "null", "{}", "[" * 5000, '{"kind": "start"}', '{"kind": []}'))
                )
        yield "\n".join(made) + "\n"


def written(data: Any) -> str:
    """Return JSON, also of what is none: NaN, and integers of any length."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(data)
    finally:
        sys.set_int_max_str_digits(before)


def run_fate(text: str, file: Path, profile: Profile) -> str:
    """Return what becomes of a Run file: refused, read and decided on, or what went wrong."""
    file.write_text(text, encoding="utf-8")
    return _fate(lambda: _decided(file, profile), file)


def journal_fate(text: str, file: Path, profile: Profile) -> str:
    """Return what becomes of a journal; the Run that it holds is one that can be read."""

    def use() -> str | None:
        kept = to_json(record.rebuild(file))
        target = file.with_suffix(".run")
        target.write_text(kept, encoding="utf-8")
        try:
            load_run(target)
        except AdvisorError as error:
            return f"what it holds cannot be read again: {error.message[-200:]}"
        return _decided(target, profile)

    file.write_text(text, encoding="utf-8")
    return _fate(use, file)


def _decided(file: Path, profile: Profile) -> str | None:
    run = load_run(file)
    # As it was read: "7" may be a number.
    against = contradiction(json.loads(to_json(run)))
    try:
        to_json(decide(run, profile, samples=WORLDS))
    except AdvisorError as error:
        return None if "\n" not in error.message else f"badly refused: {error.message[:200]}"
    return against and f"decided, although {against}"


def _fate(use: Callable[[], str | None], file: Path) -> str:
    try:
        return use() or READ
    except AdvisorError as error:
        well = error.exit_code == EXIT_USAGE and "\n" not in error.message and str(file.parent) in error.message
        return (
            REFUSED if well and len(error.message) < 500 + len(str(file)) else f"badly refused: {error.message[:200]}"
        )
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"crashed: {type(error).__name__}: {error}"[:200]


def contradiction(data: Any) -> str | None:
    """Return what a Run says against itself, or what cannot be; None where nothing does."""
    return next(_contradictions(data), None)


def _contradictions(data: Any) -> Iterator[str]:
    if datetime.fromisoformat(data["finished"]) < datetime.fromisoformat(data["started"]):
        yield "it ends before it starts"
    if data["host"]["cores"] < 0 or data["host"]["memory_bytes"] < 0 or data["policy"]["threads"] < 0:
        yield "the machine has less than nothing"
    for loc in fields(data):
        if isinstance(loc[-1], str) and len(loc[-1]) > 50_000:
            yield "a key is longer than any page"
    seen = set()
    for at, each in enumerate(data.get("observations", [])):
        names = ("probe", "framework", "route", "workload", "setting", "metric", "parameters")
        key = json.dumps([each.get(name) for name in names], sort_keys=True)
        if key in seen:
            yield f"observation {at} stands there twice"
        seen.add(key)
        yield from (f"{why} in observation {at}" for why in _of_one(each, data["frameworks"]))


def _of_one(each: Any, frameworks: Any) -> Iterator[str]:
    outcome, summary, metric = each["outcome"], each.get("summary"), each.get("metric")
    made = outcome in ("measured", "proved")
    if made and frameworks.get(each["framework"], {}).get("outcome") == "not_installed":
        yield "measured without being installed"
    parity = each.get("parity") or {}
    worst = max((value for name, value in parity.items() if name.endswith("error") and value is not None), default=0)
    if made and worst > (parity.get("limit") or 1e-4):
        yield "its answers were wrong"
    proof = each.get("proof") or {}
    error, limit = proof.get("max_relative_error"), proof.get("limit")
    if outcome == "proved" and isinstance(error, float) and isinstance(limit, float) and error > limit:
        yield "proved above its limit"
    if summary is None:
        if outcome == "measured" and metric:
            yield "measured without a figure"
        return
    if not summary["low"] <= summary["median"] <= summary["high"] or summary["n"] < 1:
        yield "an interval that does not hold its middle"
    quantiles = [summary[name] for name in ("p50", "p95", "p99") if summary.get(name) is not None]
    if quantiles != sorted(quantiles):
        yield "quantiles out of order"
    if each.get("unit") in ("s", "B", "1/s") and "delta" not in str(metric) and summary["low"] < 0:
        yield "less than nothing"
    if metric == "accuracy" and not 0 <= summary["median"] <= 1:
        yield "more than all"
    if each.get("rounds") and outcome == "measured":
        yield from _of_rounds(each["rounds"], summary, contended="contended" in each.get("flags", []))


def _of_rounds(rounds: Any, summary: Any, *, contended: bool) -> Iterator[str]:
    counted = [one for one in rounds if one.get("accepted", True) or contended]
    if not counted:
        yield "nothing that counts is summarised"
        return
    processes = {one.get("process", 0) for one in counted}
    medians = [np.median([one["median"] for one in counted if one.get("process", 0) == each]) for each in processes]
    if abs(float(np.mean(medians)) / summary["median"] - 1) > 0.02:
        yield "a median that its rounds do not give"
    if any(one["calls"] < 1 or one["wall"] < 0 or one["cpu"] < 0 for one in counted):
        yield "a round of nothing"


def tried(
    texts: Iterator[str], fate: Callable[[str, Path, Profile], str], file: Path
) -> tuple[Counter[str], list[str]]:
    """Try every text, each with one profile; return how many met which fate, and what was amiss."""
    fates: Counter[str] = Counter()
    amiss: list[str] = []
    profiles = [load_profile(name) for name in PROFILES]
    for number, text in enumerate(texts):
        told = fate(text, file, profiles[number % len(profiles)])
        fates[told if told in (READ, REFUSED) else "amiss"] += 1
        if told not in (READ, REFUSED):
            amiss.append(told)
    return fates, amiss


def a_journal(folder: Path) -> list[str]:
    """Return the lines of a journal that a session with two kinds of observations leaves."""
    from advisor.measurement.session.journal import Journal
    from tests.measurement.session.test_record import filled

    to = Journal(folder / "whole.journal.jsonl")
    filled(to)
    to.close()
    return to.path.read_text(encoding="utf-8").splitlines()


def main() -> None:
    """Try them, and print what happened; exit 1 when anything was amiss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--journals", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, default=REFERENCE)
    given = parser.parse_args()
    data, wrong = json.loads(given.run.read_text(encoding="utf-8")), 0
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for what, texts, fate in (
            ("Runs", runs(data, given.runs, given.seed), run_fate),
            ("journals", journals(a_journal(here), given.journals, given.seed), journal_fate),
        ):
            fates, amiss = tried(texts, fate, here / "tried.jsonl")
            wrong += len(amiss)
            print(f"{what}: " + ", ".join(f"{count:,} {name}" for name, count in fates.most_common()))
            for each in amiss:
                print(f"  {each}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
