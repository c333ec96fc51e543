"""Whole commands without a network: `python -m tests.isolated [--trace] -- make test ARGS='-m "not install"'`.

The command runs in a network namespace that has the loopback interface and an IPv6 interface behind which nothing is,
with a home of its own. The kernel counts each packet for which there was no way out, or that went there, whoever sent
it, so nothing has to be traced and a program that traces others still can. (Over IPv6 there is a route, for Chromium
asks at its start whether there is one, and sends nothing.) The name servers are addresses that lead nowhere, so that
looking a name up counts as well. Exit 1 when anything looked a name up, sent or connected, or left a file in the home
or among temporary files (but for advisor's cache folder and the last folders that pytest keeps); else the command's own
code. ``--tell-files`` tells files and fails for the network alone. ``--trace`` also writes down who it was, and what
was written elsewhere than here (slower, and no tracer can run inside).

It needs root, `unshare` (util-linux) and `ip` (iproute2); `--trace` needs strace.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import sealed

# A documentation address (RFC 5737): nobody answers there, and no route leads there.
NAME_SERVER = "nameserver 192.0.2.53\noptions timeout:1 attempts:1\n"
_INSIDE = """\
ip link set lo up || exit 70
if ip link add outside type veth peer name nowhere; then
  ip link set nowhere addrgenmode none up && ip link set outside addrgenmode none arp off up &&
    ip -6 address add 2001:db8::2/64 dev outside nodad && ip -6 route add default dev outside
fi 2>/dev/null
if [ -e /etc/resolv.conf ]; then mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 70; fi
folder=$1; shift
"$@"
code=$?
cat /proc/net/snmp > "$folder/snmp"
cat /proc/net/snmp6 > "$folder/snmp6" 2>/dev/null
cat /proc/net/dev > "$folder/dev"
exit $code
"""


def refused(folder: Path) -> dict[str, int]:
    """Return how many packets found no way out, of both protocols, as the kernel counted them in `folder`."""
    names, values = (line.split()[1:] for line in (folder / "snmp").read_text().splitlines() if line.startswith("Ip:"))
    counts = {"IPv4": int(dict(zip(names, values, strict=True))["OutNoRoutes"])}
    for line in (folder / "snmp6").read_text().splitlines():
        name, value = line.split()
        if name == "Ip6OutNoRoutes":
            counts["IPv6"] = int(value)
    for line in (folder / "dev").read_text().splitlines():
        interface, _, columns = line.partition(":")
        if interface.strip() == "outside":
            # Received bytes, packets and six more columns; then those that were sent, and the packets among them.
            counts["IPv6"] = counts.get("IPv6", 0) + int(columns.split()[9])
    return counts


def isolated(command: list[str], folder: Path, *, log: Path | None = None) -> int:
    """Run `command` without a network and with a home and temporary files in `folder`; return its exit code."""
    (folder / "resolv.conf").write_text(NAME_SERVER, encoding="utf-8")
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    tracer = [] if log is None else [*sealed.TRACER, "-o", str(log), "--"]
    return subprocess.run(
        ["unshare", "--net", "--mount", "--", "sh", "-c", _INSIDE, "isolated", str(folder), *tracer, *command],
        env=environment,
        check=False,
    ).returncode


def main() -> None:
    """Run the command and tell what it tried."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--tell-files", action="store_true")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="isolated-") as name:
        folder = Path(name)
        log = folder / "calls" if arguments.trace else None
        code = isolated(arguments.command, folder, log=log)
        counts = refused(folder)
        home = sorted(
            path
            for path in (folder / "home").rglob("*")
            if not path.is_dir() and not path.is_relative_to(folder / "home" / ".cache" / "advisor")
        )
        others = sorted(path for path in (folder / "tmp").iterdir() if not path.name.startswith("pytest-of-"))
        print(f"Packets without a way out: {', '.join(f'{count} ({kind})' for kind, count in counts.items())}")
        reached = sealed.reached(log) if log else []
        elsewhere = sealed.written(log, folder, Path.cwd()) if log else []
        print(f"Files left in the home folder: {len(home)}; among temporary files: {len(others)}")
        for line in [*reached, *elsewhere, *(str(path.relative_to(folder)) for path in [*home, *others])]:
            print(f"  {line}")
        sent = any(counts.values()) or bool(reached)
        left = bool(elsewhere or home or others) and not arguments.tell_files
    sys.exit(code or sent or left)


if __name__ == "__main__":
    main()
