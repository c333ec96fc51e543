"""One comparison in words: whom it is about, figures that can be repeated, and what it rests on."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.criteria import Criterion, load_criteria
from advisor.decision.arguments import Said, compared
from advisor.decision.engine import decide
from advisor.decision.evidence import Finding
from advisor.decision.recommendation import Cell
from advisor.decision.table import build
from advisor.keys import Stack
from advisor.profiles.profile import load_profile, shipped_profiles
from tests.decision.tables import profile, wish
from tests.samples import sample_run

TITLES = {"pytorch": "PyTorch", "tensorflow": "TensorFlow", "onnxruntime": "ONNX Runtime", "litert": "LiteRT"}
ONE, OTHER = "pytorch→onnxruntime", "tensorflow→litert"
PLACES = {"pytorch": "onnxruntime", "tensorflow": "litert"}


def finding(framework: str, of: Criterion, subject: str | None = None, publisher: str | None = None,
            **cell: Any) -> Finding:  # fmt: skip
    given: dict[str, Any] = {
        "framework": framework,
        "route": PLACES[framework],
        "criterion": of.id,
        "unit": of.unit,
    } | cell
    named = f"{framework}-fact" if publisher else of.id
    return Finding(Cell.model_validate(given), f"{of.id}|{framework}", of.id, named, subject, publisher)


def said(of: Criterion, mine: Finding, theirs: Finding) -> Said:
    floor, target = (0.0, 1.0) if of.better == "higher" else (1e9, 1e-9)
    needed = profile([wish(of, 1.0, floor, target)])
    stacks = [Stack(framework=name, route=route) for name, route in PLACES.items()]
    found = build(needed, stacks, TITLES, {(ONE, of.id): mine, (OTHER, of.id): theirs})
    return compared(found, ONE, OTHER, of)


def measured(framework: str, of: Criterion, text: str, subject: str | None = None, **cell: Any) -> Finding:
    return finding(framework, of, subject, outcome="measured", provenance="measured here", text=text, **cell)


def documented(framework: str, of: Criterion, publisher: str, text: str, **cell: Any) -> Finding:
    own: dict[str, Any] = {
        "outcome": "documented",
        "provenance": "documented",
        "text": text,
        "date": "2026-03-07",
    } | cell
    return finding(framework, of, framework, publisher, **own)


def test_what_is_measured_of_a_route_is_told_of_the_whole_stack() -> None:
    of = load_criteria()["runtime-size"]
    told = said(of, measured("pytorch", of, "3.48 MB", value=3.48e6), measured("tensorflow", of, "26 MB", value=26e6))
    assert told.text == (
        "PyTorch → ONNX Runtime has a smaller runtime: 3.48 MB against 26 MB for TensorFlow → LiteRT "
        "(measured here: 'Size of the runtime')"
    )


def test_what_is_a_matter_of_the_framework_is_told_of_it_alone() -> None:
    of = load_criteria()["busy-slowdown"]
    mine = measured("pytorch", of, "1.06", "pytorch", value=1.06)
    told = said(of, mine, measured("tensorflow", of, "69", "tensorflow", value=69))
    assert told.text == (
        "PyTorch slows down less beside a busy program: 1.06 times as long against 69 times as long for TensorFlow "
        "(measured here: 'Slow-down beside a busy neighbor')"
    )


def test_documents_are_named_by_who_says_it_and_since_when() -> None:
    of = load_criteria()["framework-maintenance"]
    mine = documented("pytorch", of, "PyTorch Foundation", "active", value=2, level="active",
                      source="https://a.example", date="2023-03-15")  # fmt: skip
    theirs = documented("tensorflow", of, "Google", "fixes only", value=1, level="fixes only", source="A talk (Google)")
    told = said(of, mine, theirs)
    assert told.text == (
        "PyTorch is developed further by its makers: 'active' against 'fixes only' for TensorFlow "
        "(documented: PyTorch Foundation, since March 2023; Google, since March 2026)"
    )
    assert [(each.text, each.facts, each.source) for each in told.grounds] == [
        ("PyTorch Foundation, since March 2023", ("pytorch-fact",), "https://a.example"),
        ("Google, since March 2026", ("tensorflow-fact",), "A talk (Google)"),
    ]


def test_who_says_both_is_named_once_and_has_no_one_address() -> None:
    of = load_criteria()["ready-made-models"]
    mine = documented(
        "pytorch", of, "Hugging Face", "supported", value=3, level="supported", source="https://a.example"
    )
    theirs = documented("tensorflow", of, "Hugging Face", "unsupported", value=0, level="unsupported",
                        source="https://b.example")  # fmt: skip
    told = said(of, mine, theirs)
    assert told.text.endswith("(documented: Hugging Face, since March 2026)")
    assert [(each.facts, each.source) for each in told.grounds] == [(("pytorch-fact", "tensorflow-fact"), None)]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("refuted", "while the same test fails for TensorFlow"),
        ("not_supported", "while TensorFlow does not support it"),
    ],
)
def test_what_the_other_cannot_do_is_told_in_words(outcome: str, words: str) -> None:
    of = load_criteria()["numpy-interop"]
    mine = finding("pytorch", of, "pytorch", outcome="proved", provenance="measured here", text="proved", value=1,
                   level="proved")  # fmt: skip
    theirs = finding("tensorflow", of, "tensorflow", outcome=outcome, provenance="measured here", text="not proved",
                     value=0, level="not proved")  # fmt: skip
    assert said(of, mine, theirs).text == (
        f"PyTorch shares memory with the arrays of NumPy: proved, {words} (measured here: 'To NumPy and back')"
    )


def test_a_figure_of_which_little_is_known_is_told_with_its_bounds() -> None:
    of = load_criteria()["research-share"]
    mine = documented("pytorch", of, "X", "70 %", value=0.7, low=0.6, high=0.8, source="https://a.example")
    theirs = documented("tensorflow", of, "X", "10 %", value=0.1, low=0.0, high=0.3, source="https://a.example")
    assert said(of, mine, theirs).text.startswith(
        "PyTorch is used by more of current research: 70 % against 10 % (between 0 and 30) for TensorFlow"
    )


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_sentence_names_what_it_rests_on_in_words(name: str) -> None:
    told = decide(sample_run(), load_profile(name), samples=100)
    criteria = {need.criterion: need.title for need in told.needs}
    assert len(told.reason_grounds) == len(told.reasons)
    for sentence, grounds in [*zip(told.reasons, told.reason_grounds, strict=True),
                              (told.against or "", told.against_grounds)]:  # fmt: skip
        for ground in grounds:
            assert ground.text in sentence
            assert ground.criterion in criteria
            assert ground.probes or ground.facts
            for identifier in (*ground.probes, *ground.facts):
                assert identifier not in sentence.split("(")[-1]
