"""Ask a runtime in a fresh process that imports nothing of the framework."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from probes.channel import ProbeError
from probes.workloads import Array

PATIENCE = 120.0
PROBES = Path(__file__).resolve().parent.parent


def answer(runtime: str, artifact: Path, inputs: Array, batches: Sequence[int] = (1,)) -> list[Array]:
    """Return what `runtime` answers to `inputs` (N×height×width×channel) for each batch size: as many N×10 arrays.

    Raises
    ------
    ProbeError
        With the runtime worker's own outcome: the runtime is not installed, refuses the artifact, or its process ended.
    """
    with tempfile.TemporaryDirectory() as folder:
        questions = str(Path(folder, "inputs.npy"))
        answers = {batch: Path(folder, f"outputs-{batch}.npy") for batch in batches}
        np.save(questions, inputs)
        commands: list[dict[str, object]] = [
            {"id": 0, "do": "load", "artifact": str(artifact), "inputs": questions, "threads": 1}
        ]
        for batch, path in answers.items():
            commands.append({"id": batch, "do": "answer", "inputs": questions, "outputs": str(path), "batch": batch})
        done = subprocess.run(
            [sys.executable, str(PROBES / "__main__.py"), "runtime", runtime],
            input="".join(json.dumps(command) + "\n" for command in commands),
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
            raise ProbeError("error", f"the {runtime} process ended with {_ending(done.returncode)}")
        if replies[0]["ok"]["forbidden"]:
            raise ProbeError("error", f"the {runtime} process imported {', '.join(replies[0]['ok']['forbidden'])}")
        return [np.load(path) for path in answers.values()]


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
