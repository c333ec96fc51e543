"""Charts: valid by Altair's schema, safe on a page under a strict policy, the same on every build, and true."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import vl_convert
from altair import Chart
from markupsafe import Markup

from advisor.decision.engine import decide
from advisor.profiles.profile import load_profile
from advisor.report import drawing_cache, frames
from advisor.report.charts import (
    blocks,
    claims,
    history,
    lead,
    picture,
    ratios,
    routes,
    scores,
    speed,
    stability,
    theme,
    worlds,
)
from advisor.report.charts.picture import Picture
from advisor.report.pages.context import Report
from tests.report.html import parse
from tests.samples import sample_run

HOSTILE = "</svg><script>alert('1')</script>\" → 'x\\"


def named(name: str) -> dict[str, Callable[[], Picture]]:
    """Return every chart, drawn of rows of which one has this name."""
    other, told = "TensorFlow → LiteRT", Markup("Finding.")
    stacks = {"name": [name, other], "framework": ["pytorch", "tensorflow"]}
    score = {"title": ["Speed"] * 2, "text": ["1", "2"], "provenance": ["measured here"] * 2, "score": [0.4, None],
             "score_low": [0.3, 0.0], "score_high": [0.5, 1.0]}  # fmt: skip
    both = pd.DataFrame(stacks | score)
    row = {"framework": "pytorch", "value": 1.2, "low": 1.1, "high": 1.3}
    return {
        "blocks": lambda: blocks.blocks(
            pd.DataFrame(
                {"name": [name] * 3 + [other], "framework": ["pytorch"] * 3 + ["tensorflow"], "grade": "measured",
                 "seconds": [9e-4, 1e-3, 2e-3, 5e-3], "accepted": [True, True, False, True], "value": 1e-3}
            ), told
        ),
        "claims": lambda: claims.claims([{"kind": name, "sort": each, "count": 2} for each in claims.SORTS], told),
        "criteria": lambda: scores.criteria(both, told),
        "criterion": lambda: scores.criterion(both, {0.0: "50 ms", 0.5: "7 ms", 1.0: "1 ms"}, told, "Speed"),
        "lead": lambda: lead.lead(
            pd.DataFrame({"step": [name, "Speed", "Size", other], "amount": [0.5, 0.2, -0.1, 0.0],
                          "kind": ["end", "criterion", "criterion", "end"]}), told
        ),
        "ratios": lambda: ratios.ratios([row | {"name": name}, row | {"name": name, "framework": None}], told, "ratio"),
        "routes": lambda: routes.routes(
            pd.DataFrame(stacks | {"owner": [name, "TensorFlow"], "runtime": ["a", "b"], "size": [1e5, 2e5],
                                   "precision": ["float32", "int8"], "seconds": [2e-5, 1e-5]}), told
        ),
        "grades": lambda: blocks.grades(
            pd.DataFrame({"grade": ["measured", name], "ratio": [0.9, 1.1], "to": [1.0, 1.2], "count": [3, 4],
                          "share": [0.3, 0.4]}), told
        ),
        "trend": lambda: history.trend(
            pd.DataFrame({"day": ["2026-11-01T00:00:00", "2026-11-02T00:00:00"] * 2, "name": [name, name, other, other],
                          "framework": ["pytorch"] * 2 + ["tensorflow"] * 2, "ratio": [1.0, 0.9, 1.0, 1.2],
                          "works": 3, "run": ["a", "b"] * 2}), told
        ),
        "advice": lambda: history.advice(
            pd.DataFrame({"row": [f"{name}\u20630"] * 2, "persona": name, "day": ["2019-01-01", "2026-11-01"],
                          "when": ["then", "now"], "title": ["TensorFlow", "PyTorch"], "said": name,
                          "framework": ["tensorflow", "pytorch"], "answer": ["agrees", "does not agree"]}), told
        ),
        "speed": lambda: speed.speed(
            pd.DataFrame({"row": [name] * 2, "column": ["PyTorch", "TensorFlow"], "ratio": [1.0, 8.4],
                          "alike": [True, False], "from": "observation 3"}), told
        ),
        "stability": lambda: stability.stability(
            pd.DataFrame({"title": [name], "weight": [0.2], "low": [0.1], "high": [0.4]}), told
        ),
        "worlds": lambda: worlds.worlds(
            pd.DataFrame({"name": [name, name, other], "framework": ["pytorch", "pytorch", "tensorflow"],
                          "rank": [1, 2, 1], "share": [0.6, 0.4, 0.4]}), told
        ),
    }  # fmt: skip


CHARTS = sorted(named("x"))


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_valid_and_safe_and_shows_every_name(chart: str) -> None:
    drawn = named("PyTorch → ExecuTorch")[chart]()
    spec = json.loads(drawn.spec)
    assert Chart.from_dict(spec).to_dict()["$schema"] == spec["$schema"]
    for svg in (drawn.wide, drawn.narrow):
        (root,) = parse(str(svg)).find("svg")
        inner = root.find("g") + root.find("path") + root.find("text")
        assert not any({"id", "style", "class", "font-family"} & set(each.attributes) for each in inner)
        assert root.attributes["role"] == "img"
        assert len(root.attributes["aria-label"]) > 4
        assert int(float(root.attributes["width"])) <= theme.WIDE + 40
    assert "PyTorch" in parse(str(drawn.wide)).text


@pytest.mark.parametrize("chart", CHARTS)
def test_a_hostile_name_is_text(chart: str) -> None:
    drawn = named(HOSTILE)[chart]()
    for svg in (drawn.wide, drawn.narrow):
        assert str(svg).count("</svg>") == 1
        assert "<script" not in svg
    assert HOSTILE in json.dumps(json.loads(drawn.spec), ensure_ascii=False).replace('\\"', '"').replace("\\\\", "\\")


def test_every_color_of_a_chart_has_its_own_in_the_dark() -> None:
    style = (Path(__file__).parents[2] / "templates" / "theme" / "style.css").read_text(encoding="utf-8")
    light = {*theme.HEAT, theme.ON_HEAT, "none"}
    for chart, make in named("PyTorch").items():
        root = parse(str(make().wide))
        for each in [*root.find("path"), *root.find("g"), *root.find("text"), *root.find("line"), *root.find("rect")]:
            for name in ("fill", "stroke"):
                paint = each.attributes.get(name, "none")
                assert paint in light or f'.chart [{name}="{paint}"]' in style, (chart, paint)


def test_two_builds_draw_the_same_and_what_differs_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    first = named("PyTorch")["lead"]()
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", None)
    assert named("PyTorch")["lead"]() == first
    with pytest.raises(TypeError):
        named("Keras")["lead"]()


def test_what_is_not_whole_is_drawn_again(tmp_path: Path) -> None:
    first = named("PyTorch")["lead"]()
    files = sorted((tmp_path / "cache" / "pieces").iterdir())
    assert len(files) == 2
    files[0].write_bytes(files[0].read_bytes()[:-9])
    files[1].write_bytes(b"\xff")
    assert named("PyTorch")["lead"]() == first


def test_where_nothing_may_be_written_all_is_drawn_and_the_oldest_are_let_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert named("PyTorch")["lead"]().wide
    (tmp_path / "cache").unlink()
    named("PyTorch")["lead"]()
    monkeypatch.setattr(drawing_cache, "_MOST", 1)
    drawing_cache.tidy()
    assert len(list((tmp_path / "cache" / "pieces").iterdir())) == 1


def test_numbers_of_a_drawing_are_short() -> None:
    assert picture._short("M0,0h10.399999v-1e-7L2.25,3", "d") == "M0,0h10.4v-0L2.2,3"
    assert picture._short("#bc5416", "fill") == "#bc5416"


@pytest.fixture(scope="module")
def report() -> Report:
    run = sample_run()
    return Report(run, [decide(run, load_profile("edge"))])


def test_the_steps_lead_from_the_runner_up_to_the_first(report: Report) -> None:
    (told,) = report.recommendations
    steps = frames.lead(report, told)
    assert steps is not None
    first, second = [each for each in told.ranking if each.feasible][:2]
    assert steps["amount"].iloc[0] == second.value
    assert steps["amount"].sum() == pytest.approx(first.value)
    assert list(steps["kind"]) == ["end", *["criterion"] * (len(steps) - 2), "end"]
    inner = steps["amount"].iloc[1:-2].abs()
    assert inner.is_monotonic_decreasing


@pytest.mark.parametrize(
    ("mark", "place"),
    [
        ("M-4.2,-4.2h8.4v8.4h-8.4Z", "M5.8,15.8h8.4v8.4h-8.4Z"),
        ("M0,-3.6L-4.2,3.6L4.2,3.6Z", "M10,16.4L5.8,23.6L14.2,23.6Z"),
    ],
)
def test_a_mark_says_itself_where_it_is(mark: str, place: str) -> None:
    path = ElementTree.Element("path", {"transform": "translate(10,20)", "d": mark})
    picture._place(path)
    assert path.attrib == {"d": place}


def test_a_curve_keeps_its_transformation() -> None:
    path = ElementTree.Element("path", {"transform": "translate(10,20)", "d": "M2,0A2,2,0,1,1,-2,0"})
    picture._place(path)
    assert path.get("transform") == "translate(10,20)"


def test_as_many_stacks_stand_beside_each_other_as_a_screen_has_room_for() -> None:
    assert [frames.beside(count) for count in (1, 5, 6, 12)] == [1, 5, 5, 5]
