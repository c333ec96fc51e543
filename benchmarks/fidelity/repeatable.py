"""The ratio of two frameworks, from independent quiet sessions; the first of them is also the truth for other parts."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from advisor.measurement.run import Run
from benchmarks.fidelity.sessions import PACE, Effort, Group, Sessions, plan, verdict, where_quiet
from benchmarks.tables import Result

GROUPS: tuple[Group, ...] = (
    ("mlp-training", 64),
    ("mlp-inference", 32),
    ("cnn-inference", 1),
    ("recommender-training", 256),
)
FIRST, SECOND = ("pytorch", "out-of-the-box"), ("tensorflow", "out-of-the-box")


def groups(limited: bool) -> tuple[Group, ...]:
    """Return what is measured; one of them where time is limited."""
    return GROUPS[:1] if limited else GROUPS


@cache
def quiet(effort: Effort) -> tuple[Run, ...]:
    """Measure independent quiet sessions, once in a table."""
    sessions = Sessions(seed=100)
    # Of one session alone nothing can be compared.
    for _ in (-1, *effort.numbers(5, 1)):
        run = sessions.one(plan(("pytorch", "tensorflow"), groups(effort.limited), PACE, settings=("out-of-the-box",)))
        words = {group: verdict(run, group, FIRST, SECOND) for group in groups(effort.limited)}
        print(words, f"{run.spent.total if run.spent else 0:.0f} s", flush=True)
    return tuple(sessions.runs)


def results(effort: Effort) -> list[Result]:
    """Compare each of the quiet sessions with the one before."""
    overlaps = open_ = 0
    runs = quiet(effort)
    for before, after in pairwise(runs):
        for group in groups(effort.limited):
            one, other = (verdict(run, group, FIRST, SECOND)[1] for run in (before, after))
            if one.low is None or one.high is None or other.low is None or other.high is None:
                open_ += 1
            else:
                overlaps += one.low <= other.high and other.low <= one.high
    count = (len(runs) - 1) * len(groups(effort.limited)) - open_
    line = Result(
        f"PyTorch over TensorFlow from two independent sessions, {count + open_} pairs of sessions",
        f"the intervals overlap in {overlaps} of {count}, {open_} open",
        "at least 95 %",
        count > 0 and overlaps >= 0.95 * count,
    )
    return [where_quiet(line, runs)]
