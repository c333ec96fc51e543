"""A whole quick session with the real frameworks and every route sends nothing and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from advisor.measurement import definitions
from advisor.measurement.run import LEFT_OUT, Run, load_run
from advisor.measurement.worker.environment import surroundings
from tests import sealed
from tests.faults.place import Place, Told
from tests.probes.recipes import need

TRIES = {
    "looks a name up": "import socket; socket.getaddrinfo('collector.example', 443)",
    "sends a packet": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    "connects": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "connects over IPv6": "import socket; socket.create_connection(('2001:db8::1', 80), timeout=1)",
    "lets a child connect": "import subprocess, sys; subprocess.run([sys.executable, '-c', "
    "\"import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)\"])",
}
AT_HOME = """\
import pathlib, socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
if pathlib.Path("/proc/net/if_inet6").exists():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        socket.create_connection(server.getsockname()[:2]).close()
"""
LEAVES = """\
import pathlib, sys
home = pathlib.Path(sys.argv[1])
(home / "known").mkdir()
(home / "known" / "id").write_text("x")
(home / "other").mkdir()
(home / "other" / "id").write_text("x")
"""


def run(log: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*sealed.command(log), sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("way", TRIES)
def test_what_reaches_out_is_seen(way: str, tmp_path: Path) -> None:
    if "IPv6" in way and not Path("/proc/net/if_inet6").exists():
        pytest.skip("no IPv6 on this machine")
    log = tmp_path / "log"
    assert "rror" in run(log, TRIES[way]).stderr
    assert sealed.reached(log) or not log.exists()


def test_this_machine_itself_may_be_reached(tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = run(log, AT_HOME)
    assert done.returncode == 0, done.stderr
    assert not sealed.reached(log)


def test_what_is_left_elsewhere_is_seen(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert run(log, LEAVES, str(tmp_path)).returncode == 0
    other = tmp_path / "other"
    assert sealed.written(log, tmp_path / "known") == [str(other), str(other / "id")] or not log.exists()
    assert not sealed.written(log, tmp_path)


def test_a_call_that_another_process_interrupts_is_read_with_its_result(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        '7 mkdir("/one", 0777 <unfinished ...>\n8 mkdir("/two", 0777 <unfinished ...>\n'
        "8 <... mkdir resumed>)          = 0\n7 <... mkdir resumed>)          = -1 EEXIST (File exists)\n"
        '9 openat(AT_FDCWD, "/three", O_RDWR|O_CREAT <unfinished ...>\n'
    )
    assert sealed.written(log) == ["/three", "/two"]


@pytest.mark.frameworks
@pytest.mark.parametrize("module", ["onnxruntime", "openvino", "nncf"])
def test_what_a_runtime_leaves_is_seen_and_the_opt_outs_keep_it_from_that(module: str, tmp_path: Path) -> None:
    need(module)
    left = {}
    for name, env in (
        ("as it comes", {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "as it comes")}),
        ("as we start it", surroundings(threads=1, scratch=tmp_path / "as we start it")),
    ):
        Path(env["HOME"]).mkdir(exist_ok=True)
        command = [*sealed.prefix(tmp_path / name / "calls"), sys.executable, "-c", f"import {module}"]
        subprocess.run(command, env=env, check=True, capture_output=True)
        left[name] = {path.name for path in Path(env["HOME"]).rglob("*") if path.is_file()}
    # The file of the opt-out itself; should a runtime leave nothing any more, its row in the table may go.
    assert left["as we start it"] == {"openvino_telemetry"}
    assert left["as it comes"] & {"deviceid", "openvino_ga_cid"}


@dataclass(frozen=True)
class Session:
    """A session that was measured in a network without a way out."""

    place: Place
    log: Path
    told: Told

    @property
    def run(self) -> Run:
        return load_run(self.place.work / "run.json")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    for module in ("torch", "tensorflow", "jax"):
        need(module)
    folder = tmp_path_factory.mktemp("sealed")
    place, log = Place(folder / "place"), folder / "log"
    wanted = ["probe", "--quick", "--threads", "1", "--only", "mlp-inference,route:*", "--output", "run.json"]
    return Session(place, log, place.ended(place.start(wanted, before=sealed.command(log)), limit=1800))


@pytest.mark.frameworks
def test_a_quick_session_asks_for_nothing(session: Session) -> None:
    assert session.told.code == 0, session.told.err
    assert not sealed.reached(session.log)


@pytest.mark.frameworks
def test_a_quick_session_leaves_nothing(session: Session) -> None:
    place = session.place
    assert not list((place.folder / "home").rglob("*"))
    assert not place.left()
    assert {path.name for path in place.work.iterdir()} == {".advisor", "run.json"}
    assert not sealed.written(session.log, place.folder)
    kept = [path.name for path in (place.folder / "cache").rglob("*") if path.is_file()]
    assert not [name for name in kept if "device" in name or name.endswith((".db", ".sqlite"))], kept


@pytest.mark.frameworks
def test_a_quick_session_measures_all_the_same(session: Session) -> None:
    run = session.run
    latencies = [each for each in run.observations if each.probe == "mlp-inference" and each.metric == "latency"]
    assert {each.framework for each in latencies} == {"pytorch", "tensorflow", "jax"}
    for each in latencies:
        assert each.outcome == "measured", each.message
        assert each.summary is not None
        assert 1e-6 < each.summary.median < 0.1
    # We bring pandas; what it adds to TensorFlow's import is not TensorFlow's.
    assert "pandas" in run.frameworks["tensorflow"].settings[LEFT_OUT].split(", ")
    tried = {
        (each.framework, each.route): each.outcome for each in run.observations if each.route and each.metric is None
    }
    assert {route for _, route in tried} >= definitions.routes().keys()
    for (framework, route), outcome in tried.items():
        if route in ("onnxruntime", "openvino", "litert", "executorch"):
            # What has an environment of its own is not installed: in this session's empty cache nobody made one.
            apart = route in definitions.frameworks()[framework].routes_apart
            assert outcome in (("not_installed",) if apart else ("proved", "not_applicable")), (framework, route)
