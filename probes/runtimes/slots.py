"""From a framework's names, types and layout to an artifact's own, and back: nothing is matched by luck."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from probes import feeds
from probes.arrays import Array
from probes.feeds import Feed
from probes.runtimes import Model, Slot
from probes.runtimes.layouts import arranged

# How TensorFlow and the converters to LiteRT number what had no name, or lost it. The first may go without a number.
NUMBERED = re.compile(
    r"(?:serving_default_)?(args|inputs?|outputs?|Identity|StatefulPartitionedCall|PartitionedCall)"
    r"(?:[_:](\d+))?(?::0)?"
)


class Bound:
    """A loaded artifact that is asked by the framework's names.

    Parameters
    ----------
    model : Model
        The artifact.
    inputs : sequence of str
        The framework's names of its inputs, in its order.
    outputs : sequence of str, optional
        Those of its outputs; default the artifact's own.
    """

    def __init__(self, model: Model, inputs: Sequence[str], outputs: Sequence[str] | None = None) -> None:
        self.model = model
        self._inputs = matched("input", model.inputs, inputs)
        if outputs is None:
            outputs = [slot.name or f"output_{number}" for number, slot in enumerate(model.outputs)]
        self._outputs = matched("output", model.outputs, outputs)

    def arranged(self, feed: Feed) -> tuple[Array, ...]:
        """Return the arrays as the artifact takes them: in its order, of its types, dense."""
        found: list[Array | None] = [None] * len(self.model.inputs)
        for name, position in self._inputs.items():
            found[position] = taken(name, feed[name], self.model.inputs[position])
        return tuple(array for array in found if array is not None)

    def named(self, answers: Sequence[Array]) -> Feed:
        """Return the artifact's answers under the framework's names, in the framework's order."""
        return {name: answers[position] for name, position in self._outputs.items()}

    def __call__(self, feed: Feed) -> Feed:
        """Return the answers to `feed`."""
        return self.named(self.model(*self.arranged(feed)))


def matched(kind: str, slots: Sequence[Slot], names: Sequence[str]) -> dict[str, int]:
    """Return for each of the framework's `names` the position of the artifact's slot.

    One name and one slot belong together. Of several, those of equal names do; else those that a converter numbered
    stand in the order of their numbers (LiteRT orders the outputs ``output_0``, ``output_1`` … by whatever its planner
    leaves behind); else the order is the same, as all exporters that give names of their own keep it.

    Raises
    ------
    ValueError
        When there are more or fewer: an exporter dropped an input, or asks for one more.
    """
    if len(slots) != len(names):
        theirs = ", ".join(slot.name or "without a name" for slot in slots) or "none"
        wanted = ", ".join(names) or "none"
        raise ValueError(f"the artifact has {len(slots)} {kind}s ({theirs}), the model {len(names)} ({wanted})")
    own = [slot.name for slot in slots]
    if len(set(own)) == len(own) and set(own) == set(names):
        return {name: own.index(name) for name in names}
    numbers = _numbers(own)
    order = sorted(range(len(own)), key=numbers.__getitem__) if numbers else range(len(own))
    return dict(zip(names, order, strict=True))


def _numbers(own: Sequence[str]) -> list[int] | None:
    """Return the converters' numbers of names, or None where these are no such names."""
    found = [NUMBERED.fullmatch(name) for name in own]
    if not all(found) or len({each[1] for each in found if each}) != 1:
        return None
    numbers = [int(each[2] or 0) for each in found if each]
    return numbers if len(set(numbers)) == len(numbers) else None


def taken(name: str, array: Array, slot: Slot) -> Array:
    """Return an input as dense array of the artifact's type.

    Whole numbers are given in as many bits as the artifact asks for when they fit; nothing else is converted. An image
    without a name is in the probes' layout and is rearranged (see `probes.runtimes.layouts`); what has a name is in the
    framework's layout, which its export kept.

    Raises
    ------
    ValueError
        When it does not fit the type or the shape.
    """
    wanted = np.dtype(slot.dtype)
    if array.dtype != wanted:
        whole = np.issubdtype(array.dtype, np.integer) and np.issubdtype(wanted, np.integer)
        if not whole:
            raise ValueError(f"the artifact takes {slot.dtype} as {slot.name or name}, and is given {array.dtype}")
        limits = np.iinfo(wanted)
        if array.size and not limits.min <= int(array.min()) <= int(array.max()) <= limits.max:
            raise ValueError(f"the artifact takes {slot.dtype} as {slot.name or name}; the numbers given are larger")
        array = array.astype(wanted)
    if name == feeds.SOLE:
        return arranged(array, slot.shape)
    fits = len(slot.shape) == array.ndim and all(
        want is None or want == size or (slot.bounds and want > size)
        for want, size in zip(slot.shape, array.shape, strict=True)
    )
    if not fits:
        shape = ", ".join("any" if size is None else str(size) for size in slot.shape)
        raise ValueError(f"the artifact takes {slot.name or name} as ({shape}), and is given {array.shape}")
    # A copy, not ascontiguousarray: see `arranged`.
    return np.array(array, order="C")
