"""The commands and options about measuring: what they print, what they refuse, and that sessions go on."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from advisor import cli_measuring
from advisor.cli import main
from advisor.measurement import definitions, plan
from advisor.measurement.events import TaskStarted
from advisor.measurement.pace import Pace
from advisor.measurement.run import Policy, load_run, save_run
from advisor.measurement.session import InterruptedSessionError, measure
from advisor.measurement.store import Store
from tests.samples import sample_run

TOY = Path(__file__).parent / "measurement" / "data" / "probes"
RUNS = Path(".advisor") / "runs"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def toys(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frameworks of a few lines instead of the shipped ones, measured in blocks of a few milliseconds."""
    known = definitions.load(TOY)
    brisk = Pace(0.001, 0.002, 0.01, 5, rounds=2, processes=1, runtime_processes=1)
    monkeypatch.setattr(plan, "shipped", lambda: known)
    monkeypatch.setitem(plan.PACES, "standard", brisk)


def call(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments), prog_name="advisor")
    assert result.exit_code == code, result.output
    return result


# --- a budget, and going on -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("1.5 min", 90), ("90s", 90), ("300 s", 300), ("5 minutes", 300), ("1 hour", 3600), ("45", 45)],
)
def test_a_budget_is_a_time_as_people_write_it(text: str, seconds: float) -> None:
    @click.command()
    @cli_measuring.budget_option
    def shown(budget: float) -> None:
        click.echo(repr(budget))

    assert float(CliRunner().invoke(shown, ["--budget", text]).output) == seconds


@pytest.mark.parametrize("text", ["soon", "5 MB", "0 s", "-3 s", "m", "nan", "5 M"])
def test_what_is_no_time_is_refused(text: str, here: Path) -> None:
    assert "expected a time such as 5m" in call("probe", "--budget", text, code=2).output


@pytest.mark.parametrize("command", [["probe"], ["recommend", "--no-site"]])
def test_without_an_interrupted_session_there_is_nothing_to_resume(command: list[str], here: Path) -> None:
    result = call(*command, "--resume", code=2)
    assert "nothing to resume" in result.output
    assert not RUNS.exists()


@pytest.mark.parametrize("other", [["--run", "run.json"], ["--fresh"], ["--as-of", "2024-01-01"]])
def test_resuming_excludes_what_does_not_go_on(other: list[str], here: Path) -> None:
    assert "use one of them" in call("recommend", "--resume", *other, code=2).output


@pytest.mark.usefixtures("toys")
def test_when_the_budget_is_spent_the_run_says_what_it_left_out() -> None:
    run = load_run(Path(call("probe", "--only", "mlp-inference", "--budget", "50 ms").stdout.strip()))
    assert not run.complete
    assert any("budget" in each.why for each in run.skipped)


@pytest.mark.usefixtures("toys")
def test_an_interrupted_session_goes_on_where_it_was() -> None:
    begun = 0

    def interrupt(event: object) -> None:
        nonlocal begun
        if isinstance(event, TaskStarted):
            begun += 1
            if begun == 2:
                raise KeyboardInterrupt

    store = Store(RUNS)
    with pytest.raises(InterruptedSessionError) as caught:
        measure(plan.make_plan(only=["mlp-inference"]), store=store, on_event=interrupt)
    assert store.unfinished()
    run = load_run(Path(call("probe", "--only", "mlp-inference", "--resume").stdout.strip()))
    assert run.id == caught.value.run.id
    assert run.complete
    assert not store.unfinished()


@pytest.mark.usefixtures("toys")
def test_another_number_of_threads_is_not_resumed(here: Path) -> None:
    def interrupt(event: object) -> None:
        if isinstance(event, TaskStarted):
            raise KeyboardInterrupt

    with pytest.raises(InterruptedSessionError):
        measure(plan.make_plan(only=["mlp-inference"]), store=Store(RUNS), on_event=interrupt, threads=1)
    result = call("probe", "--only", "mlp-inference", "--resume", "--threads", "2", code=2)
    assert "the number of threads is another now" in result.output


def test_a_run_with_other_threads_answers_no_request(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advisor import api
    from advisor.measurement import host, store
    from advisor.measurement.plan import Plan

    kept = sample_run().model_copy(update={"host": host.describe(), "policy": Policy(threads=2)})
    kept = kept.model_copy(update={"advisor": store.own_version(), "finished": store.datetime.now(store.UTC)})
    save_run(kept, RUNS / f"{kept.id}.json")
    monkeypatch.setattr(Plan, "covered_by", lambda self, run: True)
    monkeypatch.setattr(store, "_unchanged", lambda run, environment: True)
    monkeypatch.setattr(api, "probe", _measures)
    assert api.recommend(threads=2).run.id == kept.id
    with pytest.raises(RuntimeError, match="measures"):
        api.recommend(threads=1)


def _measures(**options: object) -> None:
    raise RuntimeError("measures")
