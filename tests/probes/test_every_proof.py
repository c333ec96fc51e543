"""Every recipe that can prove something has a test that breaks what it proves."""

from __future__ import annotations

import ast
from typing import TypeGuard

import pytest

from advisor.measurement import definitions
from tests.probes.recipes import BROKEN
from tests.probes.test_capabilities import CAPABILITIES

FRAMEWORKS = ("pytorch", "tensorflow")

KNOWN = definitions.load()
TWINS = sorted(
    name for name, each in KNOWN.capabilities.items() if all(KNOWN.has_recipe(known, each) for known in FRAMEWORKS)
)

# These say only what is not there: PyTorch has no server, and TorchScript is no part of TensorFlow.
WITHOUT_PROOF = {("pytorch", "serving"), ("tensorflow", "export-torchscript")}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_recipe_is_broken_somewhere(framework: str) -> None:
    known = definitions.load()
    for name, capability in known.capabilities.items():
        # The routes of four networks break their runtimes' answers in tests of their own.
        if name.startswith("route-") or not known.has_recipe(framework, capability):
            continue
        broken = name in CAPABILITIES or (BROKEN / f"broken_{framework}" / capability.recipe).is_file()
        assert broken or (framework, name) in WITHOUT_PROOF, name


def test_both_frameworks_have_every_recipe_but_those_of_a_runtime() -> None:
    known = definitions.load()
    for name, capability in known.capabilities.items():
        if not name.startswith("route-"):
            assert all(known.has_recipe(framework, capability) for framework in FRAMEWORKS), name


@pytest.mark.parametrize("name", TWINS)
def test_two_recipes_of_one_capability_read_alike(name: str) -> None:
    known = definitions.load()
    capability = known.capabilities[name]
    trees = [
        ast.parse((known.probes / "frameworks" / framework / capability.recipe).read_text(encoding="utf-8"))
        for framework in FRAMEWORKS
    ]
    assert all(ast.get_docstring(tree) for tree in trees)
    # What both define, they define in the same order, and it takes the same arguments where it is called from outside.
    defined = [[node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)] for tree in trees]
    shared = set.intersection(*map(set, defined))
    first, second = ([each for each in names if each in shared] for names in defined)
    assert first == second
    assert "run" in shared
    heads = {ast.unparse(node.args).lstrip("_") for tree in trees for node in tree.body if _is_run(node)}
    assert len(heads) == 1


def _is_run(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name == "run"


def test_recipes_are_short() -> None:
    known = definitions.load()
    lengths = [
        len((known.probes / "frameworks" / framework / capability.recipe).read_text(encoding="utf-8").splitlines())
        for framework in FRAMEWORKS
        for capability in known.capabilities.values()
        if known.has_recipe(framework, capability)
    ]
    assert sum(lengths) / len(lengths) <= 60
