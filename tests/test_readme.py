"""The README's commands are the Makefile's targets, and its examples are real."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from advisor.cli import main
from tests.browser.screenshots import MOST, PAGES, WIDTH

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
        assert re.search(rf"^{target}: \$\((VENV\)/\.ready|READY\))", MAKEFILE, flags=re.MULTILINE), target


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


def test_the_answer_in_the_readme_is_the_one_of_the_reference_run() -> None:
    golden = ROOT / "tests" / "data" / "golden" / "edge.txt"
    shown = re.search(r"<!-- answer -->\n```text\n(.*?)```", README, flags=re.DOTALL)
    if not golden.is_file():
        pytest.skip("no reference Run is committed yet")
    assert shown is not None
    assert shown.group(1).strip() in golden.read_text(encoding="utf-8")


def test_the_pictures_are_there_small_and_described() -> None:
    tutorial = (ROOT / "site" / "tutorial.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[(.*?)\]\((.*?)\)", README)
    assert [(said, path.removeprefix("site/")) for said, path in shown] == re.findall(r"!\[(.*?)\]\((.*?)\)", tutorial)
    assert len(shown) == len(PAGES)
    for said, path in shown:
        picture = (ROOT / path).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert int.from_bytes(picture[16:20]) == WIDTH
        assert len(picture) <= MOST
        assert len(said) > 60
