"""What older Runs say in other ways, read once, at the door: other names, contended figures, sizes of no named build.

The size of a runtime belongs to a build: ``python`` (what the process maps with the Python binding), ``native`` (a
program in C or C++ with the runtime's full library) or ``selective`` (only what the model needs).
"""

from __future__ import annotations

import re
from typing import Any

from advisor.measurement.definitions import SETTINGS
from advisor.measurement.timing import Round

CONTENDED = "contended"
# What a setting in words went on with: what else was tried stands in the proof.
_TRIAL = re.compile(r" \(faster than .* in a short trial[^)]*\)")
# How far off a figure that others disturbed may have been, where nothing says how much they took.
DOUBLE = 2.0


def with_variant(observation: Any) -> Any:
    """Return the data of an observation with its setting and its variant under the names that they have now.

    Older Runs call the setting ``mode``, and ``setting`` what is the variant of it, also of all that were tried. The
    names of settings are few and known, and no variant has one of them. ``how`` said as well what else was tried.
    """
    if not isinstance(observation, dict):
        return observation
    found = dict(observation)
    if isinstance(found.get("how"), str):
        found["how"] = _TRIAL.sub("", found["how"])
    if "variant" not in found and ("mode" in found or found.get("setting") not in SETTINGS):
        moved = {"setting": found.pop("mode", None), "variant": found.pop("setting", None)}
        found |= {name: value for name, value in moved.items() if value is not None}
    proof = found.get("proof")
    if isinstance(proof, dict) and isinstance(proof.get("tried"), (list, tuple)):
        found["proof"] = proof | {"tried": [_tried(each) for each in proof["tried"]]}
    return found


def _tried(way: Any) -> Any:
    if not isinstance(way, dict) or "setting" not in way or "variant" in way:
        return way
    return {"variant" if name == "setting" else name: value for name, value in way.items()}


def with_grade(observation: Any) -> Any:
    """Return the data of an observation that was marked contended with the grade that its blocks are of.

    It had no figure then that counted; now the same blocks say how fast it is at least and at most.
    """
    marked = observation.get("flags") if isinstance(observation, dict) else None
    if not isinstance(marked, (list, tuple)) or CONTENDED not in marked:
        return observation
    flags = tuple(flag for flag in marked if flag != CONTENDED)
    known, found = observation.get("summary"), observation.get("rounds")
    rest: dict[str, Any] = observation | {"flags": flags}
    if not isinstance(known, dict) or not all(_is_figure(known.get(end)) for end in ("low", "high")):
        return rest
    if not isinstance(found, (list, tuple)) or not found:
        faster = observation.get("unit") == "1/s"
        wider = {"high": known["high"] * DOUBLE} if faster else {"low": known["low"] / DOUBLE}
        return rest | {"grade": "under load", "summary": known | wider}
    from advisor.measurement import grades  # what no Run of today needs

    rounds = [Round.model_validate(each) for each in found]
    grade, interval = grades.interval(rounds, seed=0)
    ends = {"median": interval.value, "low": interval.low, "high": interval.high}
    return rest | {"grade": grade, "rounds": rounds, "summary": known | ends}


def with_build(observation: Any) -> Any:
    """Return the data of a runtime's size with the build that it is of, where it names none.

    Older Runs counted what the process maps: that of ExecuTorch, which has no Python binding without PyTorch, is a
    program that is linked without the operators that its model does not need.
    """
    if not isinstance(observation, dict) or observation.get("metric") != "runtime-size":
        return observation
    given = observation.get("parameters")
    if not isinstance(given, dict) or "build" in given:
        return observation
    build = "selective" if observation.get("route") == "executorch" else "python"
    return observation | {"parameters": {**given, "build": build}}


def _is_figure(value: Any) -> bool:
    """Tell whether a value is a number that a float holds: what is none is refused where the document is read."""
    return isinstance(value, (int, float)) and abs(value) <= 1e30
