"""The definitions that advisor ships are complete, and mistakes in them are named with their place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.measurement import definitions
from advisor.measurement.definitions import BEST_KNOWN, OUT_OF_THE_BOX
from tests.measurement.conftest import TOY


def test_the_shipped_definitions_fit_together() -> None:
    frameworks, routes = definitions.frameworks(), definitions.routes()
    assert {"pytorch", "tensorflow"} <= frameworks.keys()
    for name, framework in frameworks.items():
        assert framework.id == name
        assert {OUT_OF_THE_BOX, BEST_KNOWN} <= framework.settings.keys()
        assert set(framework.routes) <= routes.keys()
        assert framework.distribution in framework.packages
    for runtime, route in routes.items():
        assert route.id == f"route:{runtime}"
        assert route.ships
    assert {work.probe for work in definitions.workloads()} >= {"mlp-inference", "cnn-training"}


def test_a_folder_can_add_a_framework() -> None:
    found = definitions.load(folders=[TOY / "frameworks"])
    assert {"pytorch", "toy"} <= found.frameworks.keys()
    assert found.homes["toy"] == (TOY / "frameworks").resolve()
    assert "pytorch" not in found.homes


def test_a_mistake_is_named_with_file_line_and_column(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "probes")
    file = tmp_path / "probes" / "frameworks" / "toy" / "framework.yaml"
    file.write_text(file.read_text().replace("module:", "modul:"))
    with pytest.raises(AdvisorError, match=rf"{file}:3:1: unknown key 'modul' — did you mean 'module'"):
        definitions.load(tmp_path / "probes")


def test_capabilities_have_limits_in_physical_units(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "probes")
    folder = tmp_path / "probes" / "capabilities"
    folder.mkdir(exist_ok=True)
    file = folder / "fly.yaml"
    file.write_text(
        "id: fly\ntitle: Fly\nquestion: Can it fly?\nwhy: To see.\nproof: It is in the air.\n"
        "limits: {seconds: 2 minutes, memory: 500 MB}\n"
    )
    fly = definitions.load(tmp_path / "probes").capabilities["fly"]
    assert (fly.probe, fly.limits.seconds, fly.limits.memory) == ("capability:fly", 120, 500e6)
    file.write_text(file.read_text().replace("500 MB", "500 ms"))
    with pytest.raises(AdvisorError, match=rf"{file}:6:\d+: .*expected a size"):
        definitions.load(tmp_path / "probes")


MINE = """\
id: mine
title: Mine
module: numpy
distribution: numpy
install: pip install numpy
"""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "inference.py would never be run: expected 'settings:' with out-of-the-box or best-known"),
        (
            "settings:\n  out-of-box: {title: T, how: plain}\n",
            "no setting is called 'out-of-box' — did you mean 'out-of-the-box'? (known: out-of-the-box, best-known)",
        ),
        (
            "modes:\n  out-of-the-box: {title: T, how: plain}\nroutes: [onnxruntim]\n",
            "no route is called 'onnxruntim' — did you mean 'onnxruntime'?",
        ),
    ],
)
def test_a_definition_that_leaves_recipes_aside_is_refused_in_its_place(tmp_path: Path, more: str, told: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "framework.yaml").write_text(MINE + more, encoding="utf-8")
    (tmp_path / "mine" / "inference.py").write_text("", encoding="utf-8")
    with pytest.raises(AdvisorError) as caught:
        definitions.load(folders=[tmp_path])
    assert told in str(caught.value)
    assert "framework.yaml:" in str(caught.value)
