"""The rows of `advisor systems`."""

from __future__ import annotations

import json

import pytest

from advisor.articles.presence import LocalCheck
from advisor.articles.survey import check_systems, system_rows
from advisor.articles.systems import load_systems
from advisor.errors import AdvisorError


def test_a_row_per_system_as_plain_text() -> None:
    rows = system_rows()
    assert [row["id"] for row in rows] == [system.id for system in load_systems().systems]
    assert len({tuple(row) for row in rows}) == 1
    assert all(isinstance(value, str) for row in rows for value in row.values())
    assert json.loads(json.dumps(rows)) == rows
    lite = next(row for row in rows if row["id"] == "tensorflow-lite")
    assert (lite["status"], lite["replaced by"], lite["since"]) == ("renamed", "LiteRT", "2024-09-04")
    assert lite["url"].startswith("https://")


def test_every_row_says_where_it_comes_from() -> None:
    rows = {row["id"]: row for row in system_rows()}
    assert all(row["source"] and row["checked on"] for row in rows.values())
    assert rows["google-search"]["source"].startswith("named in “")


def test_rows_of_some_statuses() -> None:
    rows = system_rows(status=("archived", "deprecated"))
    assert {row["status"] for row in rows} == {"archived", "deprecated"}


def test_an_unknown_status_names_the_nearest() -> None:
    with pytest.raises(AdvisorError, match="did you mean 'archived'") as refused:
        system_rows(status=("archive",))
    assert "maintenance" in (refused.value.hint or "")


def test_checks_add_their_columns() -> None:
    rows = system_rows(checks=[LocalCheck("numpy", "importable", "2.4.6")])
    assert len({tuple(row) for row in rows}) == 1
    numpy = next(row for row in rows if row["id"] == "numpy")
    assert (numpy["here"], numpy["version here"]) == ("importable", "2.4.6")
    assert next(row for row in rows if row["id"] == "theano")["here"] == ""


def test_systems_are_checked_here() -> None:
    found = {check.id: check for check in check_systems(["numpy", "theano", "pdb", "rest"], timeout=60)}
    assert found["numpy"].outcome == "importable"
    assert found["theano"].outcome == "not installed"
    assert found["pdb"].outcome == "importable"
    assert found["rest"].outcome == "not applicable"


def test_an_unknown_system_is_refused_before_anything_runs() -> None:
    with pytest.raises(AdvisorError, match="did you mean 'numpy'"):
        check_systems(["nunpy"])
