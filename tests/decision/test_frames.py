"""The answer as tables: their figures are those of the Recommendation."""

from __future__ import annotations

from pathlib import Path

import pytest

import advisor
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.measurement.run import save_run
from advisor.profiles.profile import load_profile
from tests.samples import sample_run


@pytest.fixture(scope="module")
def told() -> Recommendation:
    return decide(sample_run(), load_profile("edge"))


def test_what_the_criteria_add_is_the_worth_of_the_stack(told: Recommendation) -> None:
    frame = told.to_frame()
    sums = frame.groupby("stack", observed=True)["points"].sum()
    ranking = told.to_frame("ranking").set_index("stack")
    assert set(sums.index) == set(ranking.index)
    assert sums.to_dict() == pytest.approx(ranking["value"].to_dict())
    assert len(frame) == len(told.ranking) * len(told.needs)
    assert told.answer is not None
    assert ranking[ranking["answer"]].iloc[0]["framework"] == told.answer.framework


def test_each_cell_says_what_is_known_and_from_where(told: Recommendation) -> None:
    wanted = {need.criterion for need in told.needs}
    cell = next(each for each in told.evidence if each.value is not None and each.route and each.criterion in wanted)
    frame = told.to_frame()
    rows = frame[(frame["stack"] == f"{cell.framework}→{cell.route}") & (frame["criterion"] == cell.criterion)]
    (row,) = rows.to_dict("records")
    assert (row["value"], row["text"], row["evidence"]) == (cell.value, cell.text, cell.evidence)


def test_the_worlds_of_a_stack_are_all_of_them(told: Recommendation) -> None:
    shares = told.to_frame("worlds").groupby("stack", observed=True)["share"].sum()
    assert shares.tolist() == pytest.approx([1.0] * len(shares))


def test_rows_that_are_no_table_are_refused(told: Recommendation) -> None:
    with pytest.raises(ValueError, match="expected one of 'criteria', 'ranking', 'worlds', not 'rank'"):
        told.to_frame("rank")  # type: ignore[arg-type]


def test_the_evidence_of_several_runs_stands_below_each_other(tmp_path: Path) -> None:
    run = sample_run()
    save_run(run, tmp_path / "run.json")
    other = run.model_copy(update={"id": "20261121-000000-0000"})
    frame = advisor.evidence_frame([tmp_path / "run.json", other], "edge", exclude=["onnxruntime"])
    assert set(frame["run"]) == {run.id, other.id}
    first, second = (frame[frame["run"] == each.id].drop(columns="run").reset_index(drop=True) for each in (run, other))
    assert first["text"].tolist() == second["text"].tolist()
    assert not frame["stack"].str.contains("onnxruntime").any()
