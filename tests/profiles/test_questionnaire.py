"""Profiles made from answers: every combination loads, asks eleven questions at most, and says what was answered."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import AdvisorError
from advisor.profiles.profile import Profile, load_profile
from advisor.profiles.questionnaire import (
    BASES,
    Answers,
    Matters,
    Where,
    out_of_place,
    profile_text,
    questions,
    read_answers,
    wrong,
)

FRAMEWORKS = ("pytorch", "tensorflow")


def made(folder: Path, **answers: Any) -> Profile:
    file = folder / "mine.yaml"
    file.write_text(profile_text(Answers.model_validate({"name": "mine", **answers})), encoding="utf-8")
    return load_profile(file)


@pytest.mark.parametrize(("where", "matters"), [*product(get_args(Where), get_args(Matters))])
def test_every_combination_makes_a_valid_profile(tmp_path: Path, where: str, matters: str) -> None:
    found = made(
        tmp_path, where=where, matters=matters, model_size="3 MB", memory="200 MB", latency="20 ms",
        knows="tensorflow", people=4, code="30000 lines",
    )  # fmt: skip
    assert found.ships == load_profile(BASES[where]).ships
    assert found.team is not None
    assert (found.team.size, found.team.code) == (4, 30_000)


def test_what_was_answered_stands_in_the_profile(tmp_path: Path) -> None:
    found = made(tmp_path, where="device", title='Count "cars": at night', model_size="3 MB", latency="20 ms")
    limits = {constraint.criterion.id: constraint.limit_text for constraint in found.constraints}
    assert (limits["artifact-size"], limits["edge-latency"]) == ("3 MB", "20 ms")
    assert found.title == 'Count "cars": at night'
    assert found.team is None


def test_what_matters_most_weighs_more(tmp_path: Path) -> None:
    def weight(matters: str) -> float:
        wishes = made(tmp_path, where="server", matters=matters).wishes
        return next(wish.weight for wish in wishes if wish.criterion.id == "serving-latency")

    assert weight("speed") > weight("balance")


def asked(answers: dict[str, Any]) -> list[str]:
    known: dict[str, Any] = {}
    names = []
    while (question := next(questions(known, FRAMEWORKS), None)) is not None:
        names.append(question.name)
        known[question.name] = answers.get(question.name, question.default)
    return names


@given(st.fixed_dictionaries({"where": st.sampled_from([*BASES]), "knows": st.sampled_from(["pytorch", "none"])}))
def test_at_most_eleven_questions_are_asked_each_once(answers: dict[str, Any]) -> None:
    names = asked(answers)
    assert len(names) == len(set(names)) <= 11
    assert ("people" in names) == (answers["knows"] != "none")


def test_what_makes_no_sense_is_not_asked() -> None:
    assert not {"model_size", "memory", "latency"} & set(asked({"where": "experiments"}))
    assert "model_size" not in asked({"where": "server"})
    assert "code" not in asked({"where": "device", "knows": "other"})
    assert "where" not in [each.name for each in questions({"where": "server"}, FRAMEWORKS)]
    assert {"latency", "model_size"} < set(asked({"where": "browser"}))
    assert "memory" not in asked({"where": "browser"})
    assert {"memory", "latency"} < set(asked({"where": "server"}))
    assert not {"people", "code"} & set(asked({"where": "device", "knows": "none"}))
    assert {"people", "code"} < set(asked({"where": "device", "knows": "pytorch"}))


def test_each_question_is_a_sentence_and_its_default_is_an_answer() -> None:
    known: dict[str, Any] = {"name": "mine", "knows": "pytorch"}
    found = {each.name: each for each in questions(known, FRAMEWORKS)} | {
        each.name: each for each in questions({"name": "mine"}, FRAMEWORKS)
    }
    assert {each.name for each in questions({"where": "device", "knows": "pytorch"}, FRAMEWORKS)} == {
        "name", "target", "title", "matters", "model_size", "memory", "latency", "people", "code",
    }  # fmt: skip
    assert found["where"].choices == tuple(BASES) == get_args(Where)
    assert found["matters"].choices == get_args(Matters)
    assert found["knows"].choices == (*FRAMEWORKS, "other", "none")
    for each in found.values():
        assert re.fullmatch(r"[A-Z][a-z ,]+.*", each.text), each.text
        assert not each.choices or each.default in each.choices
    defaults = {each.name: each.default for each in found.values() if each.default}
    assert Answers.model_validate({"name": "mine", **defaults}) == Answers(name="mine", where="device", knows="none")


@pytest.mark.parametrize(
    ("where", "limited"),
    [
        ("device", {"artifact-size": 3e6, "peak-memory": 200e6, "edge-latency": 0.02}),
        ("phone", {"artifact-size": 3e6, "peak-memory": 200e6, "edge-latency": 0.02}),
        ("server", {"serving-memory": 200e6, "serving-latency": 0.02}),
        ("experiments", {}),
    ],
)
def test_a_limit_is_required_of_what_it_is_about(tmp_path: Path, where: str, limited: dict[str, float]) -> None:
    asked_for = made(tmp_path, where=where, model_size="3 MB", memory="200 MB", latency="20 ms")
    unlimited = made(tmp_path, where=where, model_size="none", memory="", latency=None)
    before = {constraint.criterion.id: constraint.limit for constraint in unlimited.constraints}
    after = {constraint.criterion.id: constraint.limit for constraint in asked_for.constraints}
    assert before == {
        constraint.criterion.id: constraint.limit for constraint in load_profile(BASES[where]).constraints
    }
    assert after == pytest.approx(before | limited)


def test_answers_are_read_from_a_file_strictly(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("name: mine\nwhere: phone\nlatency: 20 ms\n", encoding="utf-8")
    assert read_answers(file) == {"name": "mine", "where": "phone", "latency": "20 ms"}
    file.write_text("name: mine\nwhere: moon\nlatency: 20 MB\nmemry: 3 MB\n", encoding="utf-8")
    with pytest.raises(AdvisorError) as caught:
        read_answers(file)
    assert ":2:8: " in caught.value.message
    assert ":3:10: expected a time such as '5 ms', got '20 MB'" in caught.value.message
    assert ":4:1: unknown key 'memry' — did you mean 'memory'?" in caught.value.message


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("name", "Street Camera", "expected lower-case letters"), ("latency", "5 MB", "expected a time such as '5 ms'"),
        ("people", 0, "expected a number greater than or equal to 1"), ("code", "lots", "expected a number of lines"),
        ("where", "moon", "'device'"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_at_once(name: str, said: object, words: str) -> None:
    assert words in str(wrong(name, said))


def test_a_right_answer_is_not_wrong() -> None:
    right = {"name": "x", "where": "server", "latency": "20 ms", "memory": "", "people": 3, "code": "30000 lines"}
    assert [wrong(name, said) for name, said in right.items()] == [None] * len(right)


@pytest.mark.parametrize(
    ("given", "idle"),
    [
        ({"where": "server", "model_size": "5 MB"}, ("model_size", "where: server")),
        ({"where": "experiments", "latency": "5 ms"}, ("latency", "where: experiments")),
        ({"where": "device", "people": 4}, ("people", "knows: none")),
        ({"where": "device", "knows": "other", "people": 4, "code": 3}, ("code", "knows: other")),
        ({"where": "device", "knows": "pytorch", "people": 4, "code": 3, "latency": "5 ms"}, None),
        ({"where": "server", "model_size": ""}, None),
    ],
)
def test_an_answer_that_would_change_nothing_is_found(given: dict[str, Any], idle: tuple[str, str] | None) -> None:
    assert out_of_place(given) == idle


def test_what_no_weight_is_about_is_said_in_the_file() -> None:
    text = profile_text(Answers(name="x", where="server", matters="accuracy"))
    assert "# What matters most: accuracy. No weight of 'deployment' is about that alone." in text
    assert "What matters most" not in profile_text(Answers(name="x", where="server"))
