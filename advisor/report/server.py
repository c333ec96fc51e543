"""A site on this machine, served with a strict policy and built again while its Runs, profiles and templates change."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from mkdocs.livereload import LiveReloadServer

from advisor import scratch
from advisor.errors import AdvisorError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a page of ours needs: files of its own site, and asking whether it was built again."""

_HEADERS = [
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_SCRIPT = "/livereload/script.js"
_CODE = b"""\
(() => {
  const epoch = Number(document.currentScript.dataset.epoch);
  const ask = async () => {
    try {
      const answer = await fetch(`/livereload/${epoch}/${Date.now()}`);
      if (answer.ok && Number(await answer.text()) > epoch) return location.reload();
      setTimeout(ask, answer.ok ? 0 : 3000);
    } catch {
      setTimeout(ask, 3000);
    }
  };
  addEventListener("load", ask);
})();
"""

Start = Callable[..., Any]


class Server(LiveReloadServer):
    """Shows a folder to a browser of this machine, and tells its pages when they were built again.

    A page elsewhere whose name is made to lead to this machine (DNS rebinding) asks under that name, and is refused.
    """

    def serve_request(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer a request that names this machine; send what a page may do along with every answer."""

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, *_HEADERS], *rest)

        if not self._names_us(environ.get("HTTP_HOST")):
            start("421 Misdirected Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"This site is shown to this machine alone, under 127.0.0.1 or localhost.\n"]
        if environ.get("PATH_INFO") == _SCRIPT:
            start("200 OK", [("Content-Type", "text/javascript; charset=utf-8"), ("Content-Length", str(len(_CODE)))])
            return [_CODE]
        return super().serve_request(environ, start)

    def _names_us(self, host: str | None) -> bool:
        port = self.server_address[1]
        return host is not None and host.lower() in {f"{name}:{port}" for name in _NAMES} | (
            set(_NAMES) if port == 80 else set()
        )

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        """Return a page with the script that asks; MkDocs puts it into the page itself, which the policy forbids."""
        script = f'<script src="{_SCRIPT}" data-epoch="{epoch}"></script>'.encode()
        before, end, after = content.rpartition(b"</body>")
        return before + script + end + after if end else content + script


def serve(
    build: Callable[[Path], None],
    watched: Sequence[Path],
    *,
    address: tuple[str, int] = ("127.0.0.1", 8000),
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Show a site in a browser on this machine, and build it again when something `watched` changes.

    Parameters
    ----------
    build : callable
        Builds the site into the folder that it is given, which is let go at the end.
    watched : sequence of Path
        Files and folders that the site is made of.
    address : host and port
        Where the site is served; it ends with Ctrl-C.
    tell : callable
        Takes a line when the site can be looked at, when it was built again, and when it could not be: the one before
        stays until what is wrong is mended.

    Raises
    ------
    AdvisorError
        When something else is served at this address, and when the first site cannot be built.
    """
    _free(address)
    with scratch.folder("advisor-served-") as temporary:
        # A build locks the folder that its site lies in, and this process holds the temporary one.
        folder = temporary / "built" / "site"
        folder.parent.mkdir()

        def again() -> None:
            try:
                build(folder)
            except AdvisorError as error:
                tell(f"Error: {error.message}")
                tell("The site before stays until this is mended.")
            else:
                tell("Built again.")

        build(folder)
        server = Server(again, *address, str(folder))
        for path in watched:
            server.watch(str(path))
        tell(f"http://{address[0]}:{address[1]}/ (Ctrl-C ends it)")
        with suppress(KeyboardInterrupt):
            try:
                server.serve()  # type: ignore[no-untyped-call]
            finally:
                server.shutdown()


def _free(address: tuple[str, int]) -> None:
    """Refuse an address that is taken before anything is built for it."""
    try:
        socket.create_server(address).close()
    except OSError as error:
        raise AdvisorError(
            f"cannot serve at {address[0]}:{address[1]}: {os.strerror(error.errno) if error.errno else error}",
            hint="another port, such as --port 8001",
        ) from None
