"""Networks of one kind at several sizes, and where stacks change places."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from advisor.errors import AdvisorError
from advisor.measurement import scale
from advisor.measurement.scale import FAMILIES, KINDS, Point
from tests.decision.test_about_model import with_networks


@pytest.mark.parametrize(
    ("text", "macs"), [("300 MMAC", 3e8), ("1.5GMACs", 1.5e9), (" 40 kMAC ", 4e4), ("0.5 MMAC", 5e5)]
)
def test_sizes_are_read_with_their_unit(text: str, macs: float) -> None:
    assert scale.size(text) == pytest.approx(macs)
    assert scale.size(scale.told(macs)) == pytest.approx(macs, rel=0.01)


@pytest.mark.parametrize(
    ("text", "told"), [("300", "expected a size"), ("300 MMAK", "did you mean 'MMAC'"), ("0 MMAC", "expected a size")]
)
def test_what_is_no_size_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        scale.size(text)


def test_every_kind_has_a_network_of_it_that_grows() -> None:
    for kind in KINDS:
        found = scale.subjects(kind)
        assert {each.kind for each in found} == {kind}
        sizes = [each.quantities.prediction for each in found]
        assert sizes == sorted(sizes)
        assert sizes[-1] > 2 * sizes[0]
        assert len({each.spec for each in found}) == len(FAMILIES[kind].values)


def test_a_size_is_met_and_one_that_the_kind_does_not_come_in_is_told() -> None:
    found = scale.of_size("cnn", 300e6)
    assert found.quantities.prediction / 2 == pytest.approx(300e6, rel=0.02)
    assert "300 MMAC" in found.title
    assert "mobilenetv1" in found.family
    with pytest.raises(AdvisorError, match="no cnn of 900 GMAC is at hand"):
        scale.of_size("cnn", 900e9)


@given(some.floats(0.1, 10), some.floats(0.1, 1.9))
def test_two_lines_cross_where_they_are_equal(level: float, slope: float) -> None:
    def times(stack: str, fixed: float, power: float) -> list[Point]:
        seconds = [fixed * at**power for at in (1.0, 10.0, 100.0)]
        return [
            Point("net", f"net?width={at}", at, stack, "int8", None, time, time, time, None)
            for at, time in zip((1.0, 10.0, 100.0), seconds, strict=True)
        ]

    steep, flat = times("steep", level, 2.0), times("flat", level * 20 ** (2.0 - slope), slope)
    (found,) = scale.crossings(steep + flat)
    assert (found.small, found.large) == ("steep", "flat")
    assert found.macs == pytest.approx(20.0)
    assert found.between == (10.0, 100.0)
    assert found.sure
    assert not scale.crossings(steep + times("slower", level * 3, 2.0))


def test_a_run_with_one_size_has_no_curve_and_one_with_two_has() -> None:
    assert not scale.points(with_networks(resnet8=2.0))
    run = with_networks(mobilenetv1=2.0)
    grown = [
        each.model_copy(update={"workload": "mobilenetv1?width=1"})
        for each in with_networks(mobilenetv1=9.0).observations
        if each.workload == "mobilenetv1"
    ]
    found = scale.points(run.model_copy(update={"observations": (*run.observations, *grown)}))
    assert {each.network for each in found} == {"mobilenetv1"}
    sizes = sorted({each.macs for each in found})
    assert len(sizes) == 2
    assert all(math.isfinite(each.seconds) and each.low <= each.seconds <= each.high for each in found)
    assert not scale.crossings(found), "all stacks were slowed alike"
