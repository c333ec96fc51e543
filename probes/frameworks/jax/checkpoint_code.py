"""Load an Orbax checkpoint from a stranger who put code into it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import orbax.checkpoint as ocp

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import first_line
from probes.workloads import Case

STATE = {"weights": jnp.arange(3.0)}


class Payload:
    """What makes a file when it is unpickled; it could as well delete one."""

    def __init__(self, mark: Path) -> None:
        self.mark = str(mark)

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self.mark),)


def run(case: Case) -> Proof:
    """Put the payload in the place of every file in turn, and load; Orbax has no door to open for it.

    Its files are arrays and JSON, so the payload is what a stranger can do: a pickle where a file of another kind was.
    """
    checkpoint, mark = case.folder / "stranger", case.folder / "code-ran"
    payload = pickle.dumps(Payload(mark))
    messages = {}
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(checkpoint, STATE)
    for file in sorted(each for each in checkpoint.rglob("*") if each.is_file()):
        kept = file.read_bytes()
        file.write_bytes(payload)
        messages[str(file.relative_to(checkpoint))] = load(checkpoint)
        file.write_bytes(kept)
    by_default, whole = mark.exists(), load(checkpoint) is None
    pickle.loads(payload)  # noqa: S301 - it is ours, and has to be shown to be live
    refused = [message for message in messages.values() if message]
    demands = {
        "loading runs no code from the file unless asked to": not by_default,
        "the file is refused": bool(refused),
        "the file does hold code that would run": mark.exists(),
        "the untouched checkpoint loads": whole,
    }
    return judged(
        demands, runs_code_by_default=by_default, refused=len(refused), tried=len(messages), refusal=refused[:1]
    )


def load(checkpoint: Path) -> str | None:
    """Load with the defaults; return the first line of the refusal, if it is refused."""
    try:
        with ocp.StandardCheckpointer() as checkpointer:
            checkpointer.restore(checkpoint, STATE)
    except Exception as error:  # noqa: BLE001 - how it is refused depends on which file it was
        return f"{type(error).__name__}: {first_line(error)}"[:200]
    return None
