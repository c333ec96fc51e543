"""`advisor model list` and `advisor model show`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main
from advisor.measurement import networks


def test_the_networks_are_listed_with_their_sizes() -> None:
    result = CliRunner().invoke(main, ["model", "list", "--format", "json"])
    assert result.exit_code == 0, result.output
    rows = {each["network"]: each for each in json.loads(result.output)}
    assert len(rows) >= 18
    assert rows["@resnet50"]["parameters"] == 25_557_032
    assert rows["@resnet50"]["mmacs"] == 4089
    assert rows["@bert-base"]["kind"] == "encoder"


def test_a_network_is_shown_layer_by_layer_with_its_paper() -> None:
    result = CliRunner().invoke(main, ["model", "show", "@resnet8?width=8"])
    assert result.exit_code == 0, result.output
    assert "Takes image (32 × 32 × 3)." in result.output
    assert "shortcut3; norm3_2" in result.output
    assert "https://arxiv.org/abs/2106.07597" in result.output


def test_the_nearest_network_is_named() -> None:
    result = CliRunner().invoke(main, ["model", "show", "resnet5"])
    assert result.exit_code == 2
    assert "no network is called 'resnet5' — did you mean 'resnet50'?" in result.output


@pytest.mark.parametrize("command", ["probe", "recommend"])
def test_a_model_that_is_misspelled_is_told_before_anything_is_measured(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--model", "@resnet9"])
    assert result.exit_code == 2
    assert "did you mean 'resnet8'?" in result.output


@pytest.mark.parametrize("command", [["probe", "--model"], ["recommend", "--model"], ["model", "show"]])
def test_a_mistake_in_a_definition_of_ones_own_has_its_place(command: list[str], tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    text = networks.find("@mlp").document.text
    file.write_text(text.replace("op: dense", "op: dence", 1), encoding="utf-8")
    result = CliRunner().invoke(main, [*command, str(file)])
    assert result.exit_code == 2
    assert re.search(r"own\.yaml:\d+:\d+: .*dence.* — did you mean 'dense'", result.output), result.output
