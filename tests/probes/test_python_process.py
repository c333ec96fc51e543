"""Fresh processes for recipes: what they return, what they say when they fail, and what ends them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from probes import frameworks, python_process
from probes.channel import ProbeError

pytestmark = pytest.mark.integration

RECIPE = """
import os
import numpy as np
from probes import python_process
from probes.channel import ProbeError

def add(a, b):
    print("printed while working")
    return a + b

def threads():
    return [int(os.environ["SLATE_THREADS"]), settings]

def refuse():
    raise ProbeError("not_supported", "slate has no chalk")

def fail():
    raise KeyError("chalk")

def die():
    python_process.die()

def leave():
    os._exit(0)

settings = None
"""

DESCRIBE = """
DISTRIBUTION = "slate"
MODULES = ()

def environment(threads):
    return {"SLATE_THREADS": str(threads)}

def configure(threads):
    from probes.frameworks.slate import recipe
    recipe.settings = threads
"""


@pytest.fixture
def slate(tmp_path: Path) -> Iterator[ModuleType]:
    """A framework of a folder of its own, with a recipe."""
    folder = tmp_path / "slate"
    folder.mkdir()
    for name, text in {"__init__": "", "describe": DESCRIBE, "recipe": RECIPE}.items():
        (folder / f"{name}.py").write_text(text)
    frameworks.__path__.append(str(tmp_path))
    yield importlib.import_module("probes.frameworks.slate.recipe")
    frameworks.__path__.remove(str(tmp_path))


def test_a_call_returns_what_the_function_returns_whatever_it_prints(slate: ModuleType) -> None:
    assert python_process.call(slate.add, 2, 3) == 5


def test_a_call_sets_the_framework_up_first(slate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert python_process.call(slate.threads, threads=3) == [3, 3]
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert python_process.call(slate.threads) == [5, 5]


@pytest.mark.parametrize(
    ("function", "outcome", "message"),
    [
        ("refuse", "not_supported", "refuse: slate has no chalk"),
        ("fail", "error", "fail: KeyError: 'chalk'"),
        ("die", "error", "die: the fresh process ended with SIGKILL"),
        ("leave", "error", "leave: the fresh process ended with exit 0"),
    ],
)
def test_a_call_that_fails_says_how(slate: ModuleType, function: str, outcome: str, message: str) -> None:
    with pytest.raises(ProbeError, match=message) as caught:
        python_process.call(getattr(slate, function))
    assert caught.value.outcome == outcome


def test_the_fate_of_a_process_is_what_ended_it(slate: ModuleType) -> None:
    assert python_process.fate(slate.die) == "SIGKILL"
    assert python_process.fate(slate.leave) == "exit 0"


def test_a_consumer_answers(tmp_path: Path) -> None:
    artifact = tmp_path / "factor.txt"
    artifact.write_text("3")
    consumer = """
import sys
import numpy as np
artifact, questions, answers = sys.argv[1:]
np.save(answers, float(open(artifact).read()) * np.load(questions))
"""
    np.testing.assert_array_equal(python_process.answer(consumer, artifact, np.arange(3.0)), [0, 3, 6])


def test_a_consumer_finds_nothing_of_the_model(tmp_path: Path) -> None:
    with pytest.raises(ProbeError, match="ModuleNotFoundError: No module named 'probes"):
        python_process.answer("from probes.frameworks.pytorch import models", tmp_path, np.arange(3.0))


def test_a_consumer_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(ProbeError, match="ended with exit 1: ZeroDivisionError"):
        python_process.answer("1 / 0", tmp_path, np.arange(3.0))
