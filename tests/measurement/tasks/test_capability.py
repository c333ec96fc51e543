"""Capabilities in sessions: what is planned, and recipes that misbehave, each in a real process."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from advisor.errors import AdvisorError
from advisor.measurement import definitions
from advisor.measurement.definitions import CapabilityDefinition, Definitions, Limits
from advisor.measurement.run import Observation, Run
from advisor.measurement.session.plan import make_plan
from advisor.measurement.session.planners import EVERY
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store
from tests.measurement.conftest import TOY

pytestmark = [pytest.mark.alone, pytest.mark.usefixtures("quiet")]

UNRULY = Path(__file__).parent.parent / "data" / "unruly"
VARIANTS: dict[str, tuple[dict[str, str | int | float | bool], ...]] = {
    "varies": ({"task": "define"}, {"task": "train"}, {"task": "crash"}, {"task": "save"})
}
LIMITS = {"hangs": Limits(seconds=1.0), "eats": Limits(seconds=60, memory=400e6)}
FILES = {file.stem for file in (UNRULY / "unruly").glob("*.py")} - {"__init__", "describe"}
RECIPES = sorted(FILES - VARIANTS.keys())


def capability(name: str) -> CapabilityDefinition:
    return CapabilityDefinition(
        id=name, title=name.title(), question="?", why=".", proof=".", limits=LIMITS.get(name, Limits(seconds=30)),
        variants=VARIANTS.get(name, ({},)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def unruly() -> Definitions:
    known = definitions.load(folders=[UNRULY])
    return replace(known, capabilities={name: capability(name) for name in [*sorted(FILES), "flies"]})


@pytest.fixture(scope="module")
def run(unruly: Definitions, tmp_path_factory: pytest.TempPathFactory) -> Run:
    plan = make_plan(definitions=unruly, frameworks=["unruly"], only=["capability:*"])
    return measure(plan, store=Store(tmp_path_factory.mktemp("home") / "runs"), threads=1)


def of(run: Run, name: str) -> Observation:
    (found,) = (each for each in run.observations if each.probe == f"capability:{name}")
    return found


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def test_each_recipe_costs_its_own_outcome_only(run: Run) -> None:
    outcomes = {name: of(run, name).outcome for name in RECIPES}
    assert outcomes == {
        "babbles": "proved", "breeds": "error", "crashes": "crashed", "eats": "error", "forks": "proved",
        "hangs": "error", "lacks": "not_installed", "shouts": "proved", "well": "proved", "wrong": "refuted",
    }  # fmt: skip
    assert run.complete
    assert all(each.metric is None and each.framework == "unruly" for each in run.observations if each.proof)


def test_the_variants_of_a_recipe_share_a_process_until_it_dies(run: Run) -> None:
    varied = [each for each in run.observations if each.probe == "capability:varies"]
    assert [each.parameters for each in varied] == list(VARIANTS["varies"])
    assert [each.outcome for each in varied] == ["proved", "proved", "crashed", "proved"]
    first, second, crashed, last = ((each.proof or {}).get("process") for each in varied)
    assert first == second
    assert crashed is None
    assert last not in (None, first)


def test_a_proof_keeps_its_figures_and_the_name_of_its_artifact(run: Run) -> None:
    well = of(run, "well")
    assert well.proof == {"artifact": "well.txt", "samples": 32}
    assert well.seconds is not None
    assert (of(run, "wrong").message, of(run, "wrong").proof) == ("the answers differ", {"max_relative_error": 0.5})


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("hangs", ["no answer within 1 s; the recipe was stopped", "waiting for nothing"]),
        ("eats", ["of memory, more than 400 MB; the recipe was stopped"]),
        ("breeds", ["processes, more than 64; the recipe was stopped"]),
        ("crashes", ["signal SIGSEGV", "about to read address 0"]),
        ("lacks", ["no module named 'no_such_package'", "pip install 'framework-advisor[unruly]'"]),
    ],
)
def test_what_went_wrong_is_said(run: Run, name: str, says: list[str]) -> None:
    message = of(run, name).message or ""
    for text in says:
        assert text in message


def test_nothing_survives_a_recipe(run: Run) -> None:
    proof = of(run, "forks").proof
    assert proof is not None
    assert len(proof["children"]) == 4
    assert not alive(proof["children"])
    mine = [each for each in psutil.process_iter() if each.pid != os.getpid() and _started_by_a_recipe(each)]
    assert not mine


def test_what_a_framework_lacks_is_left_out_with_the_reason(unruly: Definitions, run: Run) -> None:
    (flies,) = (each for each in run.skipped if each.probe == "capability:flies")
    assert (flies.kind, flies.framework) == ("no_recipe", "unruly")
    plan = make_plan(definitions=unruly, frameworks=["unruly"], only=["capability:*"])
    assert len(plan.capabilities) == len(RECIPES) + len(VARIANTS["varies"])
    assert plan.covered_by(run)
    assert not plan.covered_by(run.model_copy(update={"observations": run.observations[:-1]}))


def test_quick_leaves_capabilities_out_unless_they_are_asked_for(unruly: Definitions) -> None:
    quick = make_plan(mode="quick", definitions=unruly)
    assert not quick.capabilities
    assert [each.probe for each in quick.skipped].count(EVERY) == 1
    assert make_plan(mode="standard", definitions=unruly).capabilities
    asked = make_plan(mode="quick", definitions=unruly, only=["capability:w*"])
    assert {task.probe for task in asked.capabilities} == {"capability:well", "capability:wrong"}
    assert not asked.cells
    assert not asked.routes
    assert set(asked.frameworks) == {"unruly"}


def test_an_unknown_capability_is_said_with_what_there_is(unruly: Definitions) -> None:
    with pytest.raises(AdvisorError, match="capability:well"):
        make_plan(definitions=unruly, only=["capability:swims"])


def test_a_framework_that_is_missing_has_an_outcome_for_every_capability(tmp_path: Path) -> None:
    known = definitions.load(TOY, folders=[UNRULY])
    known = replace(known, capabilities={"well": capability("well")}, homes={"absent": tmp_path, **known.homes})
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "well.py").touch()
    plan = make_plan(definitions=known, frameworks=["toy", "absent"], only=["capability:*", "environment"])
    found = of(measure(plan, store=Store(tmp_path / "runs"), threads=1), "well")
    assert (found.framework, found.outcome) == ("absent", "not_installed")


def _started_by_a_recipe(process: psutil.Process) -> bool:
    try:
        return any(f"{name}-unruly" in process.environ().get("TMPDIR", "") for name in RECIPES)
    except psutil.Error:
        return False


ADDED = {
    "capabilities/adds.yaml": """
id: adds
title: Adds
question: Does it add?
why: To count.
proof: One and one is two.
""",
    "abacus/__init__.py": "",
    "abacus/framework.yaml": """
id: abacus
title: Abacus
module: numpy
distribution: numpy
install: pip install numpy
packages: [numpy]
""",
    "abacus/describe.py": (UNRULY / "unruly" / "describe.py").read_text(),
    "abacus/adds.py": """
import numpy as np
from probes.proof import Proof

def run(case):
    total = int(np.ones(2).sum())
    return Proof("proved" if total == 2 else "refuted", {"total": total})
""",
}


def test_a_folder_adds_a_framework_and_a_capability_by_its_files_alone(tmp_path: Path) -> None:
    for name, text in ADDED.items():
        file = tmp_path / "more" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    known = definitions.load(folders=[tmp_path / "more"])
    plan = make_plan(definitions=known, frameworks=["abacus"], only=["capability:*"])
    assert [task.probe for task in plan.capabilities] == ["capability:adds"]
    found = measure(plan, store=Store(tmp_path / "runs"), threads=1)
    assert (of(found, "adds").outcome, of(found, "adds").proof) == ("proved", {"total": 2})
    assert found.frameworks["abacus"].version
