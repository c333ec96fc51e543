"""Runs that say what cannot be: refused where they contradict themselves, told where they are only odd."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.api import decide, load_profile
from advisor.decision.performance import evidence_rows
from advisor.documents import to_json
from advisor.errors import AdvisorError
from advisor.measurement import plausibility
from advisor.measurement.run import Observation, Parity, Run, load_run, save_run
from advisor.measurement.session.record import Record
from advisor.measurement.timing import GRADING, Round, Summary
from benchmarks import fuzz_runs
from tests.measurement.session.test_record import LATENCY, START
from tests.samples import sample_run

DATA = Path(__file__).resolve().parents[1] / "data"
SAMPLE = json.loads(to_json(sample_run()))
Change = Callable[[dict[str, Any]], object]


def written(folder: Path, change: Change) -> Path:
    data = copy.deepcopy(SAMPLE)
    change(data)
    file = folder / "run.json"
    file.write_text(fuzz_runs.written(data))
    return file


def refusal(folder: Path, change: Change) -> str:
    file = written(folder, change)
    with pytest.raises(AdvisorError) as caught:
        load_run(file)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    return caught.value.message.removeprefix(f"{file}: a damaged Run file: ")


def of(data: dict[str, Any], metric: str | None, **marks: Any) -> dict[str, Any]:
    """Return the first observation of a metric."""
    alike = (each for each in data["observations"] if each.get("metric") == metric)
    found: dict[str, Any] = next(each for each in alike if all(each.get(name) == mark for name, mark in marks.items()))
    return found


def put(metric: str, **figures: float) -> Change:
    return lambda data: of(data, metric)["summary"].update(figures)


def exactly(metric: str, value: float) -> Change:
    return put(metric, median=value, low=value, high=value)


def rounds(**fields: Any) -> Change:
    return lambda data: [one.update(fields) for one in of(data, "latency")["rounds"]]


def same_again(data: dict[str, Any]) -> None:
    twin = copy.deepcopy(of(data, "latency"))
    twin["parameters"] = {name: float(value) for name, value in twin["parameters"].items()}
    data["observations"].append(twin)


def proof_above(data: dict[str, Any]) -> None:
    found = of(data, None, outcome="proved", probe="route:executorch")
    found["proof"].update(max_relative_error=0.2, limit=1e-4)


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        (exactly("runtime-size", -1e9), ".summary.low", "a runtime-size of -1e+09 B cannot be"),
        (put("artifact-size", low=-1.0), ".summary.low", "an artifact-size of -1 B cannot be"),
        (exactly("import-time", -1.0), ".summary.low", "an import-time of -1 s cannot be"),
        (exactly("accuracy", 7.0), ".summary.median", "an accuracy of 700 % cannot be"),
        (exactly("accuracy-loss", -3.0), ".summary.low", "an accuracy-loss of -3 cannot be"),
        (exactly("installed-packages", -3.0), ".summary.low", "an installed-packages of -3 cannot be"),
        (put("latency", n=0), ".summary.n", "expected a number greater than or equal to 1"),
        (put("latency", p95=1e-9), ".summary.p95", "is below p50"),
        (put("latency", p99_low=9.0, p99_high=10.0), ".summary.p99", "is below p99_low"),
        (exactly("latency", 1e-6), ".summary.median", "but its own rounds give 78.1 µs"),
        (put("latency", p50=30e-6), ".summary.p50", "but its own rounds lie from"),
        (put("latency", n=10**9), ".summary.n", "calls"),
        (rounds(accepted=False), ".rounds", "all of them were disturbed, but they are counted"),
        (rounds(rejected="other work"), ".rounds[0].accepted", "what disturbed it stands beside it"),
        (rounds(round=0), ".rounds[1].round", "round 0 was accepted twice"),
        (rounds(median=5e-324), ".rounds[0].median", "expected a number greater than or equal to"),
        (rounds(wall=1e-9), ".rounds[0].wall", "too few for"),
        (rounds(mean=1e-9), ".rounds[0].mean", "s a call, but"),
        (rounds(cpu=-1.0), ".rounds[0].cpu", "expected a number greater than or equal to 0"),
        (rounds(calls=0), ".rounds[0].calls", "expected a number greater than or equal to 1"),
        (lambda data: of(data, "latency")["parity"].update(max_relative_error=1e9), ".parity.max_relative_error",
         "1e+09 is above the limit of 0.0001, but the outcome is 'measured'"),
        (lambda data: of(data, "latency")["parity"].update(max_relative_error=float("nan")),
         ".parity.max_relative_error", "expected a finite number"),
        (lambda data: of(data, "latency")["parity"].update(limit=1e12), ".parity.limit", "less than or equal to 1"),
        (proof_above, ".proof.max_relative_error", "above the limit of 0.0001, but the outcome is 'proved'"),
        (lambda data: of(data, "latency").pop("summary"), ".summary", "a latency that was measured has one"),
        (lambda data: data["frameworks"]["pytorch"].update(outcome="not_installed"), ".outcome", "'not_installed'"),
        (lambda data: of(data, None)["proof"].update(x=10**400), ".proof", "beyond 1e30"),
        (lambda data: of(data, None)["proof"].update(x=["W" * 20_000]), ".proof", "20,000 characters"),
        (lambda data: of(data, "latency")["parameters"].update(batch=10**400), ".parameters", ""),
        (lambda data: of(data, "latency").update(seconds=-1.0), ".seconds", "greater than or equal to 0"),
    ],
)  # fmt: skip
def test_what_one_observation_says_against_itself_is_refused(
    change: Change, where: str, says: str, tmp_path: Path
) -> None:
    told = refusal(tmp_path, change)
    assert told.startswith("observations[")
    assert f"]{where}" in told
    assert says in told


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda data: data.update(finished="2026-11-20T17:11:59Z"),
            "finished: 2026-11-20 17:11:59 is before",
        ),
        (lambda data: data["observations"].append(data["observations"][3]), "says again what observations[3] says"),
        (same_again, "says again what observations["),
        (lambda data: data["host"].update(cores=-3), "host.cores: expected a number greater than or equal to 0"),
        (lambda data: data["host"].update(cores=0), "host.cores: 0, but something was measured"),
        (lambda data: data["host"].update(memory_bytes=10**400), "host.memory_bytes: expected a number less than"),
        (
            lambda data: data["host"].update(cpu="W" * 1_000_000),
            "host.cpu: expected a text of at most 10000",
        ),
        (lambda data: data["policy"].update(indifference=7.0), "policy.indifference: expected a number less than"),
        (lambda data: data["policy"].update(threads=-1), "policy.threads: expected a number greater than"),
        (lambda data: data["aa_floor"].update(pytorch=-1.0), "aa_floor.pytorch: expected a number greater than"),
        (lambda data: data["spent"].update(total=-1.0), "spent.total: expected a number greater than"),
        (lambda data: data.update(novel=1), "unknown key 'novel' — did you mean 'noise'?"),
        (lambda data: data["host"].update(novel=1), "host: unknown key 'novel'"),
    ],
)
def test_what_a_run_says_against_itself_is_refused(change: Change, says: str, tmp_path: Path) -> None:
    assert says in refusal(tmp_path, change)


def test_fifty_thousand_unknown_keys_are_one_line_at_once(tmp_path: Path) -> None:
    told = refusal(tmp_path, lambda data: data["host"].update({f"k{number}": 1 for number in range(50_000)}))
    assert told.startswith("host: unknown key 'k")


@pytest.mark.parametrize("file", [*sorted(DATA.glob("*.json")), *sorted((DATA / "runs").glob("*.json"))], ids=str)
def test_what_we_wrote_is_read_without_a_word(file: Path) -> None:
    assert load_run(file).notes == ()


def test_a_newer_run_with_further_fields_is_read_and_says_so(tmp_path: Path) -> None:
    def grown(data: dict[str, Any]) -> None:
        data.update(novel=1, advisor="99.0")
        data["host"]["novelty"] = {"x": 1}
        of(data, "latency")["rounds"][0]["freshness"] = "y"

    run = load_run(written(tmp_path, grown))
    assert run.model_copy(update={"advisor": "0.1.0"}).observations == sample_run().observations
    (note,) = run.notes
    assert note == (
        "The Run file was made by a newer advisor (99.0): what this one does not know was left out "
        "('novelty', 'freshness', 'novel')"
    )
    assert note in decide(run, load_profile("edge"), samples=100).warnings
    save_run(run, tmp_path / "again.json")
    assert load_run(tmp_path / "again.json").notes == ()


def test_a_newer_run_that_cannot_be_read_is_not_called_damaged(tmp_path: Path) -> None:
    file = written(tmp_path, lambda data: (data.update(advisor="99.0", novel=1), data["host"].pop("cpu")))
    with pytest.raises(AdvisorError, match=r"by a newer advisor \(99.0\), which this one cannot read: host: 'cpu' is"):
        load_run(file)


@pytest.mark.parametrize("version", ["0.0.1", "soon", ""])
def test_an_unknown_key_of_no_newer_advisor_is_a_mistake(version: str, tmp_path: Path) -> None:
    assert "unknown key 'novel'" in refusal(tmp_path, lambda data: data.update(novel=1, advisor=version))


def test_what_is_odd_is_told(tmp_path: Path) -> None:
    def odd(data: dict[str, Any]) -> None:
        exactly("import-time", 7e5)(data)
        exactly("peak-memory", 9e15)(data)

    run = load_run(written(tmp_path, odd))
    assert run.notes == (
        "The Run has times that are longer than its session lasted (2.08 min): environment pytorch import-time",
        "The Run has more memory in use than its machine has: route:executorch pytorch executorch float32 peak-memory",
    )
    assert set(run.notes) <= set(decide(run, load_profile("edge"), samples=100).warnings)


def test_frameworks_of_one_title_are_told_apart(tmp_path: Path) -> None:
    run = load_run(written(tmp_path, lambda data: data["frameworks"]["tensorflow"].update(title="Pytorch ")))
    assert run.titles == {"pytorch": "PyTorch (pytorch)", "tensorflow": "Pytorch  (tensorflow)"}
    assert sample_run().titles == {"pytorch": "PyTorch", "tensorflow": "TensorFlow"}
    decided = decide(run, load_profile("edge"), samples=100)
    assert decided.titles["pytorch"] == "PyTorch (pytorch)"


def test_frameworks_without_any_route_can_be_decided_on() -> None:
    run = sample_run(keep=lambda each: each.route is None)
    own = tuple(each.model_copy(update={"framework": f"own-{each.framework}"}) for each in run.observations)
    frameworks = {f"own-{name}": found for name, found in run.frameworks.items()}
    run = run.model_copy(update={"observations": own, "frameworks": frameworks, "aa_floor": {}})
    decided = decide(run, load_profile("edge"), samples=100)
    assert decided.verdict == "undetermined"
    assert [(each.framework, each.route) for each in decided.ranking] == [
        ("own-pytorch", None),
        ("own-tensorflow", None),
    ]


@pytest.mark.parametrize(("flipped", "says"), [(2, "expected yes or no, the Run has 2"), (0.5, "the Run has 0.5")])
def test_a_number_where_a_proof_is_asked_for_yes_or_no_says_nothing(flipped: float, says: str, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        of(data, None, probe="capability:checkpoint")["proof"]["damage_detected"]["flipped"] = flipped

    rows = evidence_rows(load_run(written(tmp_path, change)), None, frameworks=["pytorch"])
    (row,) = (each for each in rows if says in str(each))
    assert row["provenance"] == "missing"


def test_a_yes_where_a_proof_is_asked_for_a_number_says_nothing(tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        of(data, None, probe="capability:shape-changes")["proof"]["captures"]["by_default"] = True
        of(data, None, probe="capability:data-parallel")["proof"]["scaling"] = -5
        of(data, None, probe="capability:public-api")["proof"]["documented"] = 7.0

    rows = evidence_rows(load_run(written(tmp_path, change)), None, frameworks=["pytorch"])
    told = " ".join(str(row) for row in rows)
    for says in ("expected a number, the Run has yes", "expected no less than 0, the Run has -5", "expected a share"):
        assert says in told


FIGURES = st.floats(min_value=1e-9, max_value=1e6)


@given(st.lists(st.tuples(FIGURES, st.integers(1, 50), st.booleans(), st.integers(0, 3)), min_size=1, max_size=20))
@settings(deadline=None, max_examples=40)
def test_what_a_session_measures_is_always_accepted(blocks: list[tuple[float, int, bool, int]]) -> None:
    kept = Record(START)
    kept.observe(LATENCY.model_copy(update={"outcome": "measured"}))
    for number, (seconds, calls, accepted, process) in enumerate(blocks):
        one = Round(
            round=number, median=seconds, calls=calls, wall=seconds * calls, cpu=0.0, process=process, accepted=accepted
        )
        kept.block(LATENCY, one, [seconds] * calls)
    run = kept.run(finished=datetime(2026, 11, 20, 18, tzinfo=UTC), complete=True)
    assert Run.model_validate_json(to_json(run)) == run


def test_what_cannot_be_costs_its_own_observation_in_a_session() -> None:
    kept = Record(START)
    good = Observation(probe="x", framework="toy", metric="accuracy", outcome="measured", summary=summary(0.5))
    kept.observe(good)
    kept.observe(good.model_copy(update={"probe": "y", "summary": summary(7.0)}))
    parity = Parity.model_construct(max_relative_error=0.5, limit=1e-4)
    kept.observe(good.model_copy(update={"probe": "z", "parity": parity}))
    run = kept.run(finished=datetime(2026, 11, 1, tzinfo=UTC), complete=True)
    assert [each.outcome for each in run.observations] == ["measured", "error", "error"]
    assert run.observations[1].message == "what was measured cannot be: summary.median: an accuracy of 700 % cannot be"
    assert run.finished == run.started, "the clock was set back, which is no reason to lose a session"
    assert next(plausibility.contradictions(run), None) is None


def graded(grading: int, median: float) -> Change:
    """Return a change to three blocks under load of 1, 2 and 3 ms, graded by the rules of this number."""

    def change(data: dict[str, Any]) -> None:
        data["policy"]["grading"] = grading
        one = of(data, "latency") | {"grade": "under load"}
        slowed = {"kind": "slowed", "signal": "work", "figure": 2e-4, "usual": 1e-4}
        block = one["rounds"][0] | {"accepted": False, "disturbances": [slowed], "mean": None, "calls": 10, "wall": 0.1}
        one["rounds"] = [block | {"round": number, "median": (number + 1) / 1e3} for number in range(3)]
        one["summary"] = dict.fromkeys(("median", "low", "high", "p50"), median) | {"n": 30}
        of(data, "latency").update(one)

    return change


def test_a_run_is_held_to_the_rules_by_which_its_own_timings_were_graded(tmp_path: Path) -> None:
    assert load_run(written(tmp_path, graded(GRADING, 1e-3)))
    assert "but its own rounds give 1.00 ms" in refusal(tmp_path, graded(GRADING, 2e-3))
    assert load_run(written(tmp_path, graded(GRADING - 1, 2e-3)))
    assert "but its own rounds lie from 1.00 ms to 3.00 ms" in refusal(tmp_path, graded(GRADING - 1, 4e-3))


def summary(value: float) -> Summary:
    return Summary(median=value, low=value, high=value, n=1)


def test_some_of_the_campaign_of_damaged_runs_and_journals(tmp_path: Path) -> None:
    data = json.loads(to_json(sample_run(keep=lambda each: each.route is not None or each.metric is None)))
    _, amiss = fuzz_runs.tried(fuzz_runs.runs(data, 60, 1), fuzz_runs.run_fate, tmp_path / "tried.json")
    assert amiss == []
    lines = fuzz_runs.a_journal(tmp_path)
    fates, amiss = fuzz_runs.tried(fuzz_runs.journals(lines, 40, 1), fuzz_runs.journal_fate, tmp_path / "tried.jsonl")
    assert amiss == []
    assert fates[fuzz_runs.READ] > 0
    assert fates[fuzz_runs.REFUSED] > 0


@pytest.mark.parametrize(
    "change",
    [
        exactly("runtime-size", -1e9), exactly("accuracy", 7.0), exactly("latency", 1.0), rounds(accepted=False),
        lambda data: data["observations"].append(data["observations"][3]), proof_above,
        lambda data: of(data, "latency")["parity"].update(max_relative_error=1.0),
        lambda data: data.update(finished="2026-11-20T17:11:59Z"),
    ],
)  # fmt: skip
def test_the_campaign_knows_a_contradiction_by_itself(change: Change) -> None:
    data = copy.deepcopy(SAMPLE)
    assert fuzz_runs.contradiction(data) is None
    change(data)
    assert fuzz_runs.contradiction(data) is not None
