"""The reference: what a model itself answers, asked so that nothing that an exporter may lose goes unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from probes import feeds
from probes.channel import ProbeError
from probes.feeds import Feed
from probes.models import samples
from probes.models.subject import BATCH, Entry, Subject
from probes.proof import LIMIT, relative_error
from probes.route_proof import Asked
from probes.runtimes.clean_process import Question

SAME = 1e-5
"""Two answers to the same input are the same within this."""
ALIKE = 1e-4
"""A sample alone and in a batch are computed in another order of additions; more apart than this they are not alike."""
EPSILON = 1.2e-7
MORE = 10.0
# A wrong export is off by more in whatever was tried: its answers are another network's, not a rounding.
WIDEST = 2e-3
SEVERAL = 3
"""The other batch."""


@dataclass
class Reference:
    """What a model was asked, and its answers.

    Attributes
    ----------
    entries : list of Entry
        The inputs; without a batch where the model's answers depend on it.
    inputs : mapping
        N samples of every input.
    asked : list of Asked
        One call each: the example, other inputs, another batch, another length.
    outputs : mapping
        For every output its type and the shape of the first answer.
    notes : list of str
        What was seen: that the batch is fixed, that an input changes nothing.
    limit : float
        How far an export's answers may be from these, as a share of the largest.
    """

    entries: list[Entry]
    inputs: Feed
    asked: list[Asked]
    outputs: dict[str, tuple[str, tuple[int, ...]]]
    notes: list[str] = field(default_factory=list)
    limit: float = LIMIT

    @property
    def dynamic(self) -> bool:
        """Whether one export is to serve every batch."""
        return samples.batched(self.entries)


def taken(
    subject: Subject, entries: Sequence[Entry], sizes: Mapping[str, int], inputs: Feed, *, longer: bool = True
) -> Reference:
    """Ask a model and return its answers.

    Parameters
    ----------
    subject : Subject
        The model.
    entries, sizes : sequence of Entry, mapping
        What it takes, and the sizes of the dimensions that have names.
    inputs : mapping
        N ≥ 4 samples of every input.
    longer : bool
        Whether to ask with larger sizes of the named dimensions, too.

    Raises
    ------
    ProbeError
        ``not_supported`` when the same input gives different answers, or an answer is not finite.
    """
    known = list(entries)
    first = samples.rows(inputs, known, 0, 1)
    answer = subject.answer(first)
    outputs = {name: (str(array.dtype), array.shape) for name, array in answer.items()}
    _finite(answer)
    _repeated(subject, known, inputs, answer)
    notes: list[str] = []
    calls = [Asked(Question("the example", first, 0), answer)]
    for number in range(1, min(len(next(iter(inputs.values()))), samples.DRAWN)):
        other = samples.rows(inputs, known, number, number + 1)
        found = subject.answer(other)
        _finite(found)
        calls.append(Asked(Question(f"other inputs ({number})", other, 0), found))
    if samples.batched(known):
        several, why = _several(subject, known, inputs, calls)
        if several is not None:
            calls.append(several)
        else:
            notes.append(f"the batch is fixed at one: {why}")
            known = [Entry(each.name, each.dtype, (1, *each.shape[1:]), each.range) for each in known]
            inputs = {name: array[:, np.newaxis] for name, array in inputs.items()}
    if longer:
        calls += _longer(subject, known, sizes, notes)
    notes += _unmoved(subject, known, inputs, calls)
    limit = _limit(subject, calls[:4], notes)
    return Reference(known, inputs, calls, outputs, notes, limit)


def _limit(subject: Subject, calls: Sequence[Asked], notes: list[str]) -> float:
    """Return how near an export has to be: a network that magnifies rounding is no nearer to itself, either.

    Inputs are changed by about one unit in the last place. Another order of additions inside does the like in every
    layer; ten times what that one change makes is allowed, up to `WIDEST`.
    """
    moved = max(_moved(subject, each) for each in calls)
    limit = min(WIDEST, max(LIMIT, MORE * moved)) if np.isfinite(moved) else LIMIT
    if limit > LIMIT:
        told = f"a change of its inputs in the last place moves its answers by {moved:.1e}"
        notes.append(f"{told}: exports are held to {limit:.1e} and not to {LIMIT:g}")
    return limit


def _moved(subject: Subject, call: Asked) -> float:
    """Return by how much answers move with inputs that are changed in the last place."""
    rng = np.random.default_rng(samples.SEED)
    near = dict(feeds.of(call.question.inputs))
    floating = [name for name, array in near.items() if np.issubdtype(array.dtype, np.floating)]
    for name in floating:
        array = near[name]
        near[name] = (array * (1 + EPSILON * rng.choice([-1.0, 1.0], array.shape))).astype(array.dtype)
    if not floating:
        return 0.0
    found = subject.answer(near)
    return max(relative_error(found[name], call.expected[name]) for name in call.expected)


def _finite(answer: Feed) -> None:
    for name, array in answer.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            what = "NaN" if np.isnan(array).any() else "infinity"
            message = f"output {name} holds {what} for the inputs drawn: say their range (--input) or give --samples"
            raise ProbeError("not_supported", message)


def _repeated(subject: Subject, entries: Sequence[Entry], inputs: Feed, first: Feed) -> None:
    """Ask the same again: of a fresh copy (randomness), and of one copy after another input (state)."""
    one, two = samples.rows(inputs, entries, 0, 1), samples.rows(inputs, entries, 1, 2)
    if not same(subject.answer(one), first):
        seeded = same(subject.asked([one], seed=1)[0], subject.asked([one], seed=1)[0])
        cause = "it draws random numbers (a dropout or noise that is left on)" if seeded else "it is not deterministic"
        raise ProbeError(
            "not_supported",
            f"the same input gives different answers: {cause}; switch that off for inference, else no export can be"
            " held against it",
        )
    again = subject.asked([one, two, one])[2]
    if not same(again, first):
        raise ProbeError(
            "not_supported",
            "the same input gives another answer after other inputs: the model keeps a state between calls; make the"
            " state an input and an output of it",
        )


def _several(
    subject: Subject, entries: Sequence[Entry], inputs: Feed, calls: Sequence[Asked]
) -> tuple[Asked | None, str]:
    """Ask several samples in one call; None and why where that is not what they give alone."""
    feed = samples.rows(inputs, entries, 0, SEVERAL)
    try:
        found = subject.answer(feed)
    except Exception as error:  # noqa: BLE001 - what a model does with a batch is its own affair, and told
        return None, f"{SEVERAL} samples in one call end in {' '.join(str(error).split())[:200]}"
    parts = [each.expected for each in calls[:SEVERAL]]
    for name, array in found.items():
        if any(not part[name].ndim or part[name].shape[0] != 1 for part in parts):
            return None, f"output {name} has no batch as its first dimension"
        alone = np.concatenate([part[name] for part in parts]) if _joins(parts, name) else None
        if alone is None or alone.shape != array.shape:
            return None, f"output {name} has another shape for {SEVERAL} samples in one call"
        if relative_error(array, alone) > ALIKE:
            return None, f"in a batch a sample gets another answer than alone (output {name})"
    return Asked(Question(f"{SEVERAL} at once", feed, 0), found), ""


def _joins(parts: Sequence[Feed], name: str) -> bool:
    return len({part[name].shape[1:] for part in parts}) == 1


def _longer(subject: Subject, entries: Sequence[Entry], sizes: Mapping[str, int], notes: list[str]) -> list[Asked]:
    """Ask with half as much again of every named dimension: a loop that a tracer unrolled shows."""
    found = []
    for name in dict.fromkeys(size for each in entries for size in each.shape if isinstance(size, str)):
        if name == BATCH:
            continue
        more = {**sizes, name: sizes[name] + max(1, sizes[name] // 2)}
        feed = samples.rows(samples.drawn(entries, more, 1), entries, 0, 1)
        try:
            answer = subject.answer(feed)
        except Exception as error:  # noqa: BLE001 - told, and the dimension is taken as fixed by nobody
            notes.append(f"it takes no other '{name}' than {sizes[name]}: {' '.join(str(error).split())[:160]}")
            continue
        found.append(Asked(Question(f"with another {name} ({more[name]})", feed, 0), answer))
    return found


def _unmoved(subject: Subject, entries: Sequence[Entry], inputs: Feed, calls: Sequence[Asked]) -> list[str]:
    """Tell of inputs and outputs whose export nothing here could prove."""
    notes = []
    alone = [each for each in calls if each.question.what == "the example" or each.question.what.startswith("other")]
    for name, array in alone[0].expected.items():
        if array.size and all(same({name: each.expected[name]}, {name: array}) for each in alone[1:]):
            notes.append(f"output {name} is the same for all inputs that were drawn: it proves little")
    if len(entries) > 1:
        first, second = samples.rows(inputs, entries, 0, 1), samples.rows(inputs, entries, 1, 2)
        for each in entries:
            if np.array_equal(first[each.name], second[each.name]):
                continue
            if same(subject.answer({**first, each.name: second[each.name]}), alone[0].expected):
                notes.append(f"input {each.name} changes no answer: nothing shows whether an export keeps it")
    return notes


def same(one: Feed, other: Feed) -> bool:
    """Tell whether two answers are the same but for rounding."""
    return one.keys() == other.keys() and all(
        one[name].shape == other[name].shape and relative_error(one[name], other[name]) <= SAME for name in one
    )
