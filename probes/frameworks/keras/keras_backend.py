"""Move a program written in Keras to every other backend that is installed: the program, its weights, its optimizer."""

from __future__ import annotations

import difflib
import importlib.util
import os
import subprocess
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import keras
import numpy as np

from probes.channel import ProbeError
from probes.demands import judged
from probes.proof import LIMIT, Proof, relative_error
from probes.workloads import Array, Case

MODULES = {"tensorflow": "tensorflow", "torch": "torch", "jax": "jax"}
PATIENCE = 150.0
# The whole code base: what it says to Keras, no backend is asked for. It runs as it stands on each of them.
PROGRAM = """\
import os, sys
import keras
import numpy as np

model_file, data, answers = sys.argv[1:]
with np.load(data) as stored:
    images, labels = stored["images"], stored["labels"]
if os.path.exists(model_file):
    model = keras.models.load_model(model_file)
else:
    model = keras.Sequential([
        keras.Input(images.shape[1:]),
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.003), loss)
    model.fit(images, labels, batch_size=16, epochs=2, shuffle=False, verbose=0)
    model.save(model_file)
before = model.predict(images, verbose=0)
model.fit(images, labels, batch_size=16, epochs=1, shuffle=False, verbose=0)
np.savez(answers, backend=keras.backend.backend(), before=before, after=model.predict(images, verbose=0))
"""
# What is written instead where the saved optimizer is one that the other backend cannot take: it begins anew.
ANEW = PROGRAM.replace(
    "load_model(model_file)\n",
    "load_model(model_file, compile=False)\n"
    "    model.compile(keras.optimizers.Adam(0.003), keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n",
)
# Steps of Adam divide by roots of small numbers: rounding of a backend's own grows on the way.
TRAINED = 1e-2


def run(case: Case) -> Proof:
    """Train and save on this backend; load, answer and train on with the same program on each of the others."""
    own = keras.backend.backend()
    others = [name for name, module in MODULES.items() if name != own and importlib.util.find_spec(module)]
    if not others:
        raise ProbeError("not_installed", f"no other backend of Keras than {own} is installed here")
    data = case.folder / "data.npz"
    np.savez(data, images=case.inputs, labels=case.labels)
    here = moved(PROGRAM, own, case.folder, data)
    there, programs = {}, {}
    for name in others:
        for programs[name] in (PROGRAM, ANEW):
            with suppress(ProbeError) if programs[name] == PROGRAM else nullcontext():
                there[name] = moved(programs[name], name, case.folder, data)
                break
    kept = [name for name in others if programs[name] == PROGRAM]
    answers = {name: relative_error(each["before"], here["before"]) for name, each in there.items()}
    trained = {name: relative_error(there[name]["after"], here["after"]) for name in kept}
    demands = {
        "every backend computes itself": all(
            str(each["backend"]) == name for name, each in (there | {own: here}).items()
        ),
        "every other backend gives the answers of this one": max(answers.values()) <= LIMIT,
        "it trains on there": all(np.isfinite(each["after"]).all() for each in there.values()),
        "with the optimizer's state it trains on as here": all(error <= TRAINED for error in trained.values()),
    }
    return judged(
        demands, backend=own, others=others, lines=len(PROGRAM.splitlines()),
        lines_changed=max(changed(PROGRAM, each) for each in programs.values()), optimizer_moved_to=kept,
        max_relative_error=max(answers.values()), trained_relative_error=max(trained.values(), default=None),
        limit=LIMIT,
    )  # fmt: skip


def changed(old: str, new: str) -> int:
    """Return how many lines of a program are not those of another."""
    return sum(line.startswith("+ ") for line in difflib.ndiff(old.splitlines(), new.splitlines()))


def moved(program: str, backend: str, folder: Path, data: Path) -> dict[str, Array]:
    """Run a program on a backend; the first makes the model, the others take its file."""
    answers = folder / f"{backend}.npz"
    command = [sys.executable, "-c", program, str(folder / "model.keras"), str(data), str(answers)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=folder
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise ProbeError("error", f"on {backend}: {last}")
    with np.load(answers) as stored:
        return {name: stored[name] for name in stored.files}
