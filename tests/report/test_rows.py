"""Rows of plain values: nothing in them reaches a spreadsheet as a formula or a terminal as an instruction."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from advisor.errors import AdvisorError
from advisor.report.rows import console, csv_field, csv_text, html_text, json_text, show

ROWS: list[dict[str, Any]] = [
    {"id": "one", "text": "[bold]plain[/bold]\x1b[2J\ntwo lines", "list": ["a", "b"], "none": None, "number": -1.5},
    {"id": "two", "text": "=1+1", "list": [], "none": None, "number": 2},
]
COLUMNS = {"id": "name", "text": "what", "list": "several"}


def printed(form: str, **options: object) -> str:
    stream = io.StringIO()
    show(ROWS, form, columns=COLUMNS, console=Console(file=stream, width=100), **options)  # type: ignore[arg-type]
    return stream.getvalue()


def test_a_table_shows_the_chosen_columns_as_text() -> None:
    text = printed("table")
    assert text.splitlines()[0].split() == ["name", "what", "several"]
    assert "[bold]plain[/bold]" in text
    assert "\x1b" not in text
    assert "a; b" in text
    assert "-1.5" not in text


def test_csv_and_json_hold_every_field() -> None:
    rows = list(csv.DictReader(io.StringIO(printed("csv"))))
    assert rows[0]["number"] == "-1.5"
    assert rows[1]["text"] == "'=1+1"
    assert rows[0]["list"] == "a; b"
    assert rows[0]["none"] == ""
    assert [row["id"] for row in json.loads(printed("json"))] == ["one", "two"]
    assert json.loads(json_text(ROWS))[0]["list"] == ["a", "b"]


def test_an_empty_table_says_so_and_an_empty_file_has_its_columns() -> None:
    stream = io.StringIO()
    show([], "table", columns=COLUMNS, console=Console(file=stream), none="Nothing [here].")
    assert stream.getvalue() == "Nothing [here].\n"
    stream = io.StringIO()
    show([], "csv", columns=COLUMNS, console=Console(file=stream))
    assert stream.getvalue() == "id,text,list\r\n"


@given(st.text(min_size=1))
def test_no_text_begins_as_a_formula(text: str) -> None:
    ((field,),) = list(csv.reader(io.StringIO(csv_text([{"x": text}], ["x"]).split("\r\n", 1)[1]))) or [[""]]
    assert not field.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("number", [-1.5, 0, 3])
def test_numbers_stay_numbers(number: float) -> None:
    assert csv_field(number) == number


def test_without_a_terminal_rows_are_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console("auto").width == 160
    monkeypatch.setenv("COLUMNS", "72")
    assert console("auto").width == 72


def test_html_is_a_table_of_every_field_in_which_nothing_is_markup() -> None:
    text = printed("html")
    assert text.count("<tr") == len(ROWS) + 1
    assert "<th>number</th>" in text
    assert "a; b" in text
    hostile = html_text([{"x": "<script>alert(1)</script>"}], ["x"])
    assert "<script" not in hostile
    assert "&lt;script&gt;" in hostile


def test_parquet_holds_every_field_with_its_type(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    pytest.importorskip("pyarrow")
    show(ROWS, "parquet", columns=COLUMNS, console=Console(file=io.StringIO()))
    frame = pd.read_parquet(io.BytesIO(capfdbinary.readouterr().out))
    assert list(frame.columns) == list(ROWS[0])
    assert frame["number"].tolist() == [-1.5, 2.0]
    assert frame["list"].tolist()[0] == "a; b"
    assert frame["none"].isna().all()


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(AdvisorError, match="pyarrow is not installed") as found:
        printed("parquet")
    assert found.value.hint == "pip install 'framework-advisor[parquet]'"


def test_parquet_is_not_for_a_terminal() -> None:
    with pytest.raises(AdvisorError, match="not for a terminal"):
        show(ROWS, "parquet", columns=COLUMNS, console=Console(file=io.StringIO(), force_terminal=True))
