"""The answer on a terminal: what it says, at which width, and that documents cannot take it over."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from advisor.decision.recommendation import Recommendation
from advisor.keys import Stack
from advisor.measurement.run import Framework, Skipped
from advisor.report.terminal import answer
from tests.report.samples import sample_recommendation
from tests.samples import sample_run


def printed(told: Recommendation, width: int = 80, *, color: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        color_system="truecolor" if color else None,
        legacy_windows=False,
    )
    run = sample_run().model_copy(
        update={
            "skipped": (Skipped(probe="mlp-training", kind="other", reason="too slow for --quick"),),
            "frameworks": sample_run().frameworks
            | {"jax": Framework(title="JAX", outcome="not_installed", install="pip install 'framework-advisor[jax]'")},
        }
    )
    command = "advisor recommend --profile edge --run .advisor/runs/20261120-171200-3f2a.json"
    answer(told, run, console, site=Path(".advisor/site/index.html"), command=command)
    stream.flush()
    return raw.getvalue().decode(encoding)


def test_says_everything_in_order() -> None:
    text = printed(sample_recommendation())
    parts = [
        "Which framework should we train in", "TensorFlow, shipped with LiteRT", "lean", "First in 87", "Value 0.86",
        "Because", "Accuracy lost to int8 is 0.3 %", "Against it", "Criterion", "Latency on the device",
        "measured here", "Must hold", "✓ Size of the model file", "Out of the ranking",
        "✗ PyTorch → ONNX Runtime", "Not measured",
        "JAX: not installed", "pip install", "1 probe on which no", "It would change if", "Evidence",
        "Site", "Again",
    ]  # fmt: skip
    here = 0
    for part in parts:
        here = text.index(part, here)


@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_fits_the_width(width: int) -> None:
    lines = printed(sample_recommendation(), width).splitlines()
    kept_whole = ("  Site", "  Again")
    assert [line for line in lines if len(line) > width and not line.startswith(kept_whole)] == []


def test_path_and_command_stay_on_one_line() -> None:
    lines = printed(sample_recommendation(), 40).splitlines()
    assert any(line.endswith("20261120-171200-3f2a.json") and "advisor recommend" in line for line in lines)


def test_says_the_same_without_color() -> None:
    import re

    colored = re.sub(r"\x1b\[[0-9;]*m", "", printed(sample_recommendation(), color=True))
    assert colored == printed(sample_recommendation())


def test_an_ascii_terminal_can_print_it() -> None:
    text = printed(sample_recommendation(), encoding="ascii")
    assert "TensorFlow, shipped with LiteRT" in text
    assert "PyTorch > ExecuTorch" in text


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("tie", "PyTorch or TensorFlow"), ("undetermined", "No answer yet"), ("infeasible", "No stack meets")],
)
def test_other_verdicts(verdict: str, said: str) -> None:
    told = sample_recommendation()
    ranking = told.ranking[2:] if verdict == "infeasible" else told.ranking
    tied = (Stack(framework="pytorch"), Stack(framework="tensorflow")) if verdict == "tie" else ()
    update = {"verdict": verdict, "answer": None, "ranking": ranking, "tied": tied}
    text = printed(told.model_copy(update=update))
    assert said in text
    assert ("Nearest misses" in text) == (verdict == "infeasible")


def test_documents_cannot_command_the_terminal() -> None:
    evil = "[bold red]x[/] [link=https://example.org]y[/link] \x1b[2J\x1b]0;title\x07 \u202egnol :smile:"
    told = sample_recommendation().model_copy(update={"reasons": (evil,), "question": evil})
    text = printed(told, 200, color=True)
    assert "[bold red]x[/]" in text
    assert ":smile:" in text
    assert "\x1b[2J" not in text
    assert "\x1b]" not in text
    assert "\u202e" not in text
