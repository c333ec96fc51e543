"""The environment that a worker process gets: what frameworks need, nothing secret, thread counts on purpose."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

# Passed on when set: to find programs, libraries and the compiler that torch.compile calls, and to write correctly.
PASSED = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "LIBRARY_PATH", "CPATH",
    "ADVISOR_CACHE", "XDG_CACHE_HOME", "CC", "CXX", "CONDA_PREFIX", "VIRTUAL_ENV", "SDKROOT", "DEVELOPER_DIR",
    "NODE_PATH", "SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PATHEXT", "COMSPEC",
)  # fmt: skip
# Every library that reads its thread count from the environment; frameworks are also told through their own knob.
THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def passed(ambient: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what every process of ours gets of the environment; default that of this process."""
    source = os.environ if ambient is None else ambient
    return {name: source[name] for name in PASSED if name in source}


def surroundings(*, threads: int, scratch: Path, ambient: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the whole environment of a worker.

    Parameters
    ----------
    threads : int
        Threads that each framework may use.
    scratch : path
        An empty folder of this session: temporary files and compilers' caches go there, so that compilation is
        measured without what an earlier session left, and nothing stays behind.
    ambient : mapping, optional
        The environment to choose from; default that of this process.
    """
    env = passed(ambient)
    env |= dict.fromkeys(THREADS, str(threads))
    temporary = str(scratch)
    env |= {"TMPDIR": temporary, "TMP": temporary, "TEMP": temporary}
    env |= {
        "TORCHINDUCTOR_CACHE_DIR": str(scratch / "inductor"),
        "TRITON_CACHE_DIR": str(scratch / "triton"),
        # The policy is the processor; an accelerator that only one framework found would make the times incomparable.
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    return env
