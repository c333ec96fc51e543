"""What torch.compile needs from the system."""

from __future__ import annotations

import os
import shutil
import sys

from probes.channel import ProbeError


def require_compiler() -> None:
    """Raise ProbeError (``not_supported``) when there is no C++ compiler for torch.compile to call."""
    compiler = os.environ.get("CXX") or ("clang++" if sys.platform == "darwin" else "g++")
    if shutil.which(compiler) is None:
        raise ProbeError("not_supported", f"torch.compile needs a C++ compiler, and {compiler!r} is not on the PATH")
