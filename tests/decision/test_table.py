"""The order of a table: the feasible by value, the others by how far they miss what must hold."""

from __future__ import annotations

import pytest

from advisor.decision.evidence import Finding
from advisor.decision.table import Table, build
from advisor.keys import Stack
from advisor.profiles.profile import Constraint
from tests.decision.tables import criterion, finding, profile, table, wish

SIZE, SPEED, CHANCE = criterion("size", "B", "lower"), criterion("speed", "s", "lower"), criterion("chance")
WISHES = [wish(SPEED, 1, 0.1, 0.001)]
SMALL = Constraint(SIZE, "at_most", 100.0, "100 B", "a test")
QUICK = Constraint(SPEED, "at_most", 0.1, "100 ms", "a test")
NEVER = Constraint(CHANCE, "at_most", 0.0, "0", "a test")


def refused(found: Finding) -> Finding:
    """Return the cell of a stack that cannot do it at all."""
    update = {"outcome": "not_supported", "value": None, "low": None, "high": None}
    return Finding(found.cell.model_copy(update=update), found.key, found.probe)


def sized(**sizes: float) -> Table:
    rows = {name: {"size": (size,) * 3, "speed": (0.01,) * 3} for name, size in sizes.items()}
    return table(profile(WISHES, [SMALL]), rows)


def test_what_is_out_stands_nearest_miss_first() -> None:
    found = sized(far=190.0, fits=90.0, near=110.0, middle=150.0)
    assert (found.feasible, found.out) == (("fits",), ("near", "middle", "far"))


def test_a_miss_counts_relative_to_its_limit() -> None:
    needed = profile(WISHES, [SMALL, QUICK])
    # 60 B too many are 60 % of their limit; 50 ms too many are half of theirs, though a far smaller number.
    rows = {
        "large": {"size": (160.0,) * 3, "speed": (0.01,) * 3},
        "slow": {"size": (90.0,) * 3, "speed": (0.15,) * 3},
    }
    assert table(needed, rows).out == ("slow", "large")
    both = {"size": (101.0,) * 3, "speed": (0.101,) * 3}
    assert table(needed, rows | {"both": both}).out == ("slow", "large", "both"), "fewer misses come first"


@pytest.mark.parametrize(("size", "order"), [(150.0, ("missed", "refused")), (250.0, ("refused", "missed"))])
def test_an_outcome_counts_as_a_whole_limit(size: float, order: tuple[str, ...]) -> None:
    needed = profile(WISHES, [SMALL])
    findings = {
        (name, of.id): finding(name, of, known)
        for name in ("missed", "refused")
        for of, known in ((SIZE, (size,) * 3), (SPEED, (0.01,) * 3))
    }
    findings["refused", "size"] = refused(findings["refused", "size"])
    stacks = [Stack(framework=name) for name in ("missed", "refused")]
    assert build(needed, stacks, {}, findings).out == order


def test_a_limit_of_zero_is_missed_by_a_whole_limit() -> None:
    needed = profile(WISHES, [NEVER])
    rows = {name: {"chance": (value,) * 3, "speed": (0.01,) * 3} for name, value in {"a": 0.9, "b": 0.1}.items()}
    assert table(needed, rows).out == ("a", "b"), "neither is nearer"


def test_a_row_holds_what_the_profile_weighs() -> None:
    found = sized(a=90.0)
    assert list(found.row("a")) == ["speed"]
    assert found.known("a") == pytest.approx(1.0)
    assert found.failed("a") == []
    assert found.cell("a", "size").value == 90.0
