"""Sites that several tests read: built once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from advisor import resources
from advisor.decision.engine import decide
from advisor.decision.profile import load_profile
from advisor.decision.recommendation import Recommendation
from advisor.measurement.run import Observation, Run, Skipped
from advisor.report.site import build_site
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

COMMAND = "advisor site build --run run.json"


@dataclass(frozen=True)
class Site:
    """A built site and the documents that it was built from."""

    folder: Path
    run: Run
    recommendations: tuple[Recommendation, ...]

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
        if each.metric == "latency" and each.probe == "mlp-training":
            rounds = (each.rounds[0].model_copy(update={"accepted": False}), *each.rounds[1:])
            return each.model_copy(update={"rounds": rounds, "flags": ("contended",)})
        return each

    skipped = (Skipped(probe="cnn-training", why="left out of --quick: 20 s for little"),)
    return sample_run(change=change).model_copy(update={"skipped": skipped})


def decided(run: Run) -> tuple[Recommendation, ...]:
    """Return the answers of the shipped profiles, and one made by hand that uses every field."""
    profiles = resources.profiles()
    found = [decide(run, load_profile(profiles / f"{name}.yaml")) for name in ("edge", "deployment", "research")]
    return (*found, sample_recommendation().model_copy(update={"profile": "made-by-hand"}))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of an invented Run, with three real decisions and one made by hand."""
    folder = tmp_path_factory.mktemp("site") / "site"
    run = rich_run()
    recommendations = decided(run)
    build_site(run, recommendations, folder, command=COMMAND)
    return Site(folder, run, recommendations)
