"""Two quick sessions, one after the other: whether they give the same answer, and whether noise leaves a gap."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from advisor import api
from advisor.decision.recommendation import Recommendation
from benchmarks.fidelity.sessions import Effort
from benchmarks.tables import Result

PROFILE = "edge"
HONEST = ("lean", "tie")


def results(effort: Effort) -> list[Result]:
    """Ask twice, ten times over; a quick table, or one whose time is short, less often."""
    count, same, apart, missing, took = 0, 0, 0, 0.0, list[float]()
    for number in effort.numbers(10, 1):
        count = number + 1
        told = []
        for side in range(2):
            with tempfile.TemporaryDirectory() as folder:
                began = time.monotonic()
                advice = api.recommend(PROFILE, fresh=True, mode="quick", home=Path(folder), seed=2 * number + side)
                took.append(time.monotonic() - began)
            told.append(advice.recommendation)
            missing = max(missing, advice.recommendation.coverage.missing)
        same += _alike(*told)
        apart += all(each.verdict == "recommended" for each in told) and told[0].answer != told[1].answer
        print(
            number + 1,
            [(each.verdict, each.answer) for each in told],
            f"{took[-2]:.0f} s, {took[-1]:.0f} s",
            flush=True,
        )
    return [
        Result(
            f"recommend --quick twice, {count} pairs of sessions",
            f"{same} with the same answer or an honest tie between the same two, {apart} with two different ones",
            "all, none", same == count and apart == 0,
        ),
        Result("Share of an answer's weight that is missing", f"at most {missing:.0%}", "0 %", missing == 0),
        Result("Seconds of recommend --quick", f"{min(took):.0f} to {max(took):.0f}", "–", holds=None),
    ]  # fmt: skip


def _alike(first: Recommendation, second: Recommendation) -> bool:
    if first.answer == second.answer:
        return True
    leading = [{(each.framework, each.route) for each in told.ranking[:2]} for told in (first, second)]
    return leading[0] == leading[1] and all(each.verdict in HONEST for each in (first, second))
