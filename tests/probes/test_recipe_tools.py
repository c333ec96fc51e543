"""What the recipes stand on, without any framework: verdicts, tracebacks, breakpoints, damage, names."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from probes import attention, bfloat16, breakpoints, constructs, damage, differences, tracebacks
from probes.demands import judged
from probes.public_api import kinds_of, survey
from probes.workloads import Array


def test_demands_that_hold_prove_and_others_are_named() -> None:
    assert judged({"the sky is blue": True}, height=3).outcome == "proved"
    proof = judged({"one is two": False, "one is one": True, "two is three": False}, height=3)
    assert (proof.outcome, proof.proof) == ("refuted", {"height": 3})
    assert proof.message == "it does not hold that one is two or that two is three"


def test_constructs_are_right_wrong_or_refused() -> None:
    def capture(name: str) -> Any:
        if name == "while":
            raise TypeError("\n\x1b[1mno loops\x1b[0m\nsee the manual")
        return constructs.branch if name == "for" else constructs.REFERENCE[name]

    assert constructs.judge(capture) == {
        "if": "right", "while": "refused: TypeError: no loops", "for": "wrong", "number": "right",
    }  # fmt: skip


def test_both_ways_through_each_construct_differ() -> None:
    positive, negative = constructs.INPUTS
    np.testing.assert_array_equal(constructs.branch(positive), positive * 2)
    np.testing.assert_array_equal(constructs.branch(negative), negative - 1)
    np.testing.assert_array_equal(constructs.loop(positive), positive / 4)
    np.testing.assert_array_equal(constructs.loop(negative), negative)


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [("right", "refused: X: no", "proved"), ("refused: X: no", "refused: Y: no", "not_supported"),
     ("right", "wrong", "refuted")],
)  # fmt: skip
def test_one_way_to_a_whole_graph_is_enough_but_no_wrong_answer_is(first: str, second: str, outcome: str) -> None:
    proof = constructs.whole({"export": {"if": first, "for": "right"}, "trace": {"if": second, "for": "right"}})
    assert proof.outcome == outcome
    assert proof.proof["ways"]["trace"]["if"] == second
    if outcome == "not_supported":
        assert proof.message == "export refuses if: X: no; trace refuses if: Y: no"


def multiply(x: Array) -> Array:
    return x @ np.ones((5, 6))


PLANTED = tracebacks.line_of(multiply, "x @")


def test_a_planted_bug_is_found_as_a_frame() -> None:
    error = tracebacks.provoke(lambda: multiply(np.ones((3, 4))), PLANTED)
    assert error["raised"] == "ValueError"
    assert error["line"] == "frame"
    assert error["frames"] == 2  # the lambda and multiply, not what caught it
    assert error["characters"] > 100


def test_a_planted_bug_is_found_behind_its_consequence() -> None:
    def wrapped() -> None:
        try:
            multiply(np.ones((3, 4)))
        except ValueError as error:
            raise RuntimeError("cannot compile") from error

    assert tracebacks.provoke(wrapped, PLANTED)["line"] == "frame"


@pytest.mark.parametrize("form", ['File "{file}", line {line}, in f', "{name}:{line}", ".../{name} (L{line}) f"])
def test_a_planted_bug_is_found_in_the_text_and_not_elsewhere(form: str) -> None:
    file, line = PLANTED

    def fails(offset: int) -> None:
        raise RuntimeError(form.format(file=file, name=Path(file).name, line=line + offset) + " 3x4 and (5, 6)")

    # The lines of this test itself are frames; only the planted one is asked for.
    found = tracebacks.provoke(lambda: fails(0), PLANTED)
    assert (found["line"], found["shapes"]) == ("text", True)
    assert tracebacks.provoke(lambda: fails(1000), PLANTED)["line"] == "no"


@pytest.mark.parametrize(
    ("text", "told"), [("got (4,) and (5,)", True), ("got (4,) alone", False), ("of 3x4", False), ("4 and 5", False)]
)
def test_sizes_that_do_not_fit_are_told_as_shapes_or_as_those_of_the_two_axes(text: str, told: bool) -> None:
    def fails() -> None:
        raise TypeError(text)

    assert tracebacks.provoke(fails, PLANTED)["shapes"] is told


def test_a_bug_that_goes_unnoticed_is_none() -> None:
    assert tracebacks.provoke(lambda: multiply(np.ones((3, 5))), PLANTED)["raised"] is None


def test_what_a_detector_says() -> None:
    file, line = PLANTED
    error = RuntimeError("Function 'Mul' returned nan")
    found = tracebacks.detection(error, r"Function '(\w+)'", PLANTED, [f'File "{file}", line {line}, in multiply'])
    assert (found["found"], found["operation"], found["line"]) == (True, "Mul", "text")
    assert tracebacks.detection(None, "", PLANTED)["found"] is False


def test_a_detector_s_frames_are_those_of_the_user_s_code() -> None:
    def fails(depth: int) -> None:
        if depth:
            fails(depth - 1)
        raise RuntimeError("NaN")

    for depth in range(3):
        with pytest.raises(RuntimeError) as caught:
            fails(depth)
        assert tracebacks.detection(caught.value, "(NaN)", PLANTED)["frames"] == depth + 1


def test_a_breakpoint_sees_values_under_any_name() -> None:
    def model(x: Array) -> Array:
        renamed = x + 1
        breakpoint()
        return renamed

    def value(local: object) -> Array | None:
        return local if isinstance(local, np.ndarray) else None

    before = sys.breakpointhook
    x = np.arange(3.0)
    expected = {"x": x, "hidden": x + 1, "other": x + 2}
    seen = breakpoints.watch(lambda: [model(x) for _ in range(2)], value, expected)
    assert seen == {"stops": 2, "x": 2, "hidden": 2, "other": 0}
    assert sys.breakpointhook is before


def test_damage_leaves_the_file_and_changes_the_copy(tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(bytes(range(100)))
    assert damage.truncated(file).read_bytes() == bytes(range(90))
    flipped = damage.flipped(file).read_bytes()
    assert [index for index in range(100) if flipped[index] != index] == [50]
    assert (flipped[50] ^ 50).bit_count() == 1
    assert file.read_bytes() == bytes(range(100))


def test_bfloat16_is_told_from_float32_and_from_nothing() -> None:
    values = np.random.default_rng(0).standard_normal(100).astype(np.float32)
    rounded = (values.view(np.uint32) & 0xFFFF0000).view(np.float32)
    assert not bfloat16.on_grid(values)
    assert bfloat16.on_grid(rounded)
    assert not bfloat16.on_grid(np.zeros(100, np.float32))


def test_finite_differences_and_attention_are_what_they_say() -> None:
    gate = 1 / (1 + np.exp(-differences.POINTS))
    exact = gate * (1 + differences.POINTS * (1 - gate))
    np.testing.assert_allclose(differences.slopes(differences.swish), exact, atol=1e-9)
    x = attention.sequence(7)
    assert x.shape == (7, attention.FEATURES)
    weights = np.linalg.lstsq(x.T, attention.attend(x).T, rcond=None)[0]
    assert attention.attend(np.ones((3, 8), np.float32)) == pytest.approx(np.ones((3, 8)))
    assert weights.shape == (7, 7)


def documented() -> None:
    """Say something."""


def plain() -> None: ...


def test_a_survey_counts_what_is_public_once() -> None:
    package, inner, other = ModuleType("slate"), ModuleType("slate.inner"), ModuleType("chalk")
    layer = type("Layer", (), {"__module__": "slate.inner", "__doc__": "A layer."})
    dense = type("Dense", (layer,), {"__module__": "slate.inner"})
    foreign = type("Foreign", (), {"__module__": "chalk"})
    again = type("Layer", (), {"__module__": "slate"})
    for function in (documented, plain):
        package.__dict__[function.__name__] = types.FunctionType(function.__code__, {"__name__": "slate"})
        package.__dict__[function.__name__].__doc__ = function.__doc__
    package.__dict__.update(inner=inner, other=other, Foreign=foreign, Layer=again, _hidden=layer, number=3)
    inner.__dict__.update(Layer=layer, Dense=dense, Alias=dense, package=package)
    other.__dict__.update(Layer=layer)
    figures = survey(package, ("slate",))
    assert figures == {
        "names": 5, "reused_names": 1, "documented": 2 / 5,
        "documentation_characters": len("Say something.") + len("A layer."),
    }  # fmt: skip
    assert kinds_of(inner, layer) == 1
