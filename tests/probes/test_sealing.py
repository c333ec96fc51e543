"""Every recipe runs in a network without a way out in some test of this suite: the list of them has no gap.

What is listed here is read from those tests; each of them fails at the first look-up or connection.
"""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from advisor import resources
from advisor.measurement import definitions
from tests import test_sealed
from tests.probes import (
    processes,
    recipes,
    test_capabilities,
    test_counters,
    test_distributed,
    test_jax,
    test_languages,
    test_rest_server,
    test_routes_networks,
)

BOTH = ("pytorch", "tensorflow")
# Named in the tests one by one.
SERVING = ("serving", "serving-litserve", "serving-onnxruntime")
COUNTED = ("brevity", "ready-made-models")
BROWSER = ("route-tensorflowjs",)


def shipped() -> set[tuple[str, str]]:
    """Return every recipe of a capability that has a file, by framework."""
    known = definitions.load()
    folder = resources.probes() / "frameworks"
    return {
        (framework, name)
        for framework in {**known.frameworks, **definitions.extras()}
        for name in known.capabilities
        if (folder / framework / f"{name.replace('-', '_')}.py").exists()
    }


def sealed() -> set[tuple[str, str]]:
    """Return the recipes that the tests run without a network."""
    several = (*test_capabilities.CAPABILITIES, *test_distributed.CAPABILITIES, *test_languages.CAPABILITIES)
    # The session of `test_sealed` runs every route of each framework, as it was asked for there.
    routes = tuple(f"route-{name}" for name in definitions.routes())
    pairs = {(framework, name) for framework in BOTH for name in (*several, *SERVING, *COUNTED, *routes)}
    return (
        pairs
        | {("jax", name) for name in test_jax.CAPABILITIES}
        | {("tensorflow", name) for name in BROWSER}
        | {(case[0], f"route-{case[1]}") for case in test_routes_networks.CASES}
    )


def test_every_recipe_runs_without_a_network_in_some_test() -> None:
    assert shipped() >= {(framework, "brevity") for framework in BOTH}
    assert not shipped() - sealed()


@pytest.mark.parametrize(
    ("module", "names"),
    [(test_rest_server, SERVING), (test_counters, COUNTED), (test_routes_networks, BROWSER)],
    ids=["serving", "counted", "browser"],
)
def test_what_is_listed_by_name_is_run(module: ModuleType, names: tuple[str, ...]) -> None:
    text = inspect.getsource(module)
    for name in names:
        assert f', "{name}"' in text, name


@pytest.mark.parametrize(
    "module", [test_counters, test_distributed, test_languages, test_rest_server, test_routes_networks]
)
def test_each_of_them_runs_its_recipes_in_such_a_network(module: ModuleType) -> None:
    assert module.__dict__["Recipes"] is recipes.Recipes
    assert "Probe(" in inspect.getsource(recipes.Recipes)
    assert "sealed.prefix(" in inspect.getsource(processes.Probe)
    assert "sealed.reached(" in inspect.getsource(processes.Probe)
    assert "self._server.reached()" in inspect.getsource(processes.Probe)


def test_the_capabilities_and_the_session_do() -> None:
    assert "Probe(" in inspect.getsource(test_capabilities.trials)
    assert "route:*" in inspect.getsource(test_sealed.session)
