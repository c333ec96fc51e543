"""Rows of plain values as a table on a terminal, as CSV or as JSON: the one place that prints lists of things."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from advisor import printing
from advisor.report import words

if TYPE_CHECKING:
    from rich.console import Console

Format = Literal["table", "csv", "json"]
Row = Mapping[str, Any]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
            "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
_WITHOUT_TERMINAL = 160


def csv_text(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Return `rows` as CSV (RFC 4180, CRLF); a list becomes its items, separated by semicolons.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_field(row.get(column)) for column in columns])
    return stream.getvalue()


def csv_field(value: object) -> object:
    """Return a value as a field of a CSV file that no spreadsheet takes for a formula."""
    if isinstance(value, (list, tuple)):
        value = "; ".join(str(item) for item in value)
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = words.line(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def json_text(rows: Sequence[Row]) -> str:
    """Return `rows` as a JSON list, for other programs."""
    return json.dumps([dict(row) for row in rows], indent=1, ensure_ascii=False, default=str) + "\n"


def show(
    rows: Sequence[Row],
    form: Format,
    *,
    columns: Mapping[str, str],
    console: Console,
    fields: Sequence[str] = (),
    none: str = "Nothing to list.",
) -> None:
    """Print `rows` to the console.

    Parameters
    ----------
    rows : sequence of mappings
        Plain values; a list stands for its items.
    form : {"table", "csv", "json"}
        How; CSV and JSON hold every field, a table the chosen columns.
    columns : mapping
        The columns of the table: field and heading.
    fields : sequence of str
        The columns of the CSV; default those of the first row.
    none : str
        What a table says instead of being empty.
    """
    if form == "table":
        _table(rows, columns, console, none)
        return
    if form == "json":
        console.file.write(printing.escaped(json_text(rows), console.encoding))
    else:
        console.file.write(csv_text(rows, fields or (list(rows[0]) if rows else list(columns))))


def console(color: str | None) -> Console:
    """Return the console for rows; without a terminal it is wide, because 80 columns would break every word.

    Parameters
    ----------
    color : {"auto", "always", "never"}
        As ``--color`` takes it.
    """
    from advisor.report.consoles import answers

    found = answers(color)
    if not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = _WITHOUT_TERMINAL
    return found


def _table(rows: Sequence[Row], columns: Mapping[str, str], console: Console, none: str) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        console.print(none, markup=False, highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        # Text, not markup: what stands in a document is never taken for an instruction to the terminal.
        table.add_row(*(Text(_cell(row.get(field))) for field in columns))
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return words.line("; ".join(str(item) for item in value))
    return words.line(str(value))
