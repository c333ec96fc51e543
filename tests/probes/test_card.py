"""What the driver's tool says of a GPU, read; and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes import card
from probes.channel import ProbeError


def tool(folder: Path, script: str) -> None:
    file = folder / "nvidia-smi"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_the_memory_of_the_first_card_is_read_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, 'echo "$@" >"$(dirname "$0")/asked"; echo "512, 81920"')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert (card.used(), card.total()) == (512 * 2**20, 80 * 2**30)
    assert "memory.used,memory.total" in (tmp_path / "asked").read_text()


@pytest.mark.parametrize("script", [None, "echo No devices were found; exit 6"])
def test_without_a_card_nothing_applies(script: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if script:
        tool(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProbeError, match="no NVIDIA GPU here") as caught:
        card.used()
    assert caught.value.outcome == "not_applicable"
