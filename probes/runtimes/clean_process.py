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

from probes import feeds, frameworks
from probes.arrays import Array
from probes.channel import ProbeError
from probes.feeds import Feed

PATIENCE = 120.0
PROBES = Path(__file__).resolve().parent.parent
BRIEF = {"settle": 0.01, "lead_in": 0.03, "seconds": 0.1, "minimum_calls": 5}


@dataclass(frozen=True)
class Question:
    """What an artifact is asked.

    Attributes
    ----------
    what : str
        In words, for the message when the answer is wrong: ``"one by one"``, ``"another length"``.
    inputs : array or mapping
        N samples, by name or in the probes' layout.
    batch : int
        How many samples one call takes; 0 where all of it is one call.
    """

    what: str
    inputs: Array | Feed
    batch: int = 1


@dataclass(frozen=True)
class Trial:
    """What a fresh process answered, and what that took.

    Attributes
    ----------
    answers : list of mapping
        For each question the answers by name.
    figures : mapping
        ``cold_start_seconds`` (start of the process to its first answer), ``latency_seconds`` (median of a tenth of a
        second of answers to one sample), ``peak_memory_bytes`` and ``runtime_bytes`` (the runtime's shared libraries
        that the process mapped). Empty unless asked for.
    """

    answers: list[Feed]
    figures: Mapping[str, float]


def answer(runtime: str, artifact: Path, inputs: Array, batches: Sequence[int] = (1,)) -> list[Array]:
    """Return what `runtime` answers to `inputs` for each batch size; the artifact has one output.

    Raises
    ------
    ProbeError
        As `ask` does.
    """
    questions = [Question(f"in batches of {batch}", inputs, batch) for batch in batches]
    return [sole for each in ask(runtime, artifact, questions).answers for sole in each.values()]


def ask(
    runtime: str,
    artifact: Path,
    questions: Sequence[Question],
    outputs: Sequence[str] | None = None,
    *,
    measured: bool = False,
) -> Trial:
    """Return what `runtime` answers, with one thread, and what it took when `measured` (on the first question).

    Parameters
    ----------
    outputs : sequence of str, optional
        The framework's names of what comes back; default the artifact's own.

    Raises
    ------
    ProbeError
        With the runtime worker's own outcome: the runtime is not installed, refuses the artifact or a question, or its
        process ended.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = [feeds.save(folder / f"inputs-{number}", each.inputs) for number, each in enumerate(questions)]
        load: dict[str, object] = {
            "do": "load", "artifact": str(artifact), "inputs": str(asked[0]), "threads": 1, "batch": questions[0].batch,
        }  # fmt: skip
        if outputs is not None:
            load["outputs"] = list(outputs)
        commands = [load] + [
            {
                "do": "answer", "cell": 0, "inputs": str(asked[number]), "batch": each.batch,
                "outputs": str(folder / f"outputs-{number}.npz"),
            }
            for number, each in enumerate(questions)
        ]  # fmt: skip
        if measured:
            # After the questions: what a process holds at its peak includes them. One sample again for the latency.
            commands += [load, {"do": "block", "cell": 1, **BRIEF}, {"do": "memory"}]
        replies, cold_start = _replies(runtime, commands, [each.what for each in questions])
        figures: dict[str, float] = {}
        if measured:
            figures = {
                "cold_start_seconds": cold_start,
                "latency_seconds": statistics.median(replies[-2]["ok"]["calls"]),
                "peak_memory_bytes": replies[-1]["ok"]["peak_bytes"],
                "runtime_bytes": replies[-1]["ok"]["library_bytes"],
            }
        answers = [feeds.load(folder / f"outputs-{number}.npz") for number in range(len(questions))]
        return Trial(answers, figures)


def _replies(
    runtime: str, commands: Sequence[Mapping[str, object]], asked: Sequence[str]
) -> tuple[list[dict[str, Any]], float]:
    """Return the replies to `commands` of a new process, and the seconds from its start to the first."""
    # A runtime may lie where the framework does, outside of what is shipped.
    further = [word for home in list(frameworks.__path__)[1:] for word in ("--frameworks-folder", str(home))]
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(PROBES / "__main__.py"), "runtime", runtime, *further],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        # Killed, not asked: a runtime that hangs does not listen. Then its output ends, and so do the reads below.
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        overdue = threading.Timer(PATIENCE, stop)
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
    for number, reply in enumerate(replies):
        if "ok" not in reply:
            # The first command loads, the next ones are the questions.
            what = f", asked {asked[number - 1]}" if 0 < number <= len(asked) and len(asked) > 1 else ""
            raise ProbeError(reply["outcome"], f"{runtime}{what}: {reply['message']}")
    if late.is_set():
        raise ProbeError("error", f"the {runtime} process gave no answer within {PATIENCE:g} s and was stopped")
    if len(replies) < len(commands):
        raise ProbeError("error", f"the {runtime} process ended with {_ending(process.returncode)}")
    if replies[0]["ok"]["forbidden"]:
        raise ProbeError("error", f"the {runtime} process imported {', '.join(replies[0]['ok']['forbidden'])}")
    return replies, first


def _write(pipe: Any, commands: Sequence[Mapping[str, object]]) -> None:
    """Write all commands and close; a process that ended early has no reader, and its ending is told by its code."""
    try:
        pipe.write("".join(json.dumps({"id": number, **command}) + "\n" for number, command in enumerate(commands)))
        pipe.close()
    except BrokenPipeError:
        pass


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
