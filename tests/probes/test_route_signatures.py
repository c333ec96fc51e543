"""Models with several inputs and outputs of several types go through the routes whose formats lose names or order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from probes import approximations, route_proof
from probes.feeds import Feed
from probes.networks.evaluation import activated
from probes.proof import LIMIT

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]


def samples() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    image = rng.random((4, 2, 6, 6), dtype=np.float32)
    return {"ids": rng.integers(0, 9, (4, 3)), "image": image, "flag": rng.random((4, 3)) < 0.5}


def test_executorch_has_no_names_and_takes_every_type(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch")
    pytest.importorskip("executorch")
    from probes.frameworks.pytorch import export, route_executorch

    class Several(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(9, 4)
            self.conv = torch.nn.Conv2d(2, 5, 3)
            self.dense = torch.nn.Linear(8, 4)

        def forward(self, ids: Any, image: Any, flag: Any) -> Any:
            pixels = self.conv(image)
            mixed = self.dense(torch.cat([pixels.mean((2, 3), keepdim=True).flatten(1), flag.float()], 1))
            # From -3 to 1 the two forms of GELU differ clearly: in what comes out of a random layer they need not.
            smooth = torch.nn.functional.gelu(4 * image - 3, approximate="tanh")
            return {"sum": self.table(ids).sum(1), "pixels": pixels, "mixed": mixed, "next": ids + 1, "smooth": smooth}

    torch.manual_seed(0)
    model, inputs = Several().eval(), samples()

    def answer(feed: Feed) -> Feed:
        with torch.no_grad():
            return {name: each.numpy() for name, each in model(*map(torch.tensor, feed.values())).items()}

    artifact = tmp_path / "several.pte"
    route_executorch.write(
        export.Source(model, {name: torch.tensor(array) for name, array in inputs.items()}), artifact
    )
    asked = route_proof.varied(answer, inputs)
    # Its GELU is the exact one, whatever was asked for: without the limit for that it is refuted.
    wide = approximations.limit("executorch", {"conv", "gelu-tanh"})
    result = route_proof.checked("executorch", artifact, asked, limit=3 * wide)
    assert result.outcome == "proved", result
    assert result.proof["max_relative_error"] > LIMIT
    strict = route_proof.checked("executorch", artifact, asked)
    assert strict.outcome == "refuted"
    assert "output smooth" in str(strict.message)


def test_litert_orders_outputs_by_itself_and_they_are_told_by_their_numbers(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    keras: Any = pytest.importorskip("keras")
    pytest.importorskip("ai_edge_litert")
    from probes.frameworks.tensorflow import export, route_litert

    inputs = samples()
    inputs["image"] = np.moveaxis(inputs["image"], 1, -1)
    kinds = {"ids": "int64", "image": "float32", "flag": "bool"}
    entries = {name: keras.Input(inputs[name].shape[1:], dtype=kind, name=name) for name, kind in kinds.items()}
    pixels = keras.layers.Conv2D(5, 3)(entries["image"])
    mean = keras.layers.GlobalAveragePooling2D()(pixels)
    mixed = keras.layers.Dense(4)(keras.layers.Concatenate()([mean, keras.ops.cast(entries["flag"], "float32")]))
    total = keras.ops.sum(keras.layers.Embedding(9, 4)(entries["ids"]), axis=1) * mixed
    model = keras.Model(list(entries.values()), [total, pixels, mixed])

    def answer(feed: Feed) -> Feed:
        answers = model([keras.ops.convert_to_tensor(array) for array in feed.values()])
        return dict(zip(("total", "pixels", "mixed"), (each.numpy() for each in answers), strict=True))

    artifact = tmp_path / "several.tflite"
    sizes: dict[str, list[int | None]] = {name: [1, *array.shape[1:]] for name, array in inputs.items()}
    route_litert.write(export.Source(model, inputs, sizes), artifact)
    result = route_proof.checked("litert", artifact, route_proof.varied(answer, inputs))
    assert result.outcome == "proved", result


def test_the_two_forms_of_gelu_are_as_far_apart_as_the_limit_says() -> None:
    x = np.linspace(-8, 8, 100_001)
    apart = float(np.abs(activated(x, "gelu") - activated(x, "gelu-tanh")).max())
    (known,) = (each.limit for each in approximations.APPROXIMATIONS if each.operation == "gelu-tanh")
    assert 0.95 * known < apart <= known
    assert approximations.limit("onnxruntime", {"gelu-tanh"}) == LIMIT
