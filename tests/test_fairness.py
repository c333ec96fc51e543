"""What the makers recommend: the page says what the code does, and a change of either fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from benchmarks import recommendations
from benchmarks.recommendations import Place, Recommendation

FOUND = recommendations.load()
CODE = "def run(threads):\n    options = Options(level=3)\n    return go(options, threads)\n"


@pytest.mark.parametrize("each", FOUND, ids=lambda each: f"{each.of}, {each.topic}")
def test_the_code_does_what_is_said(each: Recommendation) -> None:
    assert [place for place in each.code if not place.holds_true()] == []


def test_every_framework_and_runtime_that_is_measured_is_there() -> None:
    expected = {"PyTorch", "TensorFlow", "JAX", "ONNX Runtime", "OpenVINO", "LiteRT", "ExecuTorch"}
    assert {each.of for each in FOUND} == expected
    assert {each.of for each in FOUND if "int8" in each.topic} == expected - {"PyTorch", "TensorFlow", "JAX"}


def test_the_page_holds_the_table() -> None:
    text = recommendations.PAGE.read_text(encoding="utf-8")
    assert recommendations.page(FOUND, text) == text, "python -m benchmarks.recommendations writes it anew"


@pytest.mark.parametrize(
    ("place", "holds"),
    [
        ({"within": "run", "holds": "go(options, threads)"}, True),
        ({"within": "run", "holds": "options = Options(level=3)"}, True),
        ({"within": "run", "holds": "level=3"}, True),
        ({"within": "run", "holds": "Options(level=2)"}, False),
        ({"within": "gone", "holds": "Options(level=3)"}, False),
        ({"lacks": "spinning"}, True),
        ({"lacks": "level"}, False),
    ],
)
def test_a_change_of_the_code_is_noticed(place: dict[str, str], holds: bool, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(CODE, encoding="utf-8")
    assert Place(file="code.py", **place).holds_true(tmp_path) is holds


@pytest.mark.parametrize("change", ["because: none is needed", "followed: sometimes", "code: []"])
def test_an_entry_that_contradicts_itself_is_refused(change: str, tmp_path: Path) -> None:
    first = recommendations.FILE.read_text(encoding="utf-8").split("  - of:")[1]
    key = change.split(":")[0]
    lines = [line for line in f"  - of:{first}".splitlines() if not line.startswith(f"    {key}:")]
    if key == "code":
        lines = lines[: next(i for i, line in enumerate(lines) if line.strip().startswith("- {file"))]
    file = tmp_path / "recommendations.yaml"
    file.write_text("recommendations:\n" + "\n".join([*lines, f"    {change}"]) + "\n", encoding="utf-8")
    with pytest.raises(AdvisorError):
        recommendations.load(file)
