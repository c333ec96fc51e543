"""What code compiled ahead of time needs from the system."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import tensorflow as tf

from probes.channel import ProbeError

RUNTIME = "xla_aot_runtime_src/tensorflow/compiler/tf2xla/xla_compiled_cpu_function.cc"


def require_compiler() -> str:
    """Return the C++ compiler, or raise ProbeError (``not_supported``) when there is none."""
    compiler = os.environ.get("CXX") or ("clang++" if sys.platform == "darwin" else "g++")
    found = shutil.which(compiler)
    if found is None:
        raise ProbeError("not_supported", f"linking needs a C++ compiler, and {compiler!r} is not on the PATH")
    return found


def link(sources: list[Path], library: Path) -> None:
    """Compile and link `sources` and objects with the part of TensorFlow's runtime that its wheel carries for that."""
    package = Path(tf.__file__).parent
    command = [require_compiler(), "-std=c++17", "-O1", "-fPIC", "-shared", "-w", *map(str, sources)]
    command += [str(package / RUNTIME), f"-I{package / 'include'}", f"-I{library.parent}", "-o", str(library)]
    command += [f"-L{package}", f"-Wl,-rpath,{package}", "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"]
    subprocess.run(command, check=True)
