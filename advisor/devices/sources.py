"""The part of advisor's own code that a device needs: what the session there imports, found by following imports."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from advisor import resources

# What the session starts with; whatever runtime is asked for, the worker imports by name.
ENTRIES = ("advisor.devices.program", "probes.__main__", "probes.runtime_worker")
_OURS = ("advisor", "probes")


def needed(runtimes: Iterable[str], entries: Iterable[str] = ENTRIES) -> dict[str, Path]:
    """Return the files of the modules that are needed, by their path in a folder of code."""
    found: dict[str, Path] = {}
    due = deque([*entries, *(f"probes.runtimes.{each}" for each in runtimes)])
    seen: set[str] = set()
    while due:
        name = due.popleft()
        if name in seen:
            continue
        seen.add(name)
        file = _file(name)
        if file is None:
            continue
        package = file.name == "__init__.py"
        found[f"{name.replace('.', '/')}/__init__.py" if package else f"{name.replace('.', '/')}.py"] = file
        due.extend(_imported(file))
        parts = name.split(".")
        due.extend(".".join(parts[:count]) for count in range(1, len(parts)))
    return found


def _file(name: str) -> Path | None:
    """Return the file of one of our modules; None for what is no module."""
    top, _, rest = name.partition(".")
    home = resources.probes() if top == "probes" else Path(__file__).resolve().parents[1]
    path = home.joinpath(*rest.split(".")) if rest else home
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _imported(file: Path) -> Iterator[str]:
    """Yield which of our modules a file imports, at any place but for checkers of types only."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if name.split(".")[0] in _OURS)


def foreign(files: Iterable[Path]) -> set[str]:
    """Return which packages of others these files import when they are loaded, not only when they are used."""
    import sys

    found = set()
    for file in files:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return {name for name in found if name not in sys.stdlib_module_names and name not in _OURS}
