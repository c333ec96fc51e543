"""Whether an earlier decision still holds: the same question asked again, with the one reason when it does not."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.decision.recommendation import Ranked, Recommendation, Stack
from advisor.decision.stacks import stack_id, stack_title
from advisor.errors import AdvisorError, did_you_mean


@dataclass(frozen=True)
class Held:
    """Whether the decision holds, and why in one sentence."""

    holds: bool
    why: str


def check(told: Recommendation, expected: str, *, confidence: float) -> Held:
    """Tell whether `told` still names what was decided.

    Parameters
    ----------
    told : Recommendation
        The answer of today.
    expected : str
        A framework (``tensorflow``: through whatever route) or a stack (``pytorch→onnxruntime``; ``->`` is the same).
    confidence : float
        The share of samples in which it has to come first, from 0 to 1.

    Raises
    ------
    AdvisorError
        When the answer compared no such stack.
    """
    wanted = expected.replace("->", "→").replace(" ", "")
    matching = [each for each in told.ranking if wanted in (each.framework, stack_id(_stack(each)))]
    if not matching:
        known = [*dict.fromkeys(each.framework for each in told.ranking), *(stack_id(_stack(e)) for e in told.ranking)]
        near = did_you_mean(wanted, known)
        raise AdvisorError(
            f"--expect {expected}: nothing of that name was compared{near}", hint=f"one of {', '.join(known)}"
        )
    title = stack_title(_stack(matching[0]), told.titles) if len(matching) == 1 else told.titles.get(wanted, wanted)
    share = sum(each.rank_acceptability[0] for each in matching if each.rank_acceptability)
    sure = f"{title} comes first in {share * 100:.0f} % of {told.samples:,} plausible worlds"
    failed = next((each for each in matching if not each.feasible), None)
    if all(not each.feasible for each in matching) and failed is not None:
        reason = next(each.detail for each in failed.constraints if each.outcome == "fail")
        return Held(False, f"{title} no longer meets the requirements: {reason}")
    if told.answer is None:
        return Held(False, f"the verdict is '{told.verdict}': {sure}")
    named = told.tied or (told.answer,)
    if not any(wanted in (each.framework, stack_id(each)) for each in named):
        because = f": {told.reasons[0]}" if told.reasons else ""
        return Held(False, f"{stack_title(told.answer, told.titles)} is now the answer ({told.verdict}){because}")
    if share < confidence:
        return Held(False, f"{sure}, fewer than {confidence * 100:g} %")
    return Held(True, f"{sure} ({told.verdict})")


def _stack(ranked: Ranked) -> Stack:
    return Stack(framework=ranked.framework, route=ranked.route)
