"""A served site: built again on a change, standing while a Run is broken, refused where something else is served."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from advisor.errors import AdvisorError
from advisor.measurement.run import save_run
from advisor.report.server import serve
from tests.samples import sample_run

pytestmark = pytest.mark.integration


def test_a_served_site_is_built_again_and_stands_while_a_run_is_broken(tmp_path: Path) -> None:
    run = sample_run()
    files = [tmp_path / "run.json", tmp_path / "older.json"]
    older = run.model_copy(update={"id": "last-week", "started": run.started - timedelta(weeks=1)})
    for file, each in zip(files, (run, older), strict=True):
        save_run(each, file)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shown = [word for file in files for word in ("--run", str(file))]
    command = [sys.executable, "-m", "advisor", "site", "serve", *shown, "--profile", "edge", "--port", str(port)]
    said = tmp_path / "said"
    with said.open("w") as stream:
        server = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=stream,
            # What a shell puts in the background is started deaf to Ctrl-C; so would be all that these tests start.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip

    def page() -> str:
        assert server.poll() is None, said.read_text()
        with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}/machines.html", timeout=60) as answer:
            return str(answer.read().decode())
        return ""

    def wait(text: str, *, at: bool = True) -> None:
        end = time.monotonic() + 240
        while text not in (page() if at else said.read_text()):
            assert time.monotonic() < end, (text, said.read_text())
            time.sleep(0.1)

    try:
        wait(run.id)
        with urlopen(f"http://localhost:{port}/", timeout=60) as answer:
            assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
            text = answer.read().decode()
        assert re.findall(r"<script>|<style|\son[a-z]+=", text) == []
        script = re.search(r'src="(/livereload/script.js)" data-epoch="[0-9]+"', text)
        assert script is not None
        with urlopen(f"http://127.0.0.1:{port}{script[1]}", timeout=60) as answer:
            assert answer.headers["Content-Type"].startswith("text/javascript")
        for host in ("evil.example", f"evil.example:{port}", f"localhost:{port + 1}", "localhost", ""):
            asked = Request(f"http://127.0.0.1:{port}/run.json.gz", headers={"Host": host})
            with pytest.raises(HTTPError, match="421") as refused:
                urlopen(asked, timeout=60)
            assert run.id not in refused.value.read().decode()
        assert f"http://127.0.0.1:{port}/ (Ctrl-C ends it)\n" in said.read_text()
        save_run(run.model_copy(update={"id": "measured-anew"}), files[0])
        wait("measured-anew")
        wait("Built again.\n", at=False)
        files[0].write_text('{"schema": "advisor.run/1", "id"', encoding="utf-8")
        wait("run.json:1:33: not a Run file", at=False)
        wait("measured-anew")
        save_run(run.model_copy(update={"id": "mended"}), files[0])
        wait("mended")
        server.send_signal(signal.SIGINT)
        assert server.wait(120) == 0
    finally:
        server.kill()
        server.wait()
    assert "Traceback" not in said.read_text()


def test_an_address_that_is_taken_is_refused_before_anything_is_built() -> None:
    built: list[Path] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AdvisorError, match=f"cannot serve at 127.0.0.1:{port}: Address already in use$") as raised:
            serve(built.append, [], address=("127.0.0.1", port))
    assert raised.value.hint == "another port, such as --port 8001"
    assert built == []
