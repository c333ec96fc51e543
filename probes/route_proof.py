"""The proof of a route: the exported model, run by its runtime alone, gives the framework's own answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probes import approximations, feeds
from probes.arrays import Array
from probes.feeds import Feed
from probes.proof import LIMIT, Proof, relative_error, relative_rms, size_of, wilson
from probes.runtimes import clean_process
from probes.runtimes.clean_process import Question, Trial
from probes.workloads import Case

# A program for any batch is asked in two sizes: a fixed one would refuse the second.
BATCHES = {"static": (1,), "dynamic": (1, 8)}

# Why a half: weights in int8 are a quarter of their float32 bytes, and those that keep a copy or a layer in float32
# come out at 53 % and more. The graph has room of its own: beside 25,000 weights it is larger than they are.
INT8_SHARE = 0.5
GRAPH_BYTES = 64 * 1024

# Rounding to eight bits leaves a trace: a relative rms of 0.4 % and more in all that was tried. Without one nothing was
# quantised, whatever the file is called.
TRACE = 1e-4

# What one would notice in use of a trained network in int8.
AGREEMENT = 0.98

# Eight bits of a network that nobody trained may lie far from float32 with every maker, and a limit on that refutes
# correct converters. At a relative rms of 1 an answer of zeros would have been as near: that is no rounding.
UNRELATED = 1.0


@dataclass(frozen=True)
class Asked:
    """A question and the framework's own float32 answers to it."""

    question: Question
    expected: Feed


def calibration(case: Case) -> Any:
    """Return the samples that an int8 export sees: N×height×width×channel, or arrays by name."""
    if case.calibration is None:
        raise ValueError("int8 needs calibration samples, and this case has none")
    return case.calibration


def artifact(case: Case, suffix: str) -> Path:
    """Return where the exported model of a case goes."""
    return case.folder / f"{case.workload}-{case.parameters['precision']}{suffix}"


def dynamic(case: Case, otherwise: str) -> bool:
    """Tell whether a case is to be exported for any batch; `otherwise` holds where it does not say."""
    return bool(case.parameters.get("batching", otherwise) == "dynamic")


def proof(
    case: Case,
    runtime: str,
    artifact: Path,
    expected: Array | Feed,
    batches: Sequence[int] = (1,),
    **figures: Any,
) -> Proof:
    """Run `artifact` in a fresh process that has only `runtime`, and compare.

    Parameters
    ----------
    case : Case
        Its inputs are answered, its ``precision`` says how near, its weights tell what int8 must save.
    runtime : str
        A module of `probes.runtimes`.
    artifact : Path
        The exported file or folder.
    expected : array or mapping
        The framework's own float32 answers to the case's inputs; by name where there are several.
    batches : sequence of int
        The batch sizes that the one export must serve, unless the case says whether its batch is static or dynamic.
    **figures
        More figures for the proof; ``variant``, ``how`` and ``tried`` where the export had a choice.

    Returns
    -------
    Proof
        See `compared`.
    """
    asked = questions(case, expected, sizes(case, batches))
    names = None if isinstance(expected, np.ndarray) else [*expected]
    # A session measures the trained network itself, side by side with others; what names its batching is measured here.
    measured = "batching" in case.parameters
    trial = clean_process.ask(runtime, artifact, [each.question for each in asked], names, measured=measured)
    limit = approximations.limit(runtime, case.network.kinds)
    return judged(case, artifact, asked, trial, limit=limit, **figures)


def checked(
    runtime: str, artifact: Path, asked: Sequence[Asked], precision: str = "float32", limit: float = LIMIT
) -> Proof:
    """Ask an artifact in a fresh process that has only `runtime`, and compare; see `compared`."""
    names = [*asked[0].expected]
    trial = clean_process.ask(runtime, artifact, [each.question for each in asked], names)
    return compared(asked, trial.answers, precision, limit=limit, artifact=str(artifact))


def varied(
    answer: Callable[[Feed], Feed],
    inputs: Feed,
    *,
    batch: int | None = None,
    lengths: Mapping[str, Mapping[str, int]] | None = None,
) -> list[Asked]:
    """Return the questions without which no export is trusted, with the framework's answers.

    A tracer records what the model did with one example. A branch that the example did not take, a loop that went on
    for the example's length, an input that was read as a number: on the example all of these are right.

    Parameters
    ----------
    answer : callable
        The framework's model: from inputs by name to outputs by name.
    inputs : mapping
        N ≥ 4 different samples; the exporter has seen the first, or all of them where it wants several.
    batch : int, optional
        Another batch size, where the export is for any.
    lengths : mapping, optional
        Where the export is for any length: for each such dimension its name, and the axis of every input that has it.
        It is asked with a longer one: fewer steps than the example had are an error, more are silently left out.
    """
    more = {f"with another {name}": _longer(inputs, axes) for name, axes in (lengths or {}).items()}
    found = [Asked(Question("the example", rows, 0), answer(rows)) for rows in [feeds.rows(inputs, 0, 1)]]
    others = feeds.rows(inputs, 1, feeds.count(inputs))
    parts = [answer(each) for each in feeds.batches(others, 1)]
    expected = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    found.append(Asked(Question("other inputs", others, 1), expected))
    if batch is not None:
        several = feeds.rows(inputs, 0, batch)
        found.append(Asked(Question(f"{batch} at once", several, 0), answer(several)))
    for what, cut in more.items():
        one = feeds.rows(cut, 0, 1)
        found.append(Asked(Question(what, one, 0), answer(one)))
    return found


def _longer(inputs: Feed, axes: Mapping[str, int]) -> Feed:
    """Return inputs of half as much length again: they go on backwards."""
    longer = {}
    for name, array in inputs.items():
        axis = axes.get(name)
        back = () if axis is None else np.split(np.flip(array, axis), [array.shape[axis] // 2], axis)[:1]
        longer[name] = array if axis is None else np.concatenate([array, *back], axis)
    return longer


def questions(case: Case, expected: Array | Feed, batches: Sequence[int]) -> list[Asked]:
    """Return the case's inputs as questions, in each batch size."""
    return [Asked(Question(_words(size), case.inputs, size), feeds.of(expected)) for size in batches]


def sizes(case: Case, otherwise: Sequence[int] = (1,)) -> Sequence[int]:
    """Return the batch sizes that an export of a case must serve; `otherwise` holds where the case does not say."""
    return BATCHES.get(case.parameters.get("batching", ""), otherwise)


def judged(
    case: Case, artifact: Path, asked: Sequence[Asked], trial: Trial, *, limit: float = LIMIT, **figures: Any
) -> Proof:
    """Return the proof that what a trial saw agrees with the framework, and that an artifact in int8 is smaller."""
    precision = str(case.parameters["precision"])
    told: dict[str, Any] = {
        "batches": [each.question.batch for each in asked],
        "samples": feeds.count(feeds.of(case.inputs)),
        "artifact": str(artifact),
        "artifact_bytes": size_of(artifact),
        **trial.figures,
        **figures,
    }
    labels = case.labels if case.held_out is not None else None
    result = compared(asked, trial.answers, precision, limit=limit, labels=labels, **told)
    weights_bytes = sum(array.astype(np.float32).nbytes for array in case.weights.values())
    return smaller(result, weights_bytes) if precision == "int8" else result


def smaller(proof: Proof, weights_bytes: int) -> Proof:
    """Return a proof of int8, refuted where the artifact is too large to hold its weights in eight bits."""
    size = proof.proof["artifact_bytes"]
    if proof.outcome == "proved" and size > INT8_SHARE * weights_bytes + GRAPH_BYTES:
        message = f"{size} bytes, called int8, are more than half of the float32 weights' {weights_bytes}"
        return Proof("refuted", proof.proof, message)
    return proof


def compared(
    asked: Sequence[Asked],
    answers: Sequence[Feed],
    precision: str,
    *,
    limit: float = LIMIT,
    labels: Array | None = None,
    **figures: Any,
) -> Proof:
    """Return whether an artifact's answers agree with the framework's.

    Parameters
    ----------
    asked, answers : sequence
        The questions with the answers that are expected, and those that came: by the framework's names of the outputs,
        or one alone.
    precision : str
        In ``"float32"`` every output of every question must be within `limit` of its largest value. In ``"int8"`` the
        verdict is that of a trained network, by the share of samples that it puts into the same class; of one that
        nobody trained only the ``relative_rms`` is told, unless it is so large that the answers are unrelated.
    limit : float
        Where a runtime approximates an operation by design, another one than everywhere.
    labels : array, optional
        The classes of the samples of the first question: the network is trained.

    Returns
    -------
    Proof
        ``max_relative_error`` and ``relative_rms`` are the largest over questions and outputs. Refuted as above, and
        when an answer is not finite, of another shape or missing; the message names the question and the output.
    """
    pairs = [(each, _under_the_names(got, each.expected)) for each, got in zip(asked, answers, strict=True)]
    several = len(asked[0].expected) > 1
    errors = [
        (relative_error(got[name], each.expected[name]), each.question.what, name)
        for each, got in pairs
        for name in each.expected
    ]
    error, what, name = max(errors, key=lambda found: found[0])
    rms = max(relative_rms(got, each.expected) for each, got in pairs)
    finite = bool(np.isfinite(error) and np.isfinite(rms))
    if several and finite:
        figures = {"outputs": _by_output(pairs)} | figures
    proof: dict[str, Any] = {
        "max_relative_error": error if finite else None,
        "relative_rms": rms if finite else None,
        "precision": precision,
        **figures,
    }
    which = f"asked {what}, output {name}: " if several else f"asked {what}: " if len(asked) > 1 else ""
    if not finite:
        return Proof("refuted", proof, f"{which}the answers cannot be compared: not finite, or of another shape")
    if precision != "int8":
        proof["limit"] = limit
        if error > limit:
            return Proof("refuted", proof, f"{which}the answers differ by {error:.2g} relative, more than {limit:g}")
        return Proof("proved", proof)
    if rms >= UNRELATED:
        message = f"{which}the answers differ: their relative rms of {rms:.2g} is no better than answering zero"
        return Proof("refuted", proof, message)
    if rms < TRACE:
        return Proof("refuted", proof, f"called int8, it answers as float32 does: relative rms {rms:.2g}")
    if labels is not None:
        return _trained(pairs[0], labels, proof)
    return Proof("proved", proof)


def _by_output(pairs: Sequence[tuple[Asked, Feed]]) -> dict[str, dict[str, float]]:
    """Return how far each output is off: the largest over all questions."""
    return {
        name: {
            "max_relative_error": max(relative_error(got[name], each.expected[name]) for each, got in pairs),
            "relative_rms": max(relative_rms({name: got[name]}, {name: each.expected[name]}) for each, got in pairs),
        }
        for name in pairs[0][0].expected
    }


def _trained(pair: tuple[Asked, Feed], labels: Array, proof: dict[str, Any]) -> Proof:
    """Judge a trained network in int8 by the classes that it gives."""
    asked, got = pair
    (expected,), (answers,) = asked.expected.values(), got.values()
    before, after = expected.argmax(axis=1), answers.argmax(axis=1)
    low, high = wilson(int((before == after).sum()), len(labels))
    proof |= {
        "agreement": {"share": float((before == after).mean()), "low": low, "high": high},
        "accuracy": {"before": float((before == labels).mean()), "after": float((after == labels).mean())},
    }
    if high < AGREEMENT:
        message = f"the answers differ: {low:.1%} to {high:.1%} of the samples stay in their class, less than"
        return Proof("refuted", proof, f"{message} {AGREEMENT:.0%}")
    return Proof("proved", proof)


def _under_the_names(got: Feed, expected: Feed) -> Feed:
    """Return the answers under the names that are expected; one output alone needs no name."""
    if len(got) == len(expected) == 1:
        return dict(zip(expected, got.values(), strict=True))
    return got


def _words(size: int) -> str:
    return "one by one" if size == 1 else f"in batches of {size}"
