"""Keras on its backends: recipes that they share, and a program that moves from one backend to another."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from probes.proof import LIMIT
from tests.probes.processes import Probe


@pytest.mark.frameworks
def test_a_program_in_keras_moves_to_another_backend(tmp_path: Path) -> None:
    for module in ("tensorflow", "torch"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    with Probe("framework", "keras_pytorch") as worker:
        worker.ok("describe", threads=1)
        asked = {"probe": "cnn-training", "workload": "cnn", "task": "training", "parameters": {"batch": 4}}
        ready = worker.ok("prepare", **asked, setting="out-of-the-box")
        assert ready["how"] == "model.compile(), model.train_on_batch()"  # of the folder that all backends share
        for name in ("debug-shape-error", "debug-breakpoint", "public-api"):
            reply = worker.ask("prove", probe=f"capability:{name}", folder=str(tmp_path), parameters={})
            assert reply["outcome"] == "proved", reply
        found = worker.ask("prove", probe="capability:keras-backend", folder=str(tmp_path), parameters={})
    assert found["outcome"] == "proved", found
    proof = found["proof"]
    assert proof["backend"] == "torch"
    assert "tensorflow" in proof["others"]
    # Keras 3.15 writes PyTorch's own class of an optimizer into the file, which no other backend can take.
    moves = "tensorflow" in proof["optimizer_moved_to"]
    assert proof["lines_changed"] == (0 if moves else 2) < proof["lines"]
    assert proof["max_relative_error"] <= LIMIT
