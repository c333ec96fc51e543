"""The record of a session: observations, blocks and values as they come, kept in the journal, turned into a Run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from advisor.documents import pointed
from advisor.errors import AdvisorError
from advisor.measurement import comparison, grades, plausibility, statistics
from advisor.measurement.disturbance import Disturbance, with_fields
from advisor.measurement.run import PINNED_LATENCY, Framework, Observation, Run, Skipped, Spent
from advisor.measurement.session import journal
from advisor.measurement.session.accumulator import Draft, Value
from advisor.measurement.session.journal import SCHEMA, Entry, Journal, Start
from advisor.measurement.timing import BOUNDED, Round

KEPT_CALLS = 500


class OutOfPlaceError(Exception):
    """A line of a journal that cannot stand where it stands; the text says why."""


class Record:
    """Everything a session has learnt so far.

    Parameters
    ----------
    start : Start
        The head of the Run.
    to : Journal, optional
        Where every entry is written before the next one comes.
    earlier : iterable of entries, optional
        What the journal holds already, with its first entry: the record goes on from there.

    Attributes
    ----------
    learnt : int
        How many entries said something of a framework; that one was left out says nothing.
    """

    def __init__(self, start: Start, to: Journal | None = None, *, earlier: Iterable[Entry] = ()) -> None:
        self.start = start
        self._journal = to
        self._drafts: dict[str, Draft] = {}
        self._frameworks: dict[str, Framework] = {}
        self._twins: dict[str, dict[str, list[Round]]] = {}
        self._skipped = list(start.skipped)
        self._spent: Spent | None = None
        self.learnt = 0
        resumed = False
        for entry in earlier:
            self.apply(entry)
            resumed = True
        if to is not None and not resumed:
            to.write({"schema": SCHEMA, "kind": "start", "value": start.model_dump(mode="json")})

    def framework(self, name: str, found: Framework) -> None:
        """Note how a framework was found; a later call replaces an earlier one."""
        self._note({"kind": "framework", "name": name, "value": found.model_dump(mode="json")})

    def twin(self, name: str, blank: Observation, found: Round) -> None:
        """Note one block that a framework's second process measured of the observation that `blank` identifies."""
        value = found.model_dump(mode="json", exclude_none=True)
        self._note({"kind": "twin", "name": name, "key": str(blank.key), "round": value})

    def observe(self, observation: Observation) -> None:
        """Note an observation; a later one of the same thing replaces it and keeps its blocks and values."""
        value = _sound_summary(observation).model_dump(mode="json", exclude_defaults=True)
        self._note({"kind": "observation", "value": value})

    def block(self, blank: Observation, found: Round, calls: Sequence[float]) -> None:
        """Note one block of the observation that `blank` identifies; of its calls at most `KEPT_CALLS` are kept."""
        kept = [round(call, 9) for call in _thinned(calls, KEPT_CALLS)]
        self._note(
            {
                "kind": "block",
                "key": str(blank.key),
                "round": found.model_dump(mode="json", exclude_none=True),
                "calls": kept,
            }
        )

    def value(self, blank: Observation, value: float, disturbances: Sequence[Disturbance] = ()) -> None:
        """Note one more value of an observation that is summarised from several, such as a cold start.

        A value that was disturbed counts only when there is no other.
        """
        entry = {"kind": "value", "key": str(blank.key), "value": value}
        met = [each.model_dump(mode="json", exclude_none=True) for each in disturbances]
        self._note(entry | ({"disturbances": met} if met else {}))

    def skip(self, what: Skipped) -> None:
        """Note something that the session leaves out after all."""
        self._note({"kind": "skipped", "value": what.model_dump(mode="json")})

    def spent(self, so_far: Spent) -> None:
        """Note where the time went so far."""
        self._note({"kind": "spent", "value": so_far.model_dump(mode="json")})

    def spent_earlier(self) -> Spent | None:
        """Return the last account of time that was noted."""
        return self._spent

    def done(self, blank: Observation, number: int) -> bool:
        """Tell whether a round of an observation was measured and accepted, or nothing more is expected of it."""
        draft = self._drafts.get(str(blank.key))
        if draft is None:
            return False
        failed = draft.observation.outcome not in ("measured", "not_run")
        return failed or any(each.round == number and each.accepted for each in draft.rounds)

    def twin_done(self, name: str, blank: Observation, number: int) -> bool:
        """Tell whether a framework's second process has measured a round, and it was accepted."""
        rounds = self._twins.get(name, {}).get(str(blank.key), [])
        return any(each.round == number and each.accepted for each in rounds)

    def next_process(self, blanks: Iterable[Observation]) -> int:
        """Return a number that no process has whose blocks of these observations are noted."""
        drafts = (self._drafts.get(str(blank.key)) for blank in blanks)
        return max((each.process + 1 for draft in drafts if draft for each in draft.rounds), default=0)

    def find(self, blank: Observation) -> Observation | None:
        """Return what is noted of the observation that `blank` identifies."""
        draft = self._drafts.get(str(blank.key))
        return draft.observation if draft else None

    def rounds(self, blank: Observation) -> Sequence[Round]:
        """Return the blocks that are noted of an observation."""
        draft = self._drafts.get(str(blank.key))
        return tuple(draft.rounds) if draft else ()

    def frameworks(self) -> dict[str, Framework]:
        """Return the frameworks as they were found."""
        return dict(self._frameworks)

    def run(self, *, finished: datetime, complete: bool, spent: Spent | None = None) -> Run:
        """Return the Run: every observation with its summary."""
        return Run(
            id=self.start.id, started=self.start.started, mode=self.start.mode, complete=complete,
            finished=max(finished, self.start.started),  # a clock may be set back while a session goes on
            advisor=self.start.advisor, host=self.start.host, policy=self.start.policy, frameworks=self._frameworks,
            aa_floor=self.floors(), noise=self.start.noise,
            not_measurable=self.start.not_measurable, skipped=tuple(self._skipped), spent=spent,
            exported=self.start.exported,
            observations=tuple(map(_sound, self.finished())),
        )  # fmt: skip

    def finished(self) -> Iterator[Observation]:
        """Yield the observations with their summaries, as they come from what was noted."""
        return map(self._finished, self._drafts.values())

    def _finished(self, draft: Draft) -> Observation:
        """Return an observation, with what one pinned thread took where others disturbed the same thing throughout."""
        one_thread = None
        if draft.observation.metric == "latency" and draft.rounds and grades.grade(draft.rounds) == BOUNDED:
            pinned = self._drafts.get(str(replace(draft.observation.key, metric=PINNED_LATENCY)))
            if pinned is not None and pinned.rounds:
                one_thread = min(each.median for each in pinned.rounds)
        return draft.finished(seed=self.start.seed, one_thread=one_thread, threads=self.start.policy.threads)

    def floors(self) -> dict[str, float]:
        """Return, per framework, how far apart two of its processes were found, as a ratio above 1, less 1.

        That is the ratio itself and not the far end of its interval: whoever compares has an interval of his own.
        """
        floors = {}
        for name, twins in self._twins.items():
            for key, rounds in twins.items():
                own = self._drafts[key].rounds if key in self._drafts else ()
                paired = comparison.pairs(own, rounds)
                if sum(map(len, paired)) >= comparison.ENOUGH_PAIRS:
                    found = statistics.paired_ratio(paired, seed=self.start.seed)
                    floors[name] = max(found.value, 1 / found.value) - 1
        return floors

    def _note(self, entry: Entry) -> None:
        # In this order: a request to end may come while the entry is on its way to the disk, and the Run is made of
        # what counts here.
        self.apply(entry)
        if self._journal is not None:
            self._journal.write(entry)

    def apply(self, entry: Entry) -> None:
        """Take one entry of a journal into the record."""
        kind, value = entry["kind"], entry.get("value")
        if kind in ("block", "value") or (kind == "observation" and entry["value"].get("outcome") != "not_run"):
            self.learnt += 1
        if kind == "framework":
            self._frameworks[entry["name"]] = Framework.model_validate(value)
        elif kind == "twin":
            rounds = self._twins.setdefault(entry["name"], {}).setdefault(entry["key"], [])
            rounds.append(Round.model_validate(entry["round"]))
        elif kind == "observation":
            observation = Observation.model_validate(value)
            self._drafts.setdefault(str(observation.key), Draft(observation)).observation = observation
        elif kind == "block":
            draft = self._draft(entry)
            draft.rounds.append(Round.model_validate(entry["round"]))
            draft.calls.append(entry["calls"])
        elif kind == "skipped":
            self._skipped.append(Skipped.model_validate(value))
        elif kind == "spent":
            self._spent = Spent.model_validate(value)
        elif kind == "value":
            draft = self._draft(entry)
            met = with_fields(entry).get("disturbances", ())
            disturbances = tuple(Disturbance.model_validate(each) for each in met)
            draft.values.append(Value(float(entry["value"]), disturbances))

    def _draft(self, entry: Entry) -> Draft:
        draft = self._drafts.get(entry["key"])
        if draft is None:
            raise OutOfPlaceError(f"a {entry['kind']} of an observation that was not begun")
        return draft


def rebuild(path: Path) -> Run:
    """Return the Run that a journal holds, as an incomplete one.

    Raises
    ------
    AdvisorError
        When the file is no journal, or one that ended before anything was in it (exit code 2).
    """
    return restore(path).run(finished=datetime.fromtimestamp(path.stat().st_mtime, UTC), complete=False)


def restore(path: Path, to: Journal | None = None) -> Record:
    """Return the record that a journal describes; what it learns further is written `to` a journal.

    Raises
    ------
    AdvisorError
        When a line is damaged or out of place, or the journal contradicts itself, as for a Run (exit code 2).
    """
    number = 0

    def lines() -> Iterator[Entry]:
        nonlocal number
        for number, entry in enumerate(journal.read(path), start=1):
            if (entry["kind"] == "start") != (number == 1):
                raise OutOfPlaceError("the start of a session is the first line, and only that")
            yield entry

    entries = lines()
    try:
        first = next(entries, None)
        if first is None:
            raise AdvisorError("the journal is empty: its session ended before anything was measured")
        record = Record(Start.model_validate(first["value"]), to, earlier=chain([first], entries))
    except OutOfPlaceError as error:
        raise AdvisorError(f"{path}:{number}: {error}", hint=journal.ANEW) from None
    for each in record.finished():
        flaw = next(plausibility.flaws(each), None)
        if flaw is not None:
            where = f"{each.probe}, {each.framework}: {pointed(flaw.loc)}"
            raise AdvisorError(f"{path}: a damaged journal: {where}: {flaw.message}"[:400], hint=journal.ANEW)
    return record


def _sound(observation: Observation) -> Observation:
    """Return an observation as a Run holds it: what a worker told that cannot be costs this observation only."""
    flaw = next(plausibility.flaws(observation), None)
    if flaw is None:
        return observation
    told = f"what was measured cannot be: {pointed(flaw.loc)}: {flaw.message}"
    update = {"outcome": "error", "message": told, "summary": None, "parity": None, "rounds": (), "proof": None}
    return observation.model_copy(update=update)


def _sound_summary(observation: Observation) -> Observation:
    return observation if plausibility.impossible(observation) is None else _sound(observation)


def _thinned(values: Sequence[float], most: int) -> Sequence[float]:
    if len(values) <= most:
        return values
    return [values[index * len(values) // most] for index in range(most)]
