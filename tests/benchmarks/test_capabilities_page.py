"""The documentation's table of capabilities is what the generator makes of a committed Run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.errors import AdvisorError
from advisor.measurement import definitions
from advisor.measurement.run import Observation, Run, load_run
from advisor.report import words
from benchmarks import capabilities_page as outcomes
from tests.samples import sample_run

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "site" / "capabilities.md"


@cache
def sources() -> tuple[Run, ...]:
    """Return the committed Run of the page."""
    return (load_run(ROOT / "tests" / "data" / "reference-run.json"),)


def tried() -> list[Observation]:
    probes = {each.probe for each in definitions.capabilities().values()}
    return [each for run in sources() for each in run.observations if each.probe in probes]


def test_the_page_is_what_the_generator_makes_of_the_committed_runs() -> None:
    assert PAGE.read_text(encoding="utf-8") == outcomes.page(*sources())


def test_every_capability_was_tried() -> None:
    known = {f"capability:{name}" for name in definitions.capabilities()}
    assert {each.probe for each in tried()} == known


def test_runs_of_two_machines_are_no_page() -> None:
    other = sample_run()
    host = other.host.model_copy(update={"cpu": "another processor"})
    with pytest.raises(AdvisorError, match="another processor"):
        outcomes.page(other, other.model_copy(update={"host": host}))


# Failures of the frameworks' own code, by what they said: PyTorch's dynamic quantization replaces a layer that its
# transformer encoder then looks into; TensorFlow's converter crashes on an LSTM in int8, also on one that JAX wrote.
THEIRS = {
    ("capability:route-torchscript", "pytorch"): "AttributeError: 'function' object has no attribute 'device'",
    ("capability:route-litert", "tensorflow"): "the TensorFlow worker died at 'prove': signal SIGSEGV",
    ("capability:route-litert", "jax"): "the JAX worker died at 'prove': signal SIGSEGV",
}


def test_none_failed_for_a_reason_of_ours_and_four_of_five_are_proved() -> None:
    found = tried()
    for each in found:
        if each.outcome in ("error", "crashed"):
            assert (each.message or "").startswith(THEIRS[each.probe, each.framework])
    kinds = [each.outcome for each in found]
    assert set(kinds) <= {"proved", "refuted", "not_supported", "not_applicable", "not_installed", "error", "crashed"}
    assert kinds.count("proved") >= 0.8 * len(kinds)


def test_every_cell_that_is_not_proved_has_a_reason() -> None:
    text = outcomes.page(*sources())
    links = re.findall(r"\(#([a-z0-9-]+)\)", text)
    anchors = re.findall(r'<a id="([a-z0-9-]+)"></a>\n\n### .+\n\n\S', text)
    assert links
    assert sorted(links) == sorted(anchors)
    places = {(each.probe, each.framework) for each in tried() if each.outcome != "proved"}
    assert {words.slug(f"{probe.removeprefix('capability:')}-{framework}") for probe, framework in places} <= {*links}


def test_the_variants_of_a_recipe_are_counted_and_told_apart() -> None:
    (cell,) = [each for each in sample_run().observations if each.probe == "capability:data-parallel"][:1]
    variants = [
        cell.model_copy(update={"parameters": {"n": number}, "outcome": outcome, "message": message})
        for number, (outcome, message) in enumerate([("proved", None), ("refuted", "too far"), ("refuted", "too far")])
    ]
    text = outcomes.page(sample_run().model_copy(update={"observations": tuple(variants)}))
    assert "[1 of 3 proved](#data-parallel-pytorch)" in text
    assert "Refuted: 1, 2. The replicas drift apart" in text
    assert text.count("`too far`") == 1


def test_the_command_writes_the_page_of_any_run(tmp_path: Path) -> None:
    run = sample_run()
    file, page = tmp_path / "run.json", tmp_path / "page.md"
    file.write_text(run.model_dump_json(by_alias=True), encoding="utf-8")
    result = CliRunner().invoke(outcomes.main, [str(file), "--output", str(page)])
    assert result.exit_code == 0, result.output
    text = page.read_text(encoding="utf-8")
    assert text == outcomes.page(run)
    assert "### Serving with the framework's own server, PyTorch: not supported" in text
    assert "The recipe said: `an invented reason`" in text
    assert "| TorchScript" not in text, "the Run did not try it"
    assert "Not measured in this Run: " in text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/opt/some-where/bin/python3 has no module named 'x'", "python3 has no module named 'x'"),
        ("see https://example.org/a/b, or a/b/c", "see https://example.org/a/b, or a/b/c"),
        ("first `line`\nsecond", "first 'line' second"),
    ],
)
def test_a_message_is_told_on_one_line_without_a_machine_s_paths(said: str, told: str) -> None:
    (cell,) = [each for each in sample_run().observations if each.probe == "capability:serving"][:1]
    run = sample_run().model_copy(update={"observations": (cell.model_copy(update={"message": said}),)})
    assert f"The recipe said: `{told}`" in outcomes.page(run)
