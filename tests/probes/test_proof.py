"""When an answer counts as the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from probes.proof import close, relative_error, size_of


def test_the_error_is_relative_to_the_largest_value() -> None:
    assert relative_error(np.array([1.0, 101.0]), np.array([0.0, 100.0])) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("got", "expected"),
    [([1.0, np.nan], [1.0, 1.0]), ([np.inf], [1.0]), ([1.0, 1.0], [1.0]), ([[1.0]], [1.0]), ([1.0], [0.0])],
)
def test_what_cannot_be_compared_is_infinitely_wrong(got: list[float], expected: list[float]) -> None:
    assert relative_error(np.array(got), np.array(expected)) == float("inf")
    refuted = close(np.array(got), np.array(expected))
    assert refuted.outcome == "refuted"
    assert refuted.proof["max_relative_error"] is None


def test_the_limit_itself_still_proves(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "a").write_bytes(b"12345")
    (folder / "deep" / "b").write_bytes(b"678")
    proof = close(np.array([1.5]), np.array([1.0]), limit=0.5, artifact=folder, batches=[1, 8])
    assert proof.outcome == "proved"
    assert proof.message is None
    assert proof.proof == {
        "max_relative_error": 0.5, "limit": 0.5, "batches": [1, 8], "artifact": str(folder), "artifact_bytes": 8,
    }  # fmt: skip
    assert size_of(folder / "a") == 5
    assert close(np.array([1.5]), np.array([1.0]), limit=0.49).outcome == "refuted"
