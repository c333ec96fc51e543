"""What README and documentation show can be done: every command of ours and every profile in them is run."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from advisor import optouts
from advisor.cli import main
from advisor.measurement.run import save_run
from tests.samples import sample_run

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "site").glob("*.md"))]
# What measures is left to `make recommend`, which CI runs, and to the tests of measuring.
MEASURES = ("recommend", "probe", "model check", "export")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Return every command of advisor that measures nothing, with the name of its page."""
    found = [
        (page.name, line.removeprefix("$ advisor "))
        for page in PAGES
        for block in blocks(page, "console")
        for line in block.splitlines()
        if line.startswith("$ advisor ")
    ]
    return [
        (page, command)
        for page, command in found
        if not command.startswith(MEASURES) or "--run" in command or "--help" in command
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder that has the files which the pages name."""
    for name in ("run.json", "before.json", "after.json"):
        save_run(sample_run(), tmp_path / name)
    shutil.copy(ROOT / "advisor" / "profiles" / "edge.yaml", tmp_path / "camera.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("page", "command"), commands())
def test_every_command_that_does_not_measure_runs(page: str, command: str, folder: Path) -> None:
    if "--name camera" in command:
        (folder / "camera.yaml").unlink()  # it writes that file, and replaces none
    words, answers = shlex.split(command), "\n" * 12
    result = CliRunner().invoke(main, words, prog_name="advisor", catch_exceptions=False, input=answers)
    # 1 is an answer, too: what was expected is not what came out, or nothing is feasible.
    assert result.exit_code in (0, 1), f"{page}: {result.output}"
    assert result.output or (folder / "answer.html").is_file() or (folder / "pages").is_dir()


def test_there_are_commands_on_several_pages() -> None:
    assert {"README.md", "how-to.md", "tutorial.md"} <= {page for page, _ in commands()}


def profiles() -> list[str]:
    return [block for page in PAGES for block in blocks(page, "yaml") if re.search(r"^(extends|prefer):", block, re.M)]


@pytest.mark.parametrize("text", profiles())
def test_every_profile_that_is_shown_is_valid(text: str, folder: Path) -> None:
    (folder / "shown.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["profile", "check", "shown.yaml"], prog_name="advisor", catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_every_yaml_block_is_yaml() -> None:
    found = [block for page in PAGES for block in blocks(page, "yaml")]
    assert found
    for block in found:
        assert yaml.safe_load(block)


def test_what_a_workflow_runs_is_understood(folder: Path) -> None:
    shown = [
        yaml.safe_load(block) for page in PAGES for block in blocks(page, "yaml") if re.search(r"^jobs:", block, re.M)
    ]
    lines = [step["run"] for flow in shown for job in flow["jobs"].values() for step in job["steps"] if "run" in step]
    asked = [words for words in map(shlex.split, lines) if words[0] == "advisor"]
    assert {words[1] for words in asked} == {"probe", "recommend", "check"}
    for _, name, *words in asked:
        # An unknown option, a value of the wrong kind or a missing argument ends this with an error.
        with main.commands[name].make_context(name, words):
            pass


def test_every_python_block_runs(folder: Path) -> None:
    found = [block for page in PAGES for block in blocks(page, "python")]
    assert found
    for block in found:
        exec(compile(block, "documentation", "exec"), {})


def test_the_lines_for_completion_are_those_that_are_tested() -> None:
    found = [block for page in PAGES for block in blocks(page, "sh") if "_ADVISOR_COMPLETE" in block]
    assert [set(re.findall(r"_ADVISOR_COMPLETE=(\w+)_source advisor", block)) for block in found] == [
        {"bash", "zsh", "fish"}
    ]


def test_every_test_that_security_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    for file, name in named:
        assert name, f"{file}: name the test"
        assert re.search(rf"^ *def {name}\(", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE), name


def test_each_promise_of_security_names_a_test() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = text.partition("## What is promised")[2].partition("\n## ")[0].split("\n- **")[1:]
    assert len(promises) > 10
    for promise in promises:
        assert "::test_" in promise, promise[:60]


def test_the_table_of_security_is_that_of_the_code() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for each in optouts.OPT_OUTS:
        assert f"| `{each.variable}` | `{each.value}` |" in text, each.variable
        assert f"{each.source}>" in text, each.variable


def test_the_notebook_goes_from_an_answer_to_a_chart_in_ten_lines(folder: Path) -> None:
    cells = json.loads((ROOT / "site" / "own-chart.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    statements = [each for part in code for each in ast.parse(part).body]
    assert len(statements) <= 10
    names: dict[str, Any] = {}
    for part in code:
        exec(compile(part, "own-chart.ipynb", "exec"), names)
    drawn = names["bars"].to_dict()
    assert drawn["title"] == str(names["told"])
    rows = next(iter(drawn["datasets"].values()))
    assert len(rows) == len(names["frame"])
    assert {row["name"] for row in rows} == set(names["frame"]["name"])
