"""The table of networks × frameworks: what is proved, what is not and why, and what was not run."""

from __future__ import annotations

from benchmarks import network_parity_page

CELLS: list[dict[str, object]] = [
    {"framework": "one", "network": "mlp", "spec": "mlp", "kind": "inference", "outcome": "proved",
     "told": {"max_relative_error": 1.2e-7}},
    {"framework": "other", "network": "mlp", "spec": "mlp?width=8", "kind": "inference", "outcome": "crashed",
     "told": "the process ended with status -11"},
    {"framework": "one", "network": "gpt", "spec": "gpt", "kind": "training", "outcome": "not_applicable",
     "told": "no loss"},
]  # fmt: skip


def test_each_cell_has_a_figure_or_a_reason() -> None:
    text = network_parity_page.written(CELLS, {"one": "One", "other": "Other"}, ["mlp", "gpt"])
    assert "1 of 2 that were run are proved." in text
    assert "| mlp<br>width=8 | 1.2e-07 | **crashed** |" in text
    assert "| gpt | – | · |" in text
    assert "- mlp, inference, Other: the process ended with status -11" in text
    assert "- gpt, training: no loss" in text
