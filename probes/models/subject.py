"""A model that is asked: what it takes and gives, what it holds, and its answers, whatever framework it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from probes.feeds import Feed

BATCH = "batch"
"""The name of the dimension whose size is the number of samples in one call."""


@dataclass(frozen=True)
class Entry:
    """One input: its name, NumPy's name of its type, its dimensions, and the range that values are drawn from.

    A dimension is a number, or a name: ``batch``, or one that is called so because it may vary. None: the model does
    not say.
    """

    name: str
    dtype: str
    shape: tuple[int | str | None, ...]
    range: tuple[float, float] | None = None

    def plain(self) -> dict[str, Any]:
        """Return the entry as JSON carries it."""
        told: dict[str, Any] = {"name": self.name, "dtype": self.dtype, "shape": list(self.shape)}
        return told | ({} if self.range is None else {"range": list(self.range)})


@dataclass(frozen=True)
class Content:
    """What a model holds.

    Attributes
    ----------
    kind : str
        In words: ``"PyTorch module MobileNetV2"``.
    parameters : int, optional
        How many numbers it has learned or could.
    weights_bytes : int, optional
        Of these and of its buffers, as float32.
    macs : int, optional
        Multiplications for one sample, where they can be counted.
    opset : int, optional
        Of an ONNX file.
    operators : sequence of str
        The kinds of operations in it, where the format names them.
    notes : sequence of str
        What was done to it or is peculiar: that it was in training mode, which outputs are left out.
    """

    kind: str
    parameters: int | None = None
    weights_bytes: int | None = None
    macs: int | None = None
    opset: int | None = None
    operators: Sequence[str] = ()
    notes: Sequence[str] = ()

    def plain(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {
            "kind": self.kind, "parameters": self.parameters, "weights_bytes": self.weights_bytes, "macs": self.macs,
            "opset": self.opset, "operators": list(self.operators), "notes": list(self.notes),
        }  # fmt: skip


class Subject(Protocol):
    """A loaded model.

    Attributes
    ----------
    framework : str
        Whose exporters take it: a folder of `probes.frameworks`, or ``"onnx"``.
    entries : sequence of Entry or None
        The inputs that it says it takes, in its order; None where it does not say.
    example : mapping, optional
        An input of it that came along.
    samples : mapping, optional
        More that came along: N of every input.
    labels : array, optional
        The classes of these.
    """

    framework: str
    entries: Sequence[Entry] | None
    example: Feed | None
    samples: Feed | None
    labels: Any

    def answer(self, feed: Feed) -> Feed:
        """Return the answers, in float32, of a copy of the model that nobody asked before."""
        ...

    def asked(self, feeds: Sequence[Feed], seed: int | None = None) -> list[Feed]:
        """Return the answers of one copy to several inputs, one after the other; `seed` sets what is drawn inside."""
        ...

    def content(self, feed: Feed) -> Content:
        """Tell what the model holds; `feed` is one sample."""
        ...


@dataclass(frozen=True)
class Loading:
    """What a model is loaded from, as the parent says it.

    Attributes
    ----------
    kind : str
        ``python``, ``keras``, ``savedmodel``, ``onnx`` or ``pt2``.
    path : Path
        The file or folder.
    function : str
        The name of the factory, of kind ``python``.
    signature : str
        Which one of a SavedModel; empty: ``serving_default``, or the only one.
    unsafe : bool
        Whether code in a Keras file may run.
    names : tuple of str
        The inputs' names, in the order of the user's specification; empty where there is none.
    """

    kind: str
    path: Path
    function: str = ""
    signature: str = ""
    unsafe: bool = False
    names: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Loading:
        """Return what a command says."""
        return cls(
            str(told["kind"]),
            Path(told["path"]),
            str(told.get("function") or ""),
            str(told.get("signature") or ""),
            bool(told.get("unsafe")),
            tuple(map(str, told.get("names") or ())),
        )
