"""MobileNetV2 and ResNet-50 as one writes them in PyTorch by hand, for `benchmarks.networks` to be held against."""

from __future__ import annotations

from torch import Tensor, nn


def _conv(before: int, after: int, kernel: int, stride: int, groups: int = 1) -> list[nn.Module]:
    padding = (kernel - 1) // 2
    return [nn.Conv2d(before, after, kernel, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(after)]


class _Inverted(nn.Module):
    """An inverted residual: wider by 1×1, depthwise 3×3, and back without an activation."""

    def __init__(self, before: int, after: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = before * expansion
        layers = [*_conv(before, wide, 1, 1), nn.ReLU6()] if expansion > 1 else []
        layers += [*_conv(wide, wide, 3, stride, groups=wide), nn.ReLU6(), *_conv(wide, after, 1, 1)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and before == after

    def forward(self, image: Tensor) -> Tensor:
        """Return what the block gives, added to what it was given where they are of one shape."""
        found: Tensor = self.layers(image)
        return image + found if self.residual else found


class MobileNetV2(nn.Module):
    """Sandler et al. (2018), for a thousand classes."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [*_conv(3, 32, 3, 2), nn.ReLU6()]
        before = 32
        for expansion, after, times, first in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ):  # fmt: skip
            for number in range(times):
                layers.append(_Inverted(before, after, 1 if number else first, expansion))
                before = after
        layers += [*_conv(320, 1280, 1, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        self.layers = nn.Sequential(*layers, nn.Linear(1280, 1000))

    def forward(self, image: Tensor) -> Tensor:
        """Return the logits."""
        found: Tensor = self.layers(image)
        return found


class _Bottleneck(nn.Module):
    """1×1, 3×3 with the stride, 1×1, beside a shortcut."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_conv(before, width, 1, 1), nn.ReLU(), *_conv(width, width, 3, stride), nn.ReLU(),
            *_conv(width, 4 * width, 1, 1),
        )  # fmt: skip
        same = before == 4 * width and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(*_conv(before, 4 * width, 1, stride))
        self.relu = nn.ReLU()

    def forward(self, image: Tensor) -> Tensor:
        """Return what the block gives."""
        found: Tensor = self.relu(self.layers(image) + self.shortcut(image))
        return found


class ResNet50(nn.Module):
    """He et al. (2015), with the stride in the 3×3 convolutions, for a thousand classes."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [*_conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        before = 64
        for width, times, first in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            for number in range(times):
                layers.append(_Bottleneck(before, width, 1 if number else first))
                before = 4 * width
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))

    def forward(self, image: Tensor) -> Tensor:
        """Return the logits."""
        found: Tensor = self.layers(image)
        return found
