"""The answer in words: what makes the difference, beside the whole lead, and what the team knows where nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from advisor.decision.engine import decide
from advisor.decision.explanation import _share, against, reasons, warnings
from advisor.decision.table import Table
from advisor.knowledge.catalog import load_catalog
from advisor.profiles.profile import load_profile
from advisor.profiles.team import Team
from tests.decision.tables import Interval, criterion, profile, table, wish
from tests.samples import sample_run


def built(rows: dict[str, dict[str, Interval | None]], knows: str | None = None) -> Table:
    needed = profile([wish(criterion(name), 1.0, 0.0, 100.0) for name in ("speed", "size")])
    if knows is not None:
        needed = replace(needed, team=Team(knows, 4, 30_000, 0.1))
    return table(needed, rows)


def exactly(value: float) -> Interval:
    return value, value, value


def test_reasons_name_the_figures_of_both_and_what_they_make_of_the_lead() -> None:
    found = built({"a": {"speed": exactly(90), "size": exactly(50)}, "b": {"speed": exactly(40), "size": exactly(60)}})
    (reason,) = reasons(found, "a")
    assert reason.text == (
        "a has the better speed: 90 against 40 for b (measured here: 'Speed'). That is worth 0.25, more than the whole "
        "lead of 0.20: other criteria take some of it back."
    )
    assert [(each.text, each.criterion, each.probes) for each in reason.grounds] == [
        ("measured here: 'Speed'", "speed", ("speed",))
    ]
    rival = against(found, "a")
    assert rival is not None
    assert rival.text == (
        "b has the better size: 60 against 50 for a (measured here: 'Size'). That is worth 0.05 to b, which is 0.20 "
        "behind over all."
    )
    assert [each.criterion for each in rival.grounds] == ["size"]


@pytest.mark.parametrize(
    ("gain", "lead", "said"),
    [
        (0.08, 0.09, "That accounts for 0.08 of the lead of 0.09"),
        (0.09, 0.09, "That is worth 0.09, as much as the whole lead"),
        (0.03, 0.02, "That is worth 0.03, more than the whole lead of 0.02: other criteria take some of it back"),
        (0.03, 0.0, "That is worth 0.03 to it"),
    ],
)
def test_a_gain_is_told_beside_the_lead(gain: float, lead: float, said: str) -> None:
    assert _share(gain, lead) == said


def test_what_is_not_known_of_the_answer_speaks_against_it() -> None:
    rows: dict[str, dict[str, Interval | None]] = {
        "a": {"speed": exactly(90), "size": None}, "b": {"speed": exactly(40), "size": exactly(10)},
    }  # fmt: skip
    rival = against(built(rows), "a")
    assert rival is not None
    assert rival.text == "Of the answer itself, 50 % of the weight is not known: 'Size'."


def test_that_no_rival_is_better_is_not_said_of_what_nobody_saw() -> None:
    rows: dict[str, dict[str, Interval | None]] = {
        "a": {"speed": exactly(90), "size": exactly(60)}, "b": {"speed": None, "size": exactly(10)},
    }  # fmt: skip
    rival = against(built(rows), "a")
    assert rival is not None
    assert rival.text == (
        "On no criterion of this profile is another stack clearly better, as far as is known: of b, 50 % of the weight "
        "is missing."
    )


def test_where_the_team_decides_that_comes_first_and_the_rest_speaks_for_what_is_named() -> None:
    rows: dict[str, dict[str, Interval | None]] = {
        "a": {"speed": exactly(90), "size": exactly(40)},
        "b": {"speed": exactly(70), "size": exactly(58)},
    }
    found = built(rows, knows="b")
    assert found.feasible == ("a", "b")
    told = [each.text for each in reasons(found, "b")]
    assert told[0] == "b is built on b, which the team knows, and a is not better by enough to matter."
    assert told[1] == "b has the better size: 58 against 40 for a (measured here: 'Size'). That is worth 0.09 to it."
    rival = against(found, "b")
    assert rival is not None
    assert rival.text.startswith("a has the better speed: 90 against 70 for b")
    assert rival.text.endswith("That is worth 0.10 to a.")


def test_with_nothing_to_compare_there_is_nothing_to_say() -> None:
    alone = built({"a": {"speed": exactly(90), "size": exactly(50)}})
    assert reasons(alone, "a") == []
    assert against(alone, "a") is None


@pytest.mark.parametrize(
    ("weight", "then"),
    [
        ("", "weighs 10 %; without it (--no-team) TensorFlow → LiteRT would still lead"),
        (", weight: 90", "weighs 90 %; without it (--no-team) TensorFlow → LiteRT would lead"),
    ],
)
def test_the_cost_of_switching_is_told_with_what_it_changes(tmp_path: Path, weight: str, then: str) -> None:
    file = tmp_path / "mine.yaml"
    knows = "tensorflow" if not weight else "pytorch"
    file.write_text(f"name: mine\nextends: edge\nteam: {{knows: {knows}, size: 1{weight}}}\n", encoding="utf-8")
    told = decide(sample_run(), load_profile(file), samples=100)
    learnt = "PyTorch" if knows == "tensorflow" else "TensorFlow"
    assert f"'Cost of switching' is an estimate (one person learns {learnt} in 15 days) and {then}" in told.warnings
    assert not any("Cost of switching" in each for each in decide(sample_run(), load_profile("edge")).warnings)


def test_what_nobody_looked_at_for_a_year_is_named_in_words() -> None:
    catalog = load_catalog()
    old = [each.model_copy(update={"checked_on": date(2024, 1, 1)}) if each.id == "litert-maintained" else each
           for each in catalog.facts]  # fmt: skip
    assert {each.id for each in catalog.facts} >= {"litert-maintained"}
    stale = catalog.model_copy(update={"facts": tuple(old)})
    told = decide(sample_run(), load_profile("edge"), stale, samples=100)
    assert "Not checked for more than a year: 'Upkeep of the runtime' of LiteRT" in told.warnings


def counted(rows: dict[str, dict[str, Interval | None]]) -> list[str]:
    run = sample_run()
    run = run.model_copy(update={"frameworks": dict.fromkeys("abc", run.frameworks["pytorch"])})
    return [str(each) for each in warnings(built(rows), run, load_catalog()) if "weighted figure" in str(each)]


def test_figures_that_are_unknown_are_counted_with_their_causes() -> None:
    known: dict[str, Interval | None] = {"speed": exactly(90), "size": exactly(50)}
    assert counted({"a": known, "b": known}) == []
    assert counted({"a": known, "b": {**known, "size": None}}) == ["1 of 4 weighted figures is unknown (not run)"]
    gaps: dict[str, Interval | None] = {"speed": None, "size": None}
    assert counted({"a": known, "b": gaps, "c": known}) == ["2 of 6 weighted figures are unknown (not run)"]


def test_that_no_device_was_measured_is_said_where_one_is_asked_about() -> None:
    def said(profile: str) -> bool:
        return any("on your device" in each for each in decide(sample_run(), load_profile(profile)).warnings)

    assert said("edge")
    assert not said("deployment")
