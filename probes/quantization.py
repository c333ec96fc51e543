"""What int8 costs and saves: one trained network before and after, in one process that has only the runtime."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probes import digits
from probes.channel import ProbeError
from probes.demands import judged
from probes.proof import Proof, size_of
from probes.python_process import PROBES, ending
from probes.workloads import Array, Case, Weights

# What one would notice in use; over the 600 digits that are asked, a wrong answer more or less is 0.2 %.
LARGEST_LOSS = 0.02
# Weights in int8 are a quarter of their float32 bytes; the rest of a file is small.
LARGEST_SHARE = 0.5

ROUNDS = 7
BLOCK = {"settle": 0.01, "lead_in": 0.05, "seconds": 0.05, "minimum_calls": 20}
PATIENCE = 150.0


@dataclass(frozen=True)
class Digits:
    """A CNN trained on the digits, N×height×width×1 images to calibrate on, and those that it is asked, with labels."""

    weights: Weights
    calibration: Array
    held_out: Array
    labels: Array
    folder: Path


def trained(case: Case) -> Digits:
    """Train the network, with its files in the folder of the case.

    Raises
    ------
    ProbeError
        ``not_installed``: scikit-learn, which carries the digits.
    """
    folder = case.folder
    digits.write(folder)
    with np.load(folder / "cnn-digits.npz") as stored:
        weights = dict(stored)
    held_out, labels = np.load(folder / "held-out.npy"), np.load(folder / "held-out-labels.npy")
    return Digits(weights, np.load(folder / "calibration.npy"), held_out, labels, folder)


def compared(network: Digits, runtime: str, float32: Path, int8: Path, expected: Array, **figures: Any) -> Proof:
    """Compare the artifacts of a trained network before and after quantization.

    Parameters
    ----------
    network : Digits
        As `trained` returned it.
    runtime : str
        A module of `probes.runtimes`; it answers every held-out digit with each artifact.
    float32, int8 : Path
        The exported files.
    expected : array
        The framework's own answers to the held-out digits, N×10.
    **figures
        More figures for the proof, such as the setting that was taken.

    Returns
    -------
    Proof
        Proved when the float32 file is as often right as the framework (but for one digit), and int8 loses at most 2
        points of accuracy in at most half of the bytes. ``latency_ratio`` is int8's time for one image over float32's,
        the median of pairs taken in turns; it is a figure, for which of them is faster depends on the processor.
    """
    got, ratio = _asked(runtime, (float32, int8), network.held_out, network.folder)
    labels = network.labels
    own, before, after = (float((np.argmax(each, axis=1) == labels).mean()) for each in (expected, *got))
    share = size_of(int8) / size_of(float32)
    demands = {
        "the float32 file is as often right as the framework": abs(before - own) * len(labels) < 1.5,
        f"int8 loses at most {LARGEST_LOSS:.0%} of accuracy": before - after <= LARGEST_LOSS,
        f"the int8 file has at most {LARGEST_SHARE:.0%} of the bytes": share <= LARGEST_SHARE,
    }
    return judged(
        demands,
        runtime=runtime,
        accuracy={"before": before, "after": after, "loss": before - after},
        bytes={"before": size_of(float32), "after": size_of(int8)},
        size_ratio=share,
        latency_ratio=ratio,
        digits=len(labels),
        **figures,
    )


def _asked(runtime: str, artifacts: Sequence[Path], inputs: Array, folder: Path) -> tuple[list[Array], float]:
    """Return the answers of each artifact, and the time of the second over that of the first."""
    questions = folder / "questions.npy"
    answers = [folder / f"answers-{cell}.npy" for cell in range(len(artifacts))]
    np.save(questions, inputs)
    commands: list[dict[str, Any]] = [
        {"do": "load", "artifact": str(artifact), "inputs": str(questions), "threads": 1} for artifact in artifacts
    ]
    commands += [
        {"do": "answer", "cell": cell, "inputs": str(questions), "outputs": str(path)}
        for cell, path in enumerate(answers)
    ]
    blocks = [{"do": "block", "cell": cell, **BLOCK} for _ in range(ROUNDS) for cell in range(len(artifacts))]
    replies = _replies(runtime, commands + blocks)[len(commands) :]
    times = [statistics.median(reply["calls"]) for reply in replies]
    return [np.load(path) for path in answers], statistics.median(
        second / first for first, second in zip(times[::2], times[1::2], strict=True)
    )


def _replies(runtime: str, commands: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the commands to a fresh process of the runtime, and return what it answers to each."""
    done = subprocess.run(
        [sys.executable, str(PROBES / "__main__.py"), "runtime", runtime],
        input="".join(json.dumps({"id": number} | command) + "\n" for number, command in enumerate(commands)),
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    for reply in replies:
        if "ok" not in reply:
            raise ProbeError(reply["outcome"], f"{runtime}: {reply['message']}")
    if len(replies) < len(commands):
        raise ProbeError("error", f"the {runtime} process ended with {ending(done.returncode)}")
    return [reply["ok"] for reply in replies]
