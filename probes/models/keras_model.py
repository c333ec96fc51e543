"""A model in Keras on TensorFlow, or a SavedModel of TensorFlow: asked in float32, called without training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from probes.channel import ProbeError
from probes.feeds import Feed
from probes.frameworks.tensorflow import export
from probes.models.factories import Blame, Made
from probes.models.subject import BATCH, Content, Entry, Loading

ALONE = "output"


class Model:
    """A Keras model, as a subject (see `probes.models.subject.Subject`)."""

    framework = "tensorflow"

    def __init__(self, made: Made, loading: Loading) -> None:
        self._made, self._loading = made, loading
        self.notes: list[str] = []
        self._counted: int | None = None
        self.model: Any = made.model
        backend = keras.backend.backend()
        if backend != "tensorflow":
            raise ProbeError("not_supported", f"Keras runs on {backend} here; models of Keras are read on TensorFlow")
        self.entries = self._declared()
        names = loading.names or tuple(each.name for each in self.entries or ())
        self.example = _feed(made.example, names) if made.example is not None else None
        self.samples = _feed(made.samples, names) if made.samples is not None else None
        self.labels = None if made.labels is None else np.asarray(made.labels)
        if self.entries is None and self.example is not None:
            self.entries = [
                Entry(name, str(array.dtype), (BATCH, *array.shape[1:])) for name, array in self.example.items()
            ]

    def answer(self, feed: Feed) -> Feed:
        """Return the answers."""
        return self.asked([feed])[0]

    def asked(self, feeds: Sequence[Feed], seed: int | None = None) -> list[Feed]:
        """Return the answers to several inputs; a state that calls leave behind is set back first."""
        weights = [np.array(each) for each in self.model.get_weights()] if self.model.built else None
        if seed is not None:
            keras.utils.set_random_seed(seed)
        with Blame(self._loading.path):
            found = [self._named(self.call(feed)) for feed in feeds]
        if weights is not None:
            self.model.set_weights(weights)
        return found

    def call(self, feed: Feed) -> Any:
        """Call the model as its own exporter does: one input as it is, several by name."""
        given = {name: tf.constant(array) for name, array in feed.items()}
        return self.model(next(iter(given.values())) if len(given) == 1 else given, training=False)

    def content(self, feed: Feed) -> Content:
        """Count parameters, bytes and multiplications."""
        weights = self.model.weights
        return Content(
            kind=f"Keras model {self.model.name} ({type(self.model).__name__})",
            parameters=int(sum(np.prod(each.shape, dtype=np.int64) for each in weights)),
            weights_bytes=int(sum(np.prod(each.shape, dtype=np.int64) * 4 for each in weights)),
            macs=self._macs(feed),
            operators=sorted({type(layer).__name__ for layer in _layers(self.model)}),
            notes=tuple(self.notes),
        )

    def _macs(self, feed: Feed) -> int | None:
        """Return the multiplications for one sample, as TensorFlow's profiler counts a graph; None where it cannot."""
        if self._counted is None:
            specs = {name: tf.TensorSpec(array.shape, array.dtype) for name, array in feed.items()}
            given = next(iter(specs.values())) if len(specs) == 1 else specs
            profiler = tf.compat.v1.profiler
            options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
            try:
                traced = tf.function(lambda taken: self.model(taken, training=False)).get_concrete_function(given)
                found = profiler.profile(traced.graph, options=options.with_empty_output().build())
            except Exception:  # noqa: BLE001 - what cannot be traced is told by its exports
                return None
            self._counted = found.total_float_ops // 2
        return self._counted or None

    def source(self, feed: Feed, sizes: Mapping[str, list[int | None]], calibration: Feed | None) -> export.Source:
        """Return what Keras's exporters take."""
        return export.Source(self.model, feed, sizes, calibration is not None, calibration)

    def _declared(self) -> list[Entry] | None:
        try:
            inputs = self.model.inputs
        except (AttributeError, ValueError):
            return None
        if not inputs:
            return None
        return [
            Entry(each.name, str(each.dtype), (BATCH if each.shape[0] is None else each.shape[0], *each.shape[1:]))
            for each in inputs
        ]

    def _named(self, answers: Any) -> Feed:
        found = named(answers)
        if self._made.outputs:
            missing = [name for name in self._made.outputs if name not in found]
            if missing:
                raise ProbeError("error", f"'outputs' names {missing[0]!r}: the model gives {', '.join(found)}")
            found = {name: found[name] for name in self._made.outputs}
        return found


class Saved:
    """A SavedModel folder, as a subject: one of its signatures."""

    framework = "tensorflow"
    example: Feed | None = None
    samples: Feed | None = None
    labels: Any = None

    def __init__(self, loading: Loading) -> None:
        self.path = loading.path
        try:
            self._loaded = tf.saved_model.load(str(self.path))
        except Exception as error:
            raise ProbeError("error", f"{self.path.name}: TensorFlow cannot read it: {_first(error)}") from error
        signatures = sorted(self._loaded.signatures)
        if not signatures:
            raise ProbeError("not_supported", f"{self.path.name} has no signature: nothing says what it takes")
        asked = loading.signature or ("serving_default" if "serving_default" in signatures else signatures[0])
        if asked not in signatures or (not loading.signature and asked != "serving_default" and len(signatures) > 1):
            told = f"it has the signatures {', '.join(signatures)}"
            raise ProbeError("error", f"{self.path.name}: {told}; say which one by --signature NAME")
        self.signature = asked
        self.others = [name for name in signatures if name != asked]
        self.function = self._loaded.signatures[asked]
        specs = self.function.structured_input_signature[1]
        self.entries = [
            Entry(name, spec.dtype.name, tuple(BATCH if n == 0 and s is None else s for n, s in enumerate(spec.shape)))
            for name, spec in specs.items()
        ]

    def answer(self, feed: Feed) -> Feed:
        """Return the answers."""
        return self.asked([feed])[0]

    def asked(self, feeds: Sequence[Feed], seed: int | None = None) -> list[Feed]:
        """Return the answers to several inputs."""
        if seed is not None:
            tf.random.set_seed(seed)
        return [
            {name: each.numpy() for name, each in self.function(**{k: tf.constant(v) for k, v in feed.items()}).items()}
            for feed in feeds
        ]

    def content(self, feed: Feed) -> Content:  # noqa: ARG002 - every subject is told a sample
        """Count parameters and bytes."""
        sizes = [int(np.prod(each.shape, dtype=np.int64)) for each in self.function.variables]
        notes = [f"signature {self.signature}"]
        notes += [f"it has others: {', '.join(self.others)} (--signature)"] if self.others else []
        return Content(
            kind="SavedModel of TensorFlow",
            parameters=sum(sizes),
            weights_bytes=4 * sum(sizes),
            operators=sorted({each.type for each in self.function.graph.get_operations()}),
            notes=tuple(notes),
        )

    def source(self, feed: Feed, sizes: Mapping[str, list[int | None]], calibration: Feed | None) -> export.Source:
        """Return what the exporters take: the folder is there already."""
        return Folder(_NoLayers(), feed, sizes, calibration is not None, calibration, home=self.path)


class Folder(export.Source):
    """A source that is saved already."""

    def __init__(self, *given: Any, home: Path) -> None:
        super().__init__(*given)
        object.__setattr__(self, "home", home)

    def saved(self, folder: Path) -> Path:  # noqa: ARG002 - it lies where it lies
        """Return where it is."""
        home: Path = self.home  # type: ignore[attr-defined]
        return home


class _NoLayers:
    """Stands for a Keras model where nothing but a graph is known."""

    def _flatten_layers(self) -> list[Any]:
        return []


def named(answers: Any) -> Feed:
    """Return what a model gives as arrays by name; of several without names by number."""
    if isinstance(answers, Mapping):
        return {str(name): each.numpy() for name, each in answers.items()}
    if isinstance(answers, (list, tuple)):
        return {f"output_{number}": each.numpy() for number, each in enumerate(answers)}
    return {ALONE: answers.numpy()}


def file(loading: Loading) -> Made:
    """Load a ``.keras`` file; code in it (Lambda layers) is refused unless it was asked for."""
    import zipfile

    if not zipfile.is_zipfile(loading.path):
        raise ProbeError("error", f"{loading.path.name} is no .keras file: Keras 3 saves an archive under that name")
    try:
        return Made(keras.saving.load_model(loading.path, compile=False, safe_mode=not loading.unsafe))
    except Exception as error:  # noqa: BLE001 - whatever Keras says of the file is its refusal
        if "Lambda" in str(error) or "safe_mode" in str(error):
            message = "it holds a Lambda layer, which is code; it is run only with --allow-code"
            raise ProbeError("not_supported", f"{loading.path.name}: {message}") from None
        raise ProbeError("error", f"{loading.path.name}: Keras cannot read it: {_first(error)}") from None


def is_model(model: Any) -> bool:
    """Tell whether a factory's object is a model of Keras."""
    return isinstance(model, keras.Model)


def _feed(given: Any, names: Sequence[str]) -> Feed:
    if isinstance(given, Mapping):
        return {str(name): _array(each) for name, each in given.items()}
    several = given if isinstance(given, (tuple, list)) else (given,)
    known = names if len(names) >= len(several) else [f"input_{number}" for number in range(len(several))]
    return {name: _array(each) for name, each in zip(known, several, strict=False)}


def _array(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype == np.float64 else array


def _layers(model: Any) -> list[Any]:
    return list(model._flatten_layers(include_self=False))


def _first(error: BaseException) -> str:
    return " ".join(str(error).split())[:400] or type(error).__name__
