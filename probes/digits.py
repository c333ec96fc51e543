"""Train the convolutional network on real digits, so that every framework ships the same trained weights.

The digits are those of scikit-learn (1797 images of 8×8 pixels with values 0 to 16; a part of the UCI collection
"Optical Recognition of Handwritten Digits", Alpaydin and Kaynak 1998), read from its data file without importing it.
Each pixel is repeated 4×4 times to fill the network's 32×32 input. The trainer is the NumPy reference in float32, so
whatever accuracy is lost later on a route is lost by the route.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from probes import reference
from probes.channel import ProbeError, claim, failed
from probes.workloads import SEED, Array, Weights, initial_weights

TRAINING = 1197
CALIBRATION = 128
BATCH = 16
LEARNING_RATE = 0.03
MOMENTUM = 0.9
EPOCHS = 6


def main(output: Path) -> None:
    """Train, write the files into `output`, and answer on the channel with one line."""
    channel = claim()
    try:
        channel.reply(None, {"ok": write(output)})
    except Exception as error:  # noqa: BLE001 - the exception is the outcome
        channel.reply(None, failed(error))


def write(output: Path) -> dict[str, Any]:
    """Train and write ``cnn-digits.npz``, ``calibration.npy``, ``held-out.npy``, its labels and predictions.

    Returns
    -------
    dict
        ``accuracy`` on the held-out digits (ratio), ``held_out`` (their number), ``epochs`` and ``seconds``.
    """
    start = time.perf_counter()
    images, labels = load()
    order = np.random.default_rng(SEED).permutation(len(images))
    images, labels = images[order], labels[order]
    weights = train(images[:TRAINING], labels[:TRAINING])
    held_out, held_out_labels = images[TRAINING:], labels[TRAINING:]
    predicted = predictions(weights, held_out)
    correct = predicted == held_out_labels
    output.mkdir(parents=True, exist_ok=True)
    np.save(output / "calibration.npy", images[:CALIBRATION])
    np.save(output / "held-out.npy", held_out)
    np.save(output / "held-out-labels.npy", held_out_labels)
    np.save(output / "held-out-predictions.npy", predicted)
    np.savez(output / "cnn-digits.npz", allow_pickle=False, **weights)
    return {
        "accuracy": float(correct.mean()),
        "held_out": len(held_out),
        "epochs": EPOCHS,
        "seconds": time.perf_counter() - start,
    }


def load() -> tuple[Array, Array]:
    """Return all digits as float32 images (1797×32×32×1, values 0 to 1) and their int64 labels.

    Raises
    ------
    ProbeError
        ``not_installed`` when scikit-learn, which carries the data, is not there.
    """
    spec = importlib.util.find_spec("sklearn")
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()] if spec else []
    files = [file for folder in folders for file in sorted((folder / "datasets" / "data").glob("digits.csv*"))]
    if not files:
        raise ProbeError("not_installed", f"the digits come with scikit-learn, which {sys.executable} does not have")
    table = np.loadtxt(files[0], delimiter=",")
    small = (table[:, :64] / 16).astype(np.float32).reshape(-1, 8, 8)
    images = small.repeat(4, axis=1).repeat(4, axis=2)[..., np.newaxis]
    return np.ascontiguousarray(images), table[:, 64].astype(np.int64)


def train(images: Array, labels: Array) -> dict[str, Array]:
    """Return weights from minibatch SGD with momentum and a learning rate that falls linearly to zero.

    The number of epochs is fixed: the held-out images have no say in when training ends.
    """
    rng = np.random.default_rng(SEED)
    weights = initial_weights("cnn")
    velocity = {name: np.zeros_like(array) for name, array in weights.items()}
    orders = [rng.permutation(len(images)) for _ in range(EPOCHS)]
    batches = [order[first : first + BATCH] for order in orders for first in range(0, len(order), BATCH)]
    for number, batch in enumerate(batches):
        _, gradients = reference.loss_and_gradients("cnn", weights, images[batch], labels[batch])
        rate = np.float32(LEARNING_RATE * (1 - number / len(batches)))
        for name, gradient in gradients.items():
            velocity[name] = np.float32(MOMENTUM) * velocity[name] - rate * gradient
            weights[name] = weights[name] + velocity[name]
    return weights


def predictions(weights: Weights, images: Array, batch: int = 100) -> Array:
    """Return the most likely class of each image."""
    parts = [images[first : first + batch] for first in range(0, len(images), batch)]
    return np.concatenate([reference.forward("cnn", weights, part).argmax(axis=1) for part in parts])
