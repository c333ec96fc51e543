"""Results of long benchmarks, a line of JSON each: what is there when one is cut is not done again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read(file: Path) -> list[dict[str, Any]]:
    """Return the results of a file; none where it is not there."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def add(file: Path, result: dict[str, Any]) -> None:
    """Add a result to a file."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(result) + "\n")
