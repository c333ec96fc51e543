"""A Chromium of this machine, and servers that send the strict policy with every page."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # It looks for its maker's servers all the same: every name but this machine's is one that nobody knows.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip


def installed() -> str | None:
    """Return where this machine has a Chromium (``CHROMIUM`` names another one); None when it has none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Start the Chromium at `path`, without a window."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        # In a home of its own: it keeps settings and reports there.
        environment: dict[str, str | float | bool] = {**os.environ, "HOME": home}
        started = playwright.chromium.launch(executable_path=path, args=list(_SWITCHES), env=environment)
        yield started
        started.close()


class _Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""


class Servers:
    """Starts one server per folder."""

    def __init__(self) -> None:
        self.running: list[http.server.ThreadingHTTPServer] = []

    def __call__(self, folder: Path) -> str:
        """Serve `folder`; return its address."""
        handler = functools.partial(_Handler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    def close(self) -> None:
        """End them all."""
        for server in self.running:
            server.shutdown()
            server.server_close()
