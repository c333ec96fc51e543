"""The command line of advisor, in a hurry: short blocks, no pauses, short limits, and no judgement of how busy we are.

`python -m tests.faults.hurried [FAULT…] -- ARGUMENTS` runs `advisor ARGUMENTS`. What is tried here is what becomes of
faults, not of noise. The faults happen in this very process:

clock-back, clock-ahead
    Every look at the wall clock finds it a day earlier, or a month later, than the look before.
offline
    Any attempt to reach a network, also this machine's own, ends the process with status 99.
killed-while-saving
    The process is killed with -9 when a written file is about to take its name.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime, timedelta, tzinfo
from typing import Any
from unittest.mock import patch

REACHED_OUT = 99
_NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
_LOCAL = 1  # AF_UNIX


def main() -> None:
    """Run the command line with the faults that stand before ``--``."""
    at = sys.argv.index("--")
    faults = sys.argv[1:at]
    sys.argv[1:] = sys.argv[at + 1 :]
    for fault in faults:
        FAULTS[fault]()
    if sys.argv[1:2] == ["probe"]:
        _hurry()
    from advisor.cli import main as command

    command(prog_name="advisor")


def _hurry() -> None:
    from advisor.measurement.noise.canary import Canary
    from advisor.measurement.noise.guard import Guard
    from advisor.measurement.noise.watch import Watch
    from advisor.measurement.session import effort
    from advisor.measurement.worker import framework

    for mode in effort.PACES:
        effort.PACES[mode] = effort.Pace(0.001, 0.002, 0.02, 5, rounds=8, processes=2, runtime_processes=2)
    for thing, name in ((Watch, "disturbances"), (Canary, "disturbances"), (Guard, "_idle_threads")):
        patch.object(thing, name, lambda *_, **__: ()).start()
    framework.BLOCK_LIMIT = 4.0


def _jumping(step: timedelta) -> None:
    from advisor.measurement.session import session

    class Clock(datetime):
        looks = 0

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            cls.looks += 1
            found = datetime.now(tz) + cls.looks * step
            return cls.fromtimestamp(found.timestamp(), tz)

    patch.object(session, "datetime", Clock).start()


def _offline() -> None:
    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK and int(getattr(arguments[0], "family", 0)) != _LOCAL:
            sys.stderr.write(f"reached out: {event} {arguments[1:]!r}\n")
            sys.stderr.flush()
            os._exit(REACHED_OUT)

    sys.addaudithook(hear)


def _killed_while_saving() -> None:
    patch.object(os, "replace", lambda *_: os.kill(os.getpid(), signal.SIGKILL)).start()


FAULTS = {
    "clock-back": lambda: _jumping(timedelta(days=-1)),
    "clock-ahead": lambda: _jumping(timedelta(days=31)),
    "offline": _offline,
    "killed-while-saving": _killed_while_saving,
}

if __name__ == "__main__":
    main()
