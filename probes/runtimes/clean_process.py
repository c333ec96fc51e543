"""Ask a runtime in a fresh process that imports nothing of the framework."""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probes.channel import ProbeError
from probes.workloads import Array

PATIENCE = 120.0
PROBES = Path(__file__).resolve().parent.parent
BRIEF = {"settle": 0.01, "lead_in": 0.03, "seconds": 0.1, "minimum_calls": 5}


@dataclass(frozen=True)
class Trial:
    """What a fresh process answered, and what that took.

    Attributes
    ----------
    answers : list of array
        N×10 for each batch size.
    figures : mapping
        ``cold_start_seconds`` (start of the process to its first answer), ``latency_seconds`` (median of a tenth of a
        second of answers to one sample), ``peak_memory_bytes`` and ``runtime_bytes`` (the runtime's shared libraries
        that the process mapped). Empty unless asked for.
    """

    answers: list[Array]
    figures: Mapping[str, float]


def answer(runtime: str, artifact: Path, inputs: Array, batches: Sequence[int] = (1,)) -> list[Array]:
    """Return what `runtime` answers to `inputs` (N×height×width×channel) for each batch size: as many N×10 arrays.

    Raises
    ------
    ProbeError
        With the runtime worker's own outcome: the runtime is not installed, refuses the artifact, or its process ended.
    """
    return trial(runtime, artifact, inputs, batches, measured=False).answers


def trial(
    runtime: str, artifact: Path, inputs: Array, batches: Sequence[int] = (1,), *, measured: bool = True
) -> Trial:
    """Ask as `answer` does, with one thread, and tell what it took when `measured`.

    Raises
    ------
    ProbeError
        As `answer` does.
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
        if measured:
            # After the batches: what a process holds at its peak includes them. One sample again for the latency.
            commands += [
                {"id": -1, "do": "load", "artifact": str(artifact), "inputs": questions, "threads": 1},
                {"id": -2, "do": "block", "cell": 1, **BRIEF},
                {"id": -3, "do": "memory"},
            ]
        replies, cold_start = _replies(runtime, commands)
        figures: dict[str, float] = {}
        if measured:
            figures = {
                "cold_start_seconds": cold_start,
                "latency_seconds": statistics.median(replies[-2]["ok"]["calls"]),
                "peak_memory_bytes": replies[-1]["ok"]["peak_bytes"],
                "runtime_bytes": replies[-1]["ok"]["library_bytes"],
            }
        return Trial([np.load(path) for path in answers.values()], figures)


def _replies(runtime: str, commands: Sequence[Mapping[str, object]]) -> tuple[list[dict[str, Any]], float]:
    """Return the replies to `commands` of a new process, and the seconds from its start to the first."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(PROBES / "__main__.py"), "runtime", runtime],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        # Killed, not asked: a runtime that hangs does not listen. Then its output ends, and so do the reads below.
        overdue = threading.Timer(PATIENCE, process.kill)
        overdue.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            _write(process.stdin, commands)
            lines = [process.stdout.readline()]
            first = time.perf_counter() - start
            lines += process.stdout.readlines()
        finally:
            overdue.cancel()
    replies = [json.loads(line) for line in lines if line]
    for reply in replies:
        if "ok" not in reply:
            raise ProbeError(reply["outcome"], f"{runtime}: {reply['message']}")
    if len(replies) < len(commands):
        raise ProbeError("error", f"the {runtime} process ended with {_ending(process.returncode)}")
    if replies[0]["ok"]["forbidden"]:
        raise ProbeError("error", f"the {runtime} process imported {', '.join(replies[0]['ok']['forbidden'])}")
    return replies, first


def _write(pipe: Any, commands: Sequence[Mapping[str, object]]) -> None:
    """Write all commands and close; a process that ended early has no reader, and its ending is told by its code."""
    try:
        pipe.write("".join(json.dumps(command) + "\n" for command in commands))
        pipe.close()
    except BrokenPipeError:
        pass


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
