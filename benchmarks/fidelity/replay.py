"""What recorded sessions would have said: estimators tried on blocks that were measured, without measuring anew.

`python -m benchmarks.fidelity.replay [RECORDING] [--record RUN …]` grades every timing of every recorded session as a
session would, and holds intervals and words against the pooled truth: the ratio of the fastest blocks over all
sessions. Where the fastest single call of all sessions is much shorter than their fastest block, no block was ever left
alone, and nobody knows. Of sessions in which one framework was measured under two names, slowed and not, the truth is
known without that.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from advisor.measurement import comparison, grades
from advisor.measurement.disturbance import WORK_LIMIT, seen
from advisor.measurement.run import PINNED_LATENCY, Observation, Run, load_run
from advisor.measurement.statistics import Interval
from advisor.measurement.timing import Round, Summary
from benchmarks.fidelity import equal
from benchmarks.fidelity.sessions import Effort
from benchmarks.tables import Result, show

QUIET = Path(__file__).with_name("quiet-run.json.gz")
"""A Run whose blocks were left alone, which the reference Run's were not: what is slowed on purpose begins with it."""
# Each of one machine: the fastest blocks of two are no truth.
RECORDED = Path(__file__).with_name("recorded.json.xz")
NEIGHBORS = Path(__file__).with_name("recorded-neighbors.json.xz")
# A block whose fastest call is so much shorter than its median was disturbed within.
FREE = 1.25
# Pairs that are as far apart as this have to get a word.
CLEAR = 1.25
# What is known of two of a session's timings.
TOLD = ("A/A", "+10 %", "+20 %")
# The share of slow-downs that has to be found on one pinned thread, whatever else runs.
FOUND = {"+10 %": 0.0, "+20 %": 0.9}
# Of a 95 % interval, what is asked for.
COVERED = 0.93
ZONE = 0.05
THREADS = 2


@dataclass(frozen=True)
class Session:
    """One recorded session: its timings as observations, with their blocks, grades and summaries.

    ``one_thread`` are those on one pinned thread.
    """

    name: str
    timings: tuple[Observation, ...]
    one_thread: tuple[Observation, ...] = ()


def recorded(path: Path = RECORDED) -> list[Session]:
    """Return the sessions of a recording, graded as a session would grade them now."""
    return [_session(each) for each in json.loads(lzma.decompress(path.read_bytes()))]


def _session(recording: Mapping[str, object]) -> Session:
    found = recording["timings"]
    assert isinstance(found, dict)
    blank = {key: _blank(key) for key in found}
    blocks = {key: [_block(*row) for row in rows] for key, rows in found.items()}
    pinned = {
        place(blank[key]): min(each.median for each in blocks[key])
        for key in found
        if blank[key].metric == PINNED_LATENCY
    }
    timings = tuple(
        timing(blank[key], rounds, one_thread=pinned.get(place(blank[key])))
        for key, rounds in blocks.items()
        if blank[key].metric != PINNED_LATENCY
    )
    one_thread = tuple(
        timing(blank[key], rounds) for key, rounds in blocks.items() if blank[key].metric == PINNED_LATENCY
    )
    return Session(str(recording["session"]), timings, one_thread)


def timing(blank: Observation, rounds: Sequence[Round], *, one_thread: float | None = None) -> Observation:
    """Return an observation of these blocks as a session would summarise it."""
    grade, found = grades.interval(rounds, seed=0, one_thread=one_thread, threads=THREADS)
    summary = Summary(median=found.value, low=found.low, high=found.high, n=len(rounds))
    return blank.model_copy(update={"rounds": tuple(rounds), "grade": grade, "summary": summary})


def _blank(key: str) -> Observation:
    probe, framework, route, workload, setting, parameters, metric = json.loads(key)
    return Observation(
        probe=probe, framework=framework, route=route, workload=workload, setting=setting, parameters=dict(parameters),
        metric=metric, unit="s", outcome="measured",
    )  # fmt: skip


def _block(
    number: int, process: int, middle: float, fastest: float, calls: int, wall: float, cpu: float, met: list[object],
    threads: int | None = None, slowdown: float | None = None,
) -> Round:  # fmt: skip
    return Round.model_validate(
        {
            "round": number, "process": process, "median": middle, "fastest": fastest, "calls": calls, "wall": wall,
            "cpu": cpu, "disturbances": met, "accepted": not met, "threads": threads,
            "slowdown": slowdown,
        }
    )  # fmt: skip


def recording(runs: Mapping[str, Run]) -> bytes:
    """Return the timings of Runs, each with what its session is called, as a recording: compressed JSON."""
    told = []
    for name, run in runs.items():
        timings = {
            json.dumps(
                [
                    each.probe, each.framework, each.route, each.workload, each.setting,
                    sorted(each.parameters.items()), each.metric,
                ]
            ): [_row(block) for block in each.rounds]
            for each in run.observations
            if each.rounds
        }  # fmt: skip
        told.append({"session": name, "timings": timings})
    return lzma.compress(json.dumps(told, separators=(",", ":")).encode(), preset=9)


def _row(block: Round) -> list[object]:
    met = [each.model_dump(mode="json", exclude_none=True) for each in block.disturbances]
    figures = [float(f"{each:.6g}") for each in (block.median, block.fastest or block.median)]
    taken = [float(f"{each:.4g}") for each in (block.wall, block.cpu)]
    slowdown = None if block.slowdown is None else float(f"{block.slowdown:.4g}")
    return [block.round, block.process, *figures, block.calls, *taken, met, block.threads, slowdown]


def place(each: Observation) -> tuple[object, ...]:
    """Return what names a timing in every session."""
    return each.probe, each.framework, each.route, each.setting, tuple(sorted(each.parameters.items()))


def truths(sessions: Sequence[Session]) -> dict[tuple[object, ...], float]:
    """Return for every timing the fastest block of all sessions, in seconds, where one of them was left alone."""
    blocks: dict[tuple[object, ...], list[Round]] = {}
    for session in sessions:
        for each in session.timings:
            blocks.setdefault(place(each), []).extend(each.rounds)
    found = {}
    for where, rounds in blocks.items():
        block, call = min(each.median for each in rounds), min(each.fastest or each.median for each in rounds)
        if block <= FREE * call:
            found[where] = block
    return found


def pairs(
    sessions: Sequence[Session], known: Mapping[tuple[object, ...], float]
) -> Iterator[tuple[comparison.Comparison, float]]:
    """Yield every comparison of two stacks of a group with its true ratio, from the true seconds of each."""
    for session in sessions:
        groups: dict[str, list[Observation]] = {}
        for each in session.timings:
            groups.setdefault(each.key.group, []).append(each)
        for members in groups.values():
            for first, second in combinations(members, 2):
                if place(first) in known and place(second) in known:
                    truth = known[place(first)] / known[place(second)]
                    yield comparison.compare(first, second, zone=ZONE), truth


def resampled(session: Session, chance: random.Random) -> Session:
    """Return a session of the same processes with rounds drawn from those of this one, for all of a group alike."""
    return Session(session.name, _redrawn(session.timings, chance), _redrawn(session.one_thread, chance))


def _redrawn(timings: Sequence[Observation], chance: random.Random) -> tuple[Observation, ...]:
    groups: dict[str, list[Observation]] = {}
    for each in timings:
        groups.setdefault(each.key.group, []).append(each)
    found = []
    for members in groups.values():
        numbers = sorted({block.round for each in members for block in each.rounds})
        drawn = [chance.choice(numbers) for _ in numbers]
        for each in members:
            made: dict[int, list[Round]] = {}
            for block in each.rounds:
                made.setdefault(block.round, []).append(block)
            rounds = [
                block.model_copy(update={"round": number})
                for number, from_ in enumerate(drawn)
                for block in made.get(from_, ())
            ]
            if rounds:
                found.append(timing(each.model_copy(update={"grade": None, "summary": None}), rounds))
    return tuple(found)


def twin_results(sessions: Sequence[Session], *, times: int = 20) -> list[Result]:
    """Return what sessions say of one framework under two names, equal and slowed, as recorded and resampled."""
    twins = [
        each for each in sessions if {one.framework for one in each.timings} <= {*equal.PYTORCH, *equal.TENSORFLOW}
    ]
    chance = random.Random(1)
    drawn = [resampled(each, chance) for each in twins for _ in range(times)]
    words, pinned, whole = ({title: Counter[str]() for title in TOLD} for _ in range(3))
    for session in (*twins, *drawn):
        for title, word, on_one in _twin_words(session):
            words[title][word] += 1
            if on_one:
                pinned[title][word] += 1
            if session.one_thread:
                whole[title][word] += 1
    if not twins:
        return []
    of = f"in {len(twins)} recorded sessions, each as it is and resampled {times} times"
    same = words["A/A"]
    different = same["faster"] + same["slower"]
    found = [
        Result(
            f"A/A, {same.total()} comparisons {of}", f"{different} called different", "at most 1 of 60",
            different <= max(1, same.total() / 60),
        )
    ]  # fmt: skip
    for title in TOLD[1:]:
        wrong = words[title]["faster"] + words[title]["same"]
        told = f"{words[title]['slower']} called slower, {wrong} wrong"
        found.append(Result(f"{title} injected, {words[title].total()} comparisons {of}", told, "0 wrong", wrong == 0))
        all_ = whole[title]
        if all_ and title == TOLD[2]:
            found.append(
                Result(
                    f"{title} injected, in sessions that timed one thread", f"{all_['slower']} of {all_.total()} found",
                    "at least 95 %", all_["slower"] >= 0.95 * all_.total(),
                )
            )  # fmt: skip
        one = pinned[title]
        if one:
            found.append(
                Result(
                    f"{title} injected, those of them on one pinned thread, which needed it",
                    f"{one['slower']} of {one.total()} called slower, {one['faster'] + one['same']} wrong",
                    f"at least {least:.0%}, 0 wrong" if (least := FOUND[title]) else "0 wrong",
                    one["slower"] >= least * one.total() and not one["faster"] + one["same"],
                )
            )  # fmt: skip
    return found


def _twin_words(session: Session) -> Iterator[tuple[str, str, bool]]:
    """Yield for every two of a session what is known of them, the word, and whether that is one pinned thread's."""
    all_threads, one_thread = (
        {(each.key.group, each.framework, each.setting): each for each in timings}
        for timings in (session.timings, session.one_thread)
    )
    for group in dict.fromkeys(group for group, _, _ in all_threads):
        for first, second in (equal.PYTORCH, equal.TENSORFLOW):
            for title, *sides in (
                ("A/A", (first, equal.PLAIN), (second, equal.PLAIN)),
                ("+10 %", (second, equal.SLOWER), (first, equal.PLAIN)),
                ("+20 %", (first, equal.SLOWER), (second, equal.PLAIN)),
            ):
                keys = [(group, *each) for each in sides]
                if not all(key in all_threads for key in keys):
                    continue
                word = comparison.compare(*(all_threads[key] for key in keys), zone=ZONE).word
                on_one = word == "unclear" and all(key in one_thread for key in keys)
                if on_one:
                    word = comparison.compare(*(one_thread[key] for key in keys), zone=ZONE).word
                yield title, word, on_one


def slowed(run: Run, count: int, *, share: float = 0.8, seed: int = 0) -> list[Session]:
    """Return sessions as a slowed host would have let them be: the blocks of a quiet Run, longer for a while.

    The host comes and goes; while it is there, all that is timed in a round takes up to twice as long, each stack by a
    little more or less, and the canary tells by how much, within a tenth. Without it the canary's work takes two
    hundredths longer than at its shortest, as recorded sessions show.

    Parameters
    ----------
    share : float
        Of the rounds, how many are slowed.
    """
    chance = random.Random(seed)
    quiet = [each for each in run.observations if each.metric == "latency" and each.rounds]
    numbers = sorted({block.round for each in quiet for block in each.rounds})
    sessions = []
    for number in range(count):
        factors, there = dict[int, float](), chance.random() < share
        for each in numbers:
            there = there if chance.random() < 0.6 else chance.random() < share
            factors[each] = chance.uniform(1.0, 2.0) if there else 1.0
        timings = [_slower(each, factors, chance) for each in quiet]
        sessions.append(Session(f"slowed {number}", tuple(timings)))
    return sessions


def _slower(quiet: Observation, factors: Mapping[int, float], chance: random.Random) -> Observation:
    rounds = []
    for block in quiet.rounds:
        if not block.accepted:
            continue
        factor = factors[block.round]
        own = factor * chance.uniform(0.97, 1.03) if factor > 1 else 1.0
        seen_as = max(1.0, factor * chance.uniform(0.9, 1.1)) if factor > 1 else chance.uniform(1.0, 1.02)
        met = (seen("work", 100e-6 * seen_as, 100e-6, 0),) if seen_as > WORK_LIMIT else ()
        longer = {"median": own * block.median, "wall": own * block.wall, "cpu": own * block.cpu, "mean": None}
        longer |= {"slowdown": seen_as}
        rounds.append(block.model_copy(update=longer | {"disturbances": met, "accepted": not met}))
    return timing(quiet.model_copy(update={"grade": None}), rounds)


def results(sessions: Sequence[Session], known: Mapping[tuple[object, ...], float]) -> list[Result]:
    """Return the table of sessions of which the true seconds of each timing are known."""
    timings = [each for session in sessions for each in session.timings]
    found = [
        Result(
            f"{len(sessions)} recorded sessions, {len(timings)} timings",
            ", ".join(f"{count} {grade}" for grade, count in Counter(each.grade for each in timings).items()),
            "–", holds=None,
        )
    ]  # fmt: skip
    for grade in dict.fromkeys(each.grade for each in timings):
        mine = [each for each in timings if each.grade == grade and place(each) in known and each.summary]
        inside = sum(_contains(each.summary, known[place(each)]) for each in mine if each.summary)
        found.append(_share(f"intervals of a time, {grade}, contain the pooled truth", inside, len(mine), COVERED))
    compared = list(pairs(sessions, known))
    for grade in dict.fromkeys(each.grade for each, _ in compared):
        mine_ = [(each, truth) for each, truth in compared if each.grade == grade and each.low and each.high]
        inside = sum(each.low <= truth <= each.high for each, truth in mine_ if each.low and each.high)
        found.append(_share(f"intervals of a ratio, {grade}, contain the pooled truth", inside, len(mine_), COVERED))
    clear = [(each, truth) for each, truth in compared if max(truth, 1 / truth) >= CLEAR]
    told = [(each, truth) for each, truth in clear if each.word in ("faster", "slower")]
    wrong = sum((each.word == "faster") != (truth < 1) for each, truth in told)
    wrong += sum(each.word == "same" for each, _ in clear)
    found.append(
        Result(
            f"{len(clear)} pairs with a true ratio of at least {CLEAR}",
            f"{len(told) / max(1, len(clear)):.0%} get a word, {wrong} wrong",
            "at least 50 %, 0 wrong", holds=bool(clear) and len(told) >= 0.5 * len(clear) and wrong == 0,
        )
    )  # fmt: skip
    return found


def _share(what: str, inside: int, count: int, bar: float) -> Result:
    return Result(what, f"{inside} of {count}", f"at least {bar:.0%}", None if not count else inside >= bar * count)


def _contains(summary: Summary | Interval, truth: float) -> bool:
    return summary.low <= truth <= summary.high


def recorded_results(effort: Effort) -> list[Result]:
    """Return the lines of the fidelity table that need no measuring."""
    run, told = load_run(QUIET), list[Result]()
    quiet = {place(each): each.summary.median for each in run.observations if each.metric == "latency" and each.summary}
    for path in (RECORDED, NEIGHBORS):
        sessions = recorded(path)
        found = [*results(sessions, truths(sessions)), *twin_results(sessions, times=5 if effort.limited else 20)]
        told += [replace(each, what=f"Recorded: {each.what}") for each in found]
    for share in (0.5, 0.9):
        lines = results(slowed(run, 3 if effort.limited else 12, share=share), quiet)
        told += [replace(each, what=f"{share:.0%} of rounds slowed: {each.what}") for each in lines]
    return told


def main() -> None:
    """Print the table of a recording, or make one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", nargs="?", type=Path, default=RECORDED)
    parser.add_argument("--record", nargs="+", type=Path, default=[], metavar="RUN", help="write one of these Runs")
    parser.add_argument("--wrong", action="store_true", help="also list what missed the truth")
    asked = parser.parse_args()
    if asked.record:
        asked.recording.write_bytes(recording({path.stem: load_run(path) for path in asked.record}))
    sessions = recorded(asked.recording)
    show([*results(sessions, truths(sessions)), *twin_results(sessions)])
    run = load_run(QUIET)
    quiet = {place(each): each.summary.median for each in run.observations if each.metric == "latency" and each.summary}
    for share in (0.5, 0.9):
        print(f"\nA quiet Run on a host that slows {share:.0%} of its rounds:")
        show(results(slowed(run, 12, share=share), quiet))
    for session in sessions if asked.wrong else ():
        _print_wrong(session, truths(sessions))


def _print_wrong(session: Session, known: Mapping[tuple[object, ...], float]) -> None:
    for each in session.timings:
        truth, found = known.get(place(each)), each.summary
        if truth and found and not _contains(found, truth):
            figures = f"{found.low:.3g} {found.median:.3g} {found.high:.3g}"
            print(session.name, each.grade, place(each), figures, f"truth {truth:.3g}")


if __name__ == "__main__":
    main()
