"""What a model takes, as an option and as YAML: both say the same, and what is wrong is told with what was expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import AdvisorError
from advisor.models import inputs

WORDS = st.from_regex(r"[a-z_][a-z0-9_]{0,10}", fullmatch=True).filter(lambda word: word != "batch")


@st.composite
def entries(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, int]]:
    dims: list[int | str] = draw(st.lists(st.one_of(st.integers(1, 4096), WORDS), max_size=4))
    sizes = {word: draw(st.integers(1, 999)) for word in dims if isinstance(word, str)}
    bounds = sorted(draw(st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000))))
    kind = draw(st.sampled_from(["float32", "int64", "uint8"]))
    whole = {"dtype": kind, "shape": ["batch", *dims], "range": [float(bound) for bound in bounds]}
    return {"name": draw(WORDS), **whole}, sizes


@given(entries())
def test_what_is_printed_is_read_again(entry: tuple[dict[str, Any], dict[str, int]]) -> None:
    told, sizes = entry
    (text,) = inputs.option([told], sizes)
    name, taken, found = inputs.parsed(text)
    assert found == sizes
    assert inputs.Specification({name: taken}, found).plain() == [told]


@given(entries())
def test_what_is_printed_as_yaml_is_read_again(entry: tuple[dict[str, Any], dict[str, int]]) -> None:
    import tempfile

    told, sizes = entry
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spec.yaml")
        file.write_text(inputs.written([told], sizes))
        found = inputs.read([], file)
    assert found.plain() == [told]
    assert found.sizes == sizes


def test_an_option_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text("inputs:\n  x: {dtype: float32, shape: [batch, 3]}\n  y: {dtype: bool, shape: [batch]}\n")
    found = inputs.read(["x=float32[batch,length=5]"], file)
    assert [each["shape"] for each in found.plain()] == [["batch", "length"], ["batch"]]
    assert found.sizes == {"length": 5}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("image", "expected NAME=DTYPE[DIMENSIONS]"),
        ("image=flaot32[batch,3]", "did you mean 'float32'?"),
        ("image=float32[batch,3x4]", "'3x4' is no dimension"),
        ("image=float32[batch,0]", "a size of 1 or more"),
        ("image=float32[batch]:1..0", "the lower bound first"),
        ("image=float32[batch]:0-1", "expected a range such as 0..1"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    with pytest.raises(AdvisorError) as error:
        inputs.read([text], None)
    assert told in error.value.message


def test_a_mistake_in_the_file_is_told_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text("inputs:\n  x:\n    dtype: float23\n    shape: [batch, 3]\n")
    with pytest.raises(AdvisorError, match=r"spec\.yaml:3:12"):
        inputs.read([], file)
