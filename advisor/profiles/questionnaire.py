"""A profile from at most eleven plain questions: what is asked, and the commented YAML that the answers make.

The answers choose a shipped profile to extend, and change of it what they say; everything else is inherited, so that
the file stays short and each of its numbers is one that the asker gave.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from advisor import numerals, quantities
from advisor.documents import Model, read_yaml
from advisor.fields import Count
from advisor.profiles.entries import Lines, Slug, existing_job, existing_target, words

Where = Literal["device", "phone", "browser", "server", "experiments"]
Matters = Literal["speed", "size", "accuracy", "support", "balance"]

BASES: dict[str, str] = {
    "device": "edge", "phone": "mobile", "browser": "browser", "server": "deployment", "experiments": "research",
}  # fmt: skip
_SHIPPED = frozenset({"device", "phone", "browser"})

# For each base and for what matters most: the criteria whose weight is doubled, each with its group and its weight.
_EMPHASIS: dict[tuple[str, str], tuple[tuple[str, str, float], ...]] = {
    ("edge", "speed"): (("ship", "edge-latency", 40), ("ship", "edge-latency-p99", 20)),
    ("edge", "size"): (("ship", "artifact-size", 20), ("ship", "runtime-size", 40)),
    ("edge", "accuracy"): (("ship", "int8-accuracy-loss", 40),),
    ("edge", "support"): (("sustain", "runtime-maintenance", 80),),
    ("deployment", "speed"): (("serve", "serving-latency", 70), ("serve", "serving-latency-p99", 60)),
    ("deployment", "size"): (("serve", "serving-memory", 40), ("operate", "serving-size", 120)),
    ("deployment", "support"): (("sustain", "runtime-maintenance", 100), ("sustain", "framework-maintenance", 60)),
    ("research", "speed"): (("train", "cnn-training", 60), ("train", "mlp-training", 40)),
    ("research", "size"): (("try", "installed-size", 20), ("try", "import-time", 50)),
    ("research", "support"): (("build-on", "framework-maintenance", 50), ("build-on", "ready-made-models", 80)),
}


def _quantity(unit: str) -> Any:
    def check(value: Any) -> Any:
        if isinstance(value, str) and value.strip().lower() in ("", "none", "no"):
            return None
        if value is not None and quantities.stated(value, unit) <= 0:
            raise ValueError(f"expected more than zero, got {numerals.shortened(value)}")
        return None if value is None else quantities.written(value)

    return BeforeValidator(check)


def _people(value: Any) -> Any:
    """Return a number of people, which is text where it was typed."""
    return numerals.count(value) if isinstance(value, str) else value


Size = Annotated[str | None, _quantity("B")]
Time = Annotated[str | None, _quantity("s")]


class Answers(Model):
    """The answers; only the first two are needed. Sizes and times are those that must not be exceeded."""

    name: Slug
    where: Where
    target: Annotated[str, BeforeValidator(existing_target)] | None = None
    job: Annotated[str, BeforeValidator(existing_job)] | None = None
    title: Annotated[str, AfterValidator(words)] | None = None
    matters: Matters = "balance"
    model_size: Size = None
    memory: Size = None
    latency: Time = None
    knows: str | None = None
    people: Annotated[Count, BeforeValidator(_people), Field(ge=1, le=100_000)] = 1
    code: Lines = 0


@dataclass(frozen=True)
class Question:
    """One question: the answer's name, the text, the choices (none: free text), and the answer when nothing is said."""

    name: str
    text: str
    choices: tuple[str, ...] = ()
    default: str = ""


def questions(given: dict[str, Any], frameworks: tuple[str, ...]) -> Iterator[Question]:
    """Yield what is still to be asked; look at `given` anew after each, for later questions depend on it."""
    asked = (
        Question("name", "A short name for the profile, such as 'street-camera'"),
        Question("where", "Where will the model run?", tuple(BASES), "device"),
        Question("target", "On what exactly, such as raspberry-pi (advisor target list; nothing: not known)"),
        Question("title", "What is it for, in one sentence"),
        Question("matters", "What matters most?", ("speed", "size", "accuracy", "support", "balance"), "balance"),
        Question("model_size", "Largest model file that is acceptable, such as '5 MB' (nothing: no limit)"),
        Question("memory", "Most memory that one process may hold, such as '256 MB' (nothing: no limit)"),
        Question("latency", "Longest acceptable time for one prediction, such as '20 ms' (nothing: no limit)"),
        Question("knows", "Which framework does the team know?", (*frameworks, "other", "none"), "none"),
        Question("people", "How many people are in the team?", (), "1"),
        Question("code", "How many lines of model and training code does it have?", (), "0"),
    )
    for question in asked:
        if question.name not in given and _makes_sense(question.name, given):
            yield question


def out_of_place(given: dict[str, Any]) -> tuple[str, str] | None:
    """Return the first answer that would change nothing, since its question is not asked, and why; or None."""
    for name in ("model_size", "memory", "latency", "people", "code"):
        if given.get(name) and not _makes_sense(name, given):
            team = name in ("people", "code")
            return name, f"knows: {given.get('knows') or 'none'}" if team else f"where: {given.get('where')}"
    return None


def wrong(name: str, said: Any) -> str | None:
    """Return what is wrong with one answer, or None."""
    try:
        Answers.model_validate({"name": "x", "where": "device", name: said})
    except ValidationError as error:
        message = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        return message.replace("Input should be", "expected a number")
    return None


def read_answers(path: Path) -> dict[str, Any]:
    """Return the answers of a YAML file; raise AdvisorError naming every mistake with file:line:column."""
    document = read_yaml(path, Answers, what="file of answers", hint="advisor profile new --help", by_hand=True)
    return document.value.model_dump(exclude_unset=True)


def profile_text(answers: Answers) -> str:
    """Return the profile as commented YAML; it loads, and `advisor profile check` says so."""
    base = BASES[answers.where]
    lines = [
        "# Made by `advisor profile new`. Everything that is not said here comes from the profile it extends.",
        f"# See that one:  advisor profile show {base}",
        "# Check this one after a change:  advisor profile check THIS-FILE",
        f"name: {answers.name}",
        f"extends: {base}",
    ]
    if answers.target:
        lines.append(f"target: {answers.target}")
    if answers.job:
        lines.append(f"job: {answers.job}")
    if answers.title:
        lines.append(f"title: {_text(answers.title)}")
    lines += _team(answers)
    lines += _require(answers)
    lines += _prefer(answers, base)
    return "\n".join(lines) + "\n"


def _makes_sense(name: str, given: dict[str, Any]) -> bool:
    where, knows = given.get("where", "device"), given.get("knows", "none")
    if name == "model_size":
        return where in _SHIPPED
    if name in ("memory", "latency"):
        return where not in ("experiments", "browser") if name == "memory" else where != "experiments"
    if name == "people":
        return knows not in (None, "none")
    if name == "code":
        return knows not in (None, "none", "other")
    return True


def _team(answers: Answers) -> list[str]:
    if answers.knows in (None, "none"):
        return []
    return [
        "# What it would cost the team to switch; --no-team leaves it out.",
        f"team: {{knows: {answers.knows}, size: {answers.people}, code: {answers.code} lines}}",
    ]


def _require(answers: Answers) -> list[str]:
    shipped, server = answers.where in _SHIPPED, answers.where == "server"
    limits = [
        ("artifact-size", answers.model_size if shipped else None, "the largest model file that is acceptable"),
        ("peak-memory" if shipped else "serving-memory", answers.memory, "the most memory that one process may hold"),
        ("edge-latency" if shipped else "serving-latency", answers.latency, "the longest acceptable time"),
    ]
    stated = [limit for limit in limits if limit[1] is not None and (shipped or server)]
    if not stated:
        return []
    lines = [
        "# What cannot be given up: a stack that fails one of these is out. It is held against the small network that",
        "# is measured, on the machine that measures; what your model takes on your hardware, check there.",
        "require:",
    ]
    for criterion, limit, because in stated:
        lines += [f"  - criterion: {criterion}", f"    at_most: {_text(str(limit))}", f"    because: {because}"]
    return lines


def _prefer(answers: Answers, base: str) -> list[str]:
    kind = {"mobile": "edge", "browser": "edge"}.get(base, base)
    changes = _EMPHASIS.get((kind, answers.matters), ())
    if base == "browser":
        changes = tuple(each for each in changes if each[1] in ("edge-latency", "artifact-size", "int8-accuracy-loss"))
    if not changes:
        idle = f"# What matters most: {answers.matters}. No weight of '{base}' is about that alone."
        return [] if answers.matters == "balance" else [idle]
    lines = [f"# What matters most: {answers.matters}. A weight counts beside the others of its group.", "prefer:"]
    if answers.matters in ("speed", "size"):
        lines[1:1] = [
            "# What is fast or small enough is stated as a multiple of what your model amounts to (2 x ceiling,",
            "# 1 x weights int8); a need of your own is stated as target and floor: {target: 20 ms, floor: 200 ms}.",
        ]
    for group in dict.fromkeys(each[0] for each in changes):
        lines += [f"  {group}:", "    criteria:"]
        for _, criterion, weight in (each for each in changes if each[0] == group):
            lines.append(f"      {criterion}: {{weight: {weight:g}, because: it was named as what matters most}}")
    return lines


def _text(value: str) -> str:
    """Return a text as a YAML string in double quotes (a JSON string is one)."""
    return json.dumps(value, ensure_ascii=False)
