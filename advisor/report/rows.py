"""Rows of plain values as a table on a terminal, as CSV, JSON, HTML or Parquet: the one place that prints lists."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from advisor import printing
from advisor.errors import AdvisorError
from advisor.report import words

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

Format = Literal["table", "csv", "json", "html", "parquet"]
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
    form : {"table", "csv", "json", "html", "parquet"}
        How; all but a table hold every field, a table the chosen columns.
    columns : mapping
        The columns of the table: field and heading.
    fields : sequence of str
        The columns of CSV, HTML and Parquet; default those of the first row.
    none : str
        What a table says instead of being empty.
    """
    if form == "table":
        _table(rows, columns, console, none)
        return
    if form == "json":
        console.file.write(printing.escaped(json_text(rows), console.encoding))
        return
    named = fields or (list(rows[0]) if rows else list(columns))
    if form == "csv":
        console.file.write(csv_text(rows, named))
    elif form == "html":
        console.file.write(html_text(rows, named))
    elif console.is_terminal:
        raise AdvisorError("--format parquet: not for a terminal", hint="… --format parquet > rows.parquet")
    else:
        printing.binary(parquet_bytes(rows, named))


def html_text(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Return `rows` as one HTML table without styles, to be put into a page; every text is escaped."""
    made = _frame(rows, columns).apply(lambda column: column.map(_cell))
    return f"{made.to_html(index=False, border=0, justify='unset')}\n"


def parquet_bytes(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """Return `rows` as a Parquet file; texts that repeat are dictionaries, and a list is its items.

    Raises
    ------
    AdvisorError
        Without pyarrow, which no part of advisor needs otherwise.
    """
    try:
        import pyarrow  # noqa: F401 - pandas looks for it
    except ImportError:
        hint = "pip install 'framework-advisor[parquet]'"
        raise AdvisorError("--format parquet: pyarrow is not installed", hint=hint) from None
    stream = io.BytesIO()
    made = _frame(rows, columns)
    for name in made.select_dtypes(include=object):
        made[name] = made[name].map(_cell, na_action="ignore").astype("category")
    made.to_parquet(stream, engine="pyarrow", index=False)
    return stream.getvalue()


def _frame(rows: Sequence[Row], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    whole = pd.DataFrame([[row.get(name) for name in columns] for row in rows], columns=list(columns), dtype=object)
    return whole.infer_objects().astype({name: object for name in columns if _is_text(rows, name)})


def _is_text(rows: Sequence[Row], name: str) -> bool:
    return any(isinstance(row.get(name), str | list | tuple) for row in rows)


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
