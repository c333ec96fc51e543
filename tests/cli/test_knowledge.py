"""The commands about what is documented: what they print, in every format, and what they refuse."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advisor import authorship
from advisor.articles.articles import documented
from advisor.cli import main
from advisor.measurement.run import save_run
from tests.cli.test_commands import FORBIDDEN, loaded_modules
from tests.samples import sample_run

pytestmark = pytest.mark.integration


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kept(here: Path) -> Path:
    """A folder in which a Run is kept."""
    run = sample_run()
    save_run(run, here / ".advisor" / "runs" / f"{run.id}.json")
    return here


def call(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments), prog_name="advisor")
    assert result.exit_code == code, result.output
    return result


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# --- claims -----------------------------------------------------------------------------------------------------------


def test_claims_are_settled_on_the_newest_kept_run_and_say_which(kept: Path) -> None:
    result = call("claims", "--format", "json")
    rows = json.loads(result.stdout)
    assert len(rows) == 223
    assert sample_run().id in result.stderr
    assert {"holds", "does not hold", "outdated"} <= {row["verdict"] for row in rows}


def test_claims_without_a_run_settle_what_documents_settle(here: Path) -> None:
    result = call("claims", "--format", "json")
    rows = {row["id"]: row for row in json.loads(result.stdout)}
    assert "the claims that need a measurement are not settled" in result.stderr
    assert "advisor probe" in result.stderr
    assert rows["tf-needs-sessions"]["verdict"] == "does not hold"
    measured = [row for row in rows.values() if row["settled_by"] == "test"]
    assert {row["verdict"] for row in measured} == {"cannot be tested here"}
    assert "not measured" in measured[0]["why"]


def test_a_session_that_was_interrupted_is_taken_only_when_there_is_no_other(kept: Path) -> None:
    run = sample_run()
    half = run.model_copy(update={"id": "29991231-235959-aaaa", "complete": False, "observations": ()})
    save_run(half, kept / ".advisor" / "runs" / f"{half.id}.json")
    assert f"{run.id}.json)." in call("check", "--expect", "tensorflow", "--min-confidence", "0").stderr
    (kept / ".advisor" / "runs" / f"{run.id}.json").unlink()
    assert f"{half.id}.json), which was interrupted." in call("claims").stderr


def test_claims_of_a_verdict_an_article_a_name(kept: Path) -> None:
    rows = json.loads(call("claims", "--verdict", "outdated", "--source", "upgrad.com", "--format", "json").stdout)
    assert rows
    assert all(row["verdict"] == "outdated" and "upgrad.com" in row["sources"] for row in rows)
    (row,) = json.loads(call("claims", "tf-needs-sessions", "--format", "json").stdout)
    assert row["id"] == "tf-needs-sessions"


def test_claims_as_a_table_and_for_a_spreadsheet(kept: Path) -> None:
    printed = call("claims", "tf-needs-sessions").stdout
    assert "TensorFlow programs exchange data" in printed
    (row,) = table(call("claims", "tf-needs-sessions", "--format", "csv").stdout)
    assert row["sources"] == "builtin.com; projectpro; anonymous-blog; upgrad.com"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["claims", "--verdict", "outdatd"], "--verdict: unknown 'outdatd' — did you mean 'outdated'?"),
        (["claims", "--source", "upgrad"], "--source: unknown 'upgrad' — did you mean 'upgrad.com'?"),
        (["claims", "tf-need-sessions"], "claim: unknown 'tf-need-sessions' — did you mean 'tf-needs-sessions'?"),
        (["claims", "--format", "xml"], "'xml' is not one of 'table', 'csv', 'json'"),
        (["claims", "--run", "none.json"], "none.json: cannot read the Run file"),
        (["systems", "--status", "activ"], "unknown status 'activ' — did you mean 'active'?"),
        (["systems", "torchserv"], "unknown system 'torchserv' — did you mean 'torchserve'?"),
        (["systems", "--online"], "add --check"),
        (["systems", "pytorch", "--check", "--python", "/none/python"], "cannot run the Python '/none/python'"),
        (["knowledge", "stale", "--older-than", "a while"], "--older-than: expected a time"),
        (["knowledge", "check", "none"], "none: no such folder"),
        (["report", "--profile", "edgy"], "unknown profile 'edgy' — did you mean 'edge'?"),
        (["claims", "release"], "Try: pytorch-release-2016, "),
        (["claims", "xyzzy"], "Try: advisor claims   (lists every claim)"),
        (["report"], "no Run is kept in .advisor/runs"),
        (["recommend", "--as-of", "tomorrow"], "expected a date such as '2024-09-04', got 'tomorrow'"),
        (["recommend", "--as-of", "2099-01-01"], "lies ahead"),
        (["recommend", "--as-of", "2001-01-01"], "is too early"),
        (["recommend", "--as-of", "2022-01-01", "--fresh"], "--as-of decides on documents alone"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_nearest_name(here: Path, arguments: list[str], words: str) -> None:
    assert words in call(*arguments, code=2).output


# --- systems ----------------------------------------------------------------------------------------------------------


def test_systems_in_every_format(here: Path) -> None:
    rows = json.loads(call("systems", "--format", "json").stdout)
    assert len(rows) == 177
    assert len(table(call("systems", "--format", "csv").stdout)) == 177
    archived = json.loads(call("systems", "--status", "archived", "--format", "json").stdout)
    assert {row["status"] for row in archived} == {"archived"}
    assert "Theano" in call("systems", "--status", "archived").stdout


def test_what_of_a_system_is_here(here: Path) -> None:
    (row,) = json.loads(call("systems", "numpy", "--check", "--format", "json").stdout)
    assert row["here"] == "importable"
    assert row["version here"]
    assert "importable" in call("systems", "numpy", "--check").stdout


# --- knowledge --------------------------------------------------------------------------------------------------------


def test_the_shipped_catalog_is_sound(here: Path) -> None:
    assert call("knowledge", "check").stdout.startswith("sound: ")


def test_a_mistake_is_named_where_it_stands(here: Path) -> None:
    folder = here / "mine"
    folder.mkdir()
    for file in (path for each in documented() for path in each.glob("*.yaml")):
        shutil.copy(file, folder)
    facts = folder / "facts-history.yaml"
    text = facts.read_text().replace("level: experimental", "level: experimentel", 1)
    facts.write_text(text)
    line = text.partition("experimentel")[0].count("\n") + 1
    output = call("knowledge", "check", str(folder), code=2).output
    assert f"facts-history.yaml:{line}:" in output
    assert "did you mean 'experimental'?" in output


def test_what_is_due_for_another_look(here: Path) -> None:
    rows = json.loads(call("knowledge", "stale", "--format", "json").stdout)
    assert all(row["days"] > 365 for row in rows)
    assert [row["checked_on"] for row in rows] == sorted(row["checked_on"] for row in rows)
    nothing = call("knowledge", "stale", "--older-than", "90 years").stdout
    assert "Nothing was last looked up more than 90 years ago." in nothing


# --- the report and the past ------------------------------------------------------------------------------------------


def test_the_report_goes_to_a_file_or_to_the_terminal(kept: Path) -> None:
    printed = call("report", "--profile", "research").stdout
    assert printed.startswith("# Try new architectures every week: PyTorch or TensorFlow?")
    assert call("report", "--profile", "research", "-o", "report.md").stdout == "report.md\n"
    assert (kept / "report.md").read_text() == authorship.signed(printed)


def test_a_day_of_the_past_needs_no_run(here: Path) -> None:
    told = json.loads(call("recommend", "--profile", "edge", "--as-of", "2022-12-31", "--json").stdout)
    assert told["answer"] == {"framework": "tensorflow", "route": "litert"}
    assert told["warnings"][0] == "Decided on the facts valid on 2022-12-31; everything measured is excluded"
    printed = call("recommend", "--profile", "edge", "--as-of", "2022-12-31").stdout
    assert "TensorFlow Lite" in printed
    assert "advisor recommend --profile edge --as-of 2022-12-31" in printed
    assert not (here / ".advisor").exists(), "nothing is measured, and no site is written"


def test_a_recommendation_reads_only_what_it_needs(kept: Path) -> None:
    run = next((kept / ".advisor" / "runs").glob("*.json"))
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "from advisor.cli import main\n"
        f"main(['recommend', '--run', {str(run)!r}, '--json'], prog_name='advisor', standalone_mode=False)\n"
        "print(*[name for name in opened if '/knowledge/' in name and name.endswith('.yaml')], file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=kept, capture_output=True, text=True, timeout=300, check=True
    )
    read = {Path(name).name for name in ended.stderr.split() if name.endswith(".yaml")}
    assert read == {
        "facts.yaml", "sources.yaml", "devices.yaml", "sources-devices.yaml",
        "alternatives.yaml", "sources-alternatives.yaml", "sources-targets.yaml",
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [["claims", "--help"], ["systems", "--help"], ["knowledge", "--help"]])
def test_help_loads_nothing_heavy(here: Path, arguments: list[str]) -> None:
    assert not loaded_modules(arguments, here) & {*FORBIDDEN, "jinja2", "numpy", "pydantic", "yaml"}
