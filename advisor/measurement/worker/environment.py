"""The environment that a worker process gets: what frameworks need, nothing secret, thread counts on purpose."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from advisor import optouts, paths
from advisor.documents import Document
from advisor.measurement import networks
from advisor.measurement.networks import NetworkDefinition

# Passed on when set: to find programs, libraries and the compiler that torch.compile calls, and to write correctly.
PASSED = (
    "PATH", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "LIBRARY_PATH", "CPATH",
    "CC", "CXX", "CONDA_PREFIX", "VIRTUAL_ENV", "SDKROOT", "DEVELOPER_DIR", "NODE_PATH", "PYTHONUSERBASE",
    # Where a disk is full, Python keeps half of a compiled module, and cannot import it any more.
    "PYTHONDONTWRITEBYTECODE",
    "SYSTEMROOT", "SYSTEMDRIVE", "PATHEXT", "COMSPEC",
)  # fmt: skip
# Where a program keeps what it wants to find again: a worker has such folders of its own.
HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
# Every library that reads its thread count from the environment; frameworks are also told through their own knob.
THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def passed(ambient: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what every process of ours gets of the environment, with the opt-outs; default that of this process."""
    source = os.environ if ambient is None else ambient
    return {name: source[name] for name in (*PASSED, *HOMES) if name in source} | optouts.variables(source)


def surroundings(
    *,
    threads: int,
    scratch: Path,
    ambient: Mapping[str, str] | None = None,
    own: Iterable[Document[NetworkDefinition]] = (),
) -> dict[str, str]:
    """Return the whole environment of a worker.

    Parameters
    ----------
    threads : int
        Threads that each framework may use.
    scratch : path
        A folder of this session: temporary files, compilers' caches and the home that the worker sees are in it, so
        that compilation is measured without what an earlier session left, and nothing stays behind.
    ambient : mapping, optional
        The environment to choose from; default that of this process.
    own : iterable of definitions
        Networks that the worker has to know beside the shipped ones.
    """
    env = at_home(scratch, ambient) | dict.fromkeys(THREADS, str(threads))
    env |= {
        "TORCHINDUCTOR_CACHE_DIR": str(scratch / "inductor"),
        "TRITON_CACHE_DIR": str(scratch / "triton"),
        # The policy is the processor; an accelerator that only one framework found would make the times incomparable.
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        networks.VARIABLE: str(networks.hand_over(scratch, own)),
    }
    return env


def at_home(folder: Path, ambient: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a process whose home and temporary files are in `folder`, and nothing secret."""
    source = os.environ if ambient is None else ambient
    home, temporary = folder / "home", str(folder)
    optouts.write_consents(home)
    env = passed(source) | _from_home(source) | {"TMPDIR": temporary, "TMP": temporary, "TEMP": temporary}
    return env | {name: str(home) for name in HOMES if name == "HOME" or name in source}


def _from_home(source: Mapping[str, str]) -> dict[str, str]:
    """Return what says where the things of the real home are that a worker needs, and that are no cache.

    Those are our own compiled shim, packages that were installed with ``pip install --user``, and the folder of npm's
    global packages, when a user's file names it.
    """
    found = {"ADVISOR_CACHE": str(paths.cache().absolute())}
    if "PYTHONUSERBASE" not in source:
        home = source.get("HOME")
        base = site.getuserbase() if sys.platform in ("darwin", "win32") else home and f"{home}/.local"
        found |= {"PYTHONUSERBASE": base} if base else {}
    npm = Path(source.get("HOME", ""), ".npmrc")
    if npm.is_absolute() and npm.is_file():
        found["NPM_CONFIG_USERCONFIG"] = str(npm)
    return found
