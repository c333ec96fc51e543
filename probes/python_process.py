"""Another Python process: what resumes a killed training, and what uses an export without the source of its model."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from probes import channel, frameworks, import_isolation
from probes.channel import Body, Command, ProbeError
from probes.workloads import Array

PATIENCE = 240.0
PROBES = Path(__file__).resolve().parent
# An import of the probes fails, also where they are installed: the script finds the framework and nothing of its model.
STRANGER = "import sys\nsys.modules['probes'] = None\n"
START = "import sys; sys.path.insert(0, sys.argv[1]); from probes import python_process; python_process.serve()"


def answer(consumer: str, artifact: Path, inputs: Array) -> Array:
    """Run a script that knows nothing of the model and return what it answers.

    Parameters
    ----------
    consumer : str
        The whole script. Its arguments are the artifact, a ``.npy`` file of inputs, and the ``.npy`` file to write.
    artifact : Path
        What was exported.
    inputs : array
        What to ask.

    Raises
    ------
    ProbeError
        ``error``: when the script fails, with the last line it wrote.
    """
    with tempfile.TemporaryDirectory() as folder:
        questions, answers = Path(folder, "inputs.npy"), Path(folder, "outputs.npy")
        np.save(questions, inputs)
        command = [sys.executable, "-c", STRANGER + consumer, str(artifact), str(questions), str(answers)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=PATIENCE, check=False)
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:]
            raise ProbeError("error", f"the fresh process ended with {ending(done.returncode)}: {''.join(last)}")
        result: Array = np.load(answers)
        return result


def call(function: Callable[..., Any], *arguments: object, threads: int | None = None) -> Any:
    """Call a recipe's function in a fresh process with the framework set up as in this one, and return its result.

    Parameters
    ----------
    function : callable
        A public function of a module ``probes.frameworks.<framework>.<recipe>``.
    *arguments
        What JSON can carry; the result, too.
    threads : int, optional
        For the framework's pools; default as many as this process was given.

    Raises
    ------
    ProbeError
        With the function's own outcome, or ``error`` with the signal that ended the process.
    """
    done = _start(function, arguments, threads)
    if not done.stdout.strip():
        raise ProbeError("error", f"{function.__name__}: the fresh process ended with {ending(done.returncode)}")
    reply = json.loads(done.stdout)
    if "ok" not in reply:
        raise ProbeError(reply["outcome"], f"{function.__name__}: {reply['message']}")
    return reply["ok"]


def fate(function: Callable[..., Any], *arguments: object) -> str:
    """Call a function that does not return in a fresh process, and say what ended it: ``"SIGKILL"``, ``"exit 0"``."""
    return ending(_start(function, arguments, None).returncode)


def die() -> None:
    """End this process as a power cut would: nothing is flushed, nothing is closed, no handler runs."""
    os.kill(os.getpid(), signal.SIGKILL)


def ending(code: int) -> str:
    """Return what a process ended with, in words."""
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def serve() -> None:
    """Do one call and answer it; this is what the fresh process runs."""
    line = channel.claim()
    for command in line.commands():
        try:
            body: Body = {"ok": _perform(command)}
        except Exception as error:  # noqa: BLE001 - the exception is the outcome
            body = channel.failed(error)
        line.reply(None, body)


def _start(function: Callable[..., Any], arguments: tuple[object, ...], threads: int | None) -> Any:
    command = {
        "do": "call",
        "module": function.__module__,
        "function": function.__name__,
        "arguments": arguments,
        "threads": threads or int(os.environ.get("OMP_NUM_THREADS", "2")),
        "folders": list(frameworks.__path__),
    }
    return subprocess.run(
        [sys.executable, "-c", START, str(PROBES.parent)],
        input=json.dumps(command) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def _perform(command: Command) -> Any:
    frameworks.__path__[:] = command["folders"]
    package = command["module"].rpartition(".")[0]
    describe = importlib.import_module(f"{package}.describe")
    os.environ.update(describe.environment(command["threads"]))
    import_isolation.imported(describe.MODULES, *import_isolation.of(describe))
    describe.configure(command["threads"])
    return getattr(importlib.import_module(command["module"]), command["function"])(*command["arguments"])
