"""Charts: valid by Altair's schema, safe on a page under a strict policy, the same on every build, and true."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import vl_convert
from altair import Chart
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from advisor.decision.engine import decide
from advisor.measurement.run import Observation
from advisor.measurement.timing import Summary
from advisor.profiles.profile import load_profile
from advisor.report import drawing_cache, frames
from advisor.report.charts import blocks, claims, lead, picture, ratios, routes, scores, speed, stability, theme, worlds
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
        "speed": lambda: speed.speed(
            pd.DataFrame({"row": [name] * 2, "column": ["PyTorch", "TensorFlow"], "ratio": [1.0, 8.4],
                          "alike": [True, False]}), told
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


def timed(framework: str, seconds: float, width: float = 0.0) -> Observation:
    return Observation(
        probe="x", framework=framework, metric="latency", unit="s", outcome="measured", grade="measured",
        summary=Summary(median=seconds, low=seconds * (1 - width), high=seconds * (1 + width), n=3),
    )  # fmt: skip


times = st.floats(1e-6, 10.0)


@given(st.lists(st.tuples(times, times), min_size=1, max_size=6))
def test_ratios_are_to_the_fastest_and_their_mean_is_geometric(pairs: list[tuple[float, float]]) -> None:
    report = Report(sample_run(), [])
    works = {
        str(number): [timed("pytorch", one), timed("tensorflow", two), timed("tensorflow", two * 3)]
        for number, (one, two) in enumerate(pairs)
    }
    frame = frames.speed(report, works)
    assert frame is not None
    own = frame[~frame["row"].str.startswith(frames.MEAN)]
    assert (own.groupby("row")["ratio"].min() == 1).all()
    for number, (one, two) in enumerate(pairs):
        found = own[own["row"] == str(number)].set_index("column")["ratio"]
        assert found["TensorFlow"] / found["PyTorch"] == pytest.approx(two / one, rel=1e-3)
    mean = frame[frame["row"].str.startswith(frames.MEAN)].set_index("column")["ratio"]
    if len(pairs) > 1:
        whole = 1.0
        for one, two in pairs:
            whole *= (two / one) ** (1 / len(pairs))
        assert mean["TensorFlow"] / mean["PyTorch"] == pytest.approx(whole, rel=2e-3)
    else:
        assert mean.empty


@pytest.mark.parametrize(("seconds", "width", "alike"), [(1.04, 0.0, True), (1.2, 0.0, False), (1.2, 0.15, True)])
def test_what_differs_by_less_than_matters_or_than_is_known_is_alike(
    seconds: float, width: float, alike: bool, report: Report
) -> None:
    frame = frames.speed(report, {"x": [timed("pytorch", 1.0, width), timed("tensorflow", seconds, width)]})
    assert frame is not None
    assert frame["alike"].tolist() == [True, alike]


def test_times_of_which_only_bounds_are_known_and_works_of_one_are_left_out(report: Report) -> None:
    bounded = timed("tensorflow", 2.0).model_copy(update={"grade": "bounded"})
    assert frames.speed(report, {"x": [timed("pytorch", 1.0), bounded], "y": []}) is None
