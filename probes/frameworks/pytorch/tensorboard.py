"""Write curve, histogram, image, text, sound and graph for TensorBoard from PyTorch, and read them back."""

from __future__ import annotations

from pathlib import Path

import torch

from probes import event_files
from probes.demands import judged
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.source import lines_of
from probes.workloads import Case

CURVE = {0: 2.5, 1: 1.25, 2: 0.625}


def run(case: Case) -> Proof:
    """Write one item of each kind, and read the event files with TensorBoard's own loader."""
    write(case, case.folder)
    kinds, curve = event_files.kinds(case.folder), event_files.scalars(case.folder, "loss")
    demands = {
        "the curve is read back as it was written": curve == CURVE,
        "every kind is read back": kinds == event_files.KINDS,
    }
    return judged(demands, kinds=len(kinds), read_back=sorted(kinds), steps=len(curve), lines=len(lines_of(write)))


def write(case: Case, folder: Path) -> None:
    """Write the event files."""
    from torch.utils.tensorboard import SummaryWriter  # here, for it needs TensorBoard

    model = models.cnn(case.weights)
    with SummaryWriter(folder) as writer:
        for step, loss in CURVE.items():
            writer.add_scalar("loss", loss, step)
        writer.add_histogram("weights", model.dense1.weight, 0)
        writer.add_image("input", case.inputs[0], 0, dataformats="HWC")
        writer.add_text("note", "trained on the digits", 0)
        writer.add_audio("tone", torch.sin(torch.arange(800) / 10)[None], 0, sample_rate=8000)
        writer.add_graph(model, models.natural(case.inputs))
