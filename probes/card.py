"""How much of a GPU's memory is taken, by all processes together, as the driver's own tool tells."""

from __future__ import annotations

import shutil
import subprocess

from probes.channel import ProbeError

QUESTION = ["--query-gpu=memory.used,memory.total", "--format=csv,noheader,nounits", "--id=0"]
MIB = 2**20


def used() -> int:
    """Return the bytes of the first card that are taken now."""
    return _memory()[0]


def total() -> int:
    """Return the bytes that the first card has."""
    return _memory()[1]


def _memory() -> tuple[int, int]:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        raise ProbeError("not_applicable", "there is no NVIDIA GPU here: nvidia-smi is not on the PATH")
    done = subprocess.run([tool, *QUESTION], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProbeError("not_applicable", f"there is no NVIDIA GPU here: nvidia-smi says {done.stdout.strip()!r}")
    taken, size = done.stdout.split(",")
    return int(taken) * MIB, int(size) * MIB
