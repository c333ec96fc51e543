"""Whole sessions on the toy frameworks, with real worker processes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import pytest

from advisor.errors import EXIT_INTERRUPTED, EXIT_PROBING, AdvisorError
from advisor.measurement.definitions import Definitions
from advisor.measurement.run import Observation, Run, load_run
from advisor.measurement.session import events
from advisor.measurement.session.effort import Pace
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.session import InterruptedSessionError, measure
from advisor.measurement.store import Store

pytestmark = [pytest.mark.alone, pytest.mark.usefixtures("quiet")]


@dataclass
class Session:
    """A Run, the store that keeps it, and what was told meanwhile."""

    run: Run
    store: Store
    told: list[events.Event] = field(default_factory=list)

    def one(self, **wanted: object) -> Observation:
        found = [
            each
            for each in self.run.observations
            if all(getattr(each, name) == value for name, value in wanted.items())
        ]
        assert len(found) == 1, [(each.metric, each.outcome) for each in found]
        return found[0]


@pytest.fixture(scope="module")
def session(
    toys: Definitions, brisk: Pace, tmp_path_factory: pytest.TempPathFactory, others: set[psutil.Process], quiet: None
) -> Session:
    store, told = Store(tmp_path_factory.mktemp("home") / "runs"), list[events.Event]()
    plan = make_plan(mode="standard", definitions=toys, pace=brisk)
    return Session(measure(plan, store=store, seed=3, threads=1, on_event=told.append), store, told)


@pytest.fixture(scope="module", autouse=True)
def others() -> set[psutil.Process]:
    """Processes that this test run had before (a browser, for the tests of the site)."""
    return set(psutil.Process().children(recursive=True))


def left(others: set[psutil.Process]) -> list[psutil.Process]:
    """The processes that a session of this module has left behind."""
    mine = set(psutil.Process().children(recursive=True)) - others
    return [each for each in mine if each.status() != psutil.STATUS_ZOMBIE]


def test_everything_that_was_planned_has_an_outcome(session: Session, toys: Definitions) -> None:
    plan = make_plan(mode="standard", definitions=toys)
    assert session.run.complete
    assert plan.covered_by(session.run)
    assert {each.outcome for each in session.run.observations} == {
        "measured", "proved", "error", "not_supported", "not_installed",
    }  # fmt: skip


def test_nothing_is_left_behind(session: Session, others: set[psutil.Process]) -> None:
    assert [file.name for file in session.store.folder.iterdir()] == [f"{session.run.id}.json"]
    assert load_run(session.store.path(session.run.id)) == session.run
    assert not left(others)


def test_the_rounds_are_interleaved_and_come_from_every_process(session: Session, brisk: Pace) -> None:
    cells = [each for each in session.run.observations if each.metric == "latency" and each.outcome == "measured"]
    assert len(cells) >= 8
    for each in cells:
        assert [block.round for block in each.rounds] == list(range(brisk.rounds))
        assert len({block.process for block in each.rounds}) >= 2
        assert each.summary is not None
        assert each.summary.low <= each.summary.median <= each.summary.high


def test_an_answer_that_is_wrong_has_a_figure_and_no_time(session: Session) -> None:
    wrong = session.one(probe="mlp-training", framework="tin", setting="out-of-the-box")
    assert wrong.outcome == "error"
    assert "differ from the referee by" in (wrong.message or "")
    assert wrong.summary is None
    right = session.one(probe="mlp-training", framework="toy", setting="out-of-the-box", metric="latency")
    assert right.parity is not None
    assert right.parity.max_relative_error < 1e-4
    assert right.parity.weights_max_relative_error is not None


def test_what_takes_three_times_as_long_is_seen_to(session: Session) -> None:
    def seconds(framework: str) -> float:
        found = session.one(
            probe="mlp-inference",
            framework=framework,
            setting="out-of-the-box",
            parameters={"batch": 8},
            metric="latency",
        )
        return min(block.median for block in found.rounds)

    assert seconds("tin") / seconds("toy") == pytest.approx(3, rel=0.35)


def test_a_worker_that_dies_costs_its_own_cell_only(session: Session) -> None:
    broken = session.one(
        probe="mlp-inference", framework="glass", setting="best-known", parameters={"batch": 1}, metric="latency"
    )
    assert broken.outcome == "error"
    assert "signal SIGSEGV" in (broken.message or "")
    assert "glass: about to break" in (broken.message or "")
    left = session.one(probe="mlp-training", framework="glass", setting="best-known")
    assert "exit status 7" in (left.message or "")
    well = session.one(
        probe="mlp-inference", framework="glass", setting="out-of-the-box", parameters={"batch": 1}, metric="latency"
    )
    assert well.outcome == "measured"
    assert len(well.rounds) == 6


def test_routes_are_proved_or_say_why_not(session: Session) -> None:
    proved = session.one(framework="toy", route="toyrt", parameters={"precision": "int8"}, metric=None)
    assert proved.outcome == "proved"
    assert proved.proof is not None
    assert proved.proof["artifact"] == "cnn.npz"
    assert proved.seconds is not None
    refused = session.one(framework="tin", route="toyrt", parameters={"precision": "int8"})
    assert (refused.outcome, refused.message) == ("not_supported", "tin has no eight-bit numbers")
    failed = session.one(framework="glass", route="toyrt", parameters={"precision": "float32"})
    assert (failed.outcome, failed.message) == ("error", "KeyError: 'keras_tensor_4'")
    assert failed.where == "route_toyrt.py:10"


def test_what_ships_is_measured_in_its_runtime(session: Session) -> None:
    found = {
        each.metric: each
        for each in session.run.observations
        if each.framework == "toy" and each.route == "toyrt" and each.parameters["precision"] == "float32"
    }
    assert found.keys() == {
        None, "artifact-size", "cold-start", "latency", "peak-memory", "runtime-size", "runtime-installed-size",
        "runtime-memory", "runtime-start", "accuracy", "accuracy-loss",
    }  # fmt: skip
    values = {name: each.summary.median for name, each in found.items() if each.summary is not None}
    assert 0.05 < values["cold-start"] < 10
    assert found["latency"].parameters == {"precision": "float32", "batch": 1}
    assert values["accuracy"] == pytest.approx(0.9, abs=0.1)
    assert values["accuracy-loss"] == 0
    assert 10e6 < values["peak-memory"] < 1e9
    assert values["runtime-size"] < values["runtime-installed-size"]


def test_frameworks_are_described(session: Session) -> None:
    toy, absent = session.run.frameworks["toy"], session.run.frameworks["absent"]
    assert toy.version == toy.packages["numpy"]
    assert toy.threads_requested == 1
    assert toy.threads_effective is not None
    assert 0 < toy.threads_effective < 1.3
    assert absent.outcome == "not_installed"
    assert absent.install == "pip install 'framework-advisor[absent]'"
    imports = session.one(framework="toy", metric="import-time")
    assert imports.summary is not None
    # Two processes were started; a start that other work disturbed does not count.
    assert imports.summary.n in (1, 2)


def test_the_account_of_time_adds_up(session: Session) -> None:
    spent = session.run.spent
    assert spent is not None
    assert spent.imports + spent.preparation + spent.sampling + spent.rest == pytest.approx(spent.total)
    assert spent.rest < 0.1 * spent.total


def test_a_listener_hears_a_story_that_makes_sense(session: Session) -> None:
    told = session.told
    assert isinstance(told[0], events.SessionStarted)
    assert isinstance(told[-1], events.SessionFinished)
    begun = [each for each in told if isinstance(each, events.TaskStarted)]
    assert [each.index for each in begun] == list(range(1, len(begun) + 1))
    assert all(each.index <= each.total for each in begun)
    assert len([each for each in told if isinstance(each, events.TaskFinished)]) == len(begun)
    assert any(isinstance(each, events.Noticed) and "Absent is not installed" in each.message for each in told)


def test_no_framework_at_all_says_what_to_install(toys: Definitions, tmp_path: Path) -> None:
    plan = make_plan(definitions=toys, frameworks=["absent"])
    with pytest.raises(AdvisorError, match="no framework to measure: Absent") as caught:
        measure(plan, store=Store(tmp_path / "runs"))
    assert caught.value.exit_code == EXIT_PROBING
    install, python = (caught.value.hint or "").splitlines()
    assert install == "pip install 'framework-advisor[absent]'"
    assert python.strip().startswith("--python absent=PATH")
    assert not (tmp_path / "runs").exists()


def stop_at(title: str) -> Callable[[events.Event], None]:
    """Return a listener that interrupts, as Ctrl-C does, when a task of that title begins."""

    def listener(event: events.Event) -> None:
        if isinstance(event, events.TaskStarted) and title in event.title:
            raise KeyboardInterrupt

    return listener


@pytest.mark.parametrize(("title", "measured"), [("import Toy", False), ("round 3", True)])
def test_an_interrupted_session_keeps_what_it_has(
    toys: Definitions, brisk: Pace, tmp_path: Path, others: set[psutil.Process], title: str, measured: bool
) -> None:
    store = Store(tmp_path / "runs")
    plan = make_plan(definitions=toys, frameworks=["toy"], only=["mlp-inference"], pace=brisk)
    with pytest.raises(InterruptedSessionError, match="kept in") as caught:
        measure(plan, store=store, threads=1, on_event=stop_at(title))
    assert caught.value.exit_code == EXIT_INTERRUPTED
    run = load_run(caught.value.path)
    assert run == caught.value.run
    assert not run.complete
    assert store.unfinished() == [store.journal(run.id)]
    latencies = [each for each in run.observations if each.metric == "latency"]
    assert len(latencies) == 4
    assert {each.outcome for each in latencies} == ({"measured"} if measured else {"not_run"})
    assert not left(others)


def test_a_budget_ends_the_rounds_and_says_what_was_left_out(toys: Definitions, brisk: Pace, tmp_path: Path) -> None:
    plan = make_plan(
        definitions=toys, frameworks=["toy"], only=["mlp-inference"], pace=replace(brisk, rounds=400), budget=3
    )
    told: list[events.Event] = []
    run = measure(plan, store=Store(tmp_path / "runs"), threads=1, on_event=told.append)
    assert not run.complete
    assert run.spent is not None
    assert run.spent.total < 30
    (skipped,) = [each for each in run.skipped if each.budget]
    assert (skipped.kind, skipped.last, skipped.budget) == ("budget_rounds", 400, 3)
    assert events.LeftOut(skipped) in told


def test_a_full_disk_is_said_and_the_journal_stays(
    toys: Definitions, brisk: Pace, tmp_path: Path, others: set[psutil.Process]
) -> None:
    store = Store(tmp_path / "runs")
    plan = make_plan(definitions=toys, frameworks=["toy"], only=["mlp-inference"], pace=brisk)
    (tmp_path / "runs").write_text("a file where the folder should be")
    with pytest.raises(AdvisorError, match="cannot write the journal"):
        measure(plan, store=store, threads=1)
    assert not left(others)


def test_a_temporary_folder_that_is_removed_is_said_and_the_journal_stays(
    toys: Definitions, brisk: Pace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def remove(event: events.Event) -> None:
        if isinstance(event, events.PhaseStarted):
            for folder in temporary.glob("advisor-session-*"):
                shutil.rmtree(folder)

    store = Store(tmp_path / "runs")
    plan = make_plan(mode="standard", definitions=toys, pace=brisk, only=("route:*",))
    with pytest.raises(AdvisorError, match="temporary folder was removed while it measured") as caught:
        measure(plan, store=store, threads=1, on_event=remove)
    assert caught.value.exit_code == EXIT_PROBING
    assert len(store.unfinished()) == 1
