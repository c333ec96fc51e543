"""The pages of networks × routes and of int8: a figure or the true reason in each cell, the smallest that shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import json_lines, network_routes_page, trained_int8, trained_int8_page

ROUTES = {"pytorch": ("executorch", "onnxruntime", "openvino"), "tensorflow": ("litert",)}
SIZES = {"small": 1_000, "middle": 20_000, "large": 3_000_000, "huge": 10**8}


def cell(framework: str, route: str, network: str, precision: str, **more: Any) -> dict[str, Any]:
    answers = {"answers": [[1.0, 2.0]], "expected": [[1.0, 2.0]]}
    proof = {"latency_seconds": 2e-3, "artifact_bytes": 1_500_000, "relative_rms": 0.25}
    found = {"framework": framework, "route": route, "network": network, "precision": precision}
    return found | {"outcome": "proved", "message": None, "proof": proof, "seconds": 1.0, "answers": answers} | more


def page(cells: list[dict[str, Any]]) -> str:
    return network_routes_page.written(cells, ROUTES, ["large", "small", "middle"], SIZES, (300.0, 6.0))


def test_every_cell_has_a_figure_or_the_number_of_a_reason_and_a_dot_where_nothing_was_run() -> None:
    died = "the exporter of tensorflow died at 'prove': signal SIGSEGV\nIts last words:\n/home/somebody/x/y.py: hm"
    text = page(
        [
            cell("pytorch", "executorch", "small", "float32"),
            cell("tensorflow", "litert", "middle", "int8", outcome="crashed", message=died, answers=None),
            cell("tensorflow", "litert", "large", "int8", outcome="crashed", message=died, answers=None),
        ]
    )
    assert "| small (1,000) | 2 ms, 1.5 MB | · | · | · |" in text
    assert text.count("crashed (1)") == 2
    assert "1. LiteRT from Keras on TensorFlow: `the exporter of tensorflow died at 'prove': signal SIGSEGV" in text
    assert "/home/somebody" not in text
    # Of the two the smaller one stands for what should work and does not.
    broken = text.partition("## What should work")[2]
    assert "`middle`, crashed" in broken
    assert "`large`" not in broken
    assert "huge" in text.partition("## Not run")[2]


def test_int8_is_told_against_float32_and_against_the_median_of_the_makers() -> None:
    def made(route: str, *values: float) -> dict[str, Any]:
        answers = {"answers": [list(values)], "expected": [[1.0, 2.0]]}
        return cell("pytorch", route, "small", "int8", answers=answers)

    text = page([made("executorch", 1.0, 2.0), made("onnxruntime", 1.0, 2.2), made("openvino", 1.5, 2.1)])
    rows = [line for line in text.splitlines() if line.startswith("| small")]
    middle = np.array([1.0, 2.1])
    far = np.sqrt(np.mean((np.array([1.5, 2.1]) - middle) ** 2) / np.mean(middle**2))
    assert f"rms 0.25, makers {far:.2g}" in rows[1]
    # Two makers have no median that says anything.
    text = page([made("executorch", 1.0, 2.0), made("onnxruntime", 1.0, 2.2)])
    assert "makers" not in text.partition("## int8")[2].partition("## Why")[0]


def test_results_are_read_line_by_line_and_missing_ones_are_none(tmp_path: Path) -> None:
    assert json_lines.read(tmp_path / "none.jsonl") == []
    (tmp_path / "some.jsonl").write_text(json.dumps({"network": "a"}) + "\n" + json.dumps({"network": "b"}) + "\n")
    assert [each["network"] for each in json_lines.read(tmp_path / "some.jsonl")] == ["a", "b"]


def test_a_share_and_a_loss_stand_with_their_intervals() -> None:
    right = [True] * 95 + [False] * 5
    row = trained_int8.summarised(
        {
            "variant": "S8S8", "how": "static", "what": "digits that stay", "kept": [True] * 98 + [False] * 2,
            "right": [right, [*right[:-1], True]], "cosine": 0.999, "relative_rms": 0.01, "bytes_share": 0.27,
            "latency": 1e-3, "latency_float32": 2e-3,
        }
    )  # fmt: skip
    assert (row["kept"], row["judged"]) == (0.98, 100)
    assert row["low"] < 0.98 < row["high"]
    assert row["loss"]["value"] < 0 < row["loss"]["high"]
    rows = [
        {"subject": "digits", "maker": "onnxruntime", **row},
        {"subject": "digits", "maker": "litert", "variant": "", "message": "SIGSEGV: what it said"},
    ]
    text = trained_int8_page.written(rows)
    assert "Judged: digits that stay, of 100." in text
    assert "| ONNX Runtime | static | 98.0% (93.0% to 99.4%) | 95.0% → 96.0% |" in text
    assert "| 27% | 0.50 |" in text
    assert "| LiteRT (litert-torch) | – | SIGSEGV: what it said |" in text
