"""Questions that people asked: each is stated, and none is told a certain answer where its case knows better.

``tests/data/questions`` holds them: how each is asked (the answers of `advisor profile new`, or a shipped profile with
options), whether that says all of it, the kinds of answer that fit, and why.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field

from advisor.criteria import Build
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation, Verdict
from advisor.documents import Model, read_yaml
from advisor.measurement import subject
from advisor.measurement.run import Run, load_run
from advisor.profiles.adjustments import aiming, requiring, working
from advisor.profiles.profile import load_profile
from advisor.profiles.questionnaire import Answers, out_of_place, profile_text

DATA = Path(__file__).resolve().parent.parent / "data"
FILES = sorted((DATA / "questions").glob("*.yaml"))


class Ask(Model):
    """A shipped profile with options; `build` as in a profile of one's own that extends it."""

    profile: str
    target: str | None = None
    model: str | None = None
    build: Build | None = None
    job: str | None = None
    require: tuple[str, ...] = ()
    frameworks: tuple[str, ...] | None = None


class Expect(Model):
    """The kinds of answer that fit, what stands there as open or ranked, how constraints of the first come out.

    ``never_failed`` are constraints that must exclude nobody.
    """

    verdicts: tuple[Verdict, ...]
    open: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    constraints: dict[str, str] = Field(default_factory=dict)
    told: tuple[str, ...] = ()
    never_failed: tuple[str, ...] = ()
    route: str | None = None
    framework: str | None = None
    advised: str | None = None


class Question(Model):
    """One question as a file says it."""

    need: str
    source: str
    answers: dict[str, Any] | None = None
    ask: Ask | None = None
    expressible: Literal["full", "partly"]
    expect: Expect
    because: str


@functools.cache
def reference() -> Run:
    return load_run(DATA / "reference-run.json")


def question(file: Path) -> Question:
    return read_yaml(file, Question, what="question").value


def answered(asked: Question, folder: Path) -> Recommendation:
    if asked.answers is not None:
        assert out_of_place(asked.answers) is None
        file = folder / "asked.yaml"
        file.write_text(profile_text(Answers.model_validate({"name": "asked", **asked.answers})), encoding="utf-8")
        return decide(reference(), load_profile(file), samples=2000)
    assert asked.ask is not None
    needed = working(requiring(load_profile(asked.ask.profile), asked.ask.require), asked.ask.job)
    if asked.ask.model is not None:
        needed = replace(needed, model=subject.find(str(DATA / "questions" / asked.ask.model)))
    needed = replace(needed, build=asked.ask.build or needed.build)
    return decide(reference(), aiming(needed, asked.ask.target), samples=2000, frameworks=asked.ask.frameworks)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_answer_is_of_a_kind_that_fits(file: Path, tmp_path: Path) -> None:
    asked = question(file)
    told, expected = answered(asked, tmp_path), asked.expect
    assert told.verdict in expected.verdicts, asked.because
    assert set(expected.open) <= {each.route or each.framework for each in told.open}
    assert set(expected.ranked) <= {each.stack.framework for each in told.ranking}
    first = {each.criterion: each.outcome for each in told.ranking[0].constraints}
    assert {name: first[name] for name in expected.constraints} == expected.constraints
    failed = {each.criterion for rank in told.ranking for each in rank.constraints if each.outcome == "fail"}
    assert not failed & set(expected.never_failed)
    for words in expected.told:
        assert any(words in each for each in told.warnings), words
    if expected.route is not None:
        assert told.answer is not None
        assert told.answer.route == expected.route
    if expected.framework is not None:
        assert told.answer is not None
        assert told.answer.framework == expected.framework
    assert expected.advised == next((way.kind for way in told.ways if way.advised), None)


def test_all_of_them_can_be_said_in_full() -> None:
    asked = {file.stem: question(file) for file in FILES}
    whole = {name.partition("-")[0] for name, each in asked.items() if each.expressible == "full"}
    assert len({name.partition("-")[0] for name in asked}) == 18
    assert len(whole) == 18
