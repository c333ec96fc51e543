"""The shipped frameworks: definitions that agree with their recipes, and every cell on the real thing."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

from advisor import resources
from advisor.measurement import definitions
from advisor.measurement.networks import shipped
from probes import pictures
from probes.markers import requirement
from tests.probes.processes import Probe
from tests.probes.recipes import ForkServers

FRAMEWORKS = ("pytorch", "tensorflow", "jax")
MODULES = {"pytorch": "torch", "tensorflow": "tensorflow", "jax": "jax"}
POOLS = ("intra-op threads", "inter-op threads")
CELLS = [
    (workload.probe, workload.workload, workload.task, batch)
    for workload in definitions.workloads()
    if workload.unless_named is None  # the large ones are cut in tests/probes/test_interpreters.py
    for batch in workload.batches
]


@pytest.mark.parametrize("name", [*FRAMEWORKS, *definitions.extras()])
def test_the_definition_agrees_with_the_recipes(name: str) -> None:
    definition = {**definitions.frameworks(), **definitions.extras()}[name]
    describe = importlib.import_module(f"probes.frameworks.{name}.describe")
    assert definition.id == name
    assert definition.distribution == describe.DISTRIBUTION
    assert definition.packages == describe.PACKAGES
    assert definition.module in describe.MODULES
    for runtime in definition.routes:
        assert (resources.probes() / "frameworks" / name / f"route_{runtime}.py").is_file()


def test_every_workload_is_one_that_the_recipes_know() -> None:
    assert {workload.workload.partition("?")[0] for workload in definitions.workloads()} <= {
        *shipped(),
        pictures.WORKLOAD,
    }
    for workload in definitions.workloads():
        for name in FRAMEWORKS:
            assert (resources.probes() / "frameworks" / name / f"{workload.task}.py").is_file()


def test_the_probes_import_nothing_of_advisor() -> None:
    for path in resources.probes().rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"advisor", "yaml", "pydantic"}, path


def needs(name: str) -> None:
    if importlib.util.find_spec(MODULES[name]) is None:
        pytest.skip(f"{MODULES[name]} is not installed")


@pytest.mark.frameworks
@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_cell_agrees_with_the_referee_and_is_timed(name: str, tmp_path: Path) -> None:
    needs(name)
    environment = {**os.environ, "TORCHINDUCTOR_CACHE_DIR": str(tmp_path)}
    definition = definitions.frameworks()[name]
    with Probe("framework", name, environment=environment) as worker:
        told = worker.ok("describe", threads=1)
        # XLA has one pool for everything; what JAX tells is how many threads the system sees in it.
        assert {told["settings"][name] for name in POOLS if name in told["settings"]} == {"1"}
        assert set(told["packages"]) <= set(definition.packages)
        assert told["installed_bytes"] > 1e8
        assert told["installed_packages"] > 5
        for setting in definition.settings:
            for probe, workload, task, batch in CELLS:
                if setting == "best-known" and task == "inference" and workload not in ("cnn", "tiny"):
                    continue  # compiled as they are for training, and compiling takes seconds
                if setting == "best-known" and task == "inference" and batch > 1:
                    continue  # another batch is another compilation of the same
                ready = worker.ok(
                    "prepare", probe=probe, workload=workload, task=task, parameters={"batch": batch}, setting=setting
                )
                assert ready["parity"]["max_relative_error"] < 1e-5
                assert (task == "training") == ("weights_max_relative_error" in ready["parity"])
                assert ready["how"]
                assert (task == "pipeline") == ("samples" in ready)
                block = worker.ok("block", cell=ready["cell"], settle=0, lead_in=0, seconds=0.01)
                assert block["count"] >= 5


@pytest.mark.frameworks
def test_torch_compile_without_a_compiler_says_so_and_eager_stands_in(servers: ForkServers, tmp_path: Path) -> None:
    needs("pytorch")
    cell: dict[str, Any] = {
        "probe": "cnn-inference",
        "workload": "cnn",
        "task": "inference",
        "parameters": {"batch": 1},
    }
    environment = os.environ | {"CXX": str(tmp_path / "no-such-compiler")}
    with Probe("framework", "pytorch", environment=environment, server=servers.of("pytorch")) as worker:
        worker.ok("describe", threads=1)
        ready = worker.ok("prepare", setting="best-known", **cell)
        assert ready["variant"] == "channels_last"
        assert ready["how"] == "eager, channels_last"
        (failed,) = [each for each in ready["tried"] if each["variant"] == "compiled"]
        assert "needs a C++ compiler" in failed["message"]
        alone = worker.ask("prepare", setting="best-known", variant="compiled", **cell)
    assert alone["outcome"] == "not_supported"
    assert "no-such-compiler" in alone["message"]


@pytest.mark.frameworks
def test_an_alternative_for_one_workload_is_none_for_the_others(servers: ForkServers) -> None:
    needs("pytorch")
    with Probe("framework", "pytorch", server=servers.of("pytorch")) as worker:
        worker.ok("describe", threads=1)
        cell: dict[str, Any] = {"task": "training", "parameters": {"batch": 8}, "setting": "best-known"}
        ready = worker.ok("prepare", probe="x", workload="recommender", variant="sparse_tables", **cell)
        assert ready["how"] == "eager, nn.Embedding(sparse=True)"
        other = worker.ask("prepare", probe="x", workload="mlp", variant="sparse_tables", **cell)
    assert other["outcome"] == "not_applicable"


def test_requirements_name_their_package() -> None:
    assert requirement("foo[bar]>=1.0; python_version >= '3'") == ("foo", True)
    assert requirement("a.b-c_d (>=2)") == ("a.b-c_d", True)
    assert requirement("x @ https://example.org/x.whl ; sys_platform == 'amiga'") == ("x", False)
