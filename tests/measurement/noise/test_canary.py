"""The canary: what its processes measure, what they leave, and what it objects to."""

from __future__ import annotations

import io
import json
import math
import mmap
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from advisor.measurement.disturbance import LIMIT, seen
from advisor.measurement.noise import canary_process
from advisor.measurement.noise.canary import BOUNCE, SHORT_BOUNCE, WORK, Answer, Canary
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.watch import AVAILABLE, Watch

pytestmark = pytest.mark.alone

two_cores = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="the canary needs two cores"
)


def cores() -> list[int]:
    allowed = sorted(os.sched_getaffinity(0))
    return [allowed[0], allowed[-1]]


@two_cores
def test_it_measures_a_bounce_and_work_and_remembers_how_short_they_were(tmp_path: Path) -> None:
    memory = tmp_path / "canary.json"
    with closing(Canary("Invented", memory, virtual=True)) as canary:
        assert canary.signals == {BOUNCE: AVAILABLE, WORK: AVAILABLE}
        found = [answer for _ in range(20) if (answer := canary.look()) is not None]
        bounces = sorted(each.bounce for each in found if each.bounce and math.isfinite(each.bounce))
        assert bounces
        assert 20 < bounces[0] < 100_000
        assert canary.bounces.lowest == bounces[int(SHORT_BOUNCE * len(bounces))]
        for core in cores():
            times = [each.work[core] for each in found]
            # A product of two numbers of more than ten thousand bits: neither nothing nor a hundredth of a second.
            assert 1_000 < canary.works[core].lowest == min(times) < 10_000_000
        lowest = [canary.bounces.lowest, *(canary.works[core].lowest for core in cores())]
    ((names, said),) = [(list(own), list(own.values())) for own in json.loads(memory.read_text()).values()]
    assert names == ["bounce", *(f"core {core}" for core in cores())]
    assert [each["lowest"] for each in said] == lowest
    with closing(Canary("Invented", memory, virtual=True)) as again:
        assert [again.bounces.lowest, *(again.works[core].lowest for core in cores())] == lowest
    with closing(Canary("Another processor", memory)) as other:
        assert other.bounces.lowest == math.inf


@two_cores
def test_work_takes_longer_on_a_core_that_has_less_time_for_it(tmp_path: Path) -> None:
    """The work is done on the core it is told for: one that is made to share is slower, or does not come at all."""
    with closing(Canary("Invented", tmp_path / "canary.json", virtual=True)) as canary:
        before = [canary.look() for _ in range(30)]
        slow = set(psutil.Process().children(recursive=True))
        # The partner, which works on the last core, is sent to the first one, where the other works, too.
        (partner,) = [each for each in slow if each.cpu_affinity() == [cores()[1]]]
        partner.cpu_affinity([cores()[0]])
        together = [canary.look() for _ in range(10)]
    usual = min(each.work[cores()[1]] for each in before if each)
    assert max(each.work[cores()[1]] + (each.bounce or 0.0) for each in together if each) > LIMIT * usual


@two_cores
def test_work_is_for_virtual_machines(tmp_path: Path) -> None:
    with closing(Canary("Invented", tmp_path / "canary.json", virtual=False)) as canary:
        answer = canary.look()
        assert canary.signals == {BOUNCE: AVAILABLE, WORK: "not used: it is for virtual machines"}
        assert answer is not None
        assert not answer.work
        assert not canary.disturbances(answer) or answer.bounce == math.inf


@contextmanager
def answering(folder: Path, lines: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    """Give a canary whose processes have told these lines."""
    with closing(Canary("Invented", folder / "canary.json", virtual=True)) as canary:
        canary._stop()
        fake = SimpleNamespace(stdin=io.BytesIO(), stdout=io.BytesIO("".join(f"{line}\n" for line in lines).encode()))
        monkeypatch.setattr(canary, "_process", fake)
        for _ in lines:
            assert canary.look() is not None
        monkeypatch.setattr(canary, "_process", None)
        yield canary


@two_cores
def test_one_bounce_that_is_shorter_than_all_others_disturbs_no_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{bounce} 90 90" for bounce in [*([400, 330, 450] * 10), 250, 440]]
    with answering(tmp_path, lines, monkeypatch) as canary:
        assert canary.bounces.lowest == 330
        assert not canary.disturbances(Answer(440.0))
        met = (seen("bounce", 680e-9, 330e-9),)
        assert canary.disturbances(Answer(440.0), Answer(680.0)) == met
        assert met[0].kind == "slowed"


@two_cores
def test_a_core_that_is_slowed_from_outside_disturbs_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = cores()
    # Neighbors that are busy nine tenths of the time still leave a look now and then alone.
    lines = [*["300 170000 165000"] * 18, "300 85000 168000", "300 171000 86000"]
    with answering(tmp_path, lines, monkeypatch) as canary:
        free, usual = Answer(300.0, {first: 86_000, last: 85_000}), Answer(300.0, {first: 92_000, last: 93_000})
        slowed = Answer(300.0, {first: 86_000, last: 160_000})
        assert not canary.disturbances(free)
        assert not canary.disturbances(free, usual)
        # How much it was is known all the same.
        assert canary.slowdown(free, usual) == pytest.approx(92 / 85)
        assert canary.slowdown(None, Answer(300.0, {first: 80_000, last: math.inf})) == 1.0
        assert canary.slowdown(None, Answer(300.0)) is None
        met = (seen("work", 160e-6, 86e-6, last),)
        assert canary.disturbances(free, slowed) == canary.disturbances(slowed, free) == met
        assert met[0].kind == "slowed"


@two_cores
def test_a_core_that_did_not_come_disturbs_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(tmp_path, ["300 90 90"], monkeypatch) as canary:
        for lost in (Answer(math.inf), Answer(300.0, {cores()[0]: 90, cores()[1]: math.inf})):
            assert canary.disturbances(Answer(300.0), lost) == (seen("core"),)
        assert not canary.disturbances(None, None)


@two_cores
def test_one_that_says_nonsense_is_no_longer_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Canary("Invented", tmp_path / "canary.json", virtual=True)) as canary:
        canary._stop()
        said = io.BytesIO(b"300\n")
        fake = SimpleNamespace(stdin=io.BytesIO(), stdout=said, wait=lambda _: 0)
        monkeypatch.setattr(canary, "_process", fake)
        assert canary.look() is None
        assert set(canary.signals.values()) == {"not available: its process ended"}
        assert canary.look() is None


@two_cores
def test_it_sleeps_between_looks_and_leaves_nothing(tmp_path: Path) -> None:
    before = set(psutil.Process().children(recursive=True))
    canary = Canary("Invented", tmp_path / "canary.json")
    canary.look()
    mine = set(psutil.Process().children(recursive=True)) - before
    assert len(mine) == 2
    used = [each.cpu_times() for each in mine]
    time.sleep(0.3)
    later = [each.cpu_times() for each in mine]
    assert sum(b.user + b.system - a.user - a.system for a, b in zip(used, later, strict=True)) < 0.03
    canary.close()
    _, alive = psutil.wait_procs(mine, timeout=240)
    assert not alive
    assert canary.look() is None


@two_cores
def test_what_happens_once_teaches_the_canary_how_short_its_figures_can_be(tmp_path: Path) -> None:
    with closing(Guard(Canary("Invented", tmp_path / "canary.json"), Watch(tmp_path), settle=0.0)) as guard:
        canary = guard._canary
        assert canary.bounces.lowest == math.inf
        for _ in range(10):
            guard.once(lambda: None, process=os.getpid)
        assert canary.bounces.lowest < math.inf


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not pin processes")
def test_on_one_core_there_is_nobody_to_bounce_with_and_its_work_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = cores()[0]
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {core})
    with closing(Canary("Invented", tmp_path / "canary.json", virtual=True)) as canary:
        assert canary.signals == {BOUNCE: "not available: it needs two cores", WORK: AVAILABLE}
        found = [answer for _ in range(5) if (answer := canary.look()) is not None]
        assert [each.bounce for each in found] == [None] * 5
        assert canary.works[core].lowest == min(each.work[core] for each in found)
        assert canary.disturbances(Answer(None, {core: 2 * canary.works[core].lowest}))[0].signal == "work"


def test_a_figure_that_is_not_whole_yet_is_not_read() -> None:
    """A processor of 32 bits writes it in two halves; others see what is written in another order."""
    shared = bytearray(mmap.PAGESIZE)
    shared[canary_process.LINE] = canary_process.DONE
    place = slice(canary_process.TOLD, canary_process.TOLD + canary_process.FIGURES.size)
    shared[place] = canary_process.FIGURES.pack(123.0, 123.0)
    assert canary_process.answer(shared) == 123.0  # type: ignore[arg-type]
    shared[place] = canary_process.FIGURES.pack(123.0, math.inf)
    assert canary_process.answer(shared) == math.inf  # type: ignore[arg-type]
