"""Small models and factories with a fault that somebody's model has: what an exporter or a tracer does not see."""

from __future__ import annotations

import importlib
import os
import sys
import time
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Branch(nn.Module):
    def forward(self, x: Any) -> Any:
        if x.sum() > 0:
            return x * 2
        return x - 1


def branch() -> Any:
    return Branch(), torch.randn(1, 5)


class Loop(nn.Module):
    def forward(self, x: Any) -> Any:
        state = torch.zeros(x.shape[0], x.shape[2])
        for step in range(x.shape[1]):
            state = torch.tanh(state + x[:, step])
        return state


def loop() -> Any:
    return Loop()


class Packed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 8, batch_first=True)

    def forward(self, x: Any, lengths: Any) -> Any:
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return self.lstm(packed)[1][0][0]


def packed() -> Any:
    return Packed(), {"x": torch.randn(2, 6, 4), "lengths": torch.tensor([6, 3])}


class Lost(nn.Module):
    def forward(self, x: Any, scale: Any) -> Any:
        return x * scale.max().item()


def lost() -> Any:
    return Lost(), (torch.rand(1, 5), torch.rand(1, 2))


class Mask(nn.Module):
    def forward(self, x: Any) -> Any:
        return x[x > 0].sum()[None] + x.sum(1)


def mask() -> Any:
    return Mask(), torch.randn(1, 16)


class Top(nn.Module):
    def forward(self, x: Any) -> Any:
        return x[:, : int(x.abs().max().item()) + 1]


def size_of_data() -> Any:
    return Top(), torch.randn(1, 16)


class Spectrum(nn.Module):
    def forward(self, x: Any) -> Any:
        return torch.fft.rfft(x).abs()


def complex_numbers() -> Any:
    return Spectrum(), torch.randn(1, 16)


class Stft(nn.Module):
    def forward(self, x: Any) -> Any:
        return torch.stft(x, 16, return_complex=True, window=torch.hann_window(16)).abs()


def stft() -> Any:
    return Stft(), torch.randn(1, 64)


@torch.library.custom_op("faulty::scaled", mutates_args=())
def scaled(x: torch.Tensor) -> torch.Tensor:
    return x * 3


@scaled.register_fake
def _(x: torch.Tensor) -> torch.Tensor:
    return torch.empty_like(x)


class Custom(nn.Module):
    def forward(self, x: Any) -> Any:
        return scaled(x) + 1


def custom_operator() -> Any:
    return Custom(), torch.randn(1, 4)


class Mutated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x: Any) -> Any:
        self.seen += 1
        return x + self.seen


def mutated_buffer() -> Any:
    return Mutated(), torch.randn(1, 4)


class Dropped(nn.Module):
    def forward(self, x: Any) -> Any:
        return F.dropout(x, 0.5)


def dropout_left_on() -> Any:
    return Dropped(), torch.randn(1, 32)


class Noise(nn.Module):
    def forward(self, x: Any) -> Any:
        return x + torch.rand_like(x)


def random_output() -> Any:
    return Noise(), torch.randn(1, 4)


class Forgotten(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))

    def forward(self, x: Any) -> Any:
        return self.layers(x)


def forgotten_eval() -> Any:
    return Forgotten().train(), torch.randn(4, 8)


class OfBatch(nn.Module):
    def forward(self, x: Any) -> Any:
        return x - x.mean(0) + x.std(0, correction=0) + x


def batch_dependent() -> Any:
    return OfBatch(), torch.randn(2, 6)


class Unused(nn.Module):
    def forward(self, x: Any, hint: Any = None) -> Any:
        return {"sum": x.sum(1, keepdim=True), "nothing": None, "count": 3}


def unused_input() -> Any:
    return {"model": Unused(), "example": {"x": torch.randn(1, 4), "hint": torch.randn(1, 2)}}


def nan() -> Any:
    class Root(nn.Module):
        def forward(self, x: Any) -> Any:
            return x.sqrt()

    return Root(), torch.randn(1, 8)


def wrong_spec() -> Any:
    return nn.Sequential(nn.Linear(8, 3))


def half() -> Any:
    return nn.Sequential(nn.Linear(8, 3)).half(), torch.randn(1, 8)


def huge() -> Any:
    return nn.ModuleList([nn.Linear(4096, 4096) for _ in range(400)]), torch.randn(1, 4096)


def hangs() -> Any:
    while True:
        time.sleep(0.01)


def crashes() -> Any:
    os.abort()


def leaves() -> Any:
    os._exit(4)


def exits() -> Any:
    sys.exit(3)


def prints() -> Any:
    sys.stdout.write('{"id": 1, "ok": {}}\n')
    os.write(1, b'{"id": 1, "ok": {}}\n')
    return nn.Linear(3, 2), torch.randn(1, 3)


def reads() -> Any:
    return input("Which one? ")


def imports() -> Any:
    return importlib.import_module("not_there_at_all")


def raises() -> Any:
    return Loop().missing


def forks() -> Any:
    for _ in range(3):
        if os.fork() == 0:
            time.sleep(1000)
    raise RuntimeError("after the fork")


class Magnifier(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(8):
            x = 4 * x * (1 - x)
        return x


def magnifies_rounding() -> Any:
    return Magnifier(), torch.rand(1, 64)


def another_each_time() -> Any:
    model = nn.Linear(4, 2)
    nn.init.normal_(model.weight, generator=torch.Generator().manual_seed(time.time_ns()))
    return model, torch.randn(1, 4)


def nothing() -> None:
    return None


class Late(nn.Module):
    def forward(self, x: Any) -> Any:
        raise ValueError("this network takes no such input")


def late() -> Any:
    return Late(), torch.randn(1, 3)
