"""The page of networks × routes: what each export came to, and what does not work though its maker says it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cell = Mapping[str, Any]
Key = tuple[str, str, str, str]

MOST_VALUES = 256
OUTCOMES = {"error": "fails", "not_supported": "not supported", "crashed": "crashed", "refuted": "refuted"}
FRAMEWORKS = {"pytorch": "PyTorch", "tensorflow": "Keras on TensorFlow"}
RUNTIMES = {
    "executorch": "ExecuTorch", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "litert": "LiteRT",
    "aotinductor": "AOTInductor", "torchexport": "torch.export", "torchscript": "TorchScript",
    "savedmodel": "SavedModel",
}  # fmt: skip
# Where a maker says that an export works, in words, with the page that says it.
PROMISES: Mapping[tuple[str, str, str], tuple[str, str]] = {
    ("tensorflow", "litert", "int8"): (
        "an already trained model can be quantized when it is converted",
        "https://tensorflow.org/lite/performance/post_training_quantization",
    ),
    ("pytorch", "onnxruntime", "int8"): (
        "static quantization is recommended for CNN, dynamic quantization for recurrent networks and transformers",
        "https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html",
    ),
    ("pytorch", "executorch", "int8"): (
        "linear layers, convolutions and five other operations are quantized, the rest stays in float32",
        "https://docs.pytorch.org/executorch/1.0/_sources/backends/xnnpack/xnnpack-quantization.md.txt",
    ),
}
DEFAULT_PROMISE = "nothing in the maker's documentation leaves it out"

HEAD = """# Reference networks × routes

Every reference network through every route, in float32 and in int8: what it took, or why it does not work. One
exporter's fault costs one cell: each export runs in a process with limits ({seconds:g} s, {memory:g} GB), and a process
that a fault ended is told by its signal.

An artifact is asked more than its example: other inputs, and another batch where the export is for any (LiteRT and
ExecuTorch are exported for one sample, as their makers show). In float32 every output is within 1e-4 of the framework's
own answer. In int8 nobody can judge a network that nobody trained: *rms* is how far the answers are from float32's, and
behind *makers* how far from the median of all makers' int8 of this network. How int8 does on trained networks stands
[on a page of its own](int8.md). Times are one sample with one thread in the runtime's own process, a short measurement
on a machine that was not quiet: they tell a factor of two. A dot: not run, for it takes longer than there was time.

The page is generated (`python -m benchmarks.network_routes measure RESULTS`, then `page RESULTS --output
site/network-routes.md`); nothing on it is written by hand.
"""


def answers(folder: Path) -> dict[str, Any] | None:
    """Return the first output of an export and of its framework in float32 as lists: some values of each sample."""
    found = {}
    for name in ("answers", "expected"):
        file = folder / f"{name}.npz"
        if not file.exists():
            return None
        with np.load(file) as stored:
            first = stored[stored.files[0]]
        found[name] = first.reshape(len(first), -1)[:, :MOST_VALUES].astype(float).round(7).tolist()
    return found


def written(
    cells: Sequence[Cell],
    routes: Mapping[str, Sequence[str]],
    networks: Sequence[str],
    sizes: Mapping[str, int],
    limits: tuple[float, float],
) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    routes : mapping
        By framework.
    networks : sequence of str
        Those that were meant to be run; ``sizes`` has the parameters of all.
    limits : tuple of float
        Seconds and gigabytes of one export.
    """
    found = {(each["framework"], each["route"], each["network"], each["precision"]): each for each in cells}
    columns = [(framework, route) for framework, several in routes.items() for route in several]
    parts = [HEAD.format(seconds=limits[0], memory=limits[1])]
    notes: list[str] = []
    for precision, title in (("float32", "float32"), ("int8", "int8")):
        parts.append(f"## {title}\n")
        parts.append("\n".join(_table(found, columns, networks, sizes, precision, notes)) + "\n")
    parts.append("## Why not\n")
    parts.append("\n".join(f"{number}. {note}" for number, note in enumerate(notes, 1)) + "\n")
    parts.append("## What should work and does not\n")
    parts.append("\n".join(_broken(found, columns, sizes)) + "\n")
    rest = [name for name in sizes if name not in networks]
    if rest:
        parts.append("## Not run\n")
        parts.append(
            f"Their exports take minutes and gigabytes each, or they are no network to ship: {', '.join(rest)}.\n"
        )
    return "\n".join(parts)


def _table(
    found: Mapping[Key, Cell],
    columns: Sequence[tuple[str, str]],
    networks: Sequence[str],
    sizes: Mapping[str, int],
    precision: str,
    notes: list[str],
) -> Iterator[str]:
    names = [f"{RUNTIMES[route]} from {FRAMEWORKS[framework]}" for framework, route in columns]
    yield f"| network | {' | '.join(names)} |"
    yield f"|{'---|' * (len(columns) + 1)}"
    for network in sorted(networks, key=sizes.__getitem__):
        row = [f"{network} ({sizes[network]:,})"]
        middle = _median(found, columns, network) if precision == "int8" else None
        for framework, route in columns:
            cell = found.get((framework, route, network, precision))
            row.append(_shown(cell, middle, notes) if cell else "·")
        yield f"| {' | '.join(row)} |"


def _shown(cell: Cell, middle: NDArray[np.float64] | None, notes: list[str]) -> str:
    if cell["outcome"] != "proved":
        note = reason(cell)
        if note not in notes:
            notes.append(note)
        return f"{OUTCOMES[cell['outcome']]} ({notes.index(note) + 1})"
    proof = cell["proof"]
    took = f"{_time(proof['latency_seconds'])}, {proof['artifact_bytes'] / 1e6:.2g} MB"
    if cell["precision"] != "int8":
        return took
    far = f"rms {proof['relative_rms']:.2g}"
    if middle is not None and cell.get("answers"):
        far += f", makers {_rms(np.array(cell['answers']['answers']), middle):.2g}"
    variant = f", {proof['variant']}" if proof.get("variant") else ""
    return f"{took}, {far}{variant}"


def _median(found: Mapping[Key, Cell], columns: Sequence[tuple[str, str]], network: str) -> NDArray[np.float64] | None:
    """Return the median of all makers' int8 answers to the same inputs; of fewer than three it says nothing."""
    cells = [found.get((framework, route, network, "int8")) for framework, route in columns]
    several = [np.array(each["answers"]["answers"]) for each in cells if each and each.get("answers")]
    if len(several) < 3 or len({each.shape for each in several}) != 1:
        return None
    return np.asarray(np.median(np.stack(several), axis=0))


def _rms(got: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean((got - expected) ** 2) / np.mean(expected**2)))


def _time(seconds: float) -> str:
    value, unit = (seconds * 1e3, "ms") if seconds < 1 else (seconds, "s")
    return f"{value:.2g} {unit}" if value < 99.5 else f"{value:.0f} {unit}"


def reason(cell: Cell) -> str:
    """Return why a cell has no figure: the sentence that names it, without this machine's folders."""
    lines = [line.strip() for line in (cell["message"] or "no reason was given").splitlines() if line.strip()]
    text = re.sub(r"(?:/[\w.+-]+){2,}/", "", " ".join(lines[:2]))
    who = f"{RUNTIMES[cell['route']]} from {FRAMEWORKS[cell['framework']]}"
    said = " ".join(text.split())[:300].replace("|", "\\|").replace("<", "&lt;")
    return f"{who}: `{said.replace('`', '')}`"


def _broken(found: Mapping[Key, Cell], columns: Sequence[tuple[str, str]], sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield for every route and precision the smallest network that shows each kind of failure."""
    lines = []
    for framework, route in columns:
        for precision in ("float32", "int8"):
            several = [
                cell for (f, r, _, p), cell in found.items()
                if (f, r, p) == (framework, route, precision) and cell["outcome"] != "proved"
            ]  # fmt: skip
            kinds: dict[tuple[str, str], Cell] = {}
            for cell in sorted(several, key=lambda cell: sizes[cell["network"]]):
                kinds.setdefault((cell["outcome"], re.sub(r"[\d.]+", "", reason(cell))[:80]), cell)
            words, where = PROMISES.get((framework, route, precision), (DEFAULT_PROMISE, ""))
            promise = f"[{words}]({where})" if where else words
            who = f"{RUNTIMES[route]} from {FRAMEWORKS[framework]}, {precision}"
            for cell in kinds.values():
                shown = f"`{cell['network']}`, {OUTCOMES[cell['outcome']]}: {reason(cell).partition(': ')[2]}"
                lines.append(f"- {who}: {promise}. The smallest network that shows it is {shown}")
    yield from lines or ["Nothing that was run."]
