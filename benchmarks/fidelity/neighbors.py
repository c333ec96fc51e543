"""Two frameworks beside busy neighbors: never a wrong order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from unittest.mock import patch

from advisor.measurement.run import Run
from advisor.measurement.session.effort import PACES
from advisor.measurement.tasks import single_core
from benchmarks.fidelity.hogs import hogs
from benchmarks.fidelity.repeatable import FIRST, SECOND, groups, quiet
from benchmarks.fidelity.sessions import ONE_PROCESS, OPEN, Group, Sessions, plan, verdict, where_quiet
from benchmarks.tables import Result

ONE, TWO, INTERMITTENT = "one hog", "two hogs", "intermittent hogs, 5–60 % busy"


def results(quick: bool) -> list[Result]:
    """Measure sessions beside each kind of neighbor; quiet sessions of the same cells tell the truth."""
    sessions = Sessions(seed=200)
    plans = plan(("pytorch", "tensorflow"), groups(quick), ONE_PROCESS, modes=("out-of-the-box",))
    truth = {group: _truth(quiet(quick), group) for group in groups(quick)}
    print("truth", truth, flush=True)
    known = {group: word for group, word in truth.items() if word not in (OPEN, "unclear")}
    count = 1 if quick else 5
    found = []
    # As patient as a standard session; a quick table has less time.
    patient = replace(ONE_PROCESS, patience=PACES["standard"].patience / (4 if quick else 1))
    for title, hogging, pace in (
        (ONE, partial(hogs, 1), ONE_PROCESS),
        (TWO, partial(hogs, 2), ONE_PROCESS),
        (INTERMITTENT, partial(hogs, 2, least=0.05, most=0.6), patient),
    ):
        words: Counter[str] = Counter()
        if quick and title == TWO:
            continue  # one hog contends as much on two cores, and is looked at on one thread, too
        for number in range(count):
            # The pinned figures have sessions of their own; here they would take time and tell nothing.
            with hogging(seed=number), patch.object(single_core, "measure", lambda *_: None):
                run = sessions.one(replace(plans, pace=pace))
            for group, word in known.items():
                words[_judged(verdict(run, group, FIRST, SECOND)[0], word)] += 1
            print(title, dict(words), flush=True)
        total = sum(words.values())
        share = words["right"] / total if total else 0.0
        # A share is nothing that one session can show.
        enough = 0.8 if title == INTERMITTENT and not quick else 0.0
        line = Result(
            f"Beside {title}, {total} comparisons in {count} sessions",
            f"{words['wrong']} wrong, {words['right']} right, {words['unclear']} unclear, {words[OPEN]} open",
            "0 wrong" + (", at least 80 % decided" if enough else ""),
            total > 0 and words["wrong"] == 0 and share >= enough,
        )
        # Where nobody knows the truth, and where our neighbors are not the only ones.
        found.append(line if words["wrong"] else where_quiet(line, quiet(quick)))
    return found


def _truth(runs: Sequence[Run], group: Group) -> str:
    words = Counter(verdict(run, group, FIRST, SECOND)[0] for run in runs)
    return words.most_common(1)[0][0]


def _judged(word: str, truth: str) -> str:
    if word in (OPEN, "unclear"):
        return word
    return "right" if word == truth else "wrong"
