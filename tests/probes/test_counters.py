"""What is counted: code, by its syntax and not its layout, and ready-made models, some of which are built."""

from __future__ import annotations

import pytest

from probes import brevity, catalogues, source
from probes.catalogues import Catalogue
from probes.channel import ProbeError
from tests.probes.recipes import Recipes, need

TASKS = ("define", "train", "custom_loop", "custom_gradient", "evaluate", "save", "export")


# fmt: off
def sparse(first: int, second: int = 2) -> int:
    """Say something

    over several lines."""
    # and more
    total: int = (
        first
        + second
    )
    return total * total


def dense(first, second=2):  # type: ignore[no-untyped-def]
    total = first+second
    return total*total
# fmt: on


def longer(first: int, second: int = 2) -> int:
    total = max(first, second) + first
    return total * total


class Written:
    """A class."""

    kept: int

    def call(self) -> int:
        """Do nothing."""
        return self.kept


def test_layout_types_and_words_do_not_count() -> None:
    body = ["    total = first + second", "    return total * total"]
    assert source.lines_of(sparse)[1:] == source.lines_of(dense)[1:] == body
    # def sparse ( first , second = 2 ) : · total = first + second · return total * total
    assert source.tokens_of(sparse) == source.tokens_of(dense) == 10 + 5 + 4
    assert source.names_of(sparse) == len({"sparse", "first", "second", "total"})


def test_a_class_counts_what_it_does() -> None:
    assert source.lines_of(Written) == ["class Written:", "    def call(self):", "        return self.kept"]
    assert source.names_of(Written) == len({"Written", "call", "self", "kept"})


def test_changed_lines_are_those_of_the_body() -> None:
    assert source.changed_lines(sparse, dense) == 0
    assert source.changed_lines(sparse, longer) == 1


def test_only_code_that_works_is_counted() -> None:
    proof = brevity.counted({"add": (sparse,)}, {"add": 0.99}, train=sparse, watch=longer)
    assert proof.outcome == "proved"
    assert proof.proof["add"] == {"tokens": 19, "names": 4, "lines": 3}
    assert proof.proof["visualize"] == {"lines": 1}
    assert brevity.counted({"add": (sparse,)}, {"add": 0.9}, train=sparse, watch=longer).outcome == "refuted"
    inputs, labels = brevity.data()
    assert inputs.shape == (len(labels), 64)


def fails(name: str) -> None:
    raise OSError(f"{name} cannot be downloaded")


def absent() -> Catalogue:
    raise RuntimeError("operator nms does not exist\nmore")


def test_a_package_that_is_missing_has_a_reason_and_the_others_count() -> None:
    proof = catalogues.counted({"good": lambda: Catalogue(list("abcdefgh"), str), "bad": absent})
    assert proof.outcome == "proved"
    assert proof.proof["counts"] == {"good": 8}
    assert proof.proof["architectures"] == 8
    assert proof.proof["missing"] == {"bad": "RuntimeError: operator nms does not exist"}
    assert proof.proof["tried"] == [f"good: {name}" for name in "abdeg"]


def test_networks_that_cannot_be_built_refute() -> None:
    proof = catalogues.counted({"bad": lambda: Catalogue(["one", "two"], fails)})
    assert proof.outcome == "refuted"
    assert proof.proof["failed"]["bad: one"] == "OSError: one cannot be downloaded"
    assert catalogues.counted({"empty": lambda: Catalogue([])}).outcome == "refuted"


def test_classes_are_counted_by_the_framework_they_are_written_for() -> None:
    names = "BertModel BertForMaskedLM BertPreTrainedModel AutoModel TFBertModel TFAutoModelForMaskedLM BertConfig"
    names += " FlaxBertForMaskedLM FlaxBertPreTrainedModel ForwardHook"
    assert catalogues.classes(names.split()) == {"pytorch": 2, "tensorflow": 1, "flax": 1}


def test_no_package_at_all_is_not_installed() -> None:
    with pytest.raises(ProbeError, match="bad: RuntimeError: operator nms") as caught:
        catalogues.counted({"bad": absent})
    assert caught.value.outcome == "not_installed"


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["pytorch", "tensorflow"])
def test_the_code_of_every_task_is_counted(recipes: Recipes, framework: str) -> None:
    need("tensorboard")
    reply = recipes.prove(framework, "brevity")
    assert reply["outcome"] == "proved", reply
    counts = {task: reply["proof"][task] for task in TASKS}
    assert all(10 < count["tokens"] < 200 for count in counts.values())
    assert all(count["names"] < count["tokens"] for count in counts.values())
    assert counts["train"]["lines"] <= counts["custom_loop"]["lines"]
    assert 1 <= reply["proof"]["visualize"]["lines"] <= 10
    assert recipes.prove(f"broken_{framework}", "brevity")["outcome"] == "refuted"


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["pytorch", "tensorflow"])
def test_ready_made_models_are_counted_and_built(recipes: Recipes, framework: str) -> None:
    reply = recipes.prove(framework, "ready-made-models")
    if framework == "pytorch" and reply["outcome"] == "not_installed":
        assert "transformers: ModuleNotFoundError" in reply["message"]
    else:
        assert reply["outcome"] == "proved", reply
        assert reply["proof"]["architectures"] >= 40
    assert recipes.prove(f"broken_{framework}", "ready-made-models")["outcome"] == "refuted"
