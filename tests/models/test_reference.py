"""What a tracer hides is seen before anything is exported: state, randomness, batches, lengths, idle inputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from probes.channel import ProbeError

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]

FAULTY = Path(__file__).with_name("factories") / "faulty.py"


def load(function: str) -> Any:
    pytest.importorskip("torch")
    from probes.models import reader
    from probes.models.subject import Loading

    return reader.load(Loading("python", FAULTY, function))


def asked(function: str, sizes: dict[str, int] | None = None, *given: dict[str, Any]) -> Any:
    from probes.models import reference, samples

    subject = load(function)
    entries = samples.merged(subject.entries, [samples.entry(each) for each in given])
    assert samples.lacking(entries, sizes or {}) == []
    return reference.taken(subject, entries, sizes or {}, samples.drawn(entries, sizes or {})), subject


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(FAULTY.read_text().splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("dropout_left_on", "it draws random numbers (a dropout or noise that is left on)"),
        ("random_output", "it draws random numbers"),
        ("mutated_buffer", "keeps a state between calls"),
        ("nan", "holds NaN for the inputs drawn"),
    ],
)
def test_a_model_that_no_export_can_be_held_against_is_refused(function: str, told: str) -> None:
    with pytest.raises(ProbeError, match=re.escape(told)) as error:
        asked(function)
    assert error.value.outcome == "not_supported"


def test_evaluation_mode_is_set_and_told() -> None:
    found, subject = asked("forgotten_eval")
    assert any("training mode" in note for note in subject.notes)
    assert found.dynamic
    assert [each.question.what for each in found.asked][-1] == "3 at once"
    assert len(found.asked) == 6


def test_a_batch_that_changes_the_answer_is_found_and_the_batch_is_fixed() -> None:
    found, _ = asked("batch_dependent")
    assert not found.dynamic
    assert found.entries[0].shape == (1, 6)
    assert any("another answer than alone" in note for note in found.notes)


def test_another_length_is_asked_where_a_dimension_has_a_name() -> None:
    found, _ = asked("loop", {"steps": 6}, {"name": "x", "dtype": "float32", "shape": ["batch", "steps", 3]})
    assert found.asked[-1].question.what == "with another steps (9)"
    assert found.asked[-1].question.inputs["x"].shape == (1, 9, 3)


def test_an_input_that_changes_nothing_is_told_and_outputs_go_by_name() -> None:
    found, subject = asked("unused_input")
    assert list(found.outputs) == ["sum"]
    assert any("input hint changes no answer" in note for note in found.notes)
    assert any("count" in note for note in subject.notes)


def test_half_weights_are_made_float32_and_told() -> None:
    found, subject = asked("half")
    assert any("float16" in note for note in subject.notes)
    assert found.outputs == {"output": ("float32", (1, 3))}


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("raises", "faulty.py:{Loop().missing}: AttributeError: 'Loop' object has no attribute 'missing'"),
        ("imports", "faulty.py:{importlib.import_module}: there is no module named 'not_there_at_all'"),
        ("exits", "faulty.py:{sys.exit(3)}: the code called exit(3)"),
        ("nothing", "faulty.py:nothing returned None"),
        ("no_such", "faulty.py has no function 'no_such'"),
    ],
)
def test_what_fails_in_the_users_code_is_told_by_its_own_line(function: str, told: str) -> None:
    with pytest.raises(ProbeError) as error:
        load(function)
    expected = re.sub(r"\{(.*?)\}", lambda found: str(line_of(found[1])), told)
    assert str(error.value).startswith(expected)


def test_a_model_that_magnifies_rounding_has_a_wider_limit_which_no_wrong_export_meets() -> None:
    from probes import route_proof

    found, _ = asked("magnifies_rounding")
    assert any("exports are held to" in note for note in found.notes)
    assert 1e-4 < found.limit <= 2e-3
    for error, outcome in ((0.0, "proved"), (0.01, "refuted")):
        answers = [{name: array * (1 + error) for name, array in each.expected.items()} for each in found.asked]
        assert route_proof.compared(found.asked, answers, "float32", limit=found.limit).outcome == outcome


def test_a_factory_that_makes_another_model_each_time_is_refused() -> None:
    from probes.models.reader import _alike

    found, subject = asked("another_each_time")
    _alike(subject, found.asked[0], subject.loading)
    with pytest.raises(ProbeError, match="another_each_time makes another model each time"):
        _alike(load("another_each_time"), found.asked[0], subject.loading)


def test_a_factory_that_seeds_nothing_makes_the_same_model_each_time(tmp_path: Path) -> None:
    file = tmp_path / "camera.py"
    file.write_text(
        "from torch import nn\n\nearly = nn.Linear(4, 4)\n\n\ndef make():\n    return early, nn.Linear(4, 2)\n"
    )
    torch = pytest.importorskip("torch")
    from probes.models import factories

    torch.manual_seed(7)
    first = factories.made(file, "make")
    torch.manual_seed(8)
    again = factories.made(file, "make")
    assert torch.equal(first.model.weight, again.model.weight)
    assert torch.equal(first.example.weight, again.example.weight)


def test_what_fails_in_forward_is_told_by_its_own_line_too() -> None:
    with pytest.raises(ProbeError, match=f"^faulty.py:{line_of('this network takes no such input')}: ValueError"):
        asked("late")


def test_a_branch_on_data_is_named_with_its_place() -> None:
    torch: Any = pytest.importorskip("torch")
    from probes.models import obstacles

    model, example = load("branch").model, torch.randn(1, 5)
    with pytest.raises(Exception, match="data-dependent") as error:
        torch.export.export(model, (example,))
    found = obstacles.of(error.value, FAULTY)
    assert found.operator == "a branch or size that depends on data"
    assert found.where == f"faulty.py:{line_of('if x.sum() > 0')}"


def test_the_wrapper_that_exporters_see_keeps_the_names() -> None:
    torch: Any = pytest.importorskip("torch")
    subject = load("unused_input")
    feed = {"x": torch.randn(1, 4).numpy(), "hint": torch.randn(1, 2).numpy()}
    wrapped = subject.wrapped(feed, ["sum"])
    program = torch.export.export(wrapped, tuple(map(torch.tensor, feed.values())))
    assert list(program.graph_signature.user_inputs) == ["x", "hint"]
    (first,) = subject.answer(feed).values()
    assert wrapped(*map(torch.tensor, feed.values())).numpy() == pytest.approx(first)


def test_the_factory_of_the_docs_is_read(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from probes.models import reader
    from probes.models.subject import Loading

    page = (FAULTY.parents[3] / "site" / "own-model.md").read_text(encoding="utf-8")
    file = tmp_path / "camera.py"
    file.write_text(re.findall(r"```py\n(.*?)```", page, flags=re.DOTALL)[0], encoding="utf-8")
    subject = reader.load(Loading("python", file, "make"))
    assert [each.shape for each in subject.entries] == [("batch", 3, 64, 64)]


def test_a_program_is_read_as_data_and_a_pickle_of_its_name_is_never_opened(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch")
    from probes.models import reader
    from probes.models.subject import Loading

    linear = torch.nn.Linear(4, 2)
    file = tmp_path / "net.pt2"
    torch.export.save(torch.export.export(linear, (torch.randn(1, 4),)), file)
    subject = reader.load(Loading("pt2", file))
    feed = {"input": torch.ones(1, 4).numpy()}
    assert subject.answer(feed)["output"] == pytest.approx(linear(torch.ones(1, 4)).detach().numpy())

    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "ran",))

    torch.save(Evil(), file)
    with pytest.raises(ProbeError):
        reader.load(Loading("pt2", file))
    assert not (tmp_path / "ran").exists()
