"""One bundle, exported once by a real framework, and one board, for all tests of devices."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from advisor.devices import bundle as bundles
from advisor.devices import exports, manifest, shims
from advisor.measurement.run import Run
from advisor.measurement.session.plan import make_plan
from advisor.measurement.store import Store
from tests.devices import board as boards

RUNTIMES = {"onnxruntime": "onnxruntime", "executorch": "executorch"}


@dataclass(frozen=True)
class Made:
    """A bundle, and the Run of its proofs."""

    folder: Path
    manifest: manifest.Manifest
    run: Run
    exports: exports.Exports


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """PyTorch's network in ONNX Runtime (both precisions) and in ExecuTorch, in a bundle for this kind of machine."""
    for module in ("torch", "onnxruntime", "executorch"):
        if os.environ.get("ADVISOR_REQUIRE_ALL"):
            __import__(module)
        else:
            pytest.importorskip(module)
    home = tmp_path_factory.mktemp("export")
    plan = make_plan(mode="quick", only=("route:*",), frameworks=["pytorch"], routes=list(RUNTIMES))
    kept = tuple(each for each in plan.routes if each.route.runtime == "onnxruntime" or each.precision == "float32")
    plan = replace(plan, routes=kept)
    done = exports.export(plan, home / "exports", store=Store(home / "runs"))
    shim, said = shims.build(plan.definitions.probes, home, target=bundles.here(), python=Path(bundles.PYTHON))
    assert shim is not None, said
    carried = bundles.Shims({shim.name: shim}, {bundles.here().rpartition("-")[2]: said})
    folder = home / "camera.advisor"
    told = bundles.write(done, plan, folder, profile="edge", mode="quick", target=bundles.here(), shims=carried)
    return Made(folder, told, done.run, done)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that holds NumPy and the runtimes of the bundle, and nothing else."""
    return boards.python(tmp_path_factory.mktemp("python") / "board", ["numpy", *RUNTIMES.values()])


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory, python: Path) -> Iterator[boards.Board]:
    """The board that all tests share."""
    why = boards.possible()
    if why is not None:
        if os.environ.get("ADVISOR_REQUIRE_ALL") and os.getuid() == 0:
            pytest.fail(why)
        pytest.skip(why)
    found = boards.Board(tmp_path_factory.mktemp("board"), python=python)
    yield found
    found.close()
