"""The words and signs of the report: names of stacks, verdicts, provenance and outcomes; text made safe to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from advisor.decision.recommendation import FallenRoute
from advisor.keys import Stack
from advisor.measurement.disturbance import Disturbance, Signal
from advisor.measurement.metrics import load_metrics
from advisor.printing import visible as visible

NAMES = {
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "jax": "JAX",
    "keras": "Keras",
    "executorch": "ExecuTorch",
    "litert": "LiteRT",
    "onnxruntime": "ONNX Runtime",
}

VERDICTS = {
    "recommended": "First in at least nine of ten sampled worlds, and no constraint is unknown.",
    "lean": "First more often than the others, yet in fewer than nine of ten worlds, or one constraint is unknown.",
    "tie": "The difference is too small to matter in practice. What the team already knows decides.",
    "undetermined": "Too much evidence is missing to name an answer. The page says which probe would help most.",
    "infeasible": "No stack meets the constraints on this machine. The page lists the nearest misses.",
}

WAYS = {"stay": "Stay", "gradual": "Move step by step", "rewrite": "Rewrite at once"}
"""What a team that has code can do."""

OUTCOMES = {
    "measured": "measured",
    "proved": "proved",
    "refuted": "refuted",
    "not_supported": "not supported",
    "not_applicable": "not applicable",
    "not_installed": "not installed",
    "not_run": "not run",
    "crashed": "crashed",
    "error": "error",
    "pass": "pass",
    "fail": "fail",
    "unknown": "unknown",
    "missing": "missing",
    "no_recipe": "no recipe",
    "documented": "documented",
}

SETTINGS = {"out-of-the-box": "out of the box", "best-known": "best known"}

GRADES = {
    "reported": "what another tool says: nobody watched the machine, and no answer was checked there",
    "under load": "taken on a busy machine: the lower end of what others disturbed, with a wider interval",
    "bounded": "taken on a busy machine: others took processors from it throughout, so it lies between two bounds",
}

FLAGS = {
    "chosen-while-busy": "the machine was busy while the settings were tried: another one could be the faster",
    "few-rounds": "disturbed so often that few blocks are left",
    "measured-beside-another": "another framework worked at the same time",
    "single-value": "seen once: no interval of its own",
}

DISTURBANCES: Mapping[Signal, str] = {
    "work": "a core is slowed from outside",
    "bounce": "the cores are further apart than usual",
    "core": "a core was not free for the canary",
    "clocks": "other processes took too much of a processor",
    "hidden": "work that is not visible here took too much of a processor",
    "threads": "fewer effective threads than as a rule",
    "clock": "the clock of the processor was slower than usual",
    "throttling": "heat or voltage held the clock of the processor back",
    "other": "disturbed in a way that this version does not know",
}

# Words of profiles' names that are not written in lower case.
_SPELLED = {"mlops": "MLOps"}

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def disturbance(found: Disturbance) -> str:
    """Return what was seen of other work, with its figures: ``"other processes took 12 % of a processor"``."""
    figure, usual = found.figure, found.usual
    if figure is None:
        return DISTURBANCES[found.signal]
    if found.signal in ("clocks", "hidden"):
        return f"{DISTURBANCES[found.signal].partition(' too much')[0]} {figure * 100:.0f} % of a processor"
    if usual is None:
        return DISTURBANCES[found.signal]
    if found.signal == "threads":
        return f"{figure:.2f} effective threads, {usual:.2f} as a rule"
    if found.signal == "work":
        where = "" if found.core is None else f", on core {found.core}"
        return f"{DISTURBANCES['work']}: {figure * 1e6:.0f} µs for what takes {usual * 1e6:.0f}{where}"
    if found.signal == "bounce":
        return f"{DISTURBANCES['bounce']}: {figure * 1e9:.0f} ns a bounce, {usual * 1e9:.0f} ns when close"
    if found.signal == "clock":
        return f"{DISTURBANCES['clock']}: {1e-9 / figure:.2f} GHz, {1e-9 / usual:.2f} as a rule"
    return DISTURBANCES[found.signal]


def line(text: str) -> str:
    """Return `text` as one visible line."""
    return " ".join(visible(text).split())


def brief(text: Any, most: int = 200) -> Any:
    """Return what is repeated on every page as it is, or cut where it is long: a site of many pages multiplies it."""
    return text if len(str(text)) <= most else f"{line(str(text))[: most - 1]}…"


def name(identifier: str, titles: Mapping[str, str] | None = None) -> str:
    """Return the title of a framework, route or criterion; its identifier when it has none."""
    return line((titles or {}).get(identifier) or NAMES.get(identifier) or identifier)


def profile(identifier: str) -> str:
    """Return the name of a profile as it stands in a sentence: ``"small data"``, ``"MLOps"``."""
    return " ".join(_SPELLED.get(word, word) for word in line(identifier).replace("-", " ").split())


def fallen(route: FallenRoute) -> str:
    """Return what is in a model's way on a route, where, and what was said of it."""
    what = f"{line(route.operator)}" if route.operator else ""
    what += f" at {line(route.where)}" if route.where else ""
    return f"{what.strip()}: {line(route.why)}" if what else line(route.why)


def stack(of: Stack, titles: Mapping[str, str] | None = None) -> str:
    """Return ``"PyTorch → ExecuTorch"``, or ``"PyTorch"`` without a route."""
    first = name(of.framework, titles)
    return f"{first} → {name(of.route, titles)}" if of.route else first


def stack_id(framework: str, route: str | None) -> str:
    """Return an identifier of a stack that is safe in a file name, an anchor and a class."""
    return slug(f"{framework}-{route}" if route else framework)


def slug(text: str) -> str:
    """Return `text` in lower-case letters, digits and dashes; never empty, and short enough for a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80] or "unnamed"


def ordinal(number: int) -> str:
    """Return a place in a list in letters: ``first`` … ``tenth``; beyond that, ``later``."""
    return _ORDINALS[number - 1] if 0 < number <= len(_ORDINALS) else "later"


def metric(identifier: str) -> str:
    """Return a metric's title."""
    known = load_metrics().get(identifier)
    return known.title if known else line(identifier.replace("-", " ").capitalize())
