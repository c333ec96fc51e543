"""Every number on the site can be found in the Run, a Recommendation or a cited fact, and none stands alone."""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from advisor.criteria import load_criteria
from advisor.decision import phrases
from advisor.knowledge.catalog import load_catalog
from advisor.measurement import definitions
from advisor.measurement.run import Skipped
from advisor.report import words
from tests.report.conftest import Site
from tests.report.html import Element, read

# Names of number formats, of quantiles and of network sizes; nothing that was measured.
ALLOWED = re.compile(r"\b(int8|float32|float64|bf16|p95|p99|Keras 3)\b")
# Dates, what a reader copies, drawings (their numbers stand in the table beneath), and the ends of an axis.
SKIPPED_TAGS = {"time", "code", "pre", "svg", "data", "bdi", "script"}
SKIPPED_CLASSES = {"scale"}
FACTORS = {
    "s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9, "days": 86_400, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
    "GiB": 2**30, "%": 0.01, "/s": 1, "M/s": 1e6, "G/s": 1e9, "T/s": 1e12, "": 1,
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


class Documents:
    """The files among the downloads, by the name that figures cite them by."""

    def __init__(self, folder: Path) -> None:
        self.found: dict[str, Any] = {
            path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")
        } | {
            path.name.removesuffix(".json.gz"): json.loads(gzip.decompress(path.read_bytes()))
            for path in folder.glob("*.json.gz")
        }

    def get(self, reference: str) -> Any:
        if reference.startswith("definition:"):
            return definition(reference.removeprefix("definition:"))
        name, _, pointer = reference.partition("#/")
        here = self.found[name]
        for part in pointer.split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            here = here[int(key)] if isinstance(here, list) else here[key]
        return here


def definition(reference: str) -> str:
    probe, _, key = reference.partition("/")
    known: dict[str, Any] = {each.probe: each for each in definitions.workloads()}
    known |= {each.probe: each for each in definitions.shipped().experiments}
    known |= {each.id: each for each in definitions.routes().values()}
    known |= {each.probe: each for each in definitions.capabilities().values()}
    known |= {f"criterion:{name}": each for name, each in load_criteria().items()}
    here = known[probe]
    for part in key.split("/"):
        here = here[part] if isinstance(here, dict) else getattr(here, part)
    return words.line(str(here))


def expected(element: Element, documents: Documents) -> float:
    by, places = element.attributes.get("data-by", ""), element.attributes["data-from"].split()
    if " " in by:
        (place,) = places
        return math.prod(float(documents.get(place)[key]) for key in by.split())
    values = [float(documents.get(each)) for each in places]
    match element.attributes.get("data-by"):
        case None:
            (value,) = values
            return value
        case "product":
            return math.prod(values)
        case "ratio":
            return values[0] / values[1]
        case other:
            raise AssertionError(f"nobody knows how to combine by {other}")


def figures(element: Element, inside: bool = False) -> Iterator[tuple[Element, bool]]:
    """Yield every figure, and whether it is a bound, which stands in the unit of the value before it."""
    inside = inside or "iv" in element.classes
    for child in element.children:
        if isinstance(child, Element):
            if child.name == "data":
                yield child, inside
            else:
                yield from figures(child, inside)


def read_number(text: str, unit: str) -> tuple[float, float]:
    """Return what a text says in base units, and by how much rounding may have moved it."""
    mantissa, _, power = re.sub("(st|nd|rd|th)$", "", text.replace(",", "")).partition("·10")
    mantissa = mantissa.translate(SUPERSCRIPTS)
    decimals = len(mantissa.partition(".")[2])
    step = 10.0**-decimals
    if not decimals and abs(float(mantissa)) >= 100:
        step = 10.0 ** (len(mantissa) - len(mantissa.rstrip("0")))
    factor = FACTORS[unit] * (10.0 ** int(power.translate(SUPERSCRIPTS)) if power else 1.0)
    return float(mantissa) * factor, step * factor / 2


def loose_texts(element: Element) -> Iterator[str]:
    if element.name in SKIPPED_TAGS or SKIPPED_CLASSES & set(element.classes):
        return
    if "data-rows" in element.attributes:
        element = element.one("caption")
    for child in element.children:
        if isinstance(child, str):
            yield child
        else:
            yield from loose_texts(child)


def test_every_figure_is_in_its_document(site: Site) -> None:
    documents = Documents(site.folder)
    seen = 0
    for page in site.pages:
        for element in read(page).one("main").find("data"):
            value = float(element.attributes["value"])
            assert value == pytest.approx(expected(element, documents), rel=1e-8), (page.name, element)
            seen += 1
    assert seen > 1000


def test_every_figure_reads_as_its_value(site: Site) -> None:
    for page in site.pages:
        last = ""
        for element, bound in figures(read(page).one("main")):
            value = float(element.attributes["value"])
            number, _, unit = element.text.partition("\N{NO-BREAK SPACE}")
            last = last if bound else unit
            if number.startswith("under"):
                assert 0 < value < 0.01
            elif number.startswith("over"):
                assert 0.99 < value < 1
            else:
                shown, rounding = read_number(number, last)
                assert abs(shown - value) <= rounding * 1.001 + 1e-15, (page.name, element.text, value)


def test_every_sample_is_a_round_of_its_observation(site: Site) -> None:
    documents = Documents(site.folder)
    seen = 0
    for page in site.pages:
        for table in read(page).find("table"):
            if "samples" not in table.classes:
                continue
            rounds = documents.get(table.attributes["data-rows"])
            rows = table.one("tbody").find("tr")
            assert len(rows) == len(rounds)
            columns = [each.attributes for each in table.one("thead").find("th")]
            for row, block in zip(rows, rounds, strict=True):
                for column, cell in zip(columns[:5], row.find("td"), strict=False):
                    name, factor = column["data-column"], float(column.get("data-factor", 1))
                    value = block["cpu"] / block["wall"] if name == "threads" else block[name]
                    decimals = len(cell.text.partition(".")[2])
                    assert float(cell.text) * factor == pytest.approx(value, abs=10**-decimals * factor / 2 * 1.001)
                    seen += 1
                assert ("disturbed" in row.text) != block["accepted"]
    assert seen > 500


def test_every_quote_is_in_its_document(site: Site) -> None:
    documents = Documents(site.folder)
    seen = 0
    for page in site.pages:
        for element in read(page).one("main").find("bdi"):
            data = documents.get(element.attributes["data-from"])
            # What was left out is data, and said in one place.
            left_out = isinstance(data, dict) and phrases.left_out(Skipped.model_validate(data), site.run.titles)
            assert words.line(element.text) == words.line(left_out or str(data)), (page.name, element)
            seen += 1
    assert seen > 200


def test_no_other_number_stands_on_a_page(site: Site) -> None:
    for page in site.pages:
        # The long report is prose; its figures are held to the documents by its own tests.
        if page.stem.startswith("report"):
            continue
        main = read(page).one("main")
        for text in loose_texts(main):
            assert not re.search(r"\d", ALLOWED.sub("", text)), f"{page.name}: {text.strip()!r}"


def test_what_if_weighs_the_numbers_of_the_recommendation(site: Site) -> None:
    for told in site.recommendations:
        (script,) = [
            each
            for each in read(site.folder / f"profile-{told.profile}.html").find("script")
            if each.attributes.get("id") == "what-if-data"
        ]
        data = json.loads(script.text)
        assert {each["id"]: each["weight"] for each in data["criteria"]} == {
            need.criterion: need.weight for need in told.needs
        }
        for stack, ranked in zip(data["stacks"], told.ranking, strict=True):
            parts = {part.criterion: part for part in ranked.contributions}
            for criterion, value in zip(data["criteria"], stack["values"], strict=True):
                part = parts[criterion["id"]]
                assert value == (part.value if part.value is not None else (part.low + part.high) / 2)


def test_cited_facts_are_in_the_catalog(site: Site) -> None:
    catalog = {fact.id for fact in load_catalog().facts}
    cited = {
        cell.evidence
        for told in site.recommendations
        for cell in told.evidence
        if cell.provenance == "documented" and told.profile != "made-by-hand"
    }
    assert cited
    assert cited <= catalog


def test_cited_observations_hold_the_value(site: Site) -> None:
    checked = 0
    for told in site.recommendations[:3]:
        for cell in told.evidence:
            if cell.provenance != "measured here" or cell.level is not None or cell.value is None:
                continue
            assert cell.evidence
            summary = site.run.observations[int(cell.evidence.rpartition("/")[2])].summary
            assert summary
            checked += cell.value in (summary.median, summary.p50, summary.p95, summary.p99)
    assert checked > 50
