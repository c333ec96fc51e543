"""Text generation in PyTorch with a cache of fixed size: eager, and exported for the runtimes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from probes import generation
from probes.channel import ProbeError
from probes.figures import Figures
from probes.generation import Text
from probes.workloads import Array


class Decoder(nn.Module):
    """GPT-2 with a copy of the weights of a text; keys and values are written into slots of the cache.

    ``inplace`` writes into the cache that is handed in, as eager code does; an exporter needs new tensors.
    """

    def __init__(self, told: Text, *, inplace: bool) -> None:
        super().__init__()
        self._heads, self._depth, self._inplace = told.heads, told.depth, inplace
        for name, array in told.weights.items():
            # A dense kernel is in×out; PyTorch multiplies fastest with out×in.
            held = torch.tensor(array.T if name.endswith("_kernel") else array)
            self.register_buffer(name, held.contiguous())

    def forward(self, words: Tensor, slots: Tensor, cache: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Return the scores of what follows the last of the words, and the cache with them in these slots."""
        x = F.embedding(words, self.words_table) + F.embedding(slots, self.position_table)
        seen = torch.arange(cache[0].shape[0])[None, :] <= slots[:, None]
        held = []
        for layer in range(self._depth):
            name = f"layer{layer + 1}"
            inner = self._norm(x, f"{name}_norm1")
            query, key, value = (
                self._dense(inner, f"{name}_{part}").unflatten(-1, (self._heads, -1))
                for part in ("query", "key", "value")
            )
            keys = self._written(cache[2 * layer], slots, key)
            values = self._written(cache[2 * layer + 1], slots, value)
            held += [keys, values]
            # A batch of one: PyTorch's fused kernel for processors takes four dimensions.
            asked, known, told = (each.transpose(0, 1)[None] for each in (query, keys, values))
            mixed = F.scaled_dot_product_attention(asked, known, told, attn_mask=seen)[0].transpose(0, 1).flatten(1)
            x = x + self._dense(mixed, f"{name}_output")
            inner = F.gelu(self._dense(self._norm(x, f"{name}_norm2"), f"{name}_inner"), approximate="tanh")
            x = x + self._dense(inner, f"{name}_outer")
        return F.linear(self._norm(x[-1:], "norm"), self.words_table)[0], held

    def _written(self, cache: Tensor, slots: Tensor, new: Tensor) -> Tensor:
        if self._inplace:
            return cache.index_copy_(0, slots, new)
        return cache.index_put((slots,), new)

    def _dense(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self.get_buffer(f"{name}_kernel"), self.get_buffer(f"{name}_bias"))

    def _norm(self, x: Tensor, name: str) -> Tensor:
        scale, shift = self.get_buffer(f"{name}_scale"), self.get_buffer(f"{name}_shift")
        return F.layer_norm(x, x.shape[-1:], scale, shift, generation.EPSILON)


class Eager:
    """The decoder as written."""

    how = "eager, torch.inference_mode, scaled_dot_product_attention, the cache written in place"

    def __init__(self, told: Text) -> None:
        self._model = Decoder(told, inplace=True).eval()
        self._cache = [torch.tensor(each) for each in told.empty()]
        self.cache_bytes = sum(each.nbytes for each in self._cache)

    def clear(self) -> None:
        """Empty the cache."""
        for each in self._cache:
            each.zero_()

    def scores(self, words: Array, start: int) -> Array:
        """Take words in, return the scores."""
        with torch.inference_mode():
            slots = torch.arange(start, start + len(words))
            found: Array = self._model(torch.tensor(words), slots, self._cache)[0].numpy()
            return found


def measure(route: str | None = None, spec: str = generation.NETWORK) -> Figures:
    """Measure PyTorch itself, or what it exports for a runtime."""
    told = generation.text(spec)
    if route is None:
        return generation.measured(lambda: Eager(told), told)
    with tempfile.TemporaryDirectory() as folder:
        return generation.in_clean_process(route, exported(told, route, Path(folder)), told)


def exported(told: Text, route: str, folder: Path) -> Path:
    """Export the decoder for any number of words: an ``.onnx`` file, or a folder for OpenVINO that is made of it."""
    file = folder / "decoder.onnx"
    model = Decoder(told, inplace=False).eval()
    words = torch.tensor(told.prompt[:2])
    cache = [torch.tensor(each) for each in told.empty()]
    count = torch.export.Dim("count", min=1, max=told.slots)
    shapes = ({0: count}, {0: count}, [None] * len(cache))
    torch.onnx.export(
        model, (words, torch.arange(2), cache), file, dynamo=True, dynamic_shapes=shapes, verbose=False,
        external_data=True,
    )  # fmt: skip
    if route == "onnxruntime":
        return file
    if route == "openvino":
        import openvino

        converted = openvino.convert_model(file)
        openvino.save_model(converted, folder / "openvino" / "model.xml", compress_to_fp16=False)
        return folder / "openvino"
    raise ProbeError("not_run", f"no export of text generation for {route} is written")
