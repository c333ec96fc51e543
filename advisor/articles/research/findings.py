"""What a Run shows, topic by topic, as plain values for the templates: no word without its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from advisor.measurement import definitions
from advisor.measurement.comparison import Word, compare, zone
from advisor.measurement.run import Observation, Run
from advisor.measurement.timing import Summary
from advisor.report import numbers, words

Order = Literal["lower", "higher", "same", "unclear"]

PLAIN = ("import-time", "memory-after-import", "installed-size", "installed-packages")
SHIPPED = ("artifact-size", "latency", "cold-start", "peak-memory", "runtime-size", "accuracy-loss")


@dataclass(frozen=True)
class Speed:
    """Two settings of one workload side by side; ``times`` is how many times as fast the faster one is."""

    workload: str
    case: str
    first: str
    second: str
    first_value: str
    second_value: str
    word: Word
    times: str
    pairs: int
    means_disagree: bool


@dataclass(frozen=True)
class Figures:
    """One metric of several stacks, lowest median first.

    ``order`` is ``lower`` where the lowest figure lies apart from every other one, ``same`` where no two of them
    differ; else ``others`` says how it compares with the highest.
    """

    metric: str
    items: tuple[tuple[str, str], ...]
    order: Order
    others: Order
    lowest: str
    highest: str


@dataclass(frozen=True)
class Outcome:
    """How one recipe or route ended for one framework."""

    stack: str
    outcome: str
    message: str


@dataclass(frozen=True)
class Asked:
    """One capability: its question, why it is asked, what counts as proof, and how it ended for each framework."""

    title: str
    question: str
    why: str
    proof: str
    outcomes: tuple[Outcome, ...]

    @property
    def proved(self) -> bool:
        """Return whether it was proved for every framework that it was tried with."""
        return all(each.outcome == "proved" for each in self.outcomes)

    @property
    def by_stack(self) -> dict[str, list[Outcome]]:
        """Return how it ended, stack by stack."""
        found: dict[str, list[Outcome]] = {}
        for each in self.outcomes:
            found.setdefault(each.stack, []).append(each)
        return found


def order(first: Summary, second: Summary, zone: float) -> Order:
    """Return how the first of two figures compares with the second, by their whole intervals.

    ``lower`` and ``higher`` only when every ratio within the two intervals lies beyond the zone; ``same`` only when
    every one lies within it. For figures of zero the absolute values decide.
    """
    if first.low == first.high == second.low == second.high:
        return "same"
    if min(first.low, second.low) <= 0:
        return "lower" if first.high < second.low else "higher" if second.high < first.low else "unclear"
    least, most = first.low / second.high, first.high / second.low
    if most < 1 / (1 + zone):
        return "lower"
    if least > 1 + zone:
        return "higher"
    return "same" if least >= 1 / (1 + zone) and most <= 1 + zone else "unclear"


class Findings:
    """Reads one Run for the report.

    Parameters
    ----------
    run : Run
        What was measured.
    titles : mapping
        Names of frameworks and routes.
    """

    def __init__(self, run: Run, titles: Mapping[str, str]) -> None:
        self.run = run
        self.titles = titles

    def speeds(self, task: str) -> list[Speed]:
        """Return every pair of frameworks, workload by workload, for ``inference`` or ``training``."""
        found = []
        for workload in definitions.workloads():
            if workload.task != task:
                continue
            timed = [each for each in self._measured("latency") if each.probe == workload.probe and each.route is None]
            for setting, batch in dict.fromkeys((each.setting, each.parameters.get("batch")) for each in timed):
                cell = {
                    each.framework: each
                    for each in timed
                    if (each.setting, each.parameters.get("batch")) == (setting, batch)
                }
                case = f"{words.SETTINGS.get(setting or '', setting or 'one setting')}, batch {batch}"
                for one, other in combinations(sorted(cell), 2):
                    names = (self.titles.get(one, one), self.titles.get(other, other))
                    found.append(self._speed(workload.title, case, names, cell[one], cell[other]))
        return found

    def settings(self) -> list[Speed]:
        """Return, for each framework and workload, its best known setting beside the one out of the box."""
        found = []
        titles = {each.probe: each.title for each in definitions.workloads()}
        for fast in self._measured("latency"):
            if fast.setting != definitions.BEST_KNOWN or fast.probe not in titles:
                continue
            for plain in self._measured("latency"):
                same = (plain.probe, plain.framework, plain.parameters) == (fast.probe, fast.framework, fast.parameters)
                if same and plain.setting == definitions.OUT_OF_THE_BOX:
                    name = self.titles.get(fast.framework, fast.framework)
                    how = f" ({fast.how})" if fast.how else ""
                    names = (f"{name}, best known{how}", f"{name}, out of the box")
                    case = f"batch {fast.parameters.get('batch')}"
                    found.append(self._speed(titles[fast.probe], case, names, fast, plain))
        return found

    def plain(self) -> list[Figures]:
        """Return the figures of the frameworks themselves: import, memory, size."""
        return [found for metric in PLAIN if (found := self._figures(metric, probe="environment"))]

    def first_calls(self) -> list[Figures]:
        """Return how long the first training step of the convolutional network takes, setting by setting."""
        found = []
        for setting in (definitions.OUT_OF_THE_BOX, definitions.BEST_KNOWN):
            figures = self._figures("first-call", probe="cnn-training", setting=setting)
            if figures:
                title = f"First training step, {words.SETTINGS[setting]}"
                found.append(Figures(title, *(getattr(figures, name) for name in _REST)))
        return found

    def shipped(self, precision: str) -> list[Figures]:
        """Return the figures of the routes in one precision."""
        return [found for metric in SHIPPED if (found := self._figures(metric, precision=precision))]

    def routes(self) -> list[tuple[str, list[tuple[str, list[Outcome]]]]]:
        """Return how the routes' proofs ended: by precision, and within one by outcome."""
        found: dict[str, dict[str, list[Outcome]]] = {}
        for each in self.run.observations:
            if each.route and each.metric is None and each.probe.startswith("route:"):
                precision = str(each.parameters.get("precision", ""))
                ended = Outcome(self._stack(each), each.outcome, _message(each))
                found.setdefault(precision, {}).setdefault(each.outcome, []).append(ended)
        return [(precision, list(outcomes.items())) for precision, outcomes in found.items()]

    def capabilities(self) -> list[Asked]:
        """Return every capability that was tried, in the order of its definition."""
        found = []
        for name, asked in definitions.capabilities().items():
            # Variants of one recipe that ended alike are told once.
            outcomes = tuple(
                dict.fromkeys(
                    Outcome(self._stack(each), each.outcome, _message(each))
                    for each in self.run.observations
                    if each.probe == f"capability:{name}" and each.metric is None
                )
            )
            if outcomes:
                found.append(Asked(asked.title, asked.question, asked.why, asked.proof, outcomes))
        return found

    def _measured(self, metric: str) -> Iterator[Observation]:
        for each in self.run.observations:
            if each.metric == metric and each.outcome == "measured" and each.summary:
                yield each

    def _speed(
        self, workload: str, case: str, names: tuple[str, str], first: Observation, second: Observation
    ) -> Speed:
        found = compare(
            first, second, zone=zone(self.run.policy, self.run.aa_floor, {first.framework, second.framework})
        )
        times = ""
        if found.ratio is not None and found.low is not None and found.high is not None:
            slower = found.ratio < 1
            ends = (1 / found.high, 1 / found.low) if slower else (found.low, found.high)
            value = 1 / found.ratio if slower else found.ratio
            times = str(numbers.show(value, "", *ends))
        return Speed(
            workload, case, *names, _shown(first), _shown(second), found.word, times, found.pairs, found.means_disagree
        )

    def _figures(
        self, metric: str, *, probe: str | None = None, setting: str | None = None, precision: str | None = None
    ) -> Figures | None:
        found = [
            each
            for each in self._measured(metric)
            if (probe is None or each.probe == probe)
            and (setting is None or each.setting == setting)
            and (precision is None or (each.route is not None and each.parameters.get("precision") == precision))
        ]
        # Sizes are compared within one kind of build.
        builds = {each.parameters.get("build") for each in found}
        build = "native" if "native" in builds else "python" if "python" in builds else None
        found = [each for each in found if each.parameters.get("build") == build]
        found.sort(key=_median)
        if len(found) < 2:
            return None
        width = zone(self.run.policy, self.run.aa_floor, {each.framework for each in found})
        summaries = [each.summary for each in found if each.summary]
        pairs = {order(first, second, width) for first, second in combinations(summaries, 2)}
        from_lowest = {order(summaries[0], other, width) for other in summaries[1:]}
        all_of_them: Order = "same" if pairs == {"same"} else "lower" if from_lowest == {"lower"} else "unclear"
        return Figures(
            words.metric(metric),
            tuple((self._stack(each), _shown(each)) for each in found),
            all_of_them,
            order(summaries[0], summaries[-1], width),
            self._stack(found[0]),
            self._stack(found[-1]),
        )

    def _stack(self, each: Observation) -> str:
        return words.stack(each.stack, self.titles)


_REST = ("items", "order", "others", "lowest", "highest")


def _median(each: Observation) -> float:
    return each.summary.median if each.summary else 0.0


def _shown(each: Observation) -> str:
    if each.summary is None:
        return each.outcome
    share = numbers.is_share(each.metric or "")
    return str(numbers.show(each.summary.median, each.unit or "", each.summary.low, each.summary.high, share=share))


def _message(each: Observation) -> str:
    text = words.line(each.message or "")
    return text if len(text) <= 160 else f"{text[:159]}…"


def told(speeds: Sequence[Speed], word: Word) -> list[Speed]:
    """Return the comparisons that ended in `word`."""
    return [each for each in speeds if each.word == word]


def wins(speeds: Sequence[Speed]) -> dict[str, int]:
    """Return in how many comparisons each of the compared was the faster one, in the order of the first win."""
    return Counter(
        each.first if each.word == "faster" else each.second for each in speeds if each.word in ("faster", "slower")
    )
