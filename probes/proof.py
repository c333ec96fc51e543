"""What a recipe hands back: proved or refuted, with the figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from probes.feeds import Feed
from probes.workloads import Array

LIMIT = 1e-4


@dataclass(frozen=True)
class Proof:
    """The result of a recipe that ran to its end.

    Attributes
    ----------
    outcome : str
        ``"proved"`` or ``"refuted"``; ``"not_supported"`` where the refusal comes with figures.
    proof : dict
        The figures behind it, for example ``max_relative_error`` and ``artifact_bytes``.
    message : str, optional
        Why it is not proved.
    """

    outcome: Literal["proved", "refuted", "not_supported"]
    proof: dict[str, Any] = field(default_factory=dict)
    message: str | None = None


def relative_error(got: ArrayLike, expected: ArrayLike) -> float:
    """Return max |got − expected| / max |expected|, in float64; not finite or of another shape is infinitely wrong."""
    one, other = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    if one.shape != other.shape or not np.isfinite(one).all():
        return float("inf")
    scale = np.abs(other).max(initial=0.0)
    difference = np.abs(one - other).max(initial=0.0)
    if scale == 0:
        return 0.0 if difference == 0 else float("inf")
    return float(difference / scale)


def relative_rms(got: Feed, expected: Feed) -> float:
    """Return rms(got − expected) / rms(expected) of the output that is furthest off; 1 is no better than answering 0.

    What is not finite or of another shape is infinitely wrong.
    """
    return max(_relative_rms(got[name], expected[name]) for name in expected)


def _relative_rms(got: Array, expected: Array) -> float:
    one, other = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    if one.shape != other.shape or not np.isfinite(one).all():
        return float("inf")
    scale = float(np.sqrt(np.mean(other**2)))
    difference = float(np.sqrt(np.mean((one - other) ** 2)))
    return difference / scale if scale else (0.0 if difference == 0 else float("inf"))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the interval of a share that 95 % of such samples would hold (Wilson 1927)."""
    z = 1.959964
    share, more = successes / trials, z**2 / trials
    middle, half = share + more / 2, z * np.sqrt(share * (1 - share) / trials + more / (4 * trials))
    return float((middle - half) / (1 + more)), float((middle + half) / (1 + more))


def close(got: Array, expected: Array, limit: float = LIMIT, artifact: Path | None = None, **figures: Any) -> Proof:
    """Return the proof that `got` agrees with `expected`.

    Parameters
    ----------
    got, expected : array
        Answers to the same inputs; the shapes must be equal.
    limit : float
        The largest relative error (see `relative_error`) that still proves.
    artifact : Path, optional
        The file or folder that was exported; its path and size in bytes join the figures.
    **figures
        More figures for the proof.
    """
    error = relative_error(got, expected)
    finite = bool(np.isfinite(error))
    proof: dict[str, Any] = {"max_relative_error": error if finite else None, "limit": limit, **figures}
    if artifact is not None:
        proof |= {"artifact": str(artifact), "artifact_bytes": size_of(artifact)}
    if error <= limit:
        return Proof("proved", proof)
    if finite:
        return Proof("refuted", proof, f"the answers differ by {error:.2g} relative, more than {limit:g}")
    shapes = f"{np.shape(got)} against {np.shape(expected)}"
    return Proof("refuted", proof, f"the answers cannot be compared: not finite, or of another shape ({shapes})")


def size_of(path: Path) -> int:
    """Return the bytes of a file with its weights that lie beside it, or of all files under a folder.

    A large ONNX model keeps its weights in files that are called as it is, and more: ``cnn.onnx.data``.
    """
    if path.is_dir():
        return sum(inner.stat().st_size for inner in path.rglob("*") if inner.is_file())
    beside = (each for each in path.parent.iterdir() if re.match(re.escape(path.name) + r"[._-]", each.name))
    return path.stat().st_size + sum(each.stat().st_size for each in beside if each.is_file())
