"""Reading one figure out of a Run: which observation answers, and what it means when none does."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from advisor.criteria import Selection
from advisor.decision.phrases import left_out
from advisor.decision.readings import WORTHLESS, Reading, least, no_slower_than
from advisor.keys import Stack
from advisor.measurement.run import Observation, Run, Skipped
from advisor.measurement.run_index import Found, RunIndex
from advisor.measurement.timing import BOUNDED, UNBOUNDED, UNDER_LOAD, Summary

BEST_KNOWN = "best-known"
_YES_OR_NO = "yes or no"
_MADE = ("measured", "proved")
BOUNDS = "others took processors from every block that was timed: it lies between these bounds"
UPPER = "measured under load: on a quiet machine the {} is at most this"


class RunReader:
    """Answers selections from one Run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._index = RunIndex(run)
        self._tried = {(each.probe, each.framework) for each in run.observations}

    def read(
        self, selection: Selection, stack: Stack, unit: str, *, yes_or_no: bool = False, most: float = math.inf
    ) -> Reading:
        """Return what the Run says about `stack` for `selection`.

        ``unit`` is the unit that is expected. A detail of a proof is expected to be a yes or no where `yes_or_no` says
        so, and else a number from 0 to `most`; anything else is an error, which says nothing about the stack.
        """
        if selection.figure is not None:
            return _expected(self._figure(selection, selection.figure, stack), yes_or_no=yes_or_no, most=most)
        if selection.metric is None:
            return self._proof(selection, stack)
        if selection.setting == BEST_KNOWN:
            return self._best_known(selection, stack, unit)
        return self._metric(selection, stack, unit, selection.setting)

    @property
    def stacks(self) -> list[Stack]:
        """The stacks of which the Run has an observation, in its order."""
        return self._index.stacks

    def tried(self, probe: str, stack: Stack) -> bool:
        """Return whether the Run tried a probe with a stack's framework, whatever came of it."""
        return (probe, stack.framework) in self._tried

    def _matching(self, selection: Selection, stack: Stack, setting: str | None) -> Iterator[Found]:
        of = stack if selection.route == "own" else Stack(framework=stack.framework)
        asked = selection.model_copy(update={"setting": setting, "probe": selection.probe_of(stack.route)})
        return (found for found in self._index.of(of) if asked.matches(found.key))

    def _proof(self, selection: Selection, stack: Stack) -> Reading:
        """Return 1 for a proof that held, and the outcome otherwise.

        A workload has no proof of its own: that a time of it was measured proves that its answers agreed.
        """
        found = [each for each in self._matching(selection, stack, selection.setting) if selection.includes(each.key)]
        found.sort(key=lambda each: (each.key.metric is not None, each.observation.outcome not in _MADE))
        for observation, pointer in ((each.observation, each.pointer()) for each in found):
            if observation.outcome == "proved" or (
                observation.outcome == "measured" and observation.parity is not None
            ):
                return Reading("proved", 1.0, 1.0, 1.0, 1, (pointer,), _parity(observation))
            if observation.outcome in WORTHLESS:
                return Reading(observation.outcome, 0.0, 0.0, 0.0, 1, (pointer,), _why(observation))
        return self._unknown(selection, stack, found)

    def _figure(self, selection: Selection, figure: str, stack: Stack) -> Reading:
        """Return a detail of a proof: a number where the proof held, yes or no wherever it was found out."""
        found = [
            each
            for each in self._matching(selection, stack, selection.setting)
            if each.key.metric is None and selection.includes(each.key)
        ]
        for each in found:
            observation, pointer = each.observation, each.pointer()
            place, detail = each.detail_pointer(figure), each.detail(figure)
            if isinstance(detail, bool):
                value = float(detail)
                return Reading(_YES_OR_NO, value, value, value, 1, (place,), _why(observation))
            if observation.outcome in WORTHLESS:
                return Reading(observation.outcome, evidence=(pointer,), message=_why(observation))
            if observation.outcome == "proved" and isinstance(detail, (int, float)):
                return Reading("measured", float(detail), float(detail), float(detail), 1, (place,))
            if observation.outcome == "proved":
                return Reading("missing", message=f"the proof reports no figure '{figure}'")
        return self._unknown(selection, stack, found)

    def _best_known(self, selection: Selection, stack: Stack, unit: str) -> Reading:
        """Return the figure in the faster of the settings that work (by the median of their latency).

        When best-known failed in a way that is evidence (no compiler on this machine), another setting is the best
        known one. When it was not measured (an error, left out), it could be anything that is not slower than the
        others: their latency is an upper bound, and nothing else is known. Of times that are only bounded the least
        upper bound counts as the faster one.
        """
        speed = selection.model_copy(update={"metric": "latency", "statistic": "median"})
        speeds = {setting: self._metric(speed, stack, "s", setting) for setting in self._settings(speed, stack)}
        timed = {setting: most for setting, reading in speeds.items() if (most := _at_most(reading)) is not None}
        best = speeds.get(BEST_KNOWN) or self._metric(speed, stack, "s", BEST_KNOWN)
        is_time = selection.metric == "latency" and selection.statistic in ("median", "p50")
        if _at_most(best) is None and best.outcome not in WORTHLESS:
            return no_slower_than([speeds[setting] for setting in timed], best) if timed and is_time else best
        if not timed:
            message = f"best known does not work here ({best.message}); no other was measured"
            return Reading("missing", message=message, omission=best.omission)
        fastest = min(timed, key=lambda setting: (timed[setting], setting))
        chosen = self._metric(selection, stack, unit, fastest)
        if chosen.value is None and chosen.grade is None:
            return chosen
        if is_time:
            chosen = least(chosen, [speeds[setting] for setting in timed])
        if fastest == BEST_KNOWN:
            return chosen
        why = "was slower here" if best.message is None else f"did not work here: {best.message}"
        message = f"measured {fastest.replace('-', ' ')}, because the best known setting {why}"
        return replace(chosen, message=message, omission=best.omission)

    def _settings(self, selection: Selection, stack: Stack) -> list[str]:
        found = {each.key.setting for each in self._matching(selection, stack, None) if selection.includes(each.key)}
        return sorted(setting for setting in found if setting is not None)

    def _metric(self, selection: Selection, stack: Stack, unit: str, setting: str | None) -> Reading:
        around = list(self._matching(selection, stack, setting))
        exact = [each for each in around if each.key.metric == selection.metric and selection.includes(each.key)]
        for each in exact:
            observation, pointer = each.observation, each.pointer()
            if observation.outcome == "measured" and observation.summary:
                if observation.unit != unit:
                    return Reading("error", message=f"expected the unit '{unit}', the Run has '{observation.unit}'")
                return _reading(pointer, observation, observation.summary, selection.statistic)
        # The proof or the preparation that this figure hangs on: it carries no metric, and some of the parameters.
        governing = [each for each in around if each.key.metric is None and selection.governs(each.key)]
        for each in exact + governing:
            if each.observation.outcome in WORTHLESS:
                return Reading(each.observation.outcome, evidence=(each.pointer(),), message=_why(each.observation))
        return self._unknown(selection, stack, exact or governing)

    def _unknown(self, selection: Selection, stack: Stack, found: Sequence[Found]) -> Reading:
        framework = self.run.frameworks.get(stack.framework)
        for each in found:
            if each.observation.outcome not in _MADE:
                settled = self._settled(each.observation)
                return Reading(each.observation.outcome, message=_why(each.observation), omission=settled)
        if framework is not None and framework.outcome not in _MADE:
            title = self.run.titles[stack.framework]
            message = framework.message or f"{title} is {framework.outcome.replace('_', ' ')} here"
            return Reading(framework.outcome, message=message)
        probe = probe_of(selection, stack)
        tried = self.tried(probe, stack)
        for skipped in self.run.skipped:
            if tried and skipped.probe == "*":  # all that was left out, of which this is none
                continue
            asked = {name: selection.parameters.get(name, value) for name, value in skipped.parameters.items()}
            if fnmatchcase(probe, skipped.probe) and asked == skipped.parameters:
                return Reading("not_run", message=left_out(skipped, self.run.titles), omission=skipped)
        why = "the session ended before it was measured" if not self.run.complete else "the Run has no such figure"
        return Reading("not_run" if not self.run.complete else "missing", message=why)

    def _settled(self, observation: Observation) -> Skipped | None:
        """Return what the session says of an observation that it left out because nothing more need be known of it."""
        whose = (observation.probe, observation.framework)
        if observation.outcome != "not_run":
            return None
        return next((s for s in self.run.skipped if s.kind == "needless" and (s.probe, s.framework) == whose), None)


def probe_of(selection: Selection, stack: Stack) -> str:
    """Return the id of the probe that answers `selection` for `stack`."""
    return f"route:{stack.route}" if selection.route == "own" and stack.route else selection.probe_of(stack.route)


def _reading(pointer: str, observation: Observation, summary: Summary, statistic: str) -> Reading:
    grade, evidence = observation.grade, (pointer,)
    group, shared = observation.key.group, summary.shared or 0.0
    if grade == BOUNDED and statistic in ("median", "p50"):
        known = Reading("bounded", high=summary.high, evidence=evidence, message=BOUNDS, grade=grade)
        return replace(known, low=summary.low) if summary.low > UNBOUNDED else known
    value, low, high = _statistic(summary, statistic)
    if grade in (UNDER_LOAD, BOUNDED) and observation.rounds and statistic not in ("median", "p50"):
        # What others do makes single calls longer: of the longest ones that is an upper bound, and no more.
        low_ = summary.low if summary.low > UNBOUNDED else None
        known = Reading("bounded", low=low_, evidence=evidence, message=UPPER.format(statistic))
        return replace(known, high=None if value is None or not math.isfinite(high) else high, grade=grade)
    if value is None:
        message = f"too few calls for the {statistic}: it is at least as long as the median"
        return Reading("bounded", low=low, evidence=(pointer,), message=message)
    return Reading("measured", value, low, high, summary.n, (pointer,), grade=grade, group=group, shared=shared)


def _at_most(reading: Reading) -> float | None:
    """Return a time, or what it is at most; None where nothing says so."""
    return reading.high if reading.value is None else reading.value


def _statistic(summary: Summary, statistic: str) -> tuple[float | None, float, float]:
    """Return value, low and high; a quantile without its own interval gets the median's, in proportion."""
    if statistic in ("median", "p50"):
        value = summary.median if statistic == "median" or summary.p50 is None else summary.p50
        return value, min(summary.low, value), max(summary.high, value)
    value_ = summary.p99 if statistic == "p99" else summary.p95
    if value_ is None:
        return None, summary.low, math.inf
    if statistic == "p99" and summary.p99_low is not None and summary.p99_high is not None:
        return value_, min(summary.p99_low, value_), max(summary.p99_high, value_)
    scale = value_ / summary.median if summary.median else 1.0
    return value_, min(summary.low * scale, value_), max(summary.high * scale, value_)


def _expected(found: Reading, *, yes_or_no: bool, most: float) -> Reading:
    """Return a detail of a proof where it is of the kind that was asked for, and an error where it is not."""
    if found.value is None:
        return found
    told, value = found.outcome == _YES_OR_NO, found.value
    if yes_or_no and (told or value in (0, 1)):
        return replace(found, outcome="measured")
    if not yes_or_no and not told and 0 <= value <= most:
        return found
    wanted = "yes or no" if yes_or_no else "a number" if told else "a share" if value > most else "no less than 0"
    here = ("yes" if value else "no") if told else f"{value:g}"
    return Reading("error", message=f"expected {wanted}, the Run has {here}")


def _why(observation: Observation) -> str | None:
    parts = (observation.message, f"at {observation.where}" if observation.where else None)
    return " ".join(part for part in parts if part) or None


def _parity(observation: Observation) -> str | None:
    error = observation.parity.max_relative_error if observation.parity else None
    if error is None and observation.proof:
        error = observation.proof.get("max_relative_error")
    return f"largest relative error {error:.1e}" if isinstance(error, float) else None
