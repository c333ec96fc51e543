"""Reasons of rejected blocks are told apart by what they say, not by their figures."""

from __future__ import annotations

import pytest

from advisor.measurement import rejections


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("other processes took 4{}% of a processor", "other processes took too much of a processor"),
        (
            "the cores are further apart than usual: 44{} ns a bounce, 316 ns when close",
            "the cores are further apart than usual",
        ),
        ("a core is slowed from outside: 16{} µs for what takes 85, on core 1", "a core is slowed from outside"),
        ("1.2{} effective threads, 1.57 as a rule", "fewer effective threads than as a rule"),
        ("a core was not free for the canary", "a core was not free for the canary"),
    ],
)
def test_blocks_with_other_figures_are_of_one_kind(told: str, kind: str) -> None:
    assert {rejections.kind(told.format(number)) for number in range(10)} == {kind}


def test_a_reason_that_was_not_kept_says_so() -> None:
    assert rejections.kind(None) == "not said"
