"""Distributed training on the real frameworks: proved as shipped, refuted when broken, nothing left running."""

from __future__ import annotations

import pytest

from tests.probes.recipes import Recipes

pytestmark = pytest.mark.frameworks

FRAMEWORKS = ("pytorch", "tensorflow")
CAPABILITIES = ("data-parallel", "sharded-training", "multi-worker", "elastic-training")


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
