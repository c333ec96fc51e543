"""Time to accuracy in Keras, with its own training loop."""

from __future__ import annotations

import keras

from probes.convergence import BATCH, LEARNING_RATE, MOMENTUM, until_right
from probes.figures import Figures
from probes.frameworks.keras import models
from probes.workloads import Array, Weights


class Learner:
    """The network under ``model.fit``."""

    def __init__(self, weights: Weights) -> None:
        self.model = models.cnn(weights)
        self.model.compile(
            keras.optimizers.SGD(LEARNING_RATE, momentum=MOMENTUM),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )

    def epoch(self, images: Array, labels: Array) -> None:
        """Train on every image once; they come shuffled."""
        self.model.fit(images, labels, batch_size=BATCH, shuffle=False, verbose=0)

    def classes(self, images: Array) -> Array:
        """Return the most likely class of each image."""
        return self.model.predict_on_batch(images).argmax(axis=1)


def measure() -> Figures:
    """Train until enough digits are right."""
    return until_right("model.fit", Learner)
