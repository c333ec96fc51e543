"""The examples under each command's help: every command has some, and each is understood as it stands."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from advisor.articles.articles import load_articles
from advisor.articles.claims import load_claims
from advisor.cli import main
from advisor.measurement.run import save_run
from tests.samples import sample_run

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parent.parent.parent


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


FOUND = dict(commands(main))
EXAMPLES = {name: [line.strip() for line in (each.epilog or "").split("\n")[2:]] for name, each in FOUND.items()}


def test_every_command_has_examples() -> None:
    assert [name for name, lines in EXAMPLES.items() if not lines] == []


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in EXAMPLES.items() for line in lines])
def test_an_example_is_understood(name: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("run.json", "before.json", "after.json", "here.json", "reported.json"):
        save_run(sample_run(), Path(file))
    shutil.copy(ROOT / "advisor" / "profiles" / "edge.yaml", "camera.yaml")
    Path("ours", "abax").mkdir(parents=True)
    words = shlex.split(line)
    assert words[: 1 + len(name.split())] == ["advisor", *name.split()]
    # An unknown option, a value of the wrong kind or a missing argument ends this with an error.
    with FOUND[name].make_context(name, words[1 + len(name.split()) :]):
        pass


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_help_shows_the_examples_line_by_line(name: str) -> None:
    shown = CliRunner().invoke(main, [*name.split(), "--help"], prog_name="advisor")
    assert shown.exit_code == 0
    lines = [line.strip() for line in shown.output.splitlines()]
    assert "Examples:" in lines
    assert set(EXAMPLES[name]) <= set(lines)


@pytest.mark.parametrize(("shell", "says"), [("bash", "complete"), ("zsh", "#compdef advisor"), ("fish", "complete")])
def test_a_shell_is_told_how_to_complete(shell: str, says: str) -> None:
    assert says in completed({"_ADVISOR_COMPLETE": f"{shell}_source"})


def test_commands_and_options_are_completed() -> None:
    assert offered("advisor rec") == {"recommend"}
    assert {"build", "embed", "serve"} == offered("advisor site ")
    assert {"--profile", "--python"} <= offered("advisor recommend --p")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("advisor recommend --profile edg", {"edge", "edg"}),  # the second is what the shell completes as a file
        ("advisor recommend --framework pytorch,ten", {"pytorch,tensorflow"}),
        ("advisor recommend --weight edge-lat", {"edge-latency=", "edge-latency-p99="}),
        ("advisor recommend --exclude onnx", {"onnxruntime"}),
        ("advisor probe --python tensorf", {"tensorflow="}),
        ("advisor probe --only eager", {"eager-overhead"}),
        ("advisor check --expect pyt", {"pytorch"}),
        ("advisor evidence --profile res", {"research", "res"}),
        ("advisor profile show dep", {"deployment", "dep"}),
        ("advisor profile new --knows tens", {"tensorflow"}),
        ("advisor systems tensorflow-l", {"tensorflow-lite"}),
        ("advisor systems --status arch", {"archived"}),
        ("advisor claims --verdict ho", {"holds"}),
        ("advisor env create lite", {"litert-torch"}),
        ("advisor compare run-", {"run-1", "run-"}),
    ],
)
def test_what_a_name_is_expected_for_is_completed(
    line: str, expected: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_run(sample_run().model_copy(update={"id": "run-1"}), Path(".advisor", "runs", "run-1.json"))
    assert offered(line) == expected


def test_every_claim_and_article_is_offered() -> None:
    assert offered("advisor claims ") == {each.id for each in load_claims()}
    assert offered("advisor claims --source ") == {each.id for each in load_articles()}


def offered(line: str) -> set[str]:
    """Return what a shell is offered for the last word of `line`."""
    place = str(len(shlex.split(line)) - (not line.endswith(" ")))
    asked = {"_ADVISOR_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": place}
    return {each.partition(",")[2] for each in completed(asked).splitlines()}


def completed(environment: dict[str, str]) -> str:
    code = "from advisor.cli import main; main(prog_name='advisor')"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    return done.stdout
