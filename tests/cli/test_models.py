"""`advisor model list` and `advisor model show`."""

from __future__ import annotations

import json

from click.testing import CliRunner

from advisor.cli import main
from advisor.cli.models import probes_of


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


def test_a_network_names_its_probes_and_one_that_no_session_times_is_told() -> None:
    assert probes_of("@resnet8") == ["resnet8-inference", "resnet8-training"]
    for text, told in (
        ("@resnet9", "did you mean 'resnet8'?"),
        ("@resnet8?width=8", "sessions time the shipped networks, at their own sizes"),
    ):
        result = CliRunner().invoke(main, ["probe", "--model", text])
        assert result.exit_code == 2
        assert told in result.output
