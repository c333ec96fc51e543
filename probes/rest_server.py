"""A model behind a REST server on the loopback interface: right answers, and what a short, fixed load costs."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import numpy as np

from probes import programs
from probes.channel import ProbeError
from probes.proof import Proof, close
from probes.workloads import Array

LOOPBACK = "127.0.0.1"
PATIENCE = 60.0
CLIENTS, REQUESTS, WARM = 2, 200, 20
_PAUSE = 0.005
# A server that refuses is at work on that: it is asked again after this share of the time that it has had.
_REFUSED = 0.05

Program = subprocess.Popen[str]


def announced(server: Program) -> int:
    """Return the port that a server wrote as its first line."""
    line = server.stdout.readline() if server.stdout else ""
    if not line.strip().isdigit():
        raise ProbeError("error", f"the server did not start: {programs.last_words(server)}")
    return int(line)


def measured(
    command: Sequence[str | Path],
    name: str,
    inputs: Array,
    expected: Array,
    *,
    port: Callable[[Program], int] = announced,
    environment: Mapping[str, str] | None = None,
) -> Proof:
    """Start a server, compare its answers, put a load on it, and end it.

    Parameters
    ----------
    command : sequence
        The server and its arguments.
    name : str
        Under which it serves the model.
    inputs, expected : array
        One sample per row, and the framework's own answers.
    port : callable
        Tells on which port the server listens, once it has been started.
    environment : mapping, optional
        Added to the environment of this process.

    Returns
    -------
    Proof
        Proved when all answers agree. Figures: ``cold_start`` (seconds from the start of the process to the first
        answer), ``p50`` and ``p99`` (seconds per request of one sample, as one of `CLIENTS` clients sees it),
        ``throughput`` (requests per second), ``requests``.
    """
    began = time.perf_counter()
    with programs.started(command, environment=environment) as server:
        number, path = port(server), f"/v1/models/{name}:predict"
        first = _when_ready(server, number, path, inputs[:1])
        cold = time.perf_counter() - began
        with _Client(number, path) as client:
            answers = np.concatenate([first, *(client.ask(sample[None]) for sample in inputs[1:])])
        result = close(answers, expected, cold_start=cold, samples=len(inputs))
        if result.outcome != "proved":
            return result
        return Proof("proved", result.proof | _load(number, path, inputs[:1]))


class _Client:
    """One connection that stays open."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
        self._path = path

    def ask(self, inputs: Array) -> Array:
        body = json.dumps({"instances": inputs.tolist()})
        self._connection.request("POST", self._path, body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise ProbeError("error", f"the server answers {response.status}: {text[:200].decode(errors='replace')}")
        return np.asarray(json.loads(text)["predictions"], np.float32)

    def __enter__(self) -> _Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _when_ready(server: Program, port: int, path: str, inputs: Array) -> Array:
    """Ask until there is an answer: a server may listen before its model is loaded."""
    began, progress = time.monotonic(), programs.Progress(server, PATIENCE)
    while True:
        try:
            with _Client(port, path) as client:
                return client.ask(inputs)
        except (OSError, HTTPException, ProbeError) as error:
            if server.poll() is not None:
                raise ProbeError("error", f"the server ended: {programs.last_words(server)}") from None
            waited = time.monotonic() - began
            if progress.halted():
                raise ProbeError("error", f"no answer after {waited:.1f} s: {error}") from None
            time.sleep(max(_PAUSE, _REFUSED * waited) if isinstance(error, ProbeError) else _PAUSE)


def _load(port: int, path: str, inputs: Array) -> dict[str, float]:
    """Let some clients ask a fixed number of times each, one request after the other."""

    def ask(count: int) -> list[float]:
        seconds = []
        with _Client(port, path) as client:
            for _ in range(count):
                began = time.perf_counter()
                client.ask(inputs)
                seconds.append(time.perf_counter() - began)
        return seconds

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, [WARM] * CLIENTS))
        began = time.perf_counter()
        seconds = [each for client in pool.map(ask, [REQUESTS] * CLIENTS) for each in client]
        wall = time.perf_counter() - began
    p50, p99 = (float(value) for value in np.percentile(seconds, (50, 99)))
    return {"p50": p50, "p99": p99, "throughput": len(seconds) / wall, "requests": len(seconds), "clients": CLIENTS}
