"""Time to accuracy in PyTorch, with the usual training loop."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from probes.convergence import BATCH, LEARNING_RATE, MOMENTUM, until_right
from probes.figures import Figures
from probes.frameworks.pytorch import models
from probes.workloads import Array, Weights


class Learner:
    """The network in eager mode."""

    def __init__(self, weights: Weights) -> None:
        self.model = models.cnn(weights)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)

    def epoch(self, images: Array, labels: Array) -> None:
        """Train on every image once."""
        self.model.train()
        batches = zip(models.natural(images).split(BATCH), torch.tensor(labels).split(BATCH), strict=True)
        for inputs, classes in batches:
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.model(inputs), classes)
            loss.backward()
            self.optimizer.step()

    def classes(self, images: Array) -> Array:
        """Return the most likely class of each image."""
        self.model.eval()
        with torch.inference_mode():
            return self.model(models.natural(images)).argmax(dim=1).numpy()


def measure() -> Figures:
    """Train until enough digits are right."""
    return until_right("eager training loop", Learner)
