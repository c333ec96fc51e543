"""What a tracer gets wrong beside its example is refuted: a branch on data, a loop over time, an input that is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from probes import route_proof
from probes.feeds import Feed

# The tracer warns of what it does; the other exporters do not even that.
pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]

Trap = tuple[Any, Feed, dict[str, dict[str, int]]]


def branch(torch: Any) -> Trap:
    """The example takes one side; 140 % off on the other."""

    class Branch(torch.nn.Module):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            if x.sum() > 0:
                return x * 2
            return x - 1

    rng = np.random.default_rng(0)
    x = rng.random((4, 5), dtype=np.float32)
    x[2] *= -1
    return Branch(), {"x": x}, {}


def loop(torch: Any) -> Trap:
    """As many steps as the example had."""

    class Loop(torch.nn.Module):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            state = torch.zeros(x.shape[0], x.shape[2])
            for step in range(x.shape[1]):
                state = torch.tanh(state + x[:, step])
            return state

    x = np.random.default_rng(0).standard_normal((4, 6, 3), dtype=np.float32)
    return Loop(), {"x": x}, {"length": {"x": 1}}


def lost(torch: Any) -> Trap:
    """An input that was read as a number is in the trace as that number."""

    class Lost(torch.nn.Module):  # type: ignore[misc]
        def forward(self, x: Any, scale: Any) -> Any:
            return x * scale.max().item()

    rng = np.random.default_rng(0)
    return Lost(), {"x": rng.random((4, 5), dtype=np.float32), "scale": rng.random((4, 2), dtype=np.float32)}, {}


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("trap", "says"), [(branch, "other inputs"), (loop, "with another length"), (lost, "other inputs")]
)
def test_a_trace_is_right_on_its_example_and_refuted_beside_it(
    torch: Any, trap: Callable[[Any], Trap], says: str, tmp_path: Path
) -> None:
    from probes.frameworks.pytorch import export, route_torchscript

    model, inputs, lengths = trap(torch)
    tensors = {name: torch.tensor(array) for name, array in inputs.items()}
    free = {name: {axes[name]: (what, 8)} for what, axes in lengths.items() for name in axes}
    source = export.Source(model.eval(), tensors, free={name: {0: ("batch", 4)} for name in inputs} | free)
    artifact = tmp_path / "traced.pt"
    route_torchscript.write(source, artifact)

    def answer(feed: Feed) -> Feed:
        with torch.no_grad():
            return {"answer": model(*map(torch.tensor, feed.values())).numpy()}

    asked = route_proof.varied(answer, inputs, lengths=lengths)
    result = route_proof.checked("torchscript", artifact, asked)
    assert result.outcome == "refuted", result
    assert result.message is not None
    assert result.message.startswith(f"asked {says}: the answers ")
    # The example alone would have proved it.
    example = [each for each in asked if each.question.what == "the example"]
    assert route_proof.checked("torchscript", artifact, example).outcome == "proved"


@pytest.mark.parametrize("trap", [branch, lost])
def test_torch_export_refuses_what_it_cannot_follow_and_says_why(
    torch: Any, trap: Callable[[Any], Trap], tmp_path: Path
) -> None:
    from probes.frameworks.pytorch import export, route_torchexport

    model, inputs, _ = trap(torch)
    source = export.Source(model.eval(), {name: torch.tensor(array) for name, array in inputs.items()})
    if trap is lost:
        # A number that depends on the data is a symbol here: the program is right, or it is refused.
        route_torchexport.write(source, tmp_path / "program.pt2")
        asked = route_proof.varied(
            lambda feed: {"answer": (feed["x"] * feed["scale"].max()).astype(np.float32)}, inputs
        )
        assert route_proof.checked("torchexport", tmp_path / "program.pt2", asked).outcome == "proved"
        return
    with pytest.raises(Exception, match="data-dependent"):
        route_torchexport.write(source, tmp_path / "program.pt2")
