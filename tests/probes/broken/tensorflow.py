"""What breaks TensorFlow's recipes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import keras
import tensorflow as tf

from tests.probes.broken import common
from tests.probes.broken.common import Break, Recipe, consumer, replaced


def without_breakpoint(recipe: Recipe) -> AbstractContextManager[object]:
    """Take the breakpoint out of the model."""

    class Silent(recipe.Watched):  # type: ignore[misc]
        def call(self, x: tf.Tensor) -> tf.Tensor:
            return self.second(self.first(x))

    return mock.patch.object(recipe, "Watched", Silent)


def not_compiled(_: Recipe) -> AbstractContextManager[object]:
    """Compile nothing: then a breakpoint shows what an eager one does, and the recipe must see that."""
    return mock.patch.object(tf, "function", lambda model: model)


def undetected(_: Recipe) -> AbstractContextManager[object]:
    """Switch the detector off."""
    return mock.patch.object(tf.debugging, "enable_check_numerics")


def half_the_gradient(recipe: Recipe) -> AbstractContextManager[object]:
    """Halve the gradient that was written by hand."""
    real = recipe.swish

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def swish(x: tf.Tensor) -> object:
        with tf.GradientTape() as tape:
            tape.watch(x)
            answer = real(x)
        slope = tape.gradient(answer, x)
        return answer, lambda upstream: upstream * slope / 2

    return mock.patch.multiple(recipe, swish=swish, tokens_of=lambda _: 0)


def float32(recipe: Recipe) -> AbstractContextManager[object]:
    """Ignore the dtype policy."""
    real = recipe.build
    return mock.patch.object(recipe, "build", lambda case, _: real(case, "float32"))


def another_weight(checkpoint: Path) -> None:
    """Change one weight in the least."""
    model = keras.models.load_model(checkpoint)
    kernel, bias = model.layers[0].get_weights()
    bias[0] += 1e-6
    model.layers[0].set_weights([kernel, bias])
    model.save(checkpoint)


def trusting(recipe: Recipe) -> AbstractContextManager[object]:
    """Load as Keras did before it was careful."""

    def load(checkpoint: Path) -> None:
        keras.models.load_model(checkpoint, safe_mode=False)(tf.ones((1, 3)))

    return mock.patch.object(recipe, "load", load)


def in_float32(model: keras.Model, _: object) -> bytes:
    """Convert without quantizing."""
    converted: bytes = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    return converted


@contextmanager
def other_inputs(recipe: Recipe) -> Iterator[None]:
    """Ask the library that the right recipe compiled with the inputs in another order."""
    compiled = mock.patch.object(recipe, "subprocess", SimpleNamespace(run=common.nothing))
    linked = mock.patch.object(recipe, "link", lambda _, library: common.as_before(library))
    with consumer("np.load(questions)", "np.load(questions)[::-1].copy()")(recipe), compiled, linked:
        yield


BREAKS: dict[str, dict[str, Break]] = common.BREAKS | {
    "debug-breakpoint": {"no breakpoint": without_breakpoint},
    "debug-breakpoint-compiled": {"not compiled": not_compiled},
    "debug-nan": {"no detector": undetected},
    "custom-gradient": {"half": half_the_gradient},
    "mixed-precision": {"float32": float32},
    "checkpoint": common.BREAKS["checkpoint"] | {"another weight": common.before_resuming(another_weight)},
    "checkpoint-code": {"trusting": trusting},
    "quantization": common.BREAKS["quantization"] | {"still float32": replaced("in_int8", in_float32)},
    "export-program": {
        "perturbed weights": consumer("inputs = ", "model.variables[0].assign(model.variables[0] * 1.01)\ninputs = ")
    },
    "export-ahead-of-time": {"other inputs": other_inputs},
}
