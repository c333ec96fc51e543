"""The published comparisons: what they hold, and that a mistake in them is found at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.articles.articles import documented
from advisor.articles.check import check
from advisor.errors import AdvisorError
from advisor.knowledge.catalog import load_sources
from advisor.knowledge.devices import load_comparisons


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalog, to break."""
    target = tmp_path / "knowledge"
    target.mkdir()
    for file in (path for each in documented() for path in each.glob("*.yaml")):
        shutil.copy(file, target)
    return target


def test_there_are_enough_of_them_and_all_can_be_looked_up() -> None:
    found = load_comparisons()
    urls = {source.id: source.url for source in load_sources()}
    assert len(found) >= 25
    assert len({each.device for each in found}) >= 25
    assert len({each.source for each in found}) >= 20
    assert all(urls[each.source] for each in found)


def test_less_is_better_whatever_the_metric() -> None:
    found = {each.id: each.logs() for each in load_comparisons()}
    assert found["yolo11n-raspberry-pi-5"]["ncnn", "cpu"] < found["yolo11n-raspberry-pi-5"]["onnxruntime", "cpu"]
    assert found["resnet50-l4"]["tensorrt", "gpu"] < found["resnet50-l4"]["onnxruntime", "gpu"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("source: iree-22674", "source: iree-22675", "unknown source 'iree-22675' — did you mean 'iree-22674'?"),
        ("id: yolo11s-raspberry-pi-5", "id: yolo11n-raspberry-pi-5", "duplicate id 'yolo11n-raspberry-pi-5'"),
        ("    unit: tokens/s", "    unit: ms", "a rate is given in '1/s' or 'tokens/s', got 'ms'"),
        ("runtime: ncnn, through: cpu, value: 88.0", "runtime: mnn, through: cpu, value: 88.0", "stands here twice"),
        ("value: 88.026", "value: -1", "expected a number greater than 0"),
        ("    differs: An emulator", "    difers: An emulator", "did you mean 'differs'?"),
    ],
)
def test_a_mistake_is_told_with_its_place(folder: Path, old: str, new: str, words: str) -> None:
    file = folder / "devices.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text.partition(old)[0].count("\n") + 1
    with pytest.raises(AdvisorError) as caught:
        check(folder)
    assert words in caught.value.message
    assert any(f"devices.yaml:{number}:" in caught.value.message for number in range(line - 30, line + 2))


def test_a_look_up_before_the_publication_is_refused(folder: Path) -> None:
    file = folder / "devices.yaml"
    head, entry, rest = file.read_text(encoding="utf-8").partition("    source: executorch-6961\n")
    rest = rest.replace("checked_on: 2026-11-30", "checked_on: 2026-09-01", 1)
    file.write_text(head + entry + rest, encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"devices\.yaml:\d+:\d+: .*lies before the source was published"):
        load_comparisons(folder)
