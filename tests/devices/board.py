"""A board for tests: a network namespace with a real sshd, and a Python that holds NumPy and the runtimes alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest

SSHD = "/usr/sbin/sshd"
HERE, THERE = "10.77.28.1", "10.77.28.2"
TOOLS = (SSHD, "ssh", "ip", "unshare", "nsenter")


def python(folder: Path, distributions: Sequence[str]) -> Path:
    """Return a Python in which only these distributions are installed: links to where they lie in this one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    for name in distributions:
        found = metadata.distribution(name)
        for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(found.locate_file(top))))
    return folder / "bin" / "python"


class Board:
    """A board: processes, network, host name, home and temporary files of its own; the processor is this machine's.

    Attributes
    ----------
    home : path
        The home of its one user, as it lies here.
    python : path
        Its Python.
    """

    def __init__(self, folder: Path, *, python: Path) -> None:
        self.folder = folder
        self.python = python
        self.home = folder / "home"
        # The path of a socket has a hundred characters at most, and this folder may lie deep.
        self.sockets = Path(tempfile.mkdtemp(prefix="board-", dir="/tmp"))
        self.name = f"advisor-{os.getpid()}"
        self.home.mkdir(parents=True)
        for kind in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / kind)], check=True)
        (self.home / ".ssh").mkdir(mode=0o700)
        shutil.copy(folder / "user.pub", self.home / ".ssh" / "authorized_keys")
        (folder / "known").write_text(f"{THERE} {(folder / 'host.pub').read_text()}")
        (folder / "passwd").write_text(f"root:x:0:0:root:{self.home}:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\n")
        (folder / "sshd_config").write_text(
            f"HostKey {folder}/host\nAuthorizedKeysFile {self.home}/.ssh/authorized_keys\nPermitRootLogin yes\n"
            "PasswordAuthentication no\nUsePAM no\nStrictModes no\nPrintMotd no\nPidFile none\n"
        )
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        inside = (
            f"hostname board && mount --bind {self.folder}/passwd /etc/passwd && mount -t tmpfs none /run && "
            f"mkdir /run/sshd && ip link set lo up && echo up > {self.folder}/up && "
            f"until ip address show dev board >/dev/null 2>&1; do sleep 0.02; done && "
            f"ip address add {THERE}/24 dev board && ip link set board up && "
            f"exec {SSHD} -D -e -f {self.folder}/sshd_config"
        )
        with (self.folder / "sshd.log").open("wb") as log:
            process = subprocess.Popen(
                ["unshare", "--net", "--pid", "--fork", "--mount-proc", "--uts", "--kill-child", "sh", "-c", inside],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._until((self.folder / "up").exists)
        inner = self.inner(process.pid)
        run = ["ip", "link", "add", "advisor0", "type", "veth", "peer", "name", "board", "netns", str(inner)]
        subprocess.run(run, check=True)
        subprocess.run(["ip", "address", "add", f"{HERE}/24", "dev", "advisor0"], check=True)
        subprocess.run(["ip", "link", "set", "advisor0", "up"], check=True)
        self._until(lambda: b"Server listening" in (self.folder / "sshd.log").read_bytes())
        return process

    @staticmethod
    def inner(pid: int) -> int:
        """Return the first process in the namespaces that a process made."""
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def _until(self, holds: object) -> None:
        until = time.monotonic() + 20
        while not holds():  # type: ignore[operator]
            if time.monotonic() > until:
                pytest.fail(f"the board does not start: {(self.folder / 'sshd.log').read_text()}")
            time.sleep(0.02)

    @property
    def host(self) -> str:
        """What it is called by ``ssh``."""
        return f"root@{THERE}"

    @property
    def words(self) -> list[str]:
        """What ``ssh`` has to be told to reach it."""
        return [
            "-i",
            str(self.folder / "user"),
            "-o",
            f"UserKnownHostsFile={self.folder}/known",
            "-o",
            "IdentitiesOnly=yes",
        ]

    @property
    def options(self) -> list[str]:
        """The same as options of a command."""
        return [f"--ssh={word}" for word in self.words] + ["--python", str(self.python)]

    def link(self, state: str) -> None:
        """Take the link ``down``, or ``up`` again, at the board's end: at this one there would be no way any more."""
        there = ["nsenter", "--target", str(self.inner(self._process.pid)), "--net"]
        subprocess.run([*there, "ip", "link", "set", "board", state], check=True)

    def run(self, *words: str, before: str = "true") -> subprocess.CompletedProcess[str]:
        """Run a program on the board, in a mount namespace of its own in which `before` was done."""
        inside = [
            "nsenter", "--target", str(self.inner(self._process.pid)), "--all",
            "unshare", "--mount", "sh", "-c", f'{before} && exec "$@"', "sh", *words,
        ]  # fmt: skip
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        return subprocess.run(inside, capture_output=True, text=True, check=False, env=env)

    def close(self) -> None:
        """End it, with all that runs on it."""
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        subprocess.run(["ip", "link", "del", "advisor0"], check=False, capture_output=True)
        shutil.rmtree(self.sockets, ignore_errors=True)


def possible() -> str | None:
    """Return why no board can be made here, or None."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"{', '.join(lacking)} not here"
    done = subprocess.run(["unshare", "--net", "--pid", "--fork", "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else "no namespaces can be made here"
