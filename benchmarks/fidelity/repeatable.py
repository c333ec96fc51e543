"""The ratio of two frameworks, from independent quiet sessions; the first of them is also the truth for other parts."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.fidelity.sessions import PACE, Group, Sessions, plan, verdict
from benchmarks.tables import Result

GROUPS: tuple[Group, ...] = (
    ("mlp-training", 64),
    ("mlp-inference", 32),
    ("cnn-inference", 1),
    ("recommender-training", 256),
)
FIRST, SECOND = ("pytorch", "out-of-the-box"), ("tensorflow", "out-of-the-box")


def results(quick: bool) -> list[Result]:
    """Measure sessions and compare each with the one before."""
    sessions = Sessions(seed=100)
    for _ in range(2 if quick else 6):
        run = sessions.one(plan(("pytorch", "tensorflow"), GROUPS, PACE, modes=("out-of-the-box",)))
        print({group: verdict(run, group, FIRST, SECOND) for group in GROUPS}, flush=True)
    overlaps = contended = 0
    for before, after in pairwise(sessions.runs):
        for group in GROUPS:
            one, other = (verdict(run, group, FIRST, SECOND)[1] for run in (before, after))
            if one.low is None or one.high is None or other.low is None or other.high is None:
                contended += 1
            else:
                overlaps += one.low <= other.high and other.low <= one.high
    count = (len(sessions.runs) - 1) * len(GROUPS) - contended
    return [
        Result(
            f"PyTorch over TensorFlow from two independent sessions, {count + contended} pairs of sessions",
            f"the intervals overlap in {overlaps} of {count}, {contended} contended",
            "at least 95 %",
            count > 0 and overlaps >= 0.95 * count,
        )
    ]
