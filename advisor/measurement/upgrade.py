"""What older Runs say in other ways, read once, at the door: figures marked contended."""

from __future__ import annotations

from typing import Any

from advisor.measurement import grades
from advisor.measurement.timing import Round

CONTENDED = "contended"
# How far off a figure that others disturbed may have been, where nothing says how much they took.
DOUBLE = 2.0


def with_grade(observation: Any) -> Any:
    """Return the data of an observation that was marked contended with the grade that its blocks are of.

    It had no figure then that counted; now the same blocks say how fast it is at least and at most.
    """
    if not isinstance(observation, dict) or CONTENDED not in (observation.get("flags") or ()):
        return observation
    flags = tuple(flag for flag in observation["flags"] if flag != CONTENDED)
    known, found = observation.get("summary"), observation.get("rounds")
    rest: dict[str, Any] = observation | {"flags": flags}
    if not isinstance(known, dict) or not all(isinstance(known.get(end), (int, float)) for end in ("low", "high")):
        return rest
    if not isinstance(found, (list, tuple)) or not found:
        faster = observation.get("unit") == "1/s"
        wider = {"high": known["high"] * DOUBLE} if faster else {"low": known["low"] / DOUBLE}
        return rest | {"grade": "under load", "summary": known | wider}
    rounds = [Round.model_validate(each) for each in found]
    grade, interval = grades.interval(rounds, seed=0)
    ends = {"median": interval.value, "low": interval.low, "high": interval.high}
    return rest | {"grade": grade, "rounds": rounds, "summary": known | ends}
