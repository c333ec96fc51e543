"""Load a Keras model from a stranger who put code into it."""

from __future__ import annotations

from pathlib import Path

import keras
import tensorflow as tf

from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import first_line
from probes.workloads import Case


def payload(mark: Path) -> keras.layers.Lambda:
    """Return a layer that makes a file when it is called; it could as well delete one."""
    name = str(mark)
    return keras.layers.Lambda(lambda x: (__import__("pathlib").Path(name).write_text(""), x)[1])


def run(case: Case) -> Proof:
    """Load it as the tutorial does, and once more with all doors open."""
    checkpoint, mark = case.folder / "stranger.keras", case.folder / "code-ran"
    keras.Sequential([keras.Input((3,)), payload(mark)]).save(checkpoint)
    mark.unlink()
    message = load(checkpoint)
    by_default = mark.exists()
    keras.models.load_model(checkpoint, safe_mode=False)(tf.ones((1, 3)))
    demands = {
        "loading runs no code from the file unless asked to": not by_default,
        "the file is refused": message is not None,
        "the file does hold code that would run": mark.exists(),
    }
    return judged(demands, runs_code_by_default=by_default, runs_code_when_asked=mark.exists(), refusal=message)


def load(checkpoint: Path) -> str | None:
    """Load with the defaults; return the first line of the refusal, if it is refused."""
    try:
        keras.models.load_model(checkpoint)
    except ValueError as error:
        return first_line(error)
    return None
