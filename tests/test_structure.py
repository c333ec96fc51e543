"""The house rules that a reader relies on: which wing may import which, and what `import advisor` costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import advisor

ROOT = Path(__file__).resolve().parent.parent
WINGS = ["measurement", "knowledge", "decision", "report"]
GROUND = {
    "documents", "errors", "fields", "interrupts", "kept", "nodes", "numerals", "optouts", "paths", "printing",
    "quantities", "resources", "rounding", "scratch",
}  # fmt: skip
# What prints, and the processes whose standard output is a channel to the one that started them.
PRINTS = {"printing.py", "report/consoles.py", "articles/presence.py", "measurement/noise/canary_process.py"}


def imported(file: Path) -> set[str]:
    """Return the modules of `advisor` that a file imports, as dotted names without the leading ``advisor.``."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("advisor.") for name in names if name.startswith("advisor.")}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_never_imports_a_wing_to_its_right(wing: str) -> None:
    forbidden = {*WINGS[WINGS.index(wing) + 1 :], "api", "cli"}
    if wing == "knowledge":
        forbidden.add("measurement")
    for file in (ROOT / "advisor" / wing).rglob("*.py"):
        tops = {name.split(".")[0] for name in imported(file)}
        assert not tops & forbidden, f"{file} imports {tops & forbidden}"


def test_the_ground_imports_no_wing() -> None:
    for name in GROUND:
        tops = {found.split(".")[0] for found in imported(ROOT / "advisor" / f"{name}.py")}
        assert tops <= GROUND, name


def test_the_probes_import_nothing_of_advisor() -> None:
    for file in (ROOT / "probes").rglob("*.py"):
        assert not imported(file), file


def test_the_public_api_is_what_all_says() -> None:
    for name in advisor.__all__:
        assert getattr(advisor, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = advisor.nothing


def test_importing_advisor_loads_nothing_else() -> None:
    code = "import sys, advisor; print(sorted(m for m in sys.modules if m.split('.')[0] in ('numpy', 'pydantic')))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"


def prints(text: str) -> list[str]:
    """Return what in a module's text would print past `advisor.printing`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "click.echo", "click.secho", "Console"):
            found.append(f"{node.lineno}: {ast.unparse(node.func)}")
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith(
            ("stdout.write", "stderr.write", "sys.__stdout__", "sys.__stderr__")
        ):
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


def test_everything_that_is_printed_goes_one_way() -> None:
    files = {str(file.relative_to(ROOT / "advisor")): file for file in (ROOT / "advisor").rglob("*.py")}
    found = {name: prints(file.read_text(encoding="utf-8")) for name, file in files.items() if name not in PRINTS}
    assert not {name: lines for name, lines in found.items() if lines}


@pytest.mark.parametrize("text", ["print(1)", "click.echo('x')", "Console().print(1)", "sys.stderr.write('x')"])
def test_what_prints_past_it_is_seen(text: str) -> None:
    assert prints(text)
