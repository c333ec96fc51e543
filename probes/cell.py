"""A cell: one workload, made ready in one framework and one setting, that can be called again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from probes.workloads import Array, Case, Weights


@dataclass(frozen=True)
class Inference:
    """A model and its inputs.

    Attributes
    ----------
    how : str
        The setting in words, for example ``"torch.compile"``.
    call : callable
        One forward pass; returns the logits as a NumPy array, so that the result is there when it returns.
    compiled : bool
        Whether the first call traces or compiles.
    answer : callable, optional
        The same model on other inputs, for example a batch of another size.
    """

    how: str
    call: Callable[[], Array]
    compiled: bool = False
    answer: Callable[[Array], Array] | None = None


class Double(NamedTuple):
    """The same training in float64: the gradients before the first step, and the weights after so many steps.

    ``rounded`` says that some layers compute in float32 all the same, so that a gradient of zero is not quite zero.
    """

    gradients: Weights
    weights: Weights
    rounded: bool = False


@dataclass(frozen=True)
class Training:
    """A model, its optimizer and one batch.

    Attributes
    ----------
    how : str
        The setting in words.
    call : callable
        One step of plain SGD; returns the loss before the step.
    logits : callable
        The forward pass of the model as it stands; no step is made.
    weights : callable
        The weights as they stand, in the layouts of `probes.workloads`.
    compiled : bool
        Whether the first call traces or compiles.
    double : callable, optional
        Takes a number of steps of the framework itself in float64, from the weights of the case. Without it the steps
        are NumPy's, which has gradients of some operations only.
    """

    how: str
    call: Callable[[], float]
    logits: Callable[[], Array]
    weights: Callable[[], Weights]
    compiled: bool = False
    double: Callable[[int], Double] | None = None


@dataclass(frozen=True)
class Pipeline:
    """A way of pictures from memory to batches that a training loop could take.

    Attributes
    ----------
    how : str
        The setting in words.
    batches : callable
        Makes one pass; yields pixels (N×32×32×3) and the numbers of the pictures, as NumPy arrays.
    call : callable
        Makes one pass and lets the batches go; returns how many pictures there were.
    compiled : bool
        As above.
    """

    how: str
    batches: Callable[[], Iterable[tuple[Array, Array]]]
    call: Callable[[], int]
    compiled: bool = False


Cell = Inference | Training | Pipeline
# None: for this workload the alternative has nothing of its own to offer.
Builder = Callable[[Case], Cell | None]
