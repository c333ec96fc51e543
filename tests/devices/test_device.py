"""A device from end to end: a bundle, a board behind a real sshd, what goes wrong there, and the answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main
from advisor.devices import link, remote
from advisor.measurement.run import load_run, save_run
from tests.devices.board import Board
from tests.devices.conftest import Made

pytestmark = [pytest.mark.frameworks, pytest.mark.alone]


def call(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(words), prog_name="advisor")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return getattr(done.exception, "exit_code", 70), str(done.exception)
    return done.exit_code, done.output


def measure(board: Board, made: Made, *words: str) -> tuple[int, str]:
    return call("device", "measure", board.host, "--bundle", str(made.folder), *board.options, *words)


def there(board: Board, made: Made, *, folder: str = "~/advisor-bundles", python: Path | None = None) -> remote.Device:
    found = link.Link(board.host, board.sockets, board.words)
    return remote.Device(found, made.folder, made.manifest, str(python or board.python), folder)


def test_a_board_is_checked_measured_fetched_and_decided_with(board: Board, made: Made, tmp_path: Path) -> None:
    began = time.monotonic()
    code, told = call("device", "check", board.host, "--bundle", str(made.folder), *board.options, "--json")
    assert code == 0, told
    found = json.loads(told[told.index("{") :])
    assert found["problems"] == []
    assert set(found["runtimes"]) == {"onnxruntime", "executorch"}
    run_file, here_file = tmp_path / "board.json", tmp_path / "here.json"
    code, told = measure(board, made, "--quick", "--label", "camera-17", "-o", str(run_file))
    assert code == 0, told
    assert time.monotonic() - began < 240
    run = load_run(run_file)
    assert run.complete
    assert run.host.label == "camera-17"
    assert run.exported is not None
    assert run.exported.run == made.run.id
    timed = {(each.route, each.parameters["precision"]): each for each in run.observations if each.metric == "latency"}
    assert {name for name, each in timed.items() if each.outcome == "measured"} == {
        ("onnxruntime", "float32"), ("onnxruntime", "int8"), ("executorch", "float32"),
    }  # fmt: skip
    cold = [each for each in run.observations if each.metric == "cold-start"]
    assert all(each.summary is not None and each.summary.median > 0 for each in cold)
    # Only what a link brought was there, and it is gone.
    assert not (board.home / "advisor-bundles" / made.folder.name).exists()
    save_run(made.run, here_file)
    code, told = call(
        "recommend", "--profile", "edge", "--run", str(here_file), "--run", str(run_file), "--json", "--no-site"
    )
    assert code in (0, 1), told
    answer = json.loads(told)
    assert any("(camera-17), exported on" in each for each in answer["warnings"])
    # What ships was measured there: only the network is another, as before.
    assert "on this machine" not in told


def test_a_lost_link_costs_nothing_and_a_killed_session_goes_on(
    board: Board, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "OPTIONS", tuple(each.replace("Interval=5", "Interval=1") for each in link.OPTIONS))
    monkeypatch.setattr(remote, "AGAIN", 0.5)
    device, said = there(board, made), list[str]()
    place = device.place()
    device.push(place, said.append)
    assert device.push(place, said.append) == 0, "what is there is not brought again"
    # One of two devices that is away costs itself only.
    hosts = tmp_path / "hosts.txt"
    hosts.write_text(f"{board.host} camera-17\nroot@10.77.28.77 away\n")
    fleet = ["--hosts", str(hosts), "--bundle", str(made.folder), *board.options]
    code, told = call("fleet", "measure", *fleet, "--quick")
    assert (code, "Error: away: root@10.77.28.77: " in told, "camera-17: running" in told) == (3, True, True), told
    journal = Path(place.folder) / "work" / "runs"
    _until(lambda: any(each.stat().st_size > 20_000 for each in journal.glob("*.jsonl")))
    (process,) = _sessions(board)
    os.kill(process, signal.SIGKILL)
    with pytest.raises(Exception, match="ended without a Run"):
        device.follow(place, said.append, patience=60)
    before = next(iter(journal.glob("*.jsonl"))).read_bytes()
    assert device.start(place, ["--quick", "--resume", "--label", "camera-17"])["state"] == "running"
    board.link("down")
    threading.Timer(8, board.link, ["up"]).start()
    device.follow(place, said.append, patience=120)
    assert any("the session goes on there" in each for each in said)
    run = device.fetch(place)
    assert run.complete
    assert json.loads(before.splitlines()[0])["value"]["id"] == run.id, "the same session went on"
    code, told = call("fleet", "gather", *fleet, "-o", str(tmp_path / "runs"))
    assert code == 3
    assert "1 of 2 devices." in told
    assert load_run(tmp_path / "runs" / "camera-17.json") == run
    device.clean(place)
    device.link.close()


def _sessions(board: Board) -> list[int]:
    done = subprocess.run(
        ["pgrep", "-f", f"{board.home}.*run.py.*--output"], capture_output=True, text=True, check=False
    )
    return [int(each) for each in done.stdout.split()][:1]


def _until(holds: object) -> None:
    until = time.monotonic() + 60
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture(scope="module")
def copied(board: Board, made: Made) -> Path:
    """The bundle as it lies on the board."""
    device = there(board, made, folder=str(board.home / "kept"))
    place = device.place()
    device.push(place, lambda line: None)
    device.link.close()
    return Path(place.folder)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("mount -t tmpfs none /proc", "this system shows nothing of itself"),
        ("mount -t tmpfs -o ro none {home}/kept/camera.advisor/work", "cannot write: Read-only file system"),
        ("mount -t tmpfs -o size=64k none {home}/kept/camera.advisor/work", "No space left on device"),
        ("mount -t tmpfs none {site}/numpy", "cannot import NumPy"),
        ("mount -t tmpfs none {site}/onnxruntime-*.dist-info && mount -t tmpfs none {site}/executorch-*.dist-info",
         "no runtime of this bundle is installed for this Python"),
    ],
)  # fmt: skip
def test_what_a_board_lacks_is_said_in_one_line(board: Board, copied: Path, before: str, said: str) -> None:
    (copied / "work").mkdir(exist_ok=True)
    site = next(board.python.parent.parent.glob("lib/python*/site-packages"))
    done = board.run(
        str(board.python), str(copied / "run.py"), "--quick", "-o", str(board.home / "x.json"),
        before=before.format(home=board.home, site=site),
    )  # fmt: skip
    lines = done.stderr.splitlines()
    assert done.returncode in (2, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert sum(each.startswith("Error: ") for each in lines) == 1
    assert said in done.stderr


def test_one_runtime_that_is_missing_costs_its_own_routes(board: Board, copied: Path) -> None:
    site = next(board.python.parent.parent.glob("lib/python*/site-packages"))
    done = board.run(
        str(board.python),
        str(copied / "run.py"),
        "--check",
        before=f"mount -t tmpfs none {site}/executorch-*.dist-info",
    )
    found = json.loads(done.stdout)
    assert found["problems"] == []
    assert any("not installed, and not measured: executorch" in each for each in found["notes"])


def test_a_device_that_cannot_be_used_is_refused_in_one_line(board: Board, made: Made, tmp_path: Path) -> None:
    output = ["-o", str(tmp_path / "run.json")]
    code, told = measure(board, made, *output, "--python", "no-such-python")
    assert code == 3
    assert "no-such-python" in told
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\n" + f'exec {board.python} -c \'import sys; sys.version_info = (3, 9, 2); \'"$2" "$3"\n')
    old.chmod(0o755)
    code, told = measure(board, made, *output, "--python", str(old))
    assert code == 3
    assert "is Python 3.9 there, and a bundle needs 3.11 or later" in told
    code, told = measure(board, made, *output, "--folder", "/proc/nothing")
    assert code == 3
    assert "cannot write there" in told
    words = [f"--ssh={each}" for each in ("-o", "UserKnownHostsFile=/dev/null", "-i", board.words[1])]
    code, told = call("device", "check", board.host, "--bundle", str(made.folder), *words)
    assert code == 3
    assert "its host key is not known here" in told
    words = [f"--ssh={each}" for each in (*board.words[2:], "-i", "/dev/null")]
    code, told = call("device", "check", board.host, "--bundle", str(made.folder), *words)
    assert code == 3
    assert "no key of yours is accepted there" in told


def test_nothing_is_written_outside_the_bundle_and_it_is_small(board: Board, copied: Path, made: Made) -> None:
    whole = sum(each.stat().st_size for each in made.folder.rglob("*") if each.is_file())
    artifacts = sum(each.stat().st_size for each in (made.folder / "artifacts").rglob("*") if each.is_file())
    assert whole - artifacts < 40_000_000
    known = {each for each in board.home.rglob("*") if copied not in each.parents}
    # Everything but the bundle is read-only to this session: what it wrote elsewhere would end it.
    before = f"mount --bind {copied} {copied} && mount -o remount,bind,ro / && mount -o remount,bind,rw {copied}"
    done = board.run(str(board.python), str(copied / "run.py"), "--check", before=before)
    assert done.returncode == 0, done.stderr
    assert {each for each in board.home.rglob("*") if copied not in each.parents} == known
