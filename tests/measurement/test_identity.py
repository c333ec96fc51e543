"""Which machine this is: told from every other by what belongs to it, and named to nobody."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from advisor import api
from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement import environments, host, identity
from advisor.measurement.definitions import Definitions
from advisor.measurement.identity import Place
from advisor.measurement.run import Host, Policy
from advisor.measurement.session.journal import Journal, Start
from advisor.measurement.session.record import Record
from advisor.measurement.store import Store
from advisor.measurement.worker.answers import WorkerDiedError
from advisor.measurement.worker.client import Worker
from advisor.measurement.worker.environment import surroundings
from advisor.measurement.worker.framework import FrameworkProcess

SHOWN = re.compile("host-[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))


def machine(root: Path, *, own: str = "", boot: str = "") -> Path:
    for name, text in (("etc/machine-id", own), ("proc/sys/kernel/random/boot_id", boot)):
        if text:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"{text}\n")
    return root


def test_a_label_tells_machines_apart_stays_and_names_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = machine(tmp_path / "a", own="0" * 31 + "1"), machine(tmp_path / "b", own="0" * 31 + "2")
    here = identity.label(first)
    assert SHOWN.fullmatch(here)
    assert identity.label(first) == here != identity.label(second)
    assert platform.node() not in here
    # Two made from one image have one id.
    monkeypatch.setattr(platform, "node", lambda: "another")
    assert identity.label(first) != here
    assert not identity.same(here, identity.label(first))


def test_a_machine_without_an_id_of_its_own_draws_one_and_keeps_it(tmp_path: Path) -> None:
    nowhere = machine(tmp_path / "a", own="uninitialized")
    assert identity.label(nowhere) == identity.label(tmp_path / "b")
    (tmp_path / "cache" / "salt").unlink()
    assert identity.label(nowhere) != identity.label(machine(tmp_path / "c", own="0" * 32))


def test_what_somebody_calls_a_machine_is_held_against_no_other() -> None:
    hashed = identity.label()
    assert identity.same("camera-17", hashed)
    assert identity.same("", hashed)
    assert host.describe(label="Raspberry Pi 5 (camera-17)").label == "Raspberry Pi 5 (camera-17)"
    assert host.describe().label == hashed
    for wrong in ("", " x", "x" * 65, "a\x1b[31m", "-x", "<b>"):
        with pytest.raises(AdvisorError, match=r"--label: .* is no label of a machine"):
            host.describe(label=wrong)


def test_machines_that_share_a_home_do_not_queue_behind_each_other(tmp_path: Path) -> None:
    first, second = machine(tmp_path / "a", boot="1"), machine(tmp_path / "b", boot="2")
    assert identity.lock(first) != identity.lock(second)
    assert identity.lock(first).parent == identity.lock(second).parent == tmp_path / "cache"
    assert identity.lock(first) == identity.lock(machine(tmp_path / "c", boot="1")), "whatever a container is called"


@pytest.mark.parametrize(
    ("node", "boot", "elsewhere"),
    [
        ("here", "1", False), ("here", None, False), (None, "1", False), (None, None, False),
        ("there", "1", True), ("here", "2", True), ("there", None, True),
    ],
)  # fmt: skip
def test_a_process_is_elsewhere_by_what_it_says_of_itself(node: str | None, boot: str | None, elsewhere: bool) -> None:
    assert Place("here", "1").elsewhere(node, boot) is elsewhere
    assert not Place("here", None).elsewhere("here", "1")


@pytest.fixture
def wrapper(tmp_path: Path) -> Path:
    """A Python that runs on another node, as one behind ssh does."""
    there = ["unshare", "--uts", "--map-root-user"]
    if subprocess.run([*there, "hostname", "board"], capture_output=True, check=False).returncode:
        pytest.skip("this system gives no namespace of its own")
    script = tmp_path / "python"
    script.write_text(
        f'#!/bin/sh\nexec {" ".join(there)} sh -c \'hostname board; exec "{sys.executable}" "$@"\' - "$@"\n'
    )
    script.chmod(0o755)
    return script


@pytest.mark.integration
def test_a_python_that_runs_elsewhere_has_no_framework_of_this_machine(toys: Definitions, wrapper: Path) -> None:
    found = environments.find(toys.frameworks.values(), {"toy": wrapper})["toy"]
    assert not found.present
    assert found.message is not None
    assert f"{wrapper} runs elsewhere, on board: " in found.message


@pytest.mark.integration
def test_a_worker_that_runs_elsewhere_is_refused(toys: Definitions, wrapper: Path, tmp_path: Path) -> None:
    command = [str(wrapper), str(toys.probes / "__main__.py"), "framework", "toy"]
    worker = Worker(command, env=surroundings(threads=1, scratch=tmp_path), name="the worker of Toy")
    process = FrameworkProcess(worker, threads=1)
    with (
        process,
        pytest.raises(WorkerDiedError, match=r"the worker of Toy runs elsewhere, on board: .*call advisor there"),
    ):
        process.described()


def test_a_session_goes_on_on_the_machine_that_began_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")

    def left(name: str, of: str) -> Path:
        start = Start(
            id=name, started=datetime(2026, 11, 30, tzinfo=UTC), mode="quick", advisor="1", seed=0, plan="same",
            host=Host(cpu="x", cores=1, memory_bytes=1, os="y"), policy=Policy(threads=1), machine=of,
        )  # fmt: skip
        journal = Journal(store.journal(name))
        Record(start, journal)
        journal.close()
        return journal.path

    left("2-newer", "host-000000000000")
    with pytest.raises(AdvisorError, match=r"no session in .* was interrupted on this machine: there is nothing"):
        api._unfinished(store, "same")
    ours = left("1-older", identity.label())
    assert api._unfinished(store, "same") == ours
    # An older advisor did not say whose it was.
    before = left("3-newest", "")
    assert api._unfinished(store, "same") == before


def test_a_system_that_shows_nothing_of_itself_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise FileNotFoundError(2, "No such file or directory", "/proc/meminfo")

    monkeypatch.setattr(psutil, "virtual_memory", gone)
    with pytest.raises(AdvisorError, match=r"nothing can be measured: .*/proc/meminfo") as caught:
        host.describe()
    assert caught.value.exit_code == EXIT_PROBING
