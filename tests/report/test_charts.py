"""Drawings: the same on every machine, with every text where the renderer would have put it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import pytest
import vl_convert
from markupsafe import Markup

from advisor.report import drawing_cache
from advisor.report.charts import axes, compilation, drawing, grammar, lettering
from advisor.report.charts.contributions import Bar, Block, contributions
from advisor.report.charts.evidence import Mark, Row, evidence
from advisor.report.charts.ratios import Ratio, ratios
from advisor.report.charts.strips import Strip, strips
from tests.report.html import Element, parse

pytestmark = pytest.mark.integration

LONG = "x" * 10_000
PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")


def examples(name: str = "PyTorch → ExecuTorch") -> dict[str, drawing.Drawing]:
    bars = [Bar(name, "pytorch", "0.86", [Block("A", 0.5, False), Block("B", 0.36, True)])]
    marks = [Mark("pytorch", "circle", 0.4, 0.3, 0.5), Mark("tensorflow", "square", None, 0.0, 1.0)]
    strip = Strip(name, "pytorch", 1e-3, [(9e-4, True), (1e-3, True), (2e-3, False)])
    return {
        "contributions": contributions(bars, Markup()),
        "evidence": evidence([Row(name, "50 ms to 1 ms", marks)], Markup(), Markup()),
        "strips": strips([strip], Markup()),
    }


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every chart compiled, whatever is shipped."""
    for module in compilation.modules():
        monkeypatch.setattr(module, "layers", module.layers.anew)


def texts(svg: Markup) -> list[tuple[str, float, float]]:
    """Return every text with its place in the whole drawing."""
    found: list[tuple[str, float, float]] = []

    def walk(element: Element, x: float, y: float) -> None:
        move = PLACE.fullmatch(element.attributes.get("transform", ""))
        if move:
            x, y = x + float(move[1]), y + float(move[2])
        if element.name == "text":
            across = [float(each) for each in element.attributes.get("x", "0").split()]
            down = y + float(element.attributes.get("y", "0"))
            # With a place for each, these are the letters of several texts.
            parts = list(element.text) if len(across) > 1 else [element.text]
            found.extend((part, x + each, down) for part, each in zip(parts, across, strict=True))
        for child in element.children:
            if isinstance(child, Element):
                walk(child, x, y)

    walk(parse(str(svg)), 0, 0)
    return found


@pytest.mark.usefixtures("anew")
def test_texts_stand_where_the_renderer_puts_measured_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = examples()
    monkeypatch.setattr(lettering, "hide", lambda spec: None)
    measured = examples()
    for name, theirs in measured.items():
        for kind in ("wide", "narrow"):
            pairs = list(zip(texts(getattr(ours[name], kind)), texts(getattr(theirs, kind)), strict=True))
            assert len(pairs) > 3
            # The renderer pads a drawing by what it measures: one shift for all of it.
            shift = pairs[0][0][1] - pairs[0][1][1]
            for (text, x, y), (said, there, down) in pairs:
                assert text == said
                assert abs(x - there - shift) < 0.1, (name, kind, text)
                assert abs(y - down) <= 1, (name, kind, text)


def test_a_chart_is_compiled_once_for_all_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    @compilation.compiled
    def layers(width: int) -> compilation.Chart:
        return alt.layer(grammar.named("rows").mark_point().encode(x=grammar.pixels(alt.X, "x"))).properties(
            width=width
        )

    first = layers(300)
    monkeypatch.setattr(vl_convert, "vegalite_to_vega", None)
    assert layers(300) is first
    with pytest.raises(TypeError):
        layers(720)


def test_the_shipped_layers_are_what_the_charts_compile_to() -> None:
    shipped = json.loads(compilation.SHIPPED.read_bytes())
    again = "run python -m advisor.report.charts.compilation"
    assert shipped["code"] == compilation.code(), again
    if shipped["versions"] != compilation.versions():
        pytest.skip(f"made by {shipped['versions']}")
    assert shipped["layers"] == compilation.shippable(), again


def test_what_is_shipped_spares_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in compilation.modules():
        module.layers.cache_clear()
    monkeypatch.setattr(vl_convert, "vegalite_to_vega", None)
    assert set(examples()) == {"contributions", "evidence", "strips"}


def test_layers_of_other_code_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = json.loads(compilation.SHIPPED.read_bytes()) | {"code": "of another day"}
    for text in (json.dumps(changed), "{", None):
        file = tmp_path / "compiled.json"
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(compilation, "SHIPPED", file)
        assert compilation.read_shipped() == {}


class TestKept:
    @pytest.fixture(autouse=True)
    def _folder(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
        monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))
        drawing._drawn.cache_clear()
        yield
        drawing._drawn.cache_clear()

    def test_a_second_process_draws_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = examples()
        drawing._drawn.cache_clear()
        monkeypatch.setattr(vl_convert, "vega_to_svg", None)
        assert examples() == first

    def test_what_differs_is_drawn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = examples()
        assert examples("TensorFlow → LiteRT") != first
        monkeypatch.setattr(drawing, "_renderer", lambda: "another version")
        drawing._drawn.cache_clear()
        monkeypatch.setattr(vl_convert, "vega_to_svg", None)
        with pytest.raises(TypeError):
            examples()

    def test_what_is_not_whole_is_drawn_again(self, tmp_path: Path) -> None:
        first = examples()
        files = sorted((tmp_path / "cache" / "pieces").iterdir())
        assert len(files) == 6
        files[0].write_bytes(files[0].read_bytes()[:-9])
        files[1].write_bytes(b"\xff")
        files[2].write_text("<script>", encoding="utf-8")
        drawing._drawn.cache_clear()
        assert examples() == first
        assert sorted((tmp_path / "cache" / "pieces").iterdir()) == files

    def test_where_nothing_may_be_written_all_is_drawn(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("a file", encoding="utf-8")
        assert set(examples()) == {"contributions", "evidence", "strips"}

    def test_the_oldest_are_let_go(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        examples()
        monkeypatch.setattr(drawing_cache, "_MOST", 5)
        drawing_cache.tidy()
        assert len(list((tmp_path / "cache" / "pieces").iterdir())) == 3


@pytest.mark.usefixtures("anew")
def test_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    compiles = vl_convert.vegalite_to_vega

    def watch(spec: dict[str, Any]) -> dict[str, Any]:
        seen.append(spec)
        return compiles(spec)

    monkeypatch.setattr(vl_convert, "vegalite_to_vega", watch)
    examples()
    assert seen
    for spec in seen:
        for layer in spec["layer"]:
            assert layer["mark"].get("fontSize", 0 if layer["mark"]["type"] != "text" else 12) == 0
            assert "limit" not in layer["mark"]


@pytest.mark.parametrize("name", ["contributions", "evidence", "strips"])
def test_a_long_text_is_cut_where_the_drawing_ends(name: str) -> None:
    drawn = examples(LONG)[name]
    for svg, width in ((drawn.wide, drawing.WIDE), (drawn.narrow, drawing.NARROW)):
        (cut,) = [text for text, _, _ in texts(svg) if text.startswith("xxx")]
        assert cut.endswith("x…")
        assert len(cut) < width / 5
        assert int(parse(str(svg)).one("svg").attributes["width"]) <= width + 8


def test_a_long_name_of_a_ratio_goes_on_below_and_no_row_meets_the_next() -> None:
    name = "TensorFlow → ONNX Runtime through tf2onnx, transformer encoder, training, fastest documented setting"
    drawn = ratios(
        [Ratio(name, "tensorflow", 1.2, 1.1, 1.3), Ratio("PyTorch", "pytorch", 0.9, 0.8, 1.0)], Markup(), "x"
    )
    assert [text for text, _, _ in texts(drawn.wide)][:2] == [name, "PyTorch"]
    *lines, other = texts(drawn.narrow)[:4]
    assert " ".join(text for text, _, _ in lines) == name
    assert lines[0][2] < lines[1][2] < lines[2][2] < other[2]
    dots = [float(each.attributes["cy"]) for each in parse(str(drawn.narrow)).find("circle")]
    assert lines[2][2] < dots[0] < other[2] - 13 < dots[1]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a b", ["a b"]),
        ("aaaa bbbb cccc dddd", ["aaaa bbbb", "cccc dddd"]),
        ("a" * 30, ["a" * 30]),
        ("aaaaaa bbbbbb cccccc dddddd", ["aaaaaa", "bbbbbb", "cccccc dddddd"]),
    ],
)
def test_a_text_is_broken_between_words_into_three_lines_at_most(text: str, lines: list[str]) -> None:
    assert lettering.wrapped(text, 60, 12) == lines


def test_a_drawing_is_widened_to_hold_its_labels() -> None:
    axis = alt.Axis(values=[0, 1], labelExpr="'as slow as the slowest of all'", labelFlush=False, title=None)
    mark = grammar.named("rows").mark_point().encode(x=alt.X("value:Q", axis=axis))
    layers = compilation.compile_anew(alt.layer(mark).properties(width=300))
    _, svg = drawing.draw(lambda _: (layers, 20, {"rows": [{"value": 0}, {"value": 1}]}), "Two points")
    left, _, width, _ = (float(each) for each in parse(str(svg)).one("svg").attributes["viewbox"].split())
    assert [text for text, _, _ in texts(svg)] == ["as slow as the slowest of all"] * 2
    assert left < -50
    assert width > 400


def test_labels_that_may_overlap_are_still_measured() -> None:
    free = {"mark": {"type": "point"}, "encoding": {"x": {"field": "a", "axis": {"title": "size"}}}}
    side = {"mark": {"type": "point"}, "encoding": {"y": {"field": "a", "axis": {"values": [1, 2]}}}}
    for spec in (free, side):
        before = str(spec)
        lettering.hide(spec)
        assert str(spec) == before


@pytest.mark.parametrize(
    ("values", "most", "ticks"),
    [
        ((0.8, 1.2), 6, [0.8, 0.9, 1.0, 1.1, 1.2]),
        ((0.8, 1.2), 3, [0.8, 1.0, 1.2]),
        ((1e-3, 0.1), 3, [1e-3, 1e-2, 0.1]),
        ((150e3, 600e3), 6, [150e3, 200e3, 300e3, 500e3]),
    ],
)
def test_ticks_are_round_and_reach_both_ends(values: tuple[float, float], most: int, ticks: list[float]) -> None:
    low, high, found = axes.logarithmic(values, most)
    assert low < values[0] < values[1] < high
    assert found == pytest.approx(ticks)


def test_what_looks_alike_is_written_once() -> None:
    drawn = examples()["contributions"].wide
    tree = parse(str(drawn)).one("svg")
    # Two blocks of one color would share a path; a known one and a missing one do not.
    assert len([each for each in tree.find("path") if each.attributes.get("fill") == "#bc5416"]) == 1
    assert len(str(drawn)) < 2_500
    bars = [Bar("PyTorch", "pytorch", "0.9", [Block(letter, 0.1, False) for letter in "ABCDEFGHI"])]
    many = contributions(bars, Markup()).wide
    (blocks,) = [each for each in parse(str(many)).find("path") if each.attributes.get("fill") == "#bc5416"]
    assert blocks.attributes["d"].count("M") == blocks.attributes["d"].count("Z") == 9
    assert [text for text, _, _ in texts(many) if len(text) == 1] == list("ABCDEFGHI")
