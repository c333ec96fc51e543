"""Whether an earlier decision still holds: the same question asked again, with the one reason when it does not."""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.decision import phrases
from advisor.decision.recommendation import Ranked, Recommendation
from advisor.errors import AdvisorError, did_you_mean
from advisor.keys import Stack, as_id, stack_id, stack_title


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
        A framework (``tensorflow``: through whatever route) or a stack (``pytorch→onnxruntime``, ``->`` is the same;
        or as answers print it, ``PyTorch → ONNX Runtime``).
    confidence : float
        The share of samples in which it has to come first, from 0 to 1.

    Raises
    ------
    AdvisorError
        When the answer compared no such stack, and when `confidence` is no share.
    """
    if not 0 <= confidence <= 1:
        raise AdvisorError(f"--min-confidence: expected a share from 0 to 1, such as 0.8, got {confidence:g}")
    wanted = as_id(expected)
    matching = [each for each in told.ranking if wanted in _names(each.stack)]
    if not matching:
        frameworks = (each.framework for each in told.ranking)
        known = [*dict.fromkeys([*frameworks, *(stack_id(each.stack) for each in told.ranking)])]
        near = did_you_mean(wanted, known)
        raise AdvisorError(
            f"--expect {expected}: nothing of that name was compared{near}", hint=f"one of {', '.join(known)}"
        )
    one = matching[0].stack
    title = stack_title(one, told.titles) if len(matching) == 1 else told.titles.get(one.framework, wanted)
    share = math.fsum(each.rank_acceptability[0] for each in matching if each.rank_acceptability)
    # What could not be computed (NaN) is neither more nor less than anything, and so must not hold.
    if not all(map(math.isfinite, (share, *(each.value for each in told.ranking)))):
        return Held(False, f"how often {title} comes first could not be computed")
    sure = f"{title} comes first in {phrases.in_percent(share)} of {told.samples:,} plausible worlds"
    failed = next((each for each in matching if not each.feasible), None)
    if all(not each.feasible for each in matching) and failed is not None:
        reason = next(each for each in failed.constraints if each.outcome == "fail")
        what = told.titles.get(reason.criterion, reason.criterion)
        return Held(False, f"{title} no longer meets the constraint '{what}': {reason.detail}")
    if told.answer is None:
        return Held(False, f"the verdict is '{told.verdict}': {sure}")
    named = told.tied or (told.answer,)
    if not any(wanted in _names(each) for each in named):
        because = _because(told, told.answer, matching[0])
        return Held(False, f"{stack_title(told.answer, told.titles)} is now the answer ({told.verdict}){because}")
    if share < confidence:
        return Held(False, f"{sure}, fewer than {confidence * 100:g} %")
    return Held(True, f"{sure} ({told.verdict})")


def _because(told: Recommendation, answer: Stack, expected: Ranked) -> str:
    """Return what speaks most for the answer where `expected` was expected: of the runner-up its first reason tells."""
    others = [each for each in told.ranking if each.feasible and each.stack != answer]
    if expected in others[:1]:
        return f": {told.reasons[0]}" if told.reasons else ""
    first = next(each for each in told.ranking if each.stack == answer)
    gains = {
        mine.criterion: mine.weight * (mine.value - theirs.value)
        for mine, theirs in zip(first.contributions, expected.contributions, strict=True)
        if mine.value is not None and theirs.value is not None
    }
    most = max(gains, key=lambda name: gains[name], default=None)
    if most is None or gains[most] <= 0:
        return ""
    cells = {cell.stack: cell.text for cell in told.evidence if cell.criterion == most}
    mine, theirs = (cells.get(each.stack) for each in (answer, expected))
    whom = stack_title(expected.stack, told.titles)
    return f": what speaks most for it is '{told.titles.get(most, most)}', {mine} against {theirs} for {whom}"


def _names(stack: Stack) -> tuple[str, str]:
    return stack.framework.lower(), stack_id(stack).lower()
