"""A process that has imported a framework, and forks for each Python that a recipe's test starts.

An import of TensorFlow costs three seconds of processor time, one of PyTorch two, and the recipes' tests need more than
a hundred fresh processes. What a fork finds is what a fresh process finds after `describe`'s import: nothing was
computed yet, no thread runs and no pool was sized. ``tests/probes/test_python_process.py``, `test_frameworks` and the
session of `test_sealed` start processes as a user's session does.

Only Linux: Apple's frameworks do not survive a fork.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tests import isolated, sealed

ROOT = Path(__file__).resolve().parents[2]
WORKS = sys.platform == "linux"
OURS = ("probes", "tests")
THREADS = 2
# A tracer would stop a fork at each of its calls until it executes something; the kernel's counters cost nothing.
_LONELY = 'ip link set lo up && { [ ! -e /etc/resolv.conf ] || mount --bind "$0" /etc/resolv.conf; } && exec "$@"'
# What runs threads after its import: its processes start anew.
THREADED = ("jax",)
# What most recipes import next, and what no recipe asks about.
NEXT = {"pytorch": ("torch._dynamo", "torch._inductor.compile_fx")}


class Forked:
    """A process that was forked: as much of `subprocess.Popen` as a test of a worker needs."""

    def __init__(self, connection: socket.socket, stdin: IO[str], stdout: IO[str]) -> None:
        self._told = connection.makefile("r", encoding="utf-8")
        connection.close()
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None

    def wait(self) -> int:
        """Wait for its end and return what it ended with, as `subprocess` tells it."""
        if self.returncode is None:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def communicate(self, timeout: float) -> None:
        """Close its input, and wait for its end; what it still says is passed over."""
        self.stdin.close()
        self.stdout.read()
        self.stdout.close()
        self.wait()


class ForkServer:
    """The other end: starts the server of a framework in a network without a way out, and asks it for processes."""

    def __init__(self, framework: str, folder: Path, environment: Mapping[str, str]) -> None:
        self._address = folder / "server"
        self._errors = (folder / "errors").open("w")
        command = [sys.executable, "-m", __name__, framework, str(self._address)]
        servers = folder / "resolv.conf"
        servers.write_text(isolated.NAME_SERVER, encoding="utf-8")
        alone = [*sealed.unshare("--mount"), "sh", "-c", _LONELY, str(servers)] if sealed.namespaces() else []
        self._process = subprocess.Popen(
            [*alone, *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, cwd=ROOT, env=environment,
        )  # fmt: skip
        assert self._process.stdout is not None
        ready = self._process.stdout.readline()
        assert ready == b"ready\n", (folder / "errors").read_text()[-2000:]

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Forked:
        """Fork a process that does what ``python *arguments`` does."""
        ours, theirs = socket.socketpair(), socket.socketpair()
        ends = [socket.socket.detach(each) for each in (ours[1], theirs[1])]
        try:
            connection = ask(
                self._address, arguments, environment, str(ROOT), (ends[0], ends[1], self._errors.fileno())
            )
        finally:
            for end in ends:
                os.close(end)
        stdin, stdout = ours[0].makefile("w", encoding="utf-8"), theirs[0].makefile("r", encoding="utf-8")
        ours[0].close()
        theirs[0].close()
        return Forked(connection, stdin, stdout)

    def reached(self) -> list[str]:
        """Return how many packets of its processes found no way out, of each protocol that had any."""
        if not sealed.namespaces():
            return []
        counts = isolated.refused(Path(f"/proc/{self._process.pid}/net"))
        return [f"{count} packets without a way out ({kind})" for kind, count in counts.items() if count]

    def close(self) -> None:
        """End it with all that it forked."""
        self._process.communicate(timeout=60)
        self._errors.close()


def ask(
    address: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    descriptors: Sequence[int],
) -> socket.socket:
    """Ask the server for a process with these three descriptors; on the connection it tells how that ended."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(address))
    asked = {"arguments": list(arguments), "environment": dict(environment), "folder": folder}
    socket.send_fds(connection, [b"!"], list(descriptors))
    connection.sendall(json.dumps(asked).encode() + b"\n")
    return connection


def run(
    address: Path,
    command: Sequence[str],
    *,
    timeout: float,
    input: str = "",  # noqa: A002 - as `subprocess.run` calls it
    cwd: str | None = None,
    **_: object,
) -> subprocess.CompletedProcess[str]:
    """Do what `subprocess.run` does with a ``[sys.executable, "-c", …]``, in a fork of the server."""
    with contextlib.ExitStack() as stack:
        given, output, errors = (stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(3))
        given.write(input)
        given.seek(0)
        descriptors = [each.fileno() for each in (given, output, errors)]
        with ask(address, command[1:], os.environ, cwd or os.getcwd(), descriptors) as connection:
            connection.settimeout(timeout)
            try:
                code = int(connection.makefile("r").readline())
            except TimeoutError:
                raise subprocess.TimeoutExpired(list(command), timeout) from None
        texts = []
        for each in (output, errors):
            each.seek(0)
            texts.append(each.read())
        sys.stderr.write(texts[1])
        return subprocess.CompletedProcess(list(command), code, *texts)


class Server:
    """The server itself: a loop that forks, and tells each asker how its process ended."""

    def __init__(self, address: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(address))
        self._listener.listen()
        self._askers: dict[int, socket.socket] = {}
        self._woken, waking = socket.socketpair()
        for each in (self._woken, waking):
            each.setblocking(False)
        self._waking = waking
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno())

    def serve(self) -> None:
        """Fork on demand until standard input ends; then end what still runs."""
        selector = selectors.DefaultSelector()
        for each in (0, self._listener, self._woken):
            selector.register(each, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is self._woken:
                    self._woken.recv(4096)
                    self._bury()
                elif key.fileobj is self._listener:
                    self._fork(self._listener.accept()[0], selector)
                else:
                    for process in self._askers:
                        with contextlib.suppress(ProcessLookupError):
                            os.killpg(process, signal.SIGKILL)
                    self._bury(os.WUNTRACED)
                    return

    def _bury(self, how: int = os.WNOHANG) -> None:
        while self._askers:
            process, status = os.waitpid(-1, how)
            if not process:
                return
            with contextlib.suppress(OSError), self._askers.pop(process) as asker:
                asker.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))

    def _fork(self, asker: socket.socket, selector: selectors.BaseSelector) -> None:
        _, descriptors, _, _ = socket.recv_fds(asker, 1, 3)
        with asker.makefile("r", encoding="utf-8") as lines:
            asked = json.loads(lines.readline())
        process = os.fork()
        if process:
            self._askers[process] = asker
            for each in descriptors:
                os.close(each)
            return
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        selector.close()
        for end in (asker, self._listener, self._woken, self._waking, *self._askers.values()):
            end.close()
        for number, each in enumerate(descriptors):
            os.dup2(each, number)
            os.close(each)
        os.setsid()
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        os._exit(become(asked["arguments"]))


def become(arguments: list[str]) -> int:
    """Do what ``python *arguments`` does, and return its exit status."""
    import numpy as np

    tempfile.tempdir = None
    np.random.seed()
    what, rest = arguments[0], arguments[1:]
    sys.path[0] = {"-c": "", "-m": os.getcwd()}.get(what, str(Path(what).parent))
    try:
        if what == "-c":
            # Whoever is to know nothing of the model finds nothing of it.
            for name in [each for each in sys.modules if each.partition(".")[0] in OURS]:
                del sys.modules[name]
            sys.argv[:] = ["-c", *rest[1:]]
            main = types.ModuleType("__main__")
            sys.modules["__main__"] = main
            exec(compile(rest[0], "<string>", "exec"), vars(main))
        elif what == "-m":
            sys.argv[:] = rest
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv[:] = arguments
            runpy.run_path(what, run_name="__main__")
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter ends
        traceback.print_exc()
        return 1
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
    return 0


def main(framework: str, address: Path) -> None:
    """Import the framework as a worker does, and serve."""
    describe = importlib.import_module(f"probes.frameworks.{framework}.describe")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `probes.worker` sets it; NumPy reads it at its import
    os.environ.update(describe.environment(THREADS))
    from probes import import_isolation, python_process

    import_isolation.imported(describe.MODULES, *import_isolation.of(describe))
    for name in NEXT.get(framework, ()):
        importlib.import_module(name)
    forking: Any = types.SimpleNamespace(run=lambda *given, **named: run(address, *given, **named), PIPE=None)
    vars(python_process).update(subprocess=forking)
    # A fork keeps the thread that forks and no other: whoever holds a lock then holds it for ever.
    threads = len(list(Path("/proc/self/task").iterdir()))
    assert threads == 1, f"{framework} runs {threads} threads after its import"
    gc.freeze()
    server = Server(address)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
