"""Scripts for Node.js, with packages that were installed for all users of this machine (``npm install --global``)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from probes import programs
from probes.channel import ProbeError


def run(script: Path, package: str, *arguments: str | Path | int) -> str:
    """Run `script` with the folder of global packages and `arguments`, and return what it wrote.

    Parameters
    ----------
    script : Path
        An ECMAScript module.
    package : str
        What it requires from the folder.

    Raises
    ------
    ProbeError
        ``not_installed``: Node.js, npm or the package; ``error``: the script failed, with the last line it wrote.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise ProbeError("not_installed", "Node.js with npm is not on the PATH")
    (root,) = programs.run([npm, "root", "--global"])
    folder = Path(root.strip())
    if not (folder / package).is_dir():
        raise ProbeError("not_installed", f"Node.js has no package {package!r}")
    (text,) = programs.run([node, script, str(folder) + os.sep, *map(str, arguments)])
    return text
