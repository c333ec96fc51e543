"""One link to a device: OpenSSH's own client, one master connection, keys only, host keys that are known.

Nothing of ours speaks the protocol. Whatever a user's ``~/.ssh/config`` says of a host (port, key, jump host) holds;
but no password is asked for, and a host whose key is not known is refused, whatever it says.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement.worker.environment import passed

# The client's own exit code; what runs there could use it, and does not.
_FAILED = 255
CONNECT, ALIVE, MISSES = 15, 5, 4
OPTIONS = (
    *("BatchMode=yes", "PasswordAuthentication=no", "KbdInteractiveAuthentication=no", "StrictHostKeyChecking=yes"),
    *("ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "PermitLocalCommand=no"),
    *(f"ConnectTimeout={CONNECT}", f"ServerAliveInterval={ALIVE}", f"ServerAliveCountMax={MISSES}"),
    *("ControlMaster=auto", "ControlPersist=30", "LogLevel=ERROR"),
)
_SAID = {
    "Host key verification failed": "its host key is not known here, or is another than the known one",
    "REMOTE HOST IDENTIFICATION": "its host key is another than the known one",
    "No ED25519 host key is known": "its host key is not known here",
    "Permission denied": "no key of yours is accepted there, and passwords are not asked for",
}


class LinkError(AdvisorError):
    """The device cannot be reached, or the link to it was lost."""


class Link:
    """A link to one device.

    Parameters
    ----------
    host : str
        ``user@host``, or a name of ``~/.ssh/config``.
    options : sequence of str
        Further words for ``ssh``, such as ``-p 2222``.
    """

    def __init__(self, host: str, folder: Path, options: Sequence[str] = ()) -> None:
        self.host = host
        self._ssh = [
            "ssh",
            *(word for each in OPTIONS for word in ("-o", each)),
            "-o",
            f"ControlPath={folder}/%C",
            *options,
        ]

    def run(self, *words: str, given: bytes = b"", limit: float | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run a command there, its words quoted for the shell of the device, and return what it said.

        Raises
        ------
        LinkError
            When the device cannot be reached, or the link is lost meanwhile, or nothing comes within `limit` seconds.
        """
        return self.shell(shlex.join(words), given=given, limit=limit)

    def shell(
        self, command: str, *, given: bytes = b"", limit: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a line of a shell there; else as `run`."""
        try:
            done = subprocess.run(
                [*self._ssh, "-T", "--", self.host, command], input=given, capture_output=True, timeout=limit,
                check=False, env=passed() | _agent(), start_new_session=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise self._error(f"no answer within {limit:g} s") from None
        if done.returncode == _FAILED:
            raise self._error(_reason(done.stderr.decode("utf-8", "replace")))
        return done

    def close(self) -> None:
        """End the master connection."""
        subprocess.run(
            [*self._ssh, "-O", "exit", "--", self.host], capture_output=True, check=False, env=passed() | _agent(),
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def _error(self, why: str) -> LinkError:
        return LinkError(f"{self.host}: {why}", hint=f"ssh {self.host}   (must work by itself)", exit_code=EXIT_PROBING)


@contextmanager
def opened(host: str, options: Sequence[str] = ()) -> Iterator[Link]:
    """Open a link for the time of the block.

    Raises
    ------
    AdvisorError
        When no OpenSSH client is installed (exit code 3), or `host` would be an option of it (exit code 2).
    """
    if host.startswith("-") or not host.strip() or any(each.isspace() for each in host):
        raise AdvisorError(f"'{host}' is no name of a device: expected user@host")
    if shutil.which("ssh") is None:
        hint = "apt-get install openssh-client"
        raise AdvisorError(
            "no 'ssh' is on the PATH: devices are reached by OpenSSH's client", hint=hint, exit_code=EXIT_PROBING
        )
    # The path of a socket has a hundred characters at most, and a session's own temporary folder may be deep.
    folder = Path(tempfile.mkdtemp(prefix="advisor-ssh-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108
    link = Link(host, folder, options)
    try:
        yield link
    finally:
        link.close()
        shutil.rmtree(folder, ignore_errors=True)


def _agent() -> dict[str, str]:
    import os

    return {name: os.environ[name] for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS_REQUIRE") if name in os.environ}


def _reason(said: str) -> str:
    for words, meaning in _SAID.items():
        if words in said:
            return meaning
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("ssh: ") if lines else "the link was lost"
