"""A model in PyTorch: a module of the user's, or an exported program, asked in float32 without gradients."""

from __future__ import annotations

import contextlib
import copy
import inspect
import keyword
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from probes.channel import ProbeError
from probes.feeds import Feed
from probes.models.factories import Blame, Made
from probes.models.subject import BATCH, Content, Entry, Loading

ALONE = "output"


class Module:
    """A module, as a subject (see `probes.models.subject.Subject`)."""

    framework = "pytorch"

    def __init__(self, made: Made, loading: Loading) -> None:
        self._made, self.loading = made, loading
        self.notes: list[str] = []
        model: nn.Module = made.model
        if model.training:
            self.notes.append("it came in training mode; it was put into evaluation mode (`eval()`)")
        kinds = {each.dtype for each in (*model.parameters(), *model.buffers()) if each.is_floating_point()}
        if kinds - {torch.float32}:
            names = ", ".join(sorted(str(kind).removeprefix("torch.") for kind in kinds - {torch.float32}))
            self.notes.append(f"its weights were {names}; they were made float32")
        self.model = model.eval().float() if kinds - {torch.float32} else model.eval()
        for each in self.model.parameters():
            each.requires_grad_(False)
        self.names = loading.names or self._arguments()
        self.example = self._feed(made.example) if made.example is not None else self._dummies()
        self.samples = self._feed(made.samples) if made.samples is not None else None
        self.labels = None if made.labels is None else np.asarray(made.labels)
        self.entries = guessed(self.example) if self.example is not None else None

    def answer(self, feed: Feed) -> Feed:
        """Return the answers of a copy that nobody asked before."""
        return self.asked([feed])[0]

    def asked(self, feeds: Sequence[Feed], seed: int | None = None) -> list[Feed]:
        """Return the answers of one copy to several inputs."""
        model = copied(self.model)
        if seed is not None:
            torch.manual_seed(seed)
        with torch.no_grad(), Blame(self.loading.path):
            return [self._named(self._called(model, feed)) for feed in feeds]

    def wrapped(self, feed: Feed, outputs: Sequence[str]) -> nn.Module:
        """Return a module for exporters: tensors by position in the order of the feed, a tuple of tensors back."""
        inner = copied(self.model)
        if list(outputs) == [ALONE] and self.positional(list(feed)):
            return inner
        return straight(inner, list(feed), outputs, positional=self.positional(list(feed)))

    def content(self, feed: Feed) -> Content:
        """Count parameters, bytes and multiplications."""
        parameters = list(self.model.parameters())
        held = [*parameters, *self.model.buffers()]
        return Content(
            kind=f"PyTorch module {type(self.model).__name__}",
            parameters=sum(each.numel() for each in parameters),
            weights_bytes=sum(each.numel() * (4 if each.is_floating_point() else each.element_size()) for each in held),
            macs=self._macs(feed),
            notes=tuple(self.notes),
        )

    def _macs(self, feed: Feed) -> int | None:
        from torch.utils.flop_counter import FlopCounterMode

        model = copied(self.model)
        try:
            with torch.no_grad(), FlopCounterMode(display=False) as counter:
                self._called(model, feed)
        except Exception:  # noqa: BLE001 - a figure that is missing is no reason to refuse the model
            return None
        return int(counter.get_total_flops()) // 2 or None

    def _called(self, model: nn.Module, feed: Feed) -> Any:
        given = {name: torch.tensor(array) for name, array in feed.items()}
        return model(*given.values()) if self.positional(list(feed)) else model(**given)

    def positional(self, names: Sequence[str]) -> bool:
        """Tell whether inputs go by their order: they are the first arguments, or bear names that are no arguments."""
        known = self._arguments()
        return list(names) == list(known)[: len(names)] or not set(names) <= set(known)

    def _arguments(self) -> tuple[str, ...]:
        found = inspect.signature(self.model.forward).parameters.values()
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return tuple(each.name for each in found if each.kind in kinds)

    def _feed(self, given: Any) -> Feed:
        """Return what came along as arrays by name."""
        if isinstance(given, Mapping):
            return {str(name): array_of(each) for name, each in given.items() if each is not None}
        several = given if isinstance(given, (tuple, list)) else (given,)
        names = self.names if len(self.names) >= len(several) else [f"input_{n}" for n in range(len(several))]
        return {name: array_of(each) for name, each in zip(names, several, strict=False)}

    def _dummies(self) -> Feed | None:
        """Return the example that models of transformers carry."""
        try:
            given = getattr(self.model, "dummy_inputs", None)
        except Exception:  # noqa: BLE001 - a property of foreign code
            return None
        if not isinstance(given, Mapping) or not all(isinstance(each, Tensor) for each in given.values()):
            return None
        self.notes.append("its inputs are those that the model calls `dummy_inputs`")
        return self._feed(given)

    def _named(self, answers: Any) -> Feed:
        found = leaves(answers)
        dropped = [name for name, each in found.items() if not isinstance(each, Tensor)]
        tensors = {name: each for name, each in found.items() if isinstance(each, Tensor)}
        if self._made.outputs:
            missing = [name for name in self._made.outputs if name not in tensors]
            if missing:
                raise ProbeError("error", f"'outputs' names {missing[0]!r}: the model gives {', '.join(tensors)}")
            tensors = {name: tensors[name] for name in self._made.outputs}
        elif dropped:
            note = f"left out, because it is no tensor: {', '.join(dropped)}"
            if note not in self.notes:
                self.notes.append(note)
        if not tensors:
            raise ProbeError("error", f"the model gives no tensor, but {type(answers).__name__}")
        return {name: array_of(each) for name, each in tensors.items()}


def straight(inner: nn.Module, names: Sequence[str], outputs: Sequence[str], *, positional: bool) -> nn.Module:
    """Return a module whose forward names its inputs and gives a tuple: exporters read names and order off that.

    It is written as a program, as `torch.fx` does: a forward with ``*args`` loses the names in every export.
    """
    arguments = [name if name.isidentifier() and not keyword.iskeyword(name) else f"input_{n}"
                 for n, name in enumerate(names)]  # fmt: skip
    given = ", ".join(arguments if positional else [f"{n}={a}" for n, a in zip(names, arguments, strict=True)])
    text = f"def forward(self, {', '.join(arguments)}):\n    return taken(self.inner({given}), outputs)\n"
    space: dict[str, Any] = {"taken": taken, "outputs": tuple(outputs)}
    exec(compile(text, "<the wrapper of the model>", "exec"), space)  # noqa: S102 - its own text, of two lines
    wrapper = type("Wrapper", (nn.Module,), {"forward": space["forward"]})()
    wrapper.inner = inner
    return wrapper.eval()


def taken(answers: Any, outputs: Sequence[str]) -> Any:
    """Return the wanted outputs as a tuple; one alone as it is."""
    found = leaves(answers)
    several = tuple(found[name] for name in outputs)
    return several if len(several) > 1 else several[0]


def leaves(answers: Any, prefix: str = "") -> dict[str, Any]:
    """Return what a model gives by name: of mappings and dataclasses theirs, else by number; without None."""
    if isinstance(answers, Tensor):
        return {prefix or ALONE: answers}
    if isinstance(answers, Mapping):
        pairs = [(str(name), each) for name, each in answers.items()]
    elif is_dataclass(answers) and not isinstance(answers, type):
        pairs = [(each.name, getattr(answers, each.name)) for each in fields(answers)]
    elif isinstance(answers, tuple) and hasattr(answers, "_fields"):
        pairs = list(zip(answers._fields, answers, strict=True))
    elif isinstance(answers, (tuple, list)):
        pairs = [(f"{'' if prefix else 'output_'}{number}", each) for number, each in enumerate(answers)]
    else:
        return {} if answers is None else {prefix or ALONE: answers}
    found: dict[str, Any] = {}
    for name, each in pairs:
        found |= leaves(each, f"{prefix}_{name}" if prefix else name)
    return found


def copied(model: nn.Module) -> nn.Module:
    """Return a deep copy, so that what a call changes in a model stays in the copy."""
    try:
        return copy.deepcopy(model)
    except Exception as error:
        raise ProbeError("not_supported", f"the model cannot be copied: {type(error).__name__}: {error}") from error


def array_of(value: Any) -> Any:
    """Return a tensor, an array or a number as an array of a type that exporters know: float64 becomes float32."""
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        value = value.float() if value.dtype in (torch.bfloat16, torch.float16) else value
        value = value.resolve_conj().resolve_neg()
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype == np.float64 else array


def guessed(example: Feed) -> list[Entry]:
    """Return the entries that an example shows: its first dimension is the batch where all inputs share it."""
    firsts = {array.shape[0] if array.ndim else None for array in example.values()}
    shared = len(firsts) == 1 and None not in firsts
    return [
        Entry(name, str(array.dtype), (BATCH, *array.shape[1:]) if shared else array.shape, spread(array))
        for name, array in example.items()
    ]


def spread(array: Any) -> tuple[float, float] | None:
    """Return the range of an example; none of float32 on both sides of zero, which is drawn as normal."""
    if not array.size or array.dtype == bool:
        return None
    # To be read and edited: three digits of a float are enough.
    low, high = (
        float(f"{float(each):.3g}") if array.dtype.kind == "f" else float(each) for each in (array.min(), array.max())
    )
    if np.issubdtype(array.dtype, np.floating) and (low < 0 < high or low == high):
        return None
    return low, high


def program(loading: Loading) -> Made:
    """Load an exported program (``.pt2``)."""
    import zipfile

    if not zipfile.is_zipfile(loading.path):
        message = "it is no exported program: torch.export.save writes an archive, and nothing else is opened"
        raise ProbeError("error", f"{loading.path.name}: {message}")
    with zipfile.ZipFile(loading.path) as archive:
        compiled = [name for name in archive.namelist() if "aotinductor" in name]
    if compiled:
        raise ProbeError("not_supported", f"{loading.path.name}: it is compiled for one machine (AOTInductor)")
    try:
        with nothing_unpickled() if not loading.unsafe else contextlib.nullcontext():
            loaded = torch.export.load(loading.path)
    except Exception as error:
        first = next(iter(str(error).splitlines()), "")
        told = f"this PyTorch ({torch.__version__}) cannot read it: {first}"
        raise ProbeError("error", f"{loading.path.name}: {told}") from error
    example = None
    if loaded.example_inputs is not None:
        positional, named = loaded.example_inputs
        names = loaded.graph_signature.user_inputs
        example = dict(zip(names, (*positional, *named.values()), strict=False))
    model = loaded.module()
    # A program has no modes; its module refuses to be asked for one.
    model.eval = lambda: model
    model.training = False
    return Made(model, example=example)


@contextlib.contextmanager
def nothing_unpickled() -> Iterator[None]:
    """Let PyTorch read tensors only: its loader of programs unpickles weights of special kinds, which can run code."""
    real, loads = torch.load, pickle.loads

    def refused(*_: Any, **__: Any) -> Any:
        raise pickle.UnpicklingError("it holds pickled objects, which are code; they are opened only with --allow-code")

    def tensors_only(*given: Any, **named: Any) -> Any:
        return real(*given, **(named | {"weights_only": True}))

    torch.load, pickle.loads = tensors_only, refused
    try:
        yield
    finally:
        torch.load, pickle.loads = real, loads


def load(made: Made, loading: Loading) -> Module:
    """Return a made module as a subject."""
    return Module(made, loading)


def is_module(model: Any) -> bool:
    """Tell whether a factory's object is a module of PyTorch."""
    return isinstance(model, nn.Module)
