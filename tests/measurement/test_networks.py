"""The networks as data: their published sizes, what is told of a mistake, and what a worker is handed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.measurement import networks
from advisor.measurement.network_sizes import described
from advisor.measurement.networks import Asked, find, hand_over, read, shipped

WITHIN = 0.01


def test_every_network_is_as_large_as_was_published() -> None:
    figures = [(document, each) for document in shipped().values() for each in document.value.published]
    found = described([Asked(document, each.at) for document, each in figures])
    assert len(figures) >= 14
    for (document, each), description in zip(figures, found, strict=True):
        if each.parameters is not None:
            parameters = description.parameters[each.counts] + each.beside
            assert parameters == pytest.approx(each.parameters, rel=WITHIN), document.path
        if each.mmacs is not None:
            assert description.macs / 1e6 == pytest.approx(each.mmacs, rel=WITHIN), document.path


def test_every_network_says_where_it_is_from() -> None:
    for name, document in shipped().items():
        assert document.path.stem == name
        assert document.value.source is not None
        assert document.value.source.url.startswith("https://")


def test_a_network_can_be_asked_for_in_another_size() -> None:
    (half,) = described([find("@mobilenetv2?width=0.5&resolution=128")])
    assert half.spec == "mobilenetv2?resolution=128&width=0.5"
    # The authors' table has 32 million and, without batch normalisation, 1.95 million.
    assert half.macs == pytest.approx(32e6, rel=2 * WITHIN)
    assert half.parameters["folded"] == pytest.approx(1.95e6, rel=WITHIN)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@mobilenet2", "no network is called 'mobilenet2' — did you mean 'mobilenetv2'?"),
        ("@mobilenetv2?wdth=0.5", "mobilenetv2 has no parameter 'wdth' — did you mean 'width'?"),
        ("@mobilenetv2?width=50", "width=50: expected a number from 0.1 to 4"),
        ("@mobilenetv2?width=nan", "width=nan: expected a number from 0.1 to 4"),
        ("@mobilenetv2?width", "width=: expected a number"),
        ("mobilenetv2", "expected @NAME, @NAME\\?width=0.5, or a definition FILE.yaml"),
        ("nowhere.yaml", "nowhere.yaml: cannot read the network definition"),
    ],
)
def test_what_is_no_network_is_told_with_what_is(text: str, told: str) -> None:
    with pytest.raises(AdvisorError, match=told):
        find(text)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: cnn", "kind: cn", r":\d+:7: expected 'cnn', .* — did you mean 'cnn'\?"),
        ("{id: dense, op", "{id: dense, opp", "unknown key 'opp'"),
        ("op: batch-norm}", "op: batchnorm}", "no operation is called 'batchnorm' — did you mean 'batch-norm'"),
        ("units: 10", "unit: 10", r"node 'dense' \(dense\) has no attribute 'unit' — did you mean 'units'"),
        ("{units: 10}", "{}", r"node 'dense' \(dense\) needs units"),
        ("units: 10", "units: 10 * widht", "nothing is called 'widht' — did you mean 'width'"),
        ("units: 10", "units: 10 / width", "expected a whole number of at least 1, got 0.625"),
        ("start, attrs: {filters: filters", "start, attrs: {filters: 17", r":35:5: node 'add2' \(add\): 16 × 16 × 17"),
        ("'shortcut{b}', 'norm", "'shortkut{b}', 'norm", "nothing before it is called 'shortkut2' — did you mean"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = shipped()["resnet8"].path.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "own.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AdvisorError, match=told) as raised:
        described([find(str(file))])
    assert str(raised.value).startswith(f"{file}:")


def test_a_worker_is_handed_ones_own_network_as_well(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(shipped()["mlp"].path.read_text(encoding="utf-8").replace("id: mlp", "id: own"), encoding="utf-8")
    handed = json.loads(hand_over(tmp_path, [read(file)]).read_text(encoding="utf-8"))
    assert set(handed) == {*shipped(), "own"}
    assert networks.VARIABLE == "ADVISOR_NETWORKS"
