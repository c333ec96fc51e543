"""`advisor export`: two commands under one name, told apart by --model; what it refuses before it measures."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main
from advisor.errors import AdvisorError


def call(*words: str) -> str:
    done = CliRunner().invoke(main, ["export", *words], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["--help"], "--executorch-wheel"),
        (["--model", "@resnet8", "--help"], "--executorch-wheel"),
        (["--model=net.yaml", "--help"], "--executorch-wheel"),
        (["--model", "camera.py:make", "--help"], "--allow-code"),
        (["--model=net.onnx", "--help"], "--allow-code"),
    ],
)
def test_a_network_goes_into_a_bundle_and_a_model_of_ones_own_into_a_folder(words: list[str], shown: str) -> None:
    assert shown in call(*words)


def test_what_cannot_become_a_bundle_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AdvisorError, match="asks of no runtime"):
        call("--profile", "research", "-o", "camera.advisor")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(AdvisorError, match="is no bundle, and would be replaced"):
        call("--profile", "edge", "-o", "mine")
    with pytest.raises(AdvisorError, match="no network is called 'nothing'"):
        call("--profile", "edge", "--model", "@nothing", "-o", "camera.advisor")
    assert not (tmp_path / ".advisor").exists()
