"""The alternatives that are only documented: each says what it is and who says so, and a mistake is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.criteria import load_criteria
from advisor.errors import AdvisorError
from advisor.knowledge import alternatives as module
from advisor.knowledge.alternatives import load_alternatives, source_of
from advisor.targets.target import load_targets

SHIPPED = Path(module.__file__).parent


def test_the_alternatives_that_people_choose_among_are_there() -> None:
    found = {each.id: each for each in load_alternatives()}
    assert {
        "ncnn", "mnn", "tensorrt", "coreml", "mlx", "tflite-micro", "litert-js", "tensorflow-js", "onnxruntime-web",
        "llama-cpp", "vllm", "sglang", "iree", "rknn", "qnn", "jax",
    } <= set(found)  # fmt: skip
    assert all(source_of(each).url for each in found.values())
    assert {name for each in found.values() for name in each.where} <= set(load_targets())


def test_what_is_documented_is_what_criteria_read() -> None:
    known = {
        rule.documented.fact: each.levels
        for each in load_criteria().values()
        for rule in each.evidence
        if rule.documented is not None and each.levels
    }
    for each in load_alternatives():
        for key, level in each.levels.items():
            assert level in known[key], f"{each.id}: {key}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("source: mnn-readme", "source: mnn-readm", "did you mean 'mnn-readme'?"),
        ("id: mnn", "id: ncnn", "duplicate id 'ncnn'"),
        ("    licence: MIT", "    license: MIT", "did you mean 'licence'?"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "alternatives.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"alternatives\.yaml:\d+:\d+") as caught:
        load_alternatives(folder)
    assert words in caught.value.message
