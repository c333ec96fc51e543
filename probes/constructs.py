"""Four pieces of data-dependent control flow in plain NumPy: what every framework's own version must answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from probes.proof import LIMIT, Proof, relative_error
from probes.tracebacks import first_line
from probes.workloads import Array


def branch(x: Array) -> Array:
    """Take one of two ways, chosen by the sum."""
    return x * 2 if x.sum() > 0 else x - 1


def loop(x: Array) -> Array:
    """Halve as often as the norm asks for."""
    while np.linalg.norm(x) > 1:
        x = x / 2
    return x


def rows(x: Array) -> Array:
    """Go through the rows and keep a running value."""
    total: Array = np.zeros_like(x[0])
    for row in x:
        total = total / 2 + row
    return total


def number(x: Array) -> Array:
    """Make a Python number of a tensor and go on with it."""
    return x * float(x.max())


REFERENCE: Mapping[str, Callable[[Array], Array]] = {"if": branch, "while": loop, "for": rows, "number": number}

# One input for each way: the sum is positive and negative, the loop runs twice and not at all.
INPUTS: tuple[Array, ...] = (np.full((3, 4), 0.9, np.float32), np.full((3, 4), -0.2, np.float32))


def judge(capture: Callable[[str], Callable[[Array], Array]]) -> dict[str, str]:
    """Return for each construct ``"right"``, ``"wrong"`` or ``"refused: …"`` with the framework's own first line.

    Parameters
    ----------
    capture : callable
        Takes the name of a construct and returns what then answers both inputs; what either raises is a refusal.
    """
    verdicts = {}
    for name, reference in REFERENCE.items():
        try:
            ask = capture(name)
            errors = [relative_error(ask(x), reference(x)) for x in INPUTS]
        except Exception as error:  # noqa: BLE001 - to refuse is an answer, and a better one than a wrong value
            verdicts[name] = f"refused: {type(error).__name__}: {first_line(error)}"
        else:
            verdicts[name] = "right" if max(errors) <= LIMIT else "wrong"
    return verdicts


def whole(ways: Mapping[str, Mapping[str, str]]) -> Proof:
    """Return the proof over several ways of capturing a whole graph, each with its verdicts.

    Proved when some way gives the right answers to every construct, refuted when any way gives a wrong one,
    ``not_supported`` when no way takes every construct; the message says what each refuses.
    """
    figures = {way: dict(verdicts) for way, verdicts in ways.items()}
    wrong = [f"{way} of {name}" for way, verdicts in ways.items() for name in verdicts if verdicts[name] == "wrong"]
    if wrong:
        return Proof("refuted", {"ways": figures}, f"wrong answers: {', '.join(wrong)}")
    if any(set(verdicts.values()) == {"right"} for verdicts in ways.values()):
        return Proof("proved", {"ways": figures})
    refusals = [
        f"{way} refuses {name}: {verdict.removeprefix('refused: ')}"
        for way, verdicts in ways.items()
        for name, verdict in verdicts.items()
        if verdict != "right"
    ]
    return Proof("not_supported", {"ways": figures}, "; ".join(refusals))
