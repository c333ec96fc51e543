"""What timings of the same rounds have in common: stacks of a group, resampled over the same processes and rounds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from advisor.measurement import grades
from advisor.measurement.run import Observation, Run
from advisor.measurement.statistics import Floats
from advisor.measurement.timing import BOUNDED, MEASURED, UNDER_LOAD

RESAMPLES = 400
# Something of every interval is each stack's own.
MOST = 0.95
_Z95 = 1.959963984540054


def with_shares(run: Run, *, seed: int = 0) -> Run:
    """Return the Run with what each timing shares with the others of its group, in its summary."""
    groups: dict[str, list[int]] = {}
    for index, each in enumerate(run.observations):
        if each.metric == "latency" and each.rounds and each.summary and each.grade != BOUNDED:
            groups.setdefault(each.key.group, []).append(index)
    observations = list(run.observations)
    for members in groups.values():
        found = shares([run.observations[index] for index in members], seed=seed)
        for index, share in zip(members, found, strict=True):
            summary = observations[index].summary
            if share and summary is not None:
                changed = {"summary": summary.model_copy(update={"shared": share})}
                observations[index] = observations[index].model_copy(update=changed)
    return run.model_copy(update={"observations": tuple(observations)})


def shares(timings: Sequence[Observation], *, seed: int = 0) -> list[float]:
    """Return for every timing the share of its interval's variance that it has in common with the others.

    All are estimated anew from the same processes and rounds, drawn with replacement. What two of them have in common
    is the covariance of their logarithms; and that each interval reaches down for what the host may have done to all.
    """
    if len(timings) < 2:
        return [0.0] * len(timings)
    logs = _resampled(timings, seed=seed)
    covariance = np.cov(logs, rowvar=False)
    found = []
    for index, each in enumerate(timings):
        summary = each.summary
        assert summary is not None
        together = max(0.0, float(np.mean(np.delete(covariance[index], index))))
        if not 0 < summary.low < summary.high:
            found.append(0.0)
            continue
        width, host = math.log(summary.high / summary.low), math.log(grades.host_share(each.rounds, seed=seed))
        # Of a measured one what is its own stays as wide as it is without the host.
        alone = _variance(width - host) if each.grade == MEASURED else _variance(width)
        if each.grade != MEASURED:
            together += _variance(host)
        own = max(alone - together, (1 - MOST) * alone)
        found.append(round(1 - own / _variance(width), 6))
    return found


def _variance(width: float) -> float:
    """Return the variance of a normal variable whose 95 % interval is so wide."""
    return (width / (2 * _Z95)) ** 2


def _resampled(timings: Sequence[Observation], *, seed: int) -> Floats:
    """Return the logarithm of every timing in every resample of processes and rounds: (resamples, timings)."""
    processes: dict[int, list[int]] = {}
    known = [
        {block.round: math.log(block.median) for block in reversed(grades.counted(each.rounds))} for each in timings
    ]
    for each in timings:
        for block in each.rounds:
            rounds = processes.setdefault(block.process, [])
            if block.round not in rounds:
                rounds.append(block.round)
    estimate = [np.nanmin if each.grade == UNDER_LOAD else np.nanmedian for each in timings]
    tables = [
        np.array([[each.get(number, math.nan) for number in rounds] for each in known]) for rounds in processes.values()
    ]
    random = np.random.default_rng(seed)
    found = np.full((RESAMPLES, len(timings)), math.nan)
    for row in range(RESAMPLES):
        drawn = random.integers(len(tables), size=len(tables))
        picked = [
            table[:, random.integers(table.shape[1], size=table.shape[1])] for table in (tables[at] for at in drawn)
        ]
        for column, of in enumerate(estimate):
            values = [of(part[column]) for part in picked if not np.isnan(part[column]).all()]
            found[row, column] = np.mean(values) if values else np.nan
    # A timing that a resample has nothing of moves with nobody there.
    return np.where(np.isnan(found), np.nanmean(found, axis=0), found)
