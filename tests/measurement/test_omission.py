"""Why a session left something out, as data, also of Runs that said it in a sentence."""

from __future__ import annotations

import json
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from advisor.decision import phrases
from advisor.measurement.omission import FIELDS, Kind
from advisor.measurement.run import Run, Skipped
from tests.samples import sample_run

KINDS: tuple[Kind, ...] = typing.get_args(Kind)
TITLES = {"pytorch": "PyTorch", "tensorflow": "TensorFlow"}
NUMBER = st.integers(0, 10**9)
NAME = st.from_regex(r"[a-z]{1,8}(_[a-z]{1,8}){0,2}", fullmatch=True)
SOME: dict[str, st.SearchStrategy[Any]] = {
    "framework": st.sampled_from(sorted(TITLES)),
    "variant": NAME,
    "reason": st.lists(NAME, min_size=1, max_size=5).map(" ".join),
    "profile": NAME,
    "probes": NUMBER,
    "budget": NUMBER,
    "first": NUMBER,
    "last": NUMBER,
}


def read(probe: str, why: str) -> Skipped:
    """Return what is read of a Run that says in a sentence why something was left out."""
    run = sample_run().model_copy(update={"observations": ()}).model_dump(mode="json", by_alias=True)
    (found,) = Run.model_validate_json(json.dumps(run | {"skipped": [{"probe": probe, "why": why}]})).skipped
    return found


# What Runs have said in sentences; the other kinds are younger than that.
SAID = [kind for kind in KINDS if kind != "not_taken"]


@st.composite
def omissions(draw: st.DrawFn) -> Skipped:
    kind = draw(st.sampled_from(SAID))
    told = {name: draw(SOME[name]) for name in FIELDS[kind]}
    if kind == "needless" and draw(st.booleans()):
        told["first"] = draw(NUMBER)
    batch = draw(st.none() | NUMBER) if kind.startswith("slow") or kind == "other" else None
    return Skipped(probe="mlp-*", kind=kind, parameters={} if batch is None else {"batch": batch}, **told)


@given(omissions())
def test_every_sentence_of_an_older_run_is_read_as_what_it_was_made_of(omission: Skipped) -> None:
    assert read(omission.probe, phrases.left_out(omission, TITLES)) == omission
    assert Skipped.model_validate_json(omission.model_dump_json()) == omission


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("PyTorch has no recipe for it", {"kind": "no_recipe", "framework": "pytorch"}),
        ("Nobody's has no recipe for it", {"kind": "no_recipe", "framework": "Nobody's"}),
        ("batch 16: more kinds; leave out --quick to measure it", {"kind": "slow", "reason": "more kinds"}),
        (
            "batch 16: compiling it for the best known setting takes longer than --quick allows; leave out --quick to "
            "measure it",
            {"kind": "slow_setting"},
        ),
        (
            "batch 16: PyTorch's other alternatives to channels last are not tried, because compiling it for the best "
            "known setting takes longer than --quick allows; leave out --quick to measure it",
            {"kind": "slow_variants", "framework": "pytorch", "variant": "channels_last"},
        ),
        ("all: the budget of 60 s was spent", {"kind": "budget_capabilities", "budget": 60}),
        (
            "rounds 3 to 12 of every timing: the budget of 60 s was spent",
            {"kind": "budget_rounds", "budget": 60, "first": 3, "last": 12},
        ),
        (
            "no criterion of the profile 'edge' rests on it (12 probes); --all measures it too",
            {"kind": "not_asked", "profile": "edge", "probes": 12},
        ),
        ("for PyTorch: it is out", {"kind": "needless", "framework": "pytorch", "reason": "it is out"}),
        (
            "for PyTorch: rounds from 9 on: it is out",
            {"kind": "needless", "framework": "pytorch", "reason": "it is out", "first": 9},
        ),
        ("nobody remembers why", {"kind": "other", "reason": "nobody remembers why"}),
    ],
)
def test_sentences_of_older_runs_are_read_at_the_door(why: str, found: dict[str, Any]) -> None:
    omission = read("a", why)
    batch = {"batch": 16} if why.startswith("batch") else {}
    assert omission.model_dump(exclude_none=True) == {"probe": "a", "parameters": batch, **found}
    assert phrases.left_out(omission, TITLES) == why


@pytest.mark.parametrize("kind", [kind for kind in KINDS if FIELDS[kind]])
def test_a_kind_that_lacks_what_it_has_to_say_is_refused(kind: Kind) -> None:
    with pytest.raises(ValidationError, match=f"what is left out as '{kind}' has to say it"):
        Skipped.model_validate({"probe": "a", "kind": kind})


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"why": 3},
        {"why": "a has no recipe for it", "framework": []},
        {"kind": "invented"},
        {"why": "a", "kind": "slow_memory"},
    ],
)
def test_what_says_no_reason_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Skipped.model_validate({"probe": "a", **told})


def test_a_framework_that_had_nothing_to_do_is_called_by_its_title() -> None:
    left = Skipped(probe="a", kind="no_recipe", framework="pytorch")
    assert phrases.left_out(left, {}) == "PyTorch has no recipe for it"
    assert phrases.left_out(left.model_copy(update={"framework": "abacus"}), {}) == "abacus has no recipe for it"
