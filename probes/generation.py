"""Text generation: the same prompt and the same words after it, with a cache of fixed size, against a float64 referee.

Every generator is told which word comes next, so that all do the same work: with seeded weights nothing hangs on what
they would choose. It has to choose all the same, and its scores of every word are held against NumPy's.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from probes.arrays import Array, Weights
from probes.channel import ProbeError
from probes.figures import Figures

NETWORK = "gpt2-decode"
PROMPT = 64
FOLLOWING = 32
REPETITIONS = 5
LIMIT = 1e-4
EPSILON = 1e-5
PATIENCE = 270.0


@dataclass(frozen=True)
class Text:
    """What is generated.

    Attributes
    ----------
    weights : mapping
        Of the network, float32, by the names of `probes.networks`.
    depth, heads, width : int
        Layers, heads of attention, values of a word.
    prompt, following : array
        Numbers of words, int64.
    expected : array
        The referee's scores of all words (rows) for every word in `following`, float64.
    """

    weights: Weights
    depth: int
    heads: int
    width: int
    prompt: Array
    following: Array
    expected: Array

    @property
    def slots(self) -> int:
        """How many words the cache holds."""
        return len(self.prompt) + len(self.following)

    def empty(self) -> list[Array]:
        """Return the empty cache: keys and values of every layer in turn, slots×heads×values."""
        shape = (self.slots, self.heads, self.width // self.heads)
        return [np.zeros(shape, np.float32) for _ in range(2 * self.depth)]


class Generator(Protocol):
    """Something that continues a text; its cache has a fixed number of slots."""

    how: str
    cache_bytes: int

    def clear(self) -> None:
        """Empty the cache."""

    def scores(self, words: Array, start: int) -> Array:
        """Take words into the cache from slot `start` on, and return the scores of what follows the last of them."""


def text(spec: str = NETWORK, prompt: int = PROMPT, following: int = FOLLOWING) -> Text:
    """Return seeded weights and words of a decoder like GPT-2, with the referee's scores."""
    from probes import workloads
    from probes.networks import catalog

    network = catalog.load(spec)
    weights = workloads.initial_weights(spec)
    depth = sum(node.id.endswith("_attention") for node in network.nodes)
    heads = next(node.attrs["heads"] for node in network.nodes if node.op == "attention")
    words = np.random.default_rng([workloads.SEED, 3]).integers(0, len(weights["words_table"]), prompt + following)
    expected = refereed(weights, depth, heads, words[:-1])[prompt - 1 :]
    width = weights["words_table"].shape[1]
    return Text(weights, depth, heads, width, words[:prompt], words[prompt:], expected)


def refereed(weights: Weights, depth: int, heads: int, words: Array) -> Array:
    """Return the scores after each of the words, in float64 and without a cache (Radford et al. 2019)."""
    from probes.networks.evaluation import activated

    def of(name: str) -> Array:
        return weights[name].astype(np.float64)

    def dense(x: Array, name: str) -> Array:
        result: Array = x @ of(f"{name}_kernel") + of(f"{name}_bias")
        return result

    def norm(x: Array, name: str) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled: Array = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        return scaled * of(f"{name}_scale") + of(f"{name}_shift")

    count = len(words)
    table = of("words_table")
    x = table[words] + of("position_table")[:count]
    later = np.triu(np.full((count, count), -np.inf), 1)
    for layer in range(1, depth + 1):
        inner = norm(x, f"layer{layer}_norm1")
        query, key, value = (
            dense(inner, f"layer{layer}_{part}").reshape(count, heads, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[2]) + later
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (powers / powers.sum(axis=-1, keepdims=True)) @ value
        x = x + dense(mixed.swapaxes(0, 1).reshape(count, -1), f"layer{layer}_output")
        inner = activated(dense(norm(x, f"layer{layer}_norm2"), f"layer{layer}_inner"), "gelu-tanh")
        x = x + dense(inner, f"layer{layer}_outer")
    scores_: Array = norm(x, "norm") @ table.T
    return scores_


def generate(generator: Generator, told: Text) -> tuple[dict[str, float], list[Array]]:
    """Generate the text once; return the seconds of its parts, and the scores of every word that was to be chosen."""
    start = time.perf_counter()
    generator.clear()
    began = time.perf_counter()
    found = [generator.scores(told.prompt, 0)]
    prefilled = time.perf_counter()
    int(found[0].argmax())
    first = time.perf_counter()
    for place, word in enumerate(told.following[:-1]):
        found.append(generator.scores(np.array([word]), len(told.prompt) + place))
        int(found[-1].argmax())
    ended = time.perf_counter()
    seconds = {
        "prefill-latency": prefilled - began,
        "time-to-first-token": first - start,
        "token-latency": (ended - first) / (len(told.following) - 1),
    }
    return seconds, found


def measured(build: Callable[[], Generator], told: Text) -> Figures:
    """Build a generator, hold its scores against the referee's, and measure it.

    Raises
    ------
    ProbeError
        ``refuted``: the scores differ by more than 1e-4 of the largest.
    """
    began = time.perf_counter()
    generator = build()
    _, found = generate(generator, told)  # compiles, allocates
    ready = time.perf_counter() - began
    largest = float(np.abs(told.expected).max())
    error = float(np.abs(np.stack(found).astype(np.float64) - told.expected).max()) / largest
    if not error <= LIMIT:
        raise ProbeError("refuted", f"the scores differ by {error:.2g} of the largest, more than {LIMIT:g}")
    runs = [generate(generator, told)[0] for _ in range(REPETITIONS)]
    values: dict[str, Sequence[float]] = {"token-latency": [each["token-latency"] for each in runs]}
    values |= {name: [each[name] for each in runs] for name in ("prefill-latency", "time-to-first-token")}
    values["cache-memory"] = [float(generator.cache_bytes)]
    details = {
        "max_relative_error": error,
        "limit": LIMIT,
        "prompt": len(told.prompt),
        "following": len(told.following),
        "weights_bytes": sum(array.nbytes for array in told.weights.values()),
        "ready_seconds": ready,
    }
    return Figures(generator.how, values, details)


class InRuntime:
    """A generator of an artifact: words, start and the cache go in, scores and the cache come out."""

    def __init__(self, runtime: str, artifact: Path, told: Text, threads: int) -> None:
        module: Any = importlib.import_module(f"probes.runtimes.{runtime}")
        self.how = f"{runtime} in a process of its own; the cache goes in and comes out as NumPy arrays"
        self._model = module.Model(artifact, threads)
        self._told = told
        self.clear()
        self.cache_bytes = sum(each.nbytes for each in self._cache)

    def clear(self) -> None:
        """Empty the cache."""
        self._cache = self._told.empty()

    def scores(self, words: Array, start: int) -> Array:
        """Take words in, return the scores."""
        found, *self._cache = self._model(words, np.arange(start, start + len(words)), *self._cache)
        return np.asarray(found)


def in_clean_process(runtime: str, artifact: Path, told: Text) -> Figures:
    """Measure an artifact in a fresh process that holds only NumPy and its runtime."""
    threads = os.environ.get("OMP_NUM_THREADS", "1")
    file = artifact.parent / "text.npz"
    np.savez(file, prompt=told.prompt, following=told.following, expected=told.expected)
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parent.parent)!r}); "
    code += "from probes import generation; generation.serve(*sys.argv[1:])"
    sizes = [str(each) for each in (told.depth, told.heads, told.width)]
    command = [sys.executable, "-c", code, runtime, str(artifact), str(file), threads, *sizes]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise ProbeError("error", last[0])
    answer = json.loads(lines[-1])
    if "outcome" in answer:
        raise ProbeError(answer["outcome"], answer["message"])
    weights_bytes = sum(array.nbytes for array in told.weights.values())
    return Figures(answer["how"], answer["values"], answer["details"] | {"weights_bytes": weights_bytes})


def serve(runtime: str, artifact: str, file: str, threads: str, depth: str, heads: str, width: str) -> None:
    """Measure an artifact and print the figures: what the fresh process runs."""
    held = np.load(file)
    told = Text({}, int(depth), int(heads), int(width), held["prompt"], held["following"], held["expected"])
    try:
        found = measured(lambda: InRuntime(runtime, Path(artifact), told, int(threads)), told)
    except ProbeError as error:
        answer: dict[str, Any] = {"outcome": error.outcome, "message": str(error)}
    else:
        answer = {"how": found.how, "values": found.values, "details": found.details}
    sys.stdout.write(json.dumps(answer) + "\n")
