"""Typed tables: rows of plain values as a pandas frame whose columns say what they hold.

Every frame is tidy: a row is one thing, a column one property of it, and figures are in base units (``s``, ``B``,
``1/s``, or a ratio). Where rows have several units, a column ``unit`` tells that of each. ``frame.attrs["columns"]``
says of every column what it holds, and ``frame.attrs["units"]`` the unit of those that have one of their own.
pandas is imported when the first frame is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["category", "text", "number", "count", "yes or no", "moment"]
# A count and a truth may be missing: pandas' own types for that, where NumPy's have none.
_DTYPES: Mapping[Kind, Any] = {
    "category": "category", "text": "string", "number": "float64", "count": "Int64", "yes or no": "boolean",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column: what type its values have, what they are, and their unit where it is one for all.

    ``order`` holds the categories of a ``category`` from least to most, where they have an order.
    """

    kind: Kind
    text: str
    unit: str | None = None
    order: tuple[str, ...] = ()


def frame(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, Column]) -> pd.DataFrame:
    """Return rows as a frame of these columns in their order; what a row does not say is missing.

    Raises
    ------
    ValueError
        When a value is not of its column's type.

    Examples
    --------
    >>> columns = {"stack": Column("category", "the stack"), "time": Column("number", "per call", unit="s")}
    >>> made = frame([{"stack": "pytorch", "time": 41e-6}, {"stack": "tensorflow"}], columns)
    >>> made["time"].isna().tolist(), made.attrs["units"]
    ([False, True], {'time': 's'})
    """
    import pandas as pd

    listed = list(rows)
    made = pd.DataFrame(
        {name: _series([row.get(name) for row in listed], column) for name, column in columns.items()},
        columns=list(columns),
    )
    made.attrs["columns"] = {name: column.text for name, column in columns.items()}
    made.attrs["units"] = {name: column.unit for name, column in columns.items() if column.unit is not None}
    return made


def _series(values: Sequence[Any], column: Column) -> pd.Series[Any]:
    import pandas as pd

    if column.kind == "moment":
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True))
    if column.kind == "category" and column.order:
        return pd.Series(pd.Categorical(values, categories=list(column.order), ordered=True))
    # pandas takes an empty list of objects for floats unless it is told what they are.
    return pd.Series(values, dtype=object).astype(_DTYPES[column.kind])
