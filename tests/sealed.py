"""Processes in a network without a way out, under a tracer: what looks a name up, connects or writes is named.

A network namespace of its own with nothing but the loopback interface keeps anything from leaving; a tracer, where one
is installed, sees who tried. It needs `unshare` (util-linux) and `ip` (iproute2), and a kernel that lets this user.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

_UP = 'ip link set lo up && exec "$@"'
_CALLS = "trace=connect,sendto,sendmsg,sendmmsg"
_FILES = ",openat,creat,mkdir,mkdirat,rename,renameat,renameat2,symlink,symlinkat"
_STRACE = ("strace", "-f", "-qqq", "--signal=none", "--seccomp-bpf", "-e")
TRACER = (*_STRACE, _CALLS + _FILES)
_ADDRESS = re.compile(
    r'sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)|'
    r'sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"'
)
_RESOLVERS = re.compile(r'sun_path="[^"]*(resolve|dns|avahi)')
_DNS = 53
_WRITING = re.compile(
    r"O_WRONLY|O_RDWR|O_CREAT|\b(?:creat|mkdir|mkdirat|rename|renameat|renameat2|symlink|symlinkat)\("
)
_BROKEN = " <unfinished ...>"
_RESUMED = re.compile(r"\d+ +<\.\.\. \w+ resumed>")
_PATH = re.compile(r'"(/[^"]*)"')
# Devices and the kernel's own files are no files; Python keeps a compiled module beside its source.
_NO_FILES = re.compile(r"/(dev|proc|sys)/|.*/__pycache__(/|$)")


def command(log: Path) -> list[str]:
    """Return what stands before a program that shall have no network; `log` receives what it tried.

    Skips the test where the tools are missing or the kernel refuses; the first fails it when everything is required.
    """
    for tool in ("unshare", "ip", "strace"):
        if shutil.which(tool) is None and os.environ.get("ADVISOR_REQUIRE_ALL"):
            pytest.fail(f"{tool} is not installed, and ADVISOR_REQUIRE_ALL is set")
    if not namespaces():
        pytest.skip("no network namespace can be made here")
    return prefix(log)


def prefix(log: Path, *, files: bool = True) -> list[str]:
    """Return what stands before a program, as far as the tools are here: nothing where a namespace cannot be made.

    Without `files` only what `reached` reads is traced: a framework's import opens thousands of files.
    """
    if not namespaces():
        return []
    tracer = TRACER if files else (*_STRACE, _CALLS)
    return [*unshare(), "sh", "-c", _UP, "sealed", *((*tracer, "-o", str(log), "--") if _traces() else ())]


def unshare(*more: str) -> list[str]:
    """Return what stands before a program that gets a network of its own, and `more` of its own."""
    return ["unshare", "--net", *more, *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--"]


@functools.cache
def namespaces() -> bool:
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    return (
        subprocess.run([*unshare(), "sh", "-c", _UP, "sealed", "true"], capture_output=True, check=False).returncode
        == 0
    )


@functools.cache
def _traces() -> bool:
    if shutil.which("strace") is None:
        return False
    return subprocess.run([*TRACER, "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0


def reached(log: Path) -> list[str]:
    """Return the calls that looked a name up or went to anything but this machine's loopback addresses."""
    return [line for line in _calls(log) if _outward(line)]


def written(log: Path, *within: Path) -> list[str]:
    """Return the files and folders that were written or made elsewhere than in the folders `within`."""
    roots = tuple(f"{each}{os.sep}" for each in within)
    paths = {
        path
        for line in _calls(log)
        if "= -1 E" not in line and _WRITING.search(line)
        for path in _PATH.findall(line)[-1:]
    }
    return sorted(path for path in paths if not f"{path}/".startswith(roots) and not _NO_FILES.match(path))


def _calls(log: Path) -> list[str]:
    """Return the calls with their results: the tracer breaks the line of one that another process comes between."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    whole: list[str] = []
    begun: dict[str, str] = {}
    for line in lines:
        process = line.split(" ", 1)[0]
        if line.endswith(_BROKEN):
            begun[process] = line.removesuffix(_BROKEN)
        elif resumed := _RESUMED.match(line):
            whole.append(begun.pop(process, "") + line[resumed.end() :])
        else:
            whole.append(line)
    return [*whole, *begun.values()]


def _outward(line: str) -> bool:
    if _RESOLVERS.search(line):
        return True
    for port, four, port_six, six in _ADDRESS.findall(line):
        address = ipaddress.ip_address(four or six)
        mapped = getattr(address, "ipv4_mapped", None)
        here = (mapped or address).is_loopback or (mapped or address).is_unspecified
        asks = int(port or port_six) == _DNS
        if asks or not here:
            return True
    return False
