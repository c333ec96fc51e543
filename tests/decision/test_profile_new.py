"""Profiles made from answers: every combination loads, asks no more than ten questions, and says what was answered."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.decision.profile import Profile, load_profile
from advisor.decision.profile_new import BASES, Answers, Matters, Where, profile_text, questions, read_answers
from advisor.errors import AdvisorError

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
    limits = {must.criterion.id: must.limit_text for must in found.musts}
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
def test_at_most_ten_questions_are_asked_each_once(answers: dict[str, Any]) -> None:
    names = asked(answers)
    assert len(names) == len(set(names)) <= 10
    assert ("people" in names) == (answers["knows"] != "none")


def test_what_makes_no_sense_is_not_asked() -> None:
    assert not {"model_size", "memory", "latency"} & set(asked({"where": "experiments"}))
    assert "model_size" not in asked({"where": "server"})
    assert "code" not in asked({"where": "device", "knows": "other"})
    assert "where" not in [each.name for each in questions({"where": "server"}, FRAMEWORKS)]


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
