"""The input pipeline in PyTorch: a Dataset that augments one picture at a time, and a DataLoader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from probes.cell import Pipeline
from probes.pictures import MEAN, PADDING, SIZE, SPREAD
from probes.workloads import Array, Case


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Pictures with their numbers, augmented anew each time they are asked for."""

    def __init__(self, case: Case) -> None:
        self.pixels = torch.tensor(case.inputs).permute(0, 3, 1, 2).contiguous()
        self.numbers = torch.tensor(case.labels)

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return augmented(self.pixels[index]), self.numbers[index]


def augmented(pixels: Tensor) -> Tensor:
    """Return one picture cropped, mirrored or not, standardised."""
    picture = F.pad(pixels.float() / 255, (PADDING,) * 4)
    row, column = torch.randint(0, 2 * PADDING + 1, (2,)).tolist()
    picture = picture[:, row : row + SIZE, column : column + SIZE]
    if torch.rand(()) < 0.5:
        picture = picture.flip(2)
    return (picture - MEAN) / SPREAD


def in_process(case: Case) -> Pipeline:
    """Take the pictures from a DataLoader as its tutorial does."""
    return _pipeline("DataLoader(shuffle=True)", case)


def workers(case: Case) -> Pipeline:
    """Take the pictures from a DataLoader with worker processes that stay alive between passes."""
    count = torch.get_num_threads()
    how = f"DataLoader(shuffle=True, num_workers={count}, persistent_workers=True)"
    return _pipeline(how, case, num_workers=count, persistent_workers=True)


def _pipeline(how: str, case: Case, **options: Any) -> Pipeline:
    loader = DataLoader(Pictures(case), batch_size=case.parameters["batch"], shuffle=True, **options)

    def batches() -> Iterator[tuple[Array, Array]]:
        for pictures, numbers in loader:
            yield pictures.permute(0, 2, 3, 1).numpy(), numbers.numpy()

    def call() -> int:
        return sum(len(numbers) for _, numbers in loader)

    return Pipeline(how, batches, call)


SETTINGS = {"out-of-the-box": (in_process,), "best-known": (workers, in_process)}
