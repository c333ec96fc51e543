"""Count the networks that installed packages build in PyTorch without downloading, and build some of them."""

from __future__ import annotations

import importlib

import torch

from probes.catalogues import Catalogue, counted
from probes.proof import Proof
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Ask the packages that users take networks from; PyTorch itself has none."""
    return counted({"torchvision": torchvision, "timm": timm, "transformers": transformers})


def torchvision() -> Catalogue:
    """Networks for images, by the makers of PyTorch."""
    models = importlib.import_module("torchvision").models

    def build(name: str) -> None:
        with torch.device("meta"):  # the layers without memory for their weights
            models.get_model(name, weights=None)

    return Catalogue(models.list_models(), build)


def timm() -> Catalogue:
    """Networks for images, by Hugging Face."""
    package = importlib.import_module("timm")

    def build(name: str) -> None:
        with torch.device("meta"):
            package.create_model(name, pretrained=False)

    return Catalogue(package.list_models(), build)


def transformers() -> Catalogue:
    """Networks for text, images and sound, by Hugging Face."""
    package = importlib.import_module("transformers")
    mapping = importlib.import_module("transformers.models.auto.modeling_auto")

    def build(name: str) -> None:
        with torch.device("meta"):
            package.AutoModel.from_config(package.AutoConfig.for_model(name))

    return Catalogue(list(mapping.MODEL_MAPPING_NAMES), build)
