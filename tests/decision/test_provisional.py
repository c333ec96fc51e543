"""The answer so far: told after a minute, not the same twice, and nothing before."""

from __future__ import annotations

from advisor.decision.provisional import Provisional
from advisor.measurement.run import Run
from advisor.profiles.profile import load_profile
from tests.decision.test_about_model import reference


def test_an_answer_is_told_after_a_minute_and_again_when_it_changes() -> None:
    now, told = [0.0], list[str]()

    def needless(run: Run) -> dict[tuple[str, str], str]:
        return {("asked", run.id): "why"}

    asked = Provisional(needless, load_profile("edge"), told.append, clock=lambda: now[0])
    now[0] = 59.0
    assert asked(reference()) == {("asked", reference().id): "why"}
    assert not told
    nothing = reference().model_copy(update={"observations": ()})
    for now[0], run, count in ((61.0, reference(), 1), (100.0, nothing, 1), (130.0, reference(), 1)):
        asked(run)
        assert len(told) == count, "within twice the time, or the same"
    assert told[0].startswith("So far: ")
    assert "LiteRT" in told[0] or "ExecuTorch" in told[0]
    fewer = [each for each in reference().observations if each.route != "executorch"]
    now[0] = 300.0
    asked(reference().model_copy(update={"observations": tuple(fewer)}))
    assert len(told) == 2


def test_while_no_stack_is_the_answer_the_one_that_is_ahead_is_told() -> None:
    now, told = [0.0], list[str]()
    asked = Provisional(lambda _: {}, load_profile("edge"), told.append, clock=lambda: now[0])
    proofs = [each for each in reference().observations if each.metric is None]
    now[0] = 61.0
    asked(reference().model_copy(update={"observations": tuple(proofs)}))
    (line,) = told
    assert line.startswith("So far: no answer yet, ahead is ")
    assert " (first in " in line
