"""The house rules that a reader relies on: which wing may import which, and what `import advisor` costs."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Container
from pathlib import Path

import pytest

import advisor

ROOT = Path(__file__).resolve().parent.parent
# From left to right: a wing imports what stands before it and nothing that stands behind it.
WINGS = [
    "measurement",
    "devices",
    "models",
    "knowledge",
    "targets",
    "profiles",
    "decision",
    "articles",
    "report",
    "api",
    "cli",
]
GROUND = {
    "authorship", "criteria", "documents", "errors", "fields", "frames", "interrupts", "keys", "nodes", "numerals",
    "optouts", "paths", "printing", "quantities", "resources", "rounding", "scratch", "yaml_cache",
}  # fmt: skip
# What the articles have on the site, and their long report, are made of its parts; no other file of theirs knows it.
SHOWN = ("articles/pages/", "articles/research/")
# Where the site takes its guest in; no other file of the report knows it.
DOORS = {"report/publications.py", "report/pages/docs.py", "report/pages/run_pages.py"}
# Nouns that end as participles do. Recipes are called as the capabilities that they prove, and are not looked at.
NOUNS = {
    "ending", "escaping", "printing", "rounding", "sampling", "timing", "speed", "string",
}  # fmt: skip
NO_NOUNS = {
    "above", "across", "adaptive", "afterwards", "again", "anew", "apart", "below", "beside", "between", "compact",
    "elsewhere", "enough", "fresh", "here", "holds", "instead", "kept", "largest", "left", "new", "now", "once", "own",
    "past", "then", "there", "together", "told", "shortest", "unchanged", "whole", "within", "without",
}  # fmt: skip
# What prints, and the processes whose standard output is a channel to the one that started them.
PRINTS = {
    "printing.py",
    "devices/run.py",
    "report/consoles.py",
    "articles/presence.py",
    "measurement/noise/canary_process.py",
}


@functools.cache
def imported(file: Path) -> set[str]:
    """Return the modules of `advisor` that a file imports, as dotted names without the leading ``advisor.``."""
    names: set[str] = set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        # What is imported for the checker of types alone is not imported when it runs.
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("advisor.") for name in names if name.startswith("advisor.")}


def modules(*folders: str) -> dict[str, Path]:
    """Return the files of these folders by their path below the root."""
    found = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): file for file in found}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_never_imports_a_wing_to_its_right(wing: str) -> None:
    forbidden = set(WINGS[WINGS.index(wing) + 1 :])
    if wing == "knowledge":
        forbidden |= {"measurement", "devices"}
    for name, file in modules("advisor").items():
        inside = name.removeprefix("advisor/")
        if inside.startswith(f"{wing}/") or inside == f"{wing}.py":
            tops = {found.split(".")[0] for found in imported(file)}
            assert not tops & (forbidden - ({"report"} if inside.startswith(SHOWN) else set())), name


def test_the_articles_are_a_guest() -> None:
    for name, file in modules(
        "advisor/measurement", "advisor/knowledge", "advisor/profiles", "advisor/decision"
    ).items():
        assert not any(found.startswith("articles.") for found in imported(file)), name
    reached = {name for name, file in modules("advisor/report").items() if _of_articles(file)}
    assert {name.removeprefix("advisor/") for name in reached} <= DOORS


def _of_articles(file: Path) -> bool:
    return any(found.startswith("articles.") for found in imported(file))


def test_no_files_import_each_other_in_a_circle() -> None:
    files = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file
        for name, file in modules("advisor").items()
    }
    known = {
        name: {module for found in imported(file) if (module := _module(f"advisor.{found}", files)) not in (None, name)}
        for name, file in files.items()
    }
    while last := {name for name, needs in known.items() if not needs & known.keys()}:
        known = {name: needs for name, needs in known.items() if name not in last}
    assert not known, "these import each other, or one of those that do"


def _module(name: str, files: Container[str]) -> str | None:
    """Return the module that an imported name is or stands in."""
    return name if name in files else name.rpartition(".")[0] if name.rpartition(".")[0] in files else None


def test_modules_are_called_by_nouns() -> None:
    stems = {Path(name).stem for name in modules("advisor", "probes") if "/frameworks/" not in name}
    words = {stem.rpartition("_")[2] for stem in stems if not stem.startswith("__")} - NOUNS
    assert not {word for word in words if word in NO_NOUNS or re.search("(ing|ed|ly|less)$", word)}


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
