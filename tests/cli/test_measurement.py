"""The commands and options about measuring: what they print, what they refuse, and that sessions go on."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advisor.cli import main
from advisor.errors import AdvisorError
from advisor.measurement import definitions, doctor
from advisor.measurement.run import Observation, Policy, Run, load_run, save_run
from advisor.measurement.session import plan
from advisor.measurement.session.effort import PACES, Pace
from advisor.measurement.session.events import TaskStarted
from advisor.measurement.session.session import InterruptedSessionError, measure
from advisor.measurement.store import Store
from tests.cli.test_commands import FORBIDDEN, loaded_modules
from tests.samples import sample_run

pytestmark = pytest.mark.integration

TOY = Path(__file__).parent.parent / "measurement" / "data" / "probes"
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
    known = replace(known, frameworks={"toy": known.frameworks["toy"]})
    brisk = Pace(0.001, 0.002, 0.01, 5, rounds=2, processes=1, runtime_processes=1)
    monkeypatch.setattr(plan, "current", lambda: known)
    monkeypatch.setitem(PACES, "standard", brisk)


def call(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments), prog_name="advisor")
    assert result.exit_code == code, result.output
    return result


# --- a budget, and going on -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["soon", "5 MB", "0 s", "-3 s", "m", "nan", "5 M", "45"])
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
    assert any(each.budget for each in run.skipped)


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
@pytest.mark.parametrize("first", ["mlp-inference", "mlp-training"])
def test_of_several_interrupted_sessions_the_one_that_was_asked_for_goes_on(first: str) -> None:
    def interrupt(event: object) -> None:
        if isinstance(event, TaskStarted):
            raise KeyboardInterrupt

    left = {}
    for probe in ("mlp-inference", "mlp-training"):
        with pytest.raises(InterruptedSessionError) as caught:
            measure(plan.make_plan(only=[probe]), store=Store(RUNS), on_event=interrupt)
        left[probe] = caught.value.run.id
        assert "--resume" in (caught.value.hint or "")
    assert load_run(Path(call("probe", "--only", first, "--resume").stdout.strip())).id == left[first]
    refused = call("probe", "--only", "mlp-*", "--resume", code=2).output
    assert "the plan is another now" in refused
    assert "the command that was interrupted" in refused


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
    from advisor import api, resources
    from advisor.measurement import host, store
    from advisor.measurement.session.plan import Plan

    kept = sample_run().model_copy(update={"host": host.describe(), "policy": Policy(threads=2)})
    kept = kept.model_copy(update={"advisor": resources.own_version(), "finished": datetime.now(UTC)})
    save_run(kept, RUNS / f"{kept.id}.json")
    monkeypatch.setattr(Plan, "covered_by", lambda self, run: True)
    monkeypatch.setattr(store, "_unchanged", lambda run, environment: True)
    monkeypatch.setattr(api, "probe", _measures)
    assert api.recommend("beginner", threads=2, everything=True).run.id == kept.id
    with pytest.raises(RuntimeError, match="measures"):
        api.recommend("beginner", threads=1, everything=True)


def test_a_framework_of_the_project_is_known_where_a_run_is_kept(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advisor import api, resources
    from advisor.measurement import host

    now = {"host": host.describe(), "policy": Policy(threads=host.cores()), "finished": datetime.now(UTC)}
    kept = sample_run().model_copy(update={**now, "advisor": resources.own_version()})
    save_run(kept, RUNS / f"{kept.id}.json")
    folder = here / "own" / "ours"
    folder.mkdir(parents=True)
    words = "id: ours\ntitle: Ours\nmodule: no_such_module\ndistribution: no-such\ninstall: pip install no-such\n"
    (folder / "framework.yaml").write_text(words, encoding="utf-8")
    (here / "pyproject.toml").write_text('[tool.advisor]\nframeworks-folders = ["own"]\n', encoding="utf-8")
    monkeypatch.setattr(api, "probe", _measures)
    with pytest.raises(RuntimeError, match="measures"):
        api.recommend("research", frameworks=["ours", "pytorch"])


def test_a_recommendation_measures_what_could_change_it_and_with_all_everything(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advisor import api

    asked: list[object] = []

    def measures(*_: object, **options: object) -> None:
        asked.append(options["needed"])
        raise AdvisorError("nothing is measured in this test")

    monkeypatch.setattr(api, "probe", measures)
    call("recommend", "--profile", "research", code=2)
    call("recommend", "--profile", "research", "--all", code=2)
    assert [getattr(each, "name", None) for each in asked] == ["research", None]


def _measures(*_: object, **options: object) -> None:
    raise RuntimeError("measures")


# --- comparing two Runs -----------------------------------------------------------------------------------------------


def slowed(factor: float, metric: str = "latency") -> Run:
    """Return the sample Run in which that time of PyTorch takes `factor` times as long."""

    def change(each: Observation) -> Observation:
        if (each.framework, each.metric) != ("pytorch", metric) or each.summary is None:
            return each
        summary = each.summary
        longer = {name: factor * getattr(summary, name) for name in ("median", "low", "high")}
        rounds = [
            one.model_copy(update={name: factor * getattr(one, name) for name in ("median", "mean", "wall", "cpu")})
            for one in each.rounds
        ]
        return each.model_copy(update={"summary": summary.model_copy(update=longer), "rounds": tuple(rounds)})

    return sample_run(change=change)


def compared(first: Run, second: Run, *options: str, code: int = 0) -> Result:
    save_run(first, Path("first.json"))
    save_run(second, Path("second.json"))
    return call("compare", "first.json", "second.json", *options, code=code)


@pytest.mark.parametrize(("factor", "word"), [(1.2, "slower"), (1 / 1.2, "faster"), (1.0, "same"), (1.07, "unclear")])
def test_a_change_is_called_by_its_whole_interval(factor: float, word: str, here: Path) -> None:
    rows = json.loads(compared(sample_run(), slowed(factor), "--format", "json").stdout)
    touched = [row for row in rows if row["metric"] == "latency" and row["stack"].startswith("pytorch")]
    others = [row for row in rows if row["metric"] == "latency" and row not in touched]
    assert len(touched) > 10
    assert {row["word"] for row in touched} == {word}
    assert {row["word"] for row in others} == {"same"}
    for row in touched:
        assert row["ratio"] == pytest.approx(factor)
        assert row["low"] <= row["ratio"] / 1.02
        assert row["high"] >= row["ratio"] * 1.02


def test_within_the_floor_of_the_session_nothing_is_called_slower(here: Path) -> None:
    noisy = slowed(1.2).model_copy(update={"aa_floor": {"pytorch": 0.3}})
    assert "slower" not in {row["word"] for row in json.loads(compared(sample_run(), noisy, "--format=json").stdout)}


def test_what_one_run_has_not_and_what_is_only_bounded_is_unclear(here: Path) -> None:
    def disturbed(each: Observation) -> Observation:
        if each.metric != "latency" or each.summary is None:
            return each
        most = min((block.median for block in each.rounds), default=each.summary.median)
        bounds = {"low": most / 2, "median": most, "high": most}
        summary = each.summary.model_copy(update=bounds)
        return each.model_copy(update={"grade": "bounded", "summary": summary})

    first = sample_run(keep=lambda each: each.metric != "cold-start")
    rows = json.loads(compared(first, sample_run(change=disturbed), "--format", "json").stdout)
    why = {row["metric"]: (row["word"], row["why"]) for row in rows}
    assert why["cold-start"] == ("unclear", "not tried in the first Run")
    assert why["latency"][0] == "unclear"


def test_every_format_holds_the_cells_and_the_words(here: Path) -> None:
    output = compared(sample_run(), slowed(1.2)).stdout
    assert "pytorch→onnxruntime" in output
    assert "best-known, batch 1" in output
    assert "slower" in output
    rows = list(csv.DictReader(io.StringIO(compared(sample_run(), slowed(1.2), "--format", "csv").stdout)))
    assert {"first", "second", "ratio", "low", "high", "word"} <= set(rows[0])
    assert float(next(row for row in rows if row["word"] == "slower")["ratio"]) == pytest.approx(1.2)


def test_another_version_is_named(here: Path) -> None:
    newer = sample_run()
    torch = newer.frameworks["pytorch"].model_copy(update={"packages": {"torch": "2.14.0", "executorch": "1.5.1"}})
    newer = newer.model_copy(update={"frameworks": {**newer.frameworks, "pytorch": torch}})
    assert "Changed: torch 2.13.0 → 2.14.0" in compared(sample_run(), newer).stderr


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({"host": sample_run().host.model_copy(update={"cpu": "Another CPU"})}, "processor: Invented CPU"),
        ({"policy": Policy(threads=1)}, "threads: 2, 1"),
    ],
)
def test_another_host_or_policy_is_compared_by_force_only(update: dict[str, object], words: str, here: Path) -> None:
    other = sample_run().model_copy(update=update)
    refused = compared(sample_run(), other, code=2)
    assert words in refused.stderr.splitlines()[0]
    assert "--force" in refused.stderr
    assert not refused.stdout
    forced = compared(sample_run(), other, "--force", "--format", "json")
    assert json.loads(forced.stdout)
    assert words in forced.stderr


def test_a_kept_run_is_named_by_its_id(here: Path) -> None:
    run = sample_run()
    save_run(run, RUNS / f"{run.id}.json")
    assert "same" in call("compare", run.id, run.id).stdout


# --- the doctor -------------------------------------------------------------------------------------------------------

SECRET = "hunter2"


@pytest.fixture
def secretive(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a name, and variables of which some are secret."""
    home = here / "home" / "grace"
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("ADVISOR_CACHE", str(home / "cache"))
    for name in (
        "AWS_SECRET_ACCESS_KEY",
        "TF_VAR_password",
        "TF_TOKEN_example",
        "OMP_SECRET",
        "KERAS_TOKEN",
        "MKL_TOKEN",
        "KMP_PASSWORD",
        "ORT_TELEMETRY_TOKEN",
        "HF_OFFLINE_KEY",
    ):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    monkeypatch.setenv("KMP_AFFINITY", f"granularity=fine,{home}/places")
    monkeypatch.setenv("MKL_NUM_THREADS", "2")
    return home


def test_the_doctor_tells_what_an_issue_needs(secretive: Path) -> None:
    found = json.loads(call("doctor", "--json", "--watch", "0.1").stdout)
    assert {"advisor", "Python", "PyTorch", "TensorFlow", "ExecuTorch", "LiteRT", "ONNX Runtime"} <= set(
        found["versions"]
    )
    assert found["machine"]["cores"] >= 1
    assert {"clock governor", "turbo", "load average", "limit on memory"} <= set(found["set-up"])
    assert "ping-pong canary" in found["signals of other work"]
    assert set(found["tools"]) == {"C++ compiler", "Chromium"}
    assert {"this machine", "grades to expect", "would help"} <= set(found["other work"])
    assert found["folders"]["cache"] == "~/cache (not made yet)"
    assert not secretive.joinpath("cache").exists(), "looking changes nothing"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_doctor_tells_no_secret_and_no_home(form: list[str], secretive: Path) -> None:
    output = call("doctor", "--watch", "0", *form).output
    assert SECRET not in output
    assert str(secretive) not in output
    for told in ("OMP_WAIT_POLICY", "PASSIVE", "KMP_AFFINITY", "granularity=fine,~/places", "MKL_NUM_THREADS"):
        assert told in output
    assert "ORT_DISABLE_TELEMETRY" in output


def test_what_is_not_here_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(here))
    for name in ("CXX", "CHROMIUM", *doctor.variables(os.environ)):
        monkeypatch.delenv(name, raising=False)
    output = call("doctor", "--watch", "0").stdout
    assert "- C++ compiler: none found" in output
    assert "variables:\n- none set" in output


def test_the_doctor_imports_no_framework(here: Path) -> None:
    assert not loaded_modules(["doctor", "--watch", "0.1"], here) & {
        *FORBIDDEN,
        "keras",
        "onnxruntime",
        "executorch",
        "jinja2",
    }
