"""Which machine this is: told from every other, and named to nobody.

What belongs to a machine (the lock of a session, its journal) lies in folders that several may share. A machine is told
by a hash whose secret is its own: who reads a Run can tell two machines apart and find out the name of neither.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import platform
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from advisor import paths
from advisor.errors import AdvisorError

LONGEST = 64
_GIVEN = re.compile(rf"[^\W_](?:[\w .,:()+-]{{0,{LONGEST - 2}}}[\w)])?")
_HASH = re.compile(r"host-[0-9a-f]{12}")
_PURPOSE = b"advisor: one machine among others"


@dataclass(frozen=True)
class Place:
    """Where a process runs: the machine's name in its network, and the id of its boot, where the system has one."""

    node: str
    boot: str | None

    def elsewhere(self, node: str | None, boot: str | None) -> bool:
        """Tell whether a process that says this of itself runs in another place."""
        return (boot or self.boot) != (self.boot or boot) or (node or self.node) != self.node


def here(root: Path = Path("/")) -> Place:
    """Return where this process runs.

    Parameters
    ----------
    root : path
        Where ``proc`` is mounted.
    """
    return Place(platform.node(), _text(root / "proc/sys/kernel/random/boot_id"))


def label(root: Path = Path("/")) -> str:
    """Return what tells this machine from every other, also after it was started anew: ``host-`` and twelve digits.

    The secret is the machine's own id; where it has none, a number that is drawn once and kept in the cache.

    Parameters
    ----------
    root : path
        Where ``etc`` lies.
    """
    known = _text(root / "etc/machine-id")
    secret = known if known and re.fullmatch("[0-9a-f]{32}", known) else _drawn()
    return f"host-{_hashed(secret, platform.node())}"


def lock(root: Path = Path("/")) -> Path:
    """Return the file that all sessions of this machine lock, and none of another that shares the cache.

    Containers of one machine share its processors, whatever they are called: they have one boot.
    """
    found = here(root)
    return paths.cache() / f"session-{_hashed(_PURPOSE.decode(), found.boot or found.node)}.lock"


def checked(given: str) -> str:
    """Return a label that somebody gave a machine; AdvisorError for what is none."""
    if not _GIVEN.fullmatch(given):
        expected = f"letters, digits, spaces and .,:()+-_ , at most {LONGEST}, such as 'camera-17'"
        raise AdvisorError(f"--label: {ascii(given)[:80]} is no label of a machine: expected {expected}")
    return given


def same(first: str, second: str) -> bool:
    """Tell whether two labels may be of one machine: one that somebody gave, or none, says nothing against it."""
    return first == second or not (_HASH.fullmatch(first) and _HASH.fullmatch(second))


def refusal(what: str, node: str | None) -> str:
    """Return why something that runs in another place is not measured from here."""
    where = f", on {node}" if node and node != platform.node() else ""
    return (
        f"{what} runs elsewhere{where}: other work is watched, and the machine described, where advisor runs; "
        "call advisor there"
    )


def _hashed(secret: str, name: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE + b"\0" + name.encode(), hashlib.sha256).hexdigest()[:12]


def _drawn() -> str:
    file = paths.cache() / "salt"
    known = _text(file)
    if known:
        return known
    drawn = secrets.token_hex(16)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        # Of two sessions that begin at once one draws it.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        file.write_text(drawn, encoding="utf-8")
    return _text(file) or drawn


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None
