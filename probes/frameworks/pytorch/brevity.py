"""How much code common tasks take in PyTorch, as its tutorials write it."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.tensorboard import SummaryWriter

from probes import brevity
from probes.frameworks.pytorch.custom_gradient import Swish
from probes.proof import Proof
from probes.workloads import Case


class Network(nn.Module):
    """A small classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(64, 32)
        self.output = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        return self.output(F.relu(self.hidden(x)))


def train(model: nn.Module, inputs: Tensor, labels: Tensor) -> None:
    """Train."""
    data = DataLoader(TensorDataset(inputs, labels), batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loss_of = nn.CrossEntropyLoss()
    model.train()
    for _ in range(5):
        for x, y in data:
            optimizer.zero_grad()
            loss_of(model(x), y).backward()
            optimizer.step()


def watch(model: nn.Module, inputs: Tensor, labels: Tensor, folder: Path) -> None:
    """Train, and write loss and weights for TensorBoard."""
    data = DataLoader(TensorDataset(inputs, labels), batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loss_of = nn.CrossEntropyLoss()
    writer = SummaryWriter(folder)
    model.train()
    for epoch in range(5):
        for x, y in data:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
        writer.add_scalar("loss", loss, epoch)
        for name, parameter in model.named_parameters():
            writer.add_histogram(name, parameter, epoch)
    writer.close()


def evaluate(model: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """Return the accuracy."""
    model.eval()
    with torch.no_grad():
        return (model(inputs).argmax(dim=1) == labels).float().mean().item()


def save(model: nn.Module, file: Path) -> None:
    """Save."""
    torch.save(model.state_dict(), file)


def load(file: Path) -> nn.Module:
    """Load what was saved."""
    model = Network()
    model.load_state_dict(torch.load(file))
    return model


def export(model: nn.Module, inputs: Tensor, file: Path) -> None:
    """Write a program that runs without this file."""
    torch.export.save(torch.export.export(model, (inputs,)), file)


TASKS: dict[str, tuple[brevity.Code, ...]] = {
    "define": (Network,),
    "train": (train,),
    "custom_loop": (train,),  # there is no other loop than the one that everybody writes
    "custom_gradient": (Swish,),
    "evaluate": (evaluate,),
    "save": (save, load),
    "export": (export,),
}


def run(case: Case) -> Proof:
    """Do all tasks, and count their code."""
    inputs, labels = map(torch.from_numpy, brevity.data())
    model, watched = Network(), Network()
    train(model, inputs, labels)
    watch(watched, inputs, labels, case.folder / "events")
    save(model, case.folder / "model.pt")
    export(load(case.folder / "model.pt"), inputs, case.folder / "model.pt2")
    exported = torch.export.load(case.folder / "model.pt2").module()
    accuracies = {
        "train": evaluate(model, inputs, labels),
        "visualize": evaluate(watched, inputs, labels),
        "export": (exported(inputs).argmax(dim=1) == labels).float().mean().item(),
    }
    return brevity.counted(TASKS, accuracies, train=train, watch=watch)
