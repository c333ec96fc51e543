"""The options about a session that several commands share, and what is told before one."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from advisor.cli import session
from advisor.measurement.run import save_run
from tests.samples import sample_run


def test_why_a_quick_run_is_not_used_again_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    session.tell_of_quick("standard")
    assert capsys.readouterr().err == ""
    quick = sample_run().model_copy(update={"mode": "quick"})
    save_run(quick, Path(".advisor", "runs") / f"{quick.id}.json")
    session.tell_of_quick("standard")
    assert "is a quick one: measuring with more care. --quick decides on it." in capsys.readouterr().err
    session.tell_of_quick("quick")
    assert capsys.readouterr().err == ""
    save_run(
        quick.model_copy(update={"id": "20261121-000000-bbbb", "mode": "standard"}),
        Path(".advisor", "runs") / "other.json",
    )
    session.tell_of_quick("standard")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("1.5 min", 90), ("90s", 90), ("300 s", 300), ("5 minutes", 300), ("1 hour", 3600)],
)
def test_a_budget_is_a_time_as_people_write_it(text: str, seconds: float) -> None:
    @click.command()
    @session.budget_option
    def shown(budget: float) -> None:
        click.echo(repr(budget))

    assert float(CliRunner().invoke(shown, ["--budget", text]).output) == seconds
