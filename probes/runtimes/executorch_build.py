"""Build the C++ shim against the installed executorch wheel, once per version, and keep it in a cache folder."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from probes.channel import ProbeError

SOURCE = Path(__file__).with_name("executorch_shim.cpp")
NEEDS = "running ExecuTorch without torch needs a small C++ shim"

# The standard and the definitions are those of the wheel's executorch-config.cmake. Of the libraries, XNNPACK's only
# registers itself: without --no-as-needed the linker would drop it. The wheel's libraries use libstdc++'s default ABI.
DEFINE = ("-DC10_USING_CUSTOM_GENERATED_MACROS", "-DET_EVENT_TRACER_ENABLED", "-DET_USE_THREADPOOL")
COMPILE = ("-std=c++17", "-O1", "-fPIC", "-shared", "-w", *DEFINE)
LINK = ("-Wl,--no-as-needed", "-lexecutorch_backend_xnnpack", "-lexecutorch_threadpool", "-lexecutorch")


def shim() -> Path:
    """Return the compiled shim: one beside its source, one in a cache folder, or one that is compiled now (a second).

    One beside the source was compiled elsewhere for this kind of machine and this version: a device has no compiler.

    The cache folder is ``$ADVISOR_CACHE``, or ``advisor`` in the user's cache folder, or one in the temporary folder.

    Raises
    ------
    ProbeError
        ``not_installed`` when there is no executorch; ``not_supported``, with the reason, when the wheel carries no C++
        libraries, when no compiler is found, or when compiling fails.
    """
    package = _package()
    brought = SOURCE.with_name(carried(os.uname().machine, package))
    if brought.exists():
        _load(package)
        return brought
    made_of = [SOURCE.read_text(), (package / "version.py").read_text(), str(package), *COMPILE, *LINK]
    name = f"executorch-shim-{hashlib.sha256(chr(0).join(made_of).encode()).hexdigest()[:16]}.so"
    refusal: OSError | None = None
    for folder in _folders():
        library = folder / name
        try:
            if not library.exists():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _build(package, library)
            if folder.stat().st_uid not in (0, os.getuid()):
                raise PermissionError(f"{folder} belongs to another user")
        except OSError as error:
            refusal = error
        else:
            return library
    raise ProbeError("not_supported", f"{NEEDS}, and no folder can keep it: {refusal}")


def carried(machine: str, package: Path) -> str:
    """Return the name of a shim that is carried to a kind of machine, for one version of the wheel."""
    made_of = [SOURCE.read_text(), (package / "version.py").read_text(), *COMPILE, *LINK]
    return f"executorch-shim-{machine}-{hashlib.sha256(chr(0).join(made_of).encode()).hexdigest()[:16]}.so"


def carry(package: Path, library: Path, compiler: str | None = None) -> None:
    """Compile a shim that is carried to a device, where the wheel lies elsewhere: it is told no folder of libraries.

    Parameters
    ----------
    package : path
        The unpacked ``executorch`` of the wheel for that device.
    compiler : str, optional
        That of the device's kind of machine; default this machine's.
    """
    _compile(package, library, compiler or _compiler(), ())


def _load(package: Path) -> None:
    """Load the wheel's libraries, which a shim that was carried here is linked to by name only."""
    import ctypes

    for name in ("", "_threadpool", "_backend_xnnpack"):
        ctypes.CDLL(str(package / "lib" / f"libexecutorch{name}.so"))


def kernels() -> tuple[Path, ...]:
    """Return the libraries with the operators that XNNPACK does not take."""
    found = (_package() / "lib" / f"libexecutorch_kernels_{name}.so" for name in ("optimized", "quantized"))
    return tuple(library for library in found if library.exists())


def _package() -> Path:
    # find_spec does not import the package.
    spec = importlib.util.find_spec("executorch")
    if spec is None or not spec.submodule_search_locations:
        raise ProbeError("not_installed", f"{sys.executable} has no module named 'executorch'")
    package = Path(next(iter(spec.submodule_search_locations)))
    for needed in (
        "version.py",
        "lib/libexecutorch_backend_xnnpack.so",
        "include/executorch/extension/module/module.h",
    ):
        if not (package / needed).exists():
            raise ProbeError("not_supported", f"{NEEDS}, and the installed executorch package does not carry {needed}")
    return package


def _compiler() -> str:
    import shutil

    names = [os.environ.get("CXX", ""), "c++", "g++", "clang++"]
    for name in names:
        if name and (found := shutil.which(name)):
            return found
    raise ProbeError("not_supported", f"{NEEDS}, and no C++ compiler is on PATH (looked for $CXX, c++, g++, clang++)")


def _folders() -> Iterator[Path]:
    if configured := os.environ.get("ADVISOR_CACHE"):
        yield Path(configured)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    yield Path(base) / "advisor"
    import tempfile

    yield Path(tempfile.gettempdir()) / f"advisor-{os.getuid()}"


def _build(package: Path, library: Path) -> None:
    _compile(package, library, _compiler(), (f"-Wl,-rpath,{package / 'lib'}",))


def _compile(package: Path, library: Path, compiler: str, more: tuple[str, ...]) -> None:
    """Compile beside the final name and rename, so that two processes may build at once."""
    # Imported here: these would lengthen every cold start, and only the first needs them.
    import subprocess
    import tempfile

    handle, name = tempfile.mkstemp(dir=library.parent, suffix=".so")
    os.close(handle)
    include, lib = package / "include", package / "lib"
    command = [
        *(compiler, *COMPILE, f"-I{include}", f"-I{include}/executorch/runtime/core/portable_type/c10"),
        *(str(SOURCE), "-o", name, f"-L{lib}", *more, *LINK),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr[-200:])
            raise ProbeError("not_supported", f"{NEEDS}, and {Path(compiler).name} cannot compile it: {reason.strip()}")
        os.replace(name, library)
    finally:
        Path(name).unlink(missing_ok=True)
