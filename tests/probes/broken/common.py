"""What can be broken alike in both frameworks, in the recipes' own seams."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np

RIGHT = "right"
"""The folder that the recipe as it is was given; each way to break it has a folder beside."""

Recipe = Any
Break = Callable[[Recipe], AbstractContextManager[object]]


def replaced(name: str, value: object) -> Break:
    """Replace a name of the recipe."""
    return lambda recipe: mock.patch.object(recipe, name, value)


def always_the_same_branch(_: Recipe) -> AbstractContextManager[object]:
    """Make the construct of an if go one way whatever comes, as a tracer that bakes in what it saw first does."""
    recipe = __import__(_.__package__ + ".dynamic_control_flow", fromlist=["CONSTRUCTS"])
    return mock.patch.dict(recipe.CONSTRUCTS, {"if": lambda x: x * 2})


def told_something_else(**wrong: object) -> Break:
    """Let the fresh process report something else."""

    def broken(recipe: Recipe) -> AbstractContextManager[object]:
        real = recipe.python_process.call
        return mock.patch.object(recipe.python_process, "call", lambda *given, **named: real(*given, **named) | wrong)

    return broken


def consumer(old: str, new: str) -> Break:
    """Change the script that uses what was exported."""

    def broken(recipe: Recipe) -> AbstractContextManager[object]:
        assert old in recipe.CONSUMER
        return mock.patch.object(recipe, "CONSUMER", recipe.CONSUMER.replace(old, new))

    return broken


def as_before(artifact: str | Path) -> Path:
    """Copy what the right recipe compiled, which takes long: only what uses it is broken."""
    artifact = Path(artifact)
    return Path(shutil.copy(artifact.parent.with_name(RIGHT) / artifact.name, artifact))


def before_resuming(change: Callable[[Path], None]) -> Break:
    """Change the checkpoint after the training was killed and before it goes on."""

    def broken(recipe: Recipe) -> AbstractContextManager[object]:
        real = recipe.python_process.fate

        def fate(function: Callable[..., Any], checkpoint: str) -> str:
            ended: str = real(function, checkpoint)
            change(Path(checkpoint))
            return ended

        return mock.patch.object(recipe.python_process, "fate", fate)

    return broken


def whole_instead_of_truncated(recipe: Recipe) -> AbstractContextManager[object]:
    """Damage nothing, and so see a checkpoint that loads."""

    def copied(file: Path) -> Path:
        return Path(shutil.copy(file, file.with_stem("copy")))

    return mock.patch.object(recipe.damage, "truncated", copied)


@contextmanager
def perturbed_onnx(recipe: Recipe) -> Iterator[None]:
    """Change the weights in the exported file before ONNX Runtime loads it."""
    import onnx

    real = recipe.clean_process.answer

    def answer(runtime: str, artifact: Path, *given: Any) -> Any:
        model = onnx.load(artifact)
        for weight in model.graph.initializer:
            array = onnx.numpy_helper.to_array(weight)
            if array.dtype == np.float32 and array.ndim > 1:
                weight.CopyFrom(onnx.numpy_helper.from_array((array * 1.01).astype(np.float32), weight.name))
        onnx.save(model, artifact)
        return real(runtime, artifact, *given)

    with mock.patch.object(recipe.clean_process, "answer", answer):
        yield


def nothing(*_: object, **__: object) -> None:
    """Do nothing."""


def left_as_it_is(*_: object, **__: object) -> dict[str, object]:
    """Quantise nothing, in no setting."""
    return {}


def an_empty_log(_: object, log: Path) -> None:
    """Leave a log without a message."""
    log.touch()


def of_nothing(recipe: Recipe) -> AbstractContextManager[object]:
    """Survey a package without a single name."""
    return mock.patch.object(recipe, "survey", return_value=recipe.survey(ModuleType("nothing"), ("nothing",)))


def calibrated_in_the_dark(recipe: Recipe) -> AbstractContextManager[object]:
    """Calibrate on images without contrast: what a real one holds is then clipped."""
    real = recipe.quantization.trained

    def trained(case: Any) -> Any:
        digits = real(case)
        return replace(digits, calibration=digits.calibration * np.float32(0.01))

    return mock.patch.object(recipe.quantization, "trained", trained)


def without_the_second(recipe: Recipe) -> AbstractContextManager[object]:
    """Give no second derivatives, as where the derivative of a derivative is lost."""
    whole = recipe.transformed

    @functools.wraps(whole)
    def broken(*given: Any) -> tuple[Any, ...]:
        mapped, pushed, second = whole(*given)
        return mapped, pushed, 0.0 * second

    return mock.patch.object(recipe, "transformed", broken)


BREAKS: dict[str, dict[str, Break]] = {
    "dynamic-control-flow": {"one branch": always_the_same_branch, "another slope": replaced("slope", lambda _: 2.0)},
    "captured-control-flow": {"one branch": always_the_same_branch},
    "whole-graph-control-flow": {"one branch": always_the_same_branch},
    "shape-changes": {"another answer": replaced("attend", lambda x: x * 2)},
    "debug-shape-error": {
        "no error": replaced("eager", lambda: None),
        "another line": replaced("line_of", lambda *_: (__file__, 1)),
    },
    "gradient-check": {"everything passes": replaced("check", lambda _: True)},
    "transformations": {"no second derivative": without_the_second},
    "reproducibility": {"two seeds": replaced("SEEDS", (7, 8))},
    "checkpoint": {"nothing is damaged": whole_instead_of_truncated},
    "tensorboard": {"nothing is written": replaced("write", nothing)},
    "visdom": {"nothing is written": replaced("write", an_empty_log)},
    "quantization": {"in the dark": calibrated_in_the_dark},
    "quantization-onnxruntime": {
        "in the dark": calibrated_in_the_dark,
        "still float32": lambda recipe: mock.patch.object(recipe.onnxruntime_int8, "quantise", left_as_it_is),
    },
    "device-placement": {"elsewhere": told_something_else(placed="the moon")},
    "export-onnx": {"perturbed weights": perturbed_onnx},
    "gpu-memory": {"nothing may be taken": replaced("SHARE", 0.0)},
    "keras-backend": {"a stowaway": told_something_else(others=["jax"])},
    "public-api": {"nothing": of_nothing},
}
