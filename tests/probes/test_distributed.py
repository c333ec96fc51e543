"""Distributed training on the real frameworks: proved as shipped, refuted when broken, nothing left running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probes.recipes import Recipes, left_behind

pytestmark = pytest.mark.frameworks

FRAMEWORKS = ("pytorch", "tensorflow")
CAPABILITIES = ("data-parallel", "sharded-training", "multi-worker", "elastic-training")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recipes")


@pytest.fixture(scope="module")
def recipes(folder: Path) -> Iterator[Recipes]:
    with Recipes(folder) as workers:
        yield workers
    assert not list(left_behind(folder))


@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_two_do_what_one_does(recipes: Recipes, framework: str, capability: str) -> None:
    reply = recipes.prove(framework, capability)
    assert reply["outcome"] == "proved", reply
    assert reply["proof"]["max_relative_error"] < 1e-3
    if capability in ("data-parallel", "multi-worker"):
        assert reply["proof"]["scaling"] > 0


@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_broken_recipe_is_refuted(recipes: Recipes, framework: str, capability: str) -> None:
    reply = recipes.prove(f"broken_{framework}", capability)
    assert reply["outcome"] == "refuted", reply
    assert reply["message"].startswith("it does not hold that")
