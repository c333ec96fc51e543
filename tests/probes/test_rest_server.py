"""Models behind REST servers: right answers are proved, wrong ones refuted, and no server outlives its recipe."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from probes import rest_server
from probes.channel import ProbeError
from tests.probes.recipes import ForkServers, Recipes, left_behind, need

pytestmark = pytest.mark.integration

STAND_IN = Path(__file__).parent / "data" / "model_server.py"
ROOT = Path(__file__).resolve().parents[2]
ONE = np.ones((1, 2), np.float32)


def check_figures(proof: dict[str, float]) -> None:
    assert proof["cold_start"] > 0.05
    assert 0 < proof["p50"] <= proof["p99"]
    assert proof["requests"] == 400
    # Half of the requests take p50 at least.
    assert proof["clients"] / proof["throughput"] >= 0.9 * proof["p50"] / 2


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["pytorch", "tensorflow"])
def test_onnx_runtime_serves_the_framework_s_answers(recipes: Recipes, framework: str) -> None:
    reply = recipes.prove(framework, "serving-onnxruntime")
    assert reply["outcome"] == "proved", reply
    check_figures(reply["proof"])
    broken = recipes.prove(f"broken_{framework}", "serving-onnxruntime")
    assert broken["outcome"] == "refuted", broken


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["pytorch", "tensorflow"])
def test_litserve_serves_the_framework_s_own_program(recipes: Recipes, framework: str) -> None:
    need("litserve")
    reply = recipes.prove(framework, "serving-litserve")
    assert reply["outcome"] == "proved", reply
    check_figures(reply["proof"])
    broken = recipes.prove(f"broken_{framework}", "serving-litserve")
    assert broken["outcome"] == "refuted", broken


@pytest.mark.frameworks
def test_what_serves_by_itself(recipes: Recipes) -> None:
    ours = recipes.prove("pytorch", "serving")
    assert (ours["outcome"], ours["proof"]["server"]) == ("not_supported", "TorchServe")
    assert "no maintenance" in ours["message"]
    theirs = recipes.prove("tensorflow", "serving")
    assert theirs["outcome"] in ("proved", "not_installed"), theirs


@pytest.mark.frameworks
def test_tensorflow_serving_is_asked_where_it_is_installed(servers: ForkServers, tmp_path: Path) -> None:
    program = tmp_path / "programs" / "tensorflow_model_server"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "{STAND_IN}" "$@"\n')
    program.chmod(0o755)
    with Recipes(tmp_path, servers, program.parent) as recipes:
        reply = recipes.prove("tensorflow", "serving")
        assert reply["outcome"] == "proved", reply
        check_figures(reply["proof"])
        assert recipes.prove("broken_tensorflow", "serving")["outcome"] == "refuted"
        assert not list(left_behind(tmp_path, STAND_IN.name))


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import sys; sys.exit('ValueError: no such model')", "the server did not start: exit 1: ValueError: no such"),
        ("print('hello', flush=True); import time; time.sleep(60)", "the server did not start: SIGKILL"),
        ("print(1, flush=True); import sys; sys.exit('Error: out of memory')", "the server ended: exit 1: Error: out"),
    ],
)
def test_a_server_that_does_not_serve_is_said_with_its_last_words(script: str, says: str) -> None:
    with pytest.raises(ProbeError, match=says):
        rest_server.measured([sys.executable, "-c", script], "toy", ONE, ONE)


REFUSES = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_error(500, "broken")
server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def test_a_server_that_only_refuses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_server, "PATIENCE", 0.5)
    with pytest.raises(ProbeError, match=r"no answer after \d+\.\d s: the server answers 500"):
        rest_server.measured([sys.executable, "-c", REFUSES], "toy", ONE, ONE)


STARTS = """
import sys, time
print(1, flush=True)
end = time.process_time() + float(sys.argv[1])
while time.process_time() < end:
    pass
{then}
"""


def test_a_server_that_is_at_work_is_waited_for_however_slowly_and_one_that_halts_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rest_server, "PATIENCE", 2.0)
    # Far longer than there is patience, and an end of its own.
    ends = STARTS.format(then="sys.exit('Error: at last')")
    with pytest.raises(ProbeError, match="the server ended: exit 1: Error: at last"):
        rest_server.measured([sys.executable, "-c", ends, "2.5"], "toy", ONE, ONE)
    halts = STARTS.format(then="time.sleep(600)")
    with pytest.raises(ProbeError, match=r"no answer after \d+\.\d s: "):
        rest_server.measured([sys.executable, "-c", halts, "0.1"], "toy", ONE, ONE)
