"""The README's commands are the Makefile's targets, and its examples are real."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from advisor.cli import main
from advisor.measurement.run import save_run
from tests.samples import sample_run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Return every command line in the README's console blocks."""
    blocks = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_two_commands_stand_in_the_readme_and_in_the_makefile() -> None:
    assert "make recommend PROFILE=edge" in commands()
    assert "make test" in commands()
    for target in ("recommend", "test"):
        assert re.search(rf"^{target}: \$\(VENV\)/\.ready", MAKEFILE, flags=re.MULTILINE), target


def test_every_make_command_of_the_readme_is_a_documented_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, flags=re.MULTILINE))
    used = {command.split()[1] for command in commands() if command.startswith("make ")}
    assert used
    assert used <= targets


def test_every_advisor_command_of_the_readme_is_understood() -> None:
    found = [command.split()[1:] for command in commands() if command.startswith("advisor ")]
    assert found
    for words in found:
        group = main.commands.get(words[0])
        names = words[:2] if isinstance(group, click.Group) else words[:1]
        options = {word.split("=")[0] for word in words if word.startswith("--")}
        result = CliRunner().invoke(main, [*names, "--help"], prog_name="advisor")
        assert result.exit_code == 0, words
        assert all(option in result.output for option in options), (words, options)


MEASURES = ("recommend --profile edge", "recommend --profile deployment --quick", "probe --only 'route:*'")


def without_measuring() -> list[str]:
    """Return the README's commands of advisor that start no framework; `make recommend` is what CI measures with."""
    found = [command.removeprefix("advisor ") for command in commands() if command.startswith("advisor ")]
    measuring = [command for command in found if command.startswith(MEASURES) and "--run" not in command]
    assert len(measuring) == len(MEASURES)
    return [command for command in found if command not in measuring]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder that has the files which the README names."""
    for name in ("run.json", "before.json", "after.json"):
        save_run(sample_run(), tmp_path / name)
    shutil.copy(ROOT / "advisor" / "profiles" / "edge.yaml", tmp_path / "camera.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", without_measuring())
def test_every_command_of_the_readme_that_does_not_measure_runs(command: str, folder: Path) -> None:
    if "--name camera" in command:
        (folder / "camera.yaml").unlink()  # it writes that file, and replaces none
    result = CliRunner().invoke(
        main, shlex.split(command), prog_name="advisor", catch_exceptions=False, input="\n" * 12
    )
    # 1 is an answer, too: what was expected is not what came out, or nothing is feasible.
    assert result.exit_code in (0, 1), result.output
    assert result.output


def test_the_answer_in_the_readme_is_the_one_of_the_reference_run() -> None:
    golden = ROOT / "tests" / "data" / "golden" / "edge.txt"
    shown = re.search(r"<!-- answer -->\n```text\n(.*?)```", README, flags=re.DOTALL)
    if not golden.is_file():
        pytest.skip("no reference Run is committed yet")
    assert shown is not None
    assert shown.group(1).strip() in golden.read_text(encoding="utf-8")
