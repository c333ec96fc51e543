"""One forward pass in JAX: compiled as its tutorials write it, and with what its makers advise for speed."""

from __future__ import annotations

from collections.abc import Callable

import jax
from flax import nnx
from jax.experimental.layout import Format, Layout

from probes.cell import Inference
from probes.frameworks.jax import models
from probes.frameworks.jax.elementwise import Elementwise
from probes.workloads import Array, Case

# A program holds its constants a second time, and compiles as long as it takes to fold them.
MOST_CONSTANTS = 2_000_000
# Steps of an LSTM in one turn of its loop.
UNROLLED = 8


def jitted(case: Case) -> Inference:
    """Call the model through nnx.jit, which takes it apart and puts it together at each call."""
    model = models.build(case)
    how = "jax.jit" if isinstance(model, Elementwise) else "nnx.jit"
    return _inference(how, models.forward(model), models.feeds(case))


def functional(case: Case) -> Inference:
    """Call the model through jax.jit, with its state taken apart once."""
    forward, state = _apart(case)
    compiled = jax.jit(forward)
    return _inference("jax.jit of the state apart", lambda *inputs: compiled(state, *inputs), models.feeds(case))


def unrolled(case: Case) -> Inference | None:
    """Do the same, with several steps of an LSTM in one turn of its loop."""
    if not any(node.op == "lstm" for node in case.network.nodes):
        return None
    forward, state = _apart(case, unroll=UNROLLED)
    compiled = jax.jit(forward)
    how = f"jax.jit of the state apart, lax.scan with unroll={UNROLLED}"
    return _inference(how, lambda *inputs: compiled(state, *inputs), models.feeds(case))


def layouts(case: Case) -> Inference:
    """Do the same, with the weights in the order in memory that the compiler asks for."""
    forward, state = _apart(case)
    programs: dict[tuple[tuple[int, ...], ...], tuple[Callable[..., models.Answer], list[jax.Array]]] = {}

    def call(*inputs: jax.Array) -> models.Answer:
        shapes = tuple(each.shape for each in inputs)
        if shapes not in programs:
            free = [Format(Layout.AUTO)] * len(state)
            compiled = jax.jit(forward, in_shardings=(free, *[None] * len(inputs))).lower(state, *inputs).compile()
            programs[shapes] = compiled, jax.device_put(state, compiled.input_formats[0][0])
        compiled, placed = programs[shapes]
        return compiled(placed, *inputs)

    return _inference("jax.jit with Layout.AUTO, compiled ahead", call, models.feeds(case))


def constants(case: Case) -> Inference | None:
    """Do the same, with the weights as constants of the program."""
    if case.network.parameters("all") > MOST_CONSTANTS:
        return None
    forward, state = _apart(case)
    return _inference(
        "jax.jit, weights as constants", jax.jit(lambda *inputs: forward(state, *inputs)), models.feeds(case)
    )


def _apart(case: Case, *, unroll: int = 1) -> tuple[Callable[..., models.Answer], list[jax.Array]]:
    """Return the forward pass as a function of a list of arrays and the inputs, and that list: the model's state.

    JAX takes a list apart in C++ at every call, and a tree of Flax's variables in Python.
    """
    model = models.build(case, unroll=unroll)
    if isinstance(model, Elementwise):
        return lambda _, *inputs: model(*inputs), []
    graph, state = nnx.split(model)
    leaves, tree = jax.tree.flatten(state)
    return lambda leaves, *inputs: nnx.merge(graph, jax.tree.unflatten(tree, leaves))(*inputs), leaves


def _inference(how: str, forward: Callable[..., models.Answer], inputs: tuple[jax.Array, ...]) -> Inference:
    def call() -> Array:
        return models.array(forward(*inputs))

    def answer(others: Array) -> Array:
        return models.array(forward(models.natural(others)))

    return Inference(how, call, compiled=True, answer=answer)


SETTINGS = {"out-of-the-box": (jitted,), "best-known": (functional, unrolled, layouts, constants)}
