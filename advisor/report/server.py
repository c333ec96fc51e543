"""A site on this machine that is built again while its Runs, profiles and templates change."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from advisor import scratch
from advisor.errors import AdvisorError


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
    from advisor.report.site_server import Server

    _free(address)
    with scratch.folder("advisor-served-") as temporary:
        folder = temporary / "site"

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
