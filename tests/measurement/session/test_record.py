"""The journal and the record: what is written is there, a torn line is not, a Run can be rebuilt."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import AdvisorError
from advisor.measurement.disturbance import seen
from advisor.measurement.run import Framework, Host, Observation, Policy
from advisor.measurement.session import journal, record
from advisor.measurement.session.journal import Journal, Start
from advisor.measurement.session.record import KEPT_CALLS, Record
from advisor.measurement.timing import Round

START = Start(
    id="20261120-171200-3f2a",
    started=datetime(2026, 11, 20, 17, 12, tzinfo=UTC),
    mode="quick",
    advisor="0.1.0",
    host=Host(cpu="Invented", cores=2, memory_bytes=1, os="Linux"),
    policy=Policy(threads=2),
    seed=7,
)
LATENCY = Observation(
    probe="cnn-inference", framework="toy", parameters={"batch": 1}, metric="latency", unit="s", outcome="not_run"
)
COLD = LATENCY.model_copy(update={"metric": "cold-start"})


def block(number: int, median: float, *, process: int = 0, accepted: bool = True) -> Round:
    return Round(
        round=number, process=process, median=median, calls=9, wall=9 * median, cpu=9 * median, accepted=accepted
    )


def filled(to: Journal | None) -> Record:
    kept = Record(START, to)
    kept.framework("toy", Framework(title="Toy", version="1"))
    kept.observe(LATENCY.model_copy(update={"outcome": "measured"}))
    for number in range(6):
        kept.block(LATENCY, block(number, 1.0 + number / 100, process=number % 2), [1.0 + number / 100] * 9)
        kept.twin("toy", LATENCY, block(number, (1.0 + number / 100) * 1.05))
    kept.observe(COLD.model_copy(update={"outcome": "measured"}))
    for value in (0.3, 0.1, 0.2):
        kept.value(COLD, value)
    return kept


def test_what_a_request_to_end_finds_on_its_way_to_the_disk_is_in_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = Journal(tmp_path / "a.journal.jsonl")
    kept = Record(START, to)
    kept.observe(LATENCY.model_copy(update={"outcome": "measured"}))
    flushed = os.fsync

    def ended(descriptor: int) -> None:
        flushed(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", ended)
    with pytest.raises(KeyboardInterrupt):
        kept.block(LATENCY, block(0, 1.0), [1.0] * 9)
    monkeypatch.undo()
    to.close()
    finished = datetime.now(UTC)
    run = kept.run(finished=finished, complete=False)
    assert [each.median for each in run.observations[0].rounds] == [1.0]
    assert record.rebuild(to.path).model_copy(update={"finished": finished}) == run


def test_a_run_is_rebuilt_from_its_journal(tmp_path: Path) -> None:
    to = Journal(tmp_path / "a.journal.jsonl")
    finished = datetime.now(UTC)
    direct = filled(to).run(finished=finished, complete=False)
    to.close()
    rebuilt = record.rebuild(to.path)
    assert rebuilt.model_copy(update={"finished": finished}) == direct
    assert not rebuilt.complete
    latency, cold = rebuilt.observations
    assert latency.summary is not None
    assert latency.summary.median == pytest.approx((1.02 + 1.03) / 2)
    assert latency.summary.n == 54
    assert cold.summary is not None
    assert cold.summary.median == 0.2
    assert rebuilt.aa_floor["toy"] == pytest.approx(0.05)


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_line_that_was_being_written_is_left_out(tmp_path: Path, cut: int) -> None:
    to = Journal(tmp_path / "a.journal.jsonl")
    kept = filled(to)
    kept.block(LATENCY, block(6, 2.0), [2.0] * 30)
    to.close()
    os.truncate(to.path, to.path.stat().st_size - cut)
    latency = record.rebuild(to.path).observations[0]
    assert [each.round for each in latency.rounds] == [0, 1, 2, 3, 4, 5]


def test_every_entry_is_on_disk_when_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to = Journal(tmp_path / "a.journal.jsonl")
    kept = filled(to)
    synced: list[int] = []
    real = os.fsync

    def noting(file: int) -> None:
        synced.append(to.path.stat().st_size)
        real(file)

    monkeypatch.setattr(os, "fsync", noting)
    kept.block(LATENCY, block(6, 2.0), [2.0])
    assert synced == [to.path.stat().st_size]
    assert json.loads(to.path.read_text().splitlines()[-1])["round"]["median"] == 2.0


def test_a_journal_never_overwrites_another(tmp_path: Path) -> None:
    Journal(tmp_path / "a.journal.jsonl").close()
    with pytest.raises(AdvisorError, match="cannot write the journal: File exists"):
        Journal(tmp_path / "a.journal.jsonl")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the journal is empty"),
        ('{"schema": "advisor.run/1"}\n', "not a journal"),
        ("not json\n", ":1: not a line of a journal"),
    ],
)
def test_what_is_no_journal_is_said_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.journal.jsonl"
    path.write_text(text)
    with pytest.raises(AdvisorError, match=says):
        record.rebuild(path)


def test_rejected_blocks_are_kept_and_do_not_count() -> None:
    kept = filled(None)
    kept.block(LATENCY, block(6, 50.0, accepted=False), [50.0])
    latency = kept.run(finished=datetime.now(UTC), complete=True).observations[0]
    assert len(latency.rounds) == 7
    assert latency.summary is not None
    assert latency.summary.high < 1.1
    assert latency.summary.n == 54


def test_few_rounds_are_flagged() -> None:
    kept = Record(START)
    kept.observe(LATENCY.model_copy(update={"outcome": "measured"}))
    for number in range(5):
        kept.block(LATENCY, block(number, 1.0), [1.0])
    assert kept.run(finished=datetime.now(UTC), complete=False).observations[0].flags == ("few-rounds",)


def test_disturbed_values_count_only_when_there_are_no_others() -> None:
    kept = Record(START)
    for blank in (LATENCY, COLD):
        kept.observe(blank.model_copy(update={"outcome": "measured"}))
        kept.value(blank, 9.0, [seen("clocks", 0.3, 0.15)])
    kept.value(LATENCY, 1.0)
    quiet, loaded = kept.run(finished=datetime.now(UTC), complete=True).observations
    assert quiet.summary is not None
    assert loaded.summary is not None
    assert (quiet.summary.median, quiet.grade) == (1.0, None)
    # What others took is what it may have been shorter by.
    assert (loaded.summary.median, loaded.grade) == (9.0, "under load")
    assert loaded.summary.low == pytest.approx(9.0 * 0.7)


def test_too_few_pairs_make_no_floor() -> None:
    kept = Record(START)
    kept.observe(LATENCY.model_copy(update={"outcome": "measured"}))
    for number in range(6):
        kept.block(LATENCY, block(number, 1.0, accepted=number > 0), [1.0])
        kept.twin("toy", LATENCY, block(number, 1.0))
    assert kept.run(finished=datetime.now(UTC), complete=True).aa_floor == {}


def test_a_cell_that_was_disturbed_too_often_is_told_by_its_lower_end() -> None:
    kept = Record(START)
    for blank in (LATENCY, COLD):
        kept.observe(blank.model_copy(update={"outcome": "measured"}))
    for number in range(7):
        # One cell is repeated until it is left alone, the other never is in two of its rounds.
        kept.block(LATENCY, block(number, 9.0, accepted=False), [9.0])
        kept.block(LATENCY, block(number, 1.0), [1.0])
        kept.block(COLD, block(number, 9.0 if number < 2 else 1.0, accepted=number >= 2), [1.0])
    steady, loaded = kept.run(finished=datetime.now(UTC), complete=True).observations
    assert (steady.grade, loaded.grade) == ("measured", "under load")
    assert steady.summary is not None
    assert loaded.summary is not None
    assert steady.summary.high < 1.1
    assert (loaded.summary.median, loaded.flags) == (1.0, ())
    # Both reach down to what a quiet machine may show; the one that was disturbed is no surer upwards.
    assert loaded.summary.low == pytest.approx(steady.summary.low)
    assert loaded.summary.high > steady.summary.high
    assert loaded.summary.high > steady.summary.high


def test_what_has_no_value_was_not_run_and_a_single_value_is_flagged() -> None:
    kept = Record(START)
    kept.observe(LATENCY.model_copy(update={"outcome": "measured"}))
    kept.observe(COLD.model_copy(update={"outcome": "measured"}))
    kept.value(COLD, 0.5)
    latency, cold = kept.run(finished=datetime.now(UTC), complete=False).observations
    assert (latency.outcome, latency.summary) == ("not_run", None)
    assert cold.flags == ("single-value",)


def test_an_error_keeps_the_blocks_that_were_good() -> None:
    kept = filled(None)
    kept.observe(LATENCY.model_copy(update={"outcome": "error", "message": "signal SIGSEGV"}))
    latency = kept.run(finished=datetime.now(UTC), complete=True).observations[0]
    assert (latency.outcome, latency.message, len(latency.rounds)) == ("error", "signal SIGSEGV", 6)
    assert latency.summary is None


def test_of_many_calls_an_even_selection_is_kept(tmp_path: Path) -> None:
    kept = Record(START, Journal(tmp_path / "a.journal.jsonl"))
    kept.observe(LATENCY.model_copy(update={"outcome": "measured"}))
    kept.block(LATENCY, block(0, 1.0), [float(index) for index in range(10_000)])
    summary = kept.run(finished=datetime.now(UTC), complete=True).observations[0].summary
    assert summary is not None
    assert summary.n == KEPT_CALLS
    assert summary.p95 == pytest.approx(9500, rel=0.01)


def test_all_entries_of_a_journal_can_be_read_again(tmp_path: Path) -> None:
    to = Journal(tmp_path / "a.journal.jsonl")
    filled(to)
    kinds = [entry["kind"] for entry in journal.read(to.path)]
    assert kinds == ["start", "framework", "observation", *["block", "twin"] * 6, "observation", *["value"] * 3]
    to.remove()
    assert not to.path.exists()


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return the entries of a whole journal: start, framework, an observation with blocks, one with values."""
    to = Journal(folder / "whole.journal.jsonl")
    filled(to)
    to.close()
    return [json.loads(line) for line in to.path.read_text().splitlines()]


def damaged(folder: Path, *entries: object) -> str:
    path = folder / "damaged.journal.jsonl"
    path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in entries))
    before = path.read_bytes()
    with pytest.raises(AdvisorError) as caught:
        record.rebuild(path)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    assert path.read_bytes() == before
    return caught.value.message.removeprefix(str(path))


@pytest.mark.parametrize(
    ("at", "change", "says"),
    [
        (0, {"value": []}, ":1: not a line of a journal: start.value: expected an object"),
        (
            0,
            {"value": {**START.model_dump(mode="json"), "id": "../../../escape"}},
            ":1: not a line of a journal: start.",
        ),
        (0, {"value": {**START.model_dump(mode="json"), "id": "a/b"}}, "start.value.id"),
        (0, {"value": {**START.model_dump(mode="json"), "started": "soon"}}, "start.value.started"),
        (1, {"name": 7}, ":2: not a line of a journal: framework.name"),
        (1, {"value": {"outcome": "fine"}}, ":2: not a line of a journal: framework.value"),
        (2, {"value": {}}, ":3: not a line of a journal: observation.value"),
        (2, {"novel": 1}, ":3: not a line of a journal: observation: unknown key 'novel'"),
        (3, {"calls": "x"}, ":4: not a line of a journal: block.calls"),
        (3, {"calls": []}, "block.calls"),
        (3, {"calls": [-1.0]}, "block.calls[0]"),
        (3, {"round": {"round": 0}}, "block.round"),
        (3, {"key": "[1]"}, ":4: a block of an observation that was not begun"),
        (3, {"kind": "novel"}, "expected one of the kinds 'start'"),
        (3, {"kind": []}, ":4: not a line of a journal: expected one of the kinds"),
        (-1, {"value": "nan"}, "value.value: expected a finite number"),
        (-1, {"value": 10**400}, "value.value"),
        (-1, {"value": -1}, ": a damaged journal: cnn-inference, toy: summary.low: a cold-start of -1 s cannot be"),
        (-1, {"key": {}}, "value.key"),
    ],
)
def test_a_damaged_line_is_named_and_not_followed(at: int, change: dict[str, Any], says: str, tmp_path: Path) -> None:
    entries = lines(tmp_path)
    entries[at] |= change
    assert says in damaged(tmp_path, *entries)


@pytest.mark.parametrize(
    "line", ["[]", "1", "null", '"x"', "{}", "[" * 100_000, '{"kind": ' + "[" * 900 + "]" * 900 + "}", "NaN"]
)
def test_what_is_no_line_is_named(line: str, tmp_path: Path) -> None:
    entries = lines(tmp_path)
    assert damaged(tmp_path, *entries, line).startswith(f":{len(entries) + 1}: not a line of a journal")


def test_a_line_out_of_its_place_is_named(tmp_path: Path) -> None:
    entries = lines(tmp_path)
    assert damaged(tmp_path, *entries, entries[0]).startswith(f":{len(entries) + 1}: the start of a session is")
    orphaned = [each for each in entries if each["kind"] != "observation"]
    assert damaged(tmp_path, *orphaned) == ":3: a block of an observation that was not begun"


def test_a_journal_that_contradicts_itself_is_not_gone_on_with(tmp_path: Path) -> None:
    entries = lines(tmp_path)
    entries[2]["value"]["parity"] = {"max_relative_error": 1e9}
    assert "parity.max_relative_error: 1e+09 is above the limit" in damaged(tmp_path, *entries)
