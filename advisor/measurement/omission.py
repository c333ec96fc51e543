"""Why a session left something out, as data: kinds, what each has to say, and what older Runs said in sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal[
    "no_recipe", "not_taken", "slow", "slow_setting", "slow_variants", "slow_memory", "slow_capabilities",
    "budget_rounds", "budget_apart", "budget_capabilities", "not_asked", "not_asked_apart", "needless", "other",
]  # fmt: skip
"""Why something was left out.

``no_recipe``: the framework has none for it. ``not_taken``: the model that is asked about
cannot go that way. ``slow``…: it takes longer than a quick session allows, for the reason that its definition gives,
because it has to be compiled, as have the other variants than the one that was taken, or
because it needs processes that do nothing else. ``budget``…: the session's seconds were spent before these rounds,
before what is measured apart from the rounds, before the capabilities. ``not_asked``…: no criterion of the profile
rests on it. ``needless``: nothing that it could show would change the answer, at once or after some rounds, for the
reason that whoever decides gives. ``other``: what an older Run says in words that are not known any more.
"""

FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "no_recipe": ("framework",),
    "not_taken": ("framework", "reason"),
    "slow": ("reason",),
    "slow_setting": (),
    "slow_variants": ("framework", "variant"),
    "slow_memory": (),
    "slow_capabilities": (),
    "budget_rounds": ("budget", "first", "last"),
    "budget_apart": ("budget",),
    "budget_capabilities": ("budget",),
    "not_asked": ("profile", "probes"),
    "not_asked_apart": ("profile",),
    "needless": ("framework", "reason"),
    "other": ("reason",),
}
"""What each kind has to say."""

EVERYTHING_ELSE = "*"
"""The probe that a Run names for all those on which its profile does not rest."""

# The sentences of Runs before there were kinds; what is new is said elsewhere, and may be said in other words.
_COMPILED = "compiling it for the best known setting takes longer than --quick allows"
_ADVICE = "; leave out --quick to measure it"
_SPENT = r"the budget of (?P<budget>\d{1,15}) s was spent"
_PROFILE = "no criterion of the profile '(?P<profile>.+)' rests on"
_SENTENCES: tuple[tuple[Kind, str], ...] = (
    ("no_recipe", "(?P<framework>.+) has no recipe for it"),
    ("slow_setting", _COMPILED + _ADVICE),
    (
        "slow_variants",
        "(?P<framework>.+)'s other alternatives to (?P<variant>.+) are not tried, because " + _COMPILED + _ADVICE,
    ),
    ("slow_memory", "peak memory, in processes that do nothing else, takes longer than --quick allows" + _ADVICE),
    (
        "slow_capabilities",
        "each needs a process of its own, which takes longer than --quick allows; leave out --quick to prove them",
    ),
    ("slow", "(?P<reason>.+)" + _ADVICE),
    ("budget_rounds", r"rounds (?P<first>\d{1,15}) to (?P<last>\d{1,15}) of every timing: " + _SPENT),
    ("budget_apart", "what is measured apart from the rounds: " + _SPENT),
    ("budget_capabilities", "all: " + _SPENT),
    ("not_asked", _PROFILE + r" it \((?P<probes>\d{1,15}) probes\); --all measures it too"),
    ("not_asked_apart", f"peak memory and calls at another shape: {_PROFILE} them; --all measures them too"),
    ("needless", r"for (?P<framework>.+?): rounds from (?P<first>\d{1,15}) on: (?P<reason>.+)"),
    ("needless", "for (?P<framework>.+?): (?P<reason>.+)"),
)
_BATCH = r"batch (\d{1,18}): (.+)"
_NUMBERS = {"budget", "first", "last", "probes"}


def read(sentence: str) -> dict[str, Any]:
    """Return what a sentence of an older Run tells: its kind and the fields of that."""
    batch = re.fullmatch(_BATCH, sentence, re.DOTALL)
    rest = batch[2] if batch else sentence
    told: dict[str, Any] = {"parameters": {"batch": int(batch[1])}} if batch else {}
    for kind, pattern in _SENTENCES:
        if (found := re.fullmatch(pattern, rest, re.DOTALL)) is not None:
            fields = {name: int(text) if name in _NUMBERS else text for name, text in found.groupdict().items()}
            if "variant" in fields:
                fields["variant"] = str(fields["variant"]).replace(" ", "_")
            return {"kind": kind, **fields, **told}
    return {"kind": "other", "reason": rest, **told}


def with_kind(skipped: Any) -> Any:
    """Return the data of something left out with its sentence as a kind and fields; what has none stays as it is."""
    if not isinstance(skipped, dict) or "kind" in skipped or not isinstance(skipped.get("why"), str):
        return skipped
    return read(skipped["why"]) | {name: value for name, value in skipped.items() if name != "why"}


def with_ids(skipped: Any, ids: Mapping[str, str]) -> Any:
    """Return the data of all that was left out with kinds and fields, and frameworks by their ids, found by title."""
    return tuple(_with_id(each, ids) for each in skipped) if isinstance(skipped, (list, tuple)) else skipped


def _with_id(skipped: Any, ids: Mapping[str, str]) -> Any:
    told = with_kind(skipped)
    named = told.get("framework") if told is not skipped else None
    return told | {"framework": ids[named]} if isinstance(named, str) and named in ids else told
