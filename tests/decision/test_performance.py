"""The performance table as rows: whose cells it holds, and that they are the engine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.criteria import load_criteria
from advisor.decision.engine import decide
from advisor.decision.performance import FIELDS, evidence_rows
from advisor.errors import AdvisorError
from advisor.knowledge.catalog import load_catalog
from advisor.profiles.profile import load_profile
from tests.samples import sample_run

RUN = sample_run()
ALONE = {"pytorch", "tensorflow"}
EDGE = {"pytorch→executorch", "pytorch→onnxruntime", "tensorflow→litert", "tensorflow→onnxruntime"}


def test_the_rows_of_a_profile_are_the_cells_of_its_answer() -> None:
    needed = load_profile("edge")
    rows = evidence_rows(RUN, needed)
    cells = {(f"{each.framework}→{each.route}", each.criterion): each for each in decide(RUN, needed).evidence}
    assert {(row["stack"], row["criterion"]) for row in rows} == cells.keys()
    assert len(rows) == len(cells)
    for row in rows:
        cell = cells[row["stack"], row["criterion"]]
        assert tuple(row) == FIELDS
        for field in ("framework", "route", "outcome", "value", "low", "high", "unit", "provenance", "evidence"):
            assert row[field] == getattr(cell, field), (row["stack"], row["criterion"], field)
        assert row["title"] == needed.criteria[row["criterion"]].title


def test_a_measured_cell_names_the_probe_that_measured_it() -> None:
    rows = {(row["stack"], row["criterion"]): row for row in evidence_rows(RUN, load_profile("edge"))}
    assert rows["pytorch→executorch", "artifact-size"]["probe"] == "route:executorch"


def test_without_a_profile_every_criterion_is_told_for_the_stacks_that_it_tells_apart() -> None:
    criteria = load_criteria()
    found: dict[str, set[str]] = {}
    for row in evidence_rows(RUN):
        assert row["stack"] not in found.setdefault(row["criterion"], set()), "one row per stack and criterion"
        found[row["criterion"]].add(row["stack"])
    assert found["artifact-size"] == EDGE
    assert found["cnn-training"] == ALONE
    # What a team knows is nobody's but the team's; all else is there.
    asserted = {name for name, each in criteria.items() if all(rule.asserted for rule in each.evidence)}
    assert asserted
    assert found.keys() == criteria.keys() - asserted
    for name, stacks in found.items():
        of_routes = any(rule.route == "own" for rule in criteria[name].evidence)
        assert of_routes or stacks <= ALONE, f"{name} would repeat its framework's cell for each route"


@pytest.mark.parametrize("name", [None, "edge"])
def test_stacks_can_be_chosen_and_left_out(name: str | None) -> None:
    needed = load_profile(name) if name else None
    only = {row["stack"] for row in evidence_rows(RUN, needed, frameworks=["pytorch"])}
    assert {name.split("→")[0] for name in only} == {"pytorch"}
    without = {row["stack"] for row in evidence_rows(RUN, needed, exclude=["onnxruntime"])}
    assert without == {row["stack"] for row in evidence_rows(RUN, needed)} - {name for name in EDGE if "onnx" in name}
    one = {row["stack"] for row in evidence_rows(RUN, needed, exclude=["pytorch->executorch"])}
    assert one == {row["stack"] for row in evidence_rows(RUN, needed)} - {"pytorch→executorch"}
    with pytest.raises(
        AdvisorError, match="nothing called 'onnxrumtime' is compared here — did you mean 'onnxruntime'"
    ):
        evidence_rows(RUN, needed, exclude=["onnxrumtime"])


def test_the_facts_are_those_of_the_catalog_that_is_given() -> None:
    bare = load_catalog().model_copy(update={"facts": ()})
    cited = {row["provenance"] for row in evidence_rows(RUN)}
    assert "documented" in cited
    assert "documented" not in {row["provenance"] for row in evidence_rows(RUN, catalog=bare)}


def test_the_alternatives_of_a_profile_are_those_that_it_ships() -> None:
    needed = load_profile("research")
    named = {(row["framework"], row["route"]) for row in evidence_rows(RUN, needed)}
    assert named == {(each.framework, each.route) for each in decide(RUN, needed).ranking}
    assert named == {(name, None) for name in ALONE}


def test_what_switching_costs_a_team_stands_in_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nextends: edge\nteam: {knows: tensorflow, size: 4}\n", encoding="utf-8")
    rows = [row for row in evidence_rows(RUN, load_profile(file)) if row["criterion"] == "switching-cost"]
    assert {row["framework"]: row["value"] for row in rows} == {"pytorch": pytest.approx(15 / 220), "tensorflow": 0.0}
