"""Distributed training on one machine: several fresh processes at once, and whether they come to what one comes to."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from probes import python_process
from probes.demands import judged
from probes.proof import Proof, relative_error
from probes.workloads import Array, Case, Weights, synthetic

LOOPBACK = "127.0.0.1"
COUNT = 2
# Enough work per step for two processes to be worth it, and enough steps for a wrong average to show.
BATCH, STEPS, TIMED = 128, 3, 20
# Large enough for the steps to stand out from the rounding of the weights.
RATE = 0.05
# A batch in two halves is computed by other kernels, and an activation that is zero within rounding may fall to the
# other side: up to 2e-4 (measured). Gradients that are not averaged, or averaged wrongly, are off by a half.
SAME = 1e-3


def together(function: Callable[..., Any], *arguments: object, count: int = COUNT) -> list[Any]:
    """Call ``function(rank, *arguments)`` in `count` fresh processes of one thread each, all at the same time.

    Parameters
    ----------
    function : callable
        A public function of a module ``probes.frameworks.<framework>.<recipe>``.
    *arguments
        What JSON can carry; the results, too.
    count : int
        How many processes; they are numbered from 0.

    Returns
    -------
    list
        What each returned, by rank.

    Raises
    ------
    ProbeError
        With the outcome of the first that failed.
    """
    with ThreadPoolExecutor(count) as pool:
        calls = [pool.submit(python_process.call, function, rank, *arguments, threads=1) for rank in range(count)]
        return [call.result() for call in calls]


def free_ports(count: int = COUNT) -> list[int]:
    """Return ports that were free on the loopback interface a moment ago, chosen by the system."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def loopback() -> str:
    """Return the name of the loopback interface, which keeps Gloo's connections off the network."""
    return "lo0" if os.uname().sysname == "Darwin" else "lo"


def apart() -> dict[str, str]:
    """Return the environment of processes that join over TCP on one machine and ask no other one for anything.

    PyTorch's `c10d` asks for the name of every address that it connects to, for its log, and its launcher for that of
    the machine; where no file has it, the C library would ask a name server. It is told to ask it no time at all
    (``resolv.conf(5)``: glibc reads the variable, macOS does not).
    """
    return {"GLOO_SOCKET_IFNAME": loopback(), "OMP_NUM_THREADS": "1", "RES_OPTIONS": "attempts:0"}


def task(workload: str = "cnn") -> Case:
    """Return the network and the batch that every process starts from."""
    return synthetic(workload, {"batch": BATCH})


def keep(weights: Weights, folder: str, name: str) -> str:
    """Write the weights that a process ended with, and return the file."""
    file = Path(folder, f"{name}.npz")
    np.savez(file, allow_pickle=False, **weights)
    return str(file)


def same(
    alone: str,
    replicas: Sequence[str],
    demands: Mapping[str, bool] | None = None,
    *,
    workload: str = "cnn",
    **figures: Any,
) -> Proof:
    """Return the proof that every replica took the steps that one process alone took.

    Parameters
    ----------
    alone, replicas : str
        Files of `keep`: the weights after `STEPS` steps on the whole batch, and on a share of it each.
    demands : mapping of str to bool, optional
        What else has to hold, in words.
    workload : str
        Whose weights they are.
    **figures
        More figures for the proof.
    """
    initial = task(workload).weights
    expected = _moved(alone, initial)
    errors = [relative_error(_moved(file, initial), expected) for file in replicas]
    error = max(errors)
    agree = {
        f"all {len(replicas)} replicas take the steps of one process on the whole batch": error <= SAME,
        "the steps move the weights": bool(expected.any()),
    }
    shown = {"max_relative_error": error if np.isfinite(error) else None, "limit": SAME, "replicas": len(replicas)}
    return judged(agree | dict(demands or {}), **shown, steps=STEPS, **figures)


def _moved(file: str, initial: Weights) -> Array:
    """Return how far each weight moved, so that a wrong gradient is not hidden behind a large weight."""
    with np.load(file) as stored:
        return np.concatenate([(stored[name] - array).ravel() for name, array in initial.items()])
