"""Sites that several tests read: built once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from advisor import resources
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.measurement.disturbance import seen
from advisor.measurement.run import Observation, Run, Skipped
from advisor.profiles.profile import load_profile
from advisor.report.site import build_site
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

COMMAND = "advisor site build --run run.json"
TIMES = ("median", "mean", "fastest", "wall")


@dataclass(frozen=True)
class Site:
    """A built site and the documents that it was built from."""

    folder: Path
    run: Run
    recommendations: tuple[Recommendation, ...]
    others: tuple[Run, ...]

    @property
    def pages(self) -> list[Path]:
        return sorted(self.folder.glob("*.html"))


def rich_run() -> Run:
    """Return the invented Run with what real ones also have: failures, flags, disturbed blocks, things left out."""

    def change(each: Observation) -> Observation:
        proof = (each.framework, each.route, each.metric) == ("pytorch", "executorch", None)
        if proof and each.parameters["precision"] == "int8":
            message = "RuntimeError: quantise failed\n\n  at node 7 <conv>"
            return each.model_copy(update={"outcome": "error", "message": message, "where": "route.py:19"})
        best = (each.framework, each.setting, each.metric) == ("pytorch", "best-known", "latency")
        if best and each.probe == "cnn-inference":
            tried = [{"variant": "compiled", "message": "torch.compile needs a <C++> compiler"}]
            return each.model_copy(update={"how": "eager", "variant": "eager", "proof": {"tried": tried}})
        if each.metric == "latency" and each.probe == "mlp-training":
            disturbed = {"accepted": False, "disturbances": (seen("clocks", 0.5, 0.03),)}
            rounds = (each.rounds[0].model_copy(update=disturbed), *each.rounds[1:])
            counted = sum(block.calls for block in rounds[1:])
            summary = each.summary and each.summary.model_copy(update={"n": counted})
            return each.model_copy(update={"rounds": rounds, "summary": summary, "grade": "under load"})
        return each

    others = tuple(capabilities())
    redone = {each.probe for each in others}
    run = sample_run(change=change, keep=lambda each: each.probe not in redone)
    skipped = (Skipped(probe="cnn-training", kind="other", reason="left out of --quick: 20 s for little"),)
    return run.model_copy(update={"skipped": skipped, "observations": (*run.observations, *others)})


def capabilities() -> Iterator[Observation]:
    """Yield outcomes of recipes as a Run holds them: with figures, refused, stopped, and of a recipe of one's own."""
    proof = {"limit": 1e-4, "max_relative_error": 3.2e-7, "captures": {"by_default": 2, "dynamic": 1}, "kept": [True]}
    blank = Observation(probe="capability:shape-changes", framework="pytorch", outcome="proved", seconds=3.1)
    yield blank.model_copy(update={"proof": proof})
    yield blank.model_copy(update={"framework": "tensorflow", "outcome": "refuted", "proof": {"captures": {}}})
    said = "RuntimeError: no <peer>\n\n    at line 7"
    yield blank.model_copy(
        update={
            "probe": "capability:data-parallel", "outcome": "error", "message": said, "where": "data_parallel.py:31",
            "proof": {"how": "two processes", "address": None},
        }
    )  # fmt: skip
    yield blank.model_copy(update={"probe": "capability:our-own-recipe", "outcome": "not_supported", "message": "no"})


def other_runs(run: Run) -> tuple[Run, ...]:
    """Return a Run of last week, one under another policy, and one of a machine on which the order is another."""

    def times(each: Observation, factor: float) -> Observation:
        if each.unit != "s" or each.summary is None:
            return each
        told = {name: value * factor for name, value in each.summary if name != "n" and value is not None}
        rounds = tuple(
            block.model_copy(update={name: value * factor for name in TIMES if (value := getattr(block, name))})
            for block in each.rounds
        )
        return each.model_copy(update={"summary": each.summary.model_copy(update=told), "rounds": rounds})

    def older(number: int, factor: float, framework: str, probe: str = "") -> Run:
        observations = [
            times(each, factor if each.framework == framework and each.probe.startswith(probe) else 1.0)
            for each in run.observations
        ]
        before = run.started - timedelta(weeks=number)
        return run.model_copy(
            update={
                "id": f"{before:%Y%m%d-%H%M%S}-000{number}", "started": before,
                "finished": before + timedelta(minutes=2), "observations": tuple(observations),
            }
        )  # fmt: skip

    week, month, elsewhere = older(1, 1.3, "pytorch", "cnn"), older(2, 1.0, ""), older(3, 9.0, "pytorch")
    torch = run.frameworks["pytorch"].model_copy(update={"packages": {"torch": "2.12.0", "executorch": "1.5.1"}})
    week = week.model_copy(update={"frameworks": {**run.frameworks, "pytorch": torch}})
    month = month.model_copy(update={"policy": run.policy.model_copy(update={"threads": 1})})
    host = run.host.model_copy(update={"cpu": "Another invented CPU", "cores": 8})
    return week, month, elsewhere.model_copy(update={"host": host})


def decided(run: Run) -> tuple[Recommendation, ...]:
    """Return the answers of the shipped profiles, and one made by hand that uses every field."""
    profiles = resources.profiles()
    found = [decide(run, load_profile(profiles / f"{name}.yaml")) for name in ("edge", "deployment", "research")]
    return (*found, sample_recommendation().model_copy(update={"profile": "made-by-hand"}))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of an invented Run, with three real decisions and one made by hand, and with three further Runs."""
    folder = tmp_path_factory.mktemp("site") / "site"
    run = rich_run()
    recommendations = decided(run)
    others = other_runs(run)
    build_site(run, recommendations, folder, command=COMMAND, others=others, articles=True)
    return Site(folder, run, recommendations, others)
