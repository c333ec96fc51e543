"""The engine on a day of the past: documents of that day only, the runtimes of that day, and what is set aside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from advisor.articles.catalog import whole_catalog
from advisor.articles.history import FIRST_DAY, counted, decide_as_of, documents_only, empty_run, runtimes_of
from advisor.criteria import load_criteria
from advisor.errors import AdvisorError
from advisor.profiles.profile import load_profile, shipped_profiles

EDGE = load_profile("edge")
DAYS = (date(2020, 10, 22), date(2022, 12, 31), date(2024, 9, 17), date(2026, 11, 20))


def test_nothing_is_measured_in_the_past() -> None:
    run = empty_run(date(2022, 12, 31))
    assert run.finished.date() == date(2022, 12, 31)
    assert not run.observations
    assert {found.outcome for found in run.frameworks.values()} == {"not_run"}


@pytest.mark.parametrize("day", DAYS)
def test_every_cell_is_documented_and_held_on_that_day(day: date) -> None:
    facts = {fact.id: fact for fact in whole_catalog().facts}
    for name in shipped_profiles():
        told = decide_as_of(load_profile(name), day, samples=200, certainty=False)
        assert told.decided.date() == day
        for cell in told.evidence:
            assert cell.provenance in ("documented", "missing"), (name, cell)
            if cell.provenance == "documented":
                assert facts[str(cell.evidence)].holds(day)
                assert not facts[str(cell.evidence)].measured


def test_what_only_a_measurement_answers_is_set_aside_for_all_and_said() -> None:
    asked, aside = documents_only(EDGE, whole_catalog())
    assert sum(wish.weight for wish in asked.wishes) == pytest.approx(1)
    assert {criterion.id for criterion in aside} >= {"edge-latency", "artifact-size", "edge-route"}
    kept = {wish.criterion.id: wish.weight for wish in asked.wishes}
    first, second = (
        wish for wish in EDGE.wishes if wish.criterion.id in ("runtime-maintenance", "framework-maintenance")
    )
    assert kept[first.criterion.id] / kept[second.criterion.id] == pytest.approx(first.weight / second.weight)
    warnings = decide_as_of(EDGE, date(2022, 12, 31), samples=500).warnings
    assert warnings[0] == "Decided on the facts valid on 2022-12-31; everything measured is excluded"
    assert "Latency of one prediction (int8)" in warnings[1]
    assert "the answer would come first in" in warnings[2]


def test_a_figure_that_was_measured_elsewhere_is_a_measurement_too() -> None:
    _, aside = documents_only(load_profile("small-data"), whole_catalog())
    assert "busy-slowdown" in {criterion.id for criterion in aside}


def test_feature_versions_are_counted_up_to_the_day_not_up_to_the_last_new_year() -> None:
    day = date(2024, 10, 23)
    before = whole_catalog().fact("pytorch", "feature-releases", day)
    after = counted(whole_catalog(), ("pytorch", "tensorflow"), day).fact("pytorch", "feature-releases", day)
    assert before is not None
    assert after is not None
    assert (before.value, after.value) == (2, 3), "2.0 and 2.1 in 2023; 2.2 to 2.4 in the year to that day"
    assert (after.low, after.high) == (3, 4), "of 2.5 only the month is known"
    assert after.id == "pytorch-2-4-released", "whose source says so"
    assert counted(whole_catalog(), ("pytorch",), date(2019, 12, 1)) == whole_catalog(), "the list is too short there"


def test_the_runtimes_are_those_of_the_day_under_their_names_of_the_day() -> None:
    assert {found.title for found in runtimes_of(date(2019, 1, 1))} == {"TensorFlow Lite"}
    assert {found.title for found in runtimes_of(date(2022, 12, 31))} == {
        "TensorFlow Lite", "PyTorch Mobile", "ONNX Runtime",
    }  # fmt: skip
    today = {found.title for found in runtimes_of(date(2026, 11, 20))}
    assert today == {"LiteRT", "ExecuTorch", "ONNX Runtime"}
    assert "TensorFlow.js" in {found.title for found in runtimes_of(date(2022, 12, 31), {"browser"})}
    told = decide_as_of(EDGE, date(2022, 12, 31), samples=200)
    stacks = {(row.framework, row.route) for row in told.ranking}
    assert ("pytorch", "pytorch-mobile") in stacks
    assert not [route for _, route in stacks if route in ("executorch", "tensorflow-js")]
    assert told.titles["litert"] == "TensorFlow Lite"


def test_what_requires_a_browser_compares_what_ran_in_browsers() -> None:
    told = decide_as_of(load_profile("browser"), date(2023, 3, 16), samples=200)
    rows = {row.route: row for row in told.ranking}
    assert rows["tensorflow-js"].feasible
    assert not rows["pytorch-mobile"].feasible


def test_the_same_question_gets_the_same_answer() -> None:
    one, two = (decide_as_of(EDGE, date(2021, 12, 31), samples=500) for _ in range(2))
    assert one == two


def test_a_day_ahead_or_too_early_is_refused() -> None:
    with pytest.raises(AdvisorError, match="lies ahead"):
        decide_as_of(EDGE, datetime.now(UTC).date() + timedelta(days=2))
    with pytest.raises(AdvisorError, match="is too early"):
        decide_as_of(EDGE, FIRST_DAY - timedelta(days=1))


def test_a_profile_that_weighs_nothing_documented_has_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\ntitle: Mine\nquestion: Which?\nprefer:\n  work:\n    weight: 1\n    criteria:\n"
        "      cnn-training: {weight: 1, target: 5 ms, floor: 50 ms, because: it is all that counts}\n"
    )
    with pytest.raises(AdvisorError, match="all of it has to be measured") as caught:
        decide_as_of(load_profile(file), date(2022, 12, 31))
    assert caught.value.exit_code == 1


def test_every_criterion_that_reads_documents_has_a_fact_of_some_day() -> None:
    keys = {fact.key for fact in whole_catalog().facts}
    for criterion in load_criteria().values():
        for rule in criterion.evidence:
            assert rule.documented is None or rule.documented.fact in keys, criterion.id


def test_what_is_set_aside_is_named_and_nothing_of_the_rest_was_measured() -> None:
    told = decide_as_of(load_profile("research"), date(2021, 6, 30))
    aside = next(each for each in told.warnings if each.startswith("Set aside"))
    assert "'Training step, convolutional network'" in aside
    # Of JAX in 2021 none of the three documents is known, of the other two all are.
    assert told.coverage.measured == 0.0
    assert told.coverage.documented == pytest.approx(2 / 3)
