"""The user's own code: a file and a function in it that returns a model. What fails in it is told by its own place."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import random
import re
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probes.channel import ProbeError

MODULE = "advisor_user_model"
KEYS = ("model", "example", "samples", "labels", "outputs")


@dataclass(frozen=True)
class Made:
    """What a factory returned.

    Attributes
    ----------
    model : object
        A module, a Keras model …
    example : object, optional
        Arrays or tensors: one, a tuple of them, or by name.
    samples, labels : object, optional
        More of these, and their classes.
    outputs : tuple of str
        Which outputs count, by name; empty: all.
    """

    model: Any
    example: Any = None
    samples: Any = None
    labels: Any = None
    outputs: tuple[str, ...] = ()


def made(path: Path, function: str) -> Made:
    """Run the file, call the function without arguments, and return what it made.

    Raises
    ------
    ProbeError
        ``error`` with file, line and reason where the user's code fails; ``not_installed`` where it imports what is not
        there.
    """
    home, package = _package(path)
    sys.path[:0] = dict.fromkeys((str(path.parent), str(home)))
    sys.argv[:] = [str(path)]
    name = f"{package}.{path.stem}" if package else MODULE
    if package:
        with Blame(path):
            importlib.import_module(package)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ProbeError("error", f"{path.name}: Python cannot read it as a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _seed()
    with Blame(path):
        spec.loader.exec_module(module)
        factory = getattr(module, function, None)
        if factory is None or not callable(factory):
            there = [name for name, each in vars(module).items() if callable(each) and not name.startswith("_")]
            mine = [name for name in there if getattr(vars(module)[name], "__module__", "") == name]
            raise ProbeError("error", f"{path.name} has no function '{function}' (it has: {', '.join(mine) or 'none'})")
        needed = _needed(factory)
        if needed:
            said_ = f"{path.name}:{function} needs {', '.join(needed)}: expected a function that takes no arguments"
            raise ProbeError("error", f"{said_}; write one that calls it")
        _seed()
        found = factory()
    if isinstance(found, type):
        raise ProbeError("error", f"{path.name}:{function} gave the class {found.__name__}: return an object of it")
    return _read(found, f"{path.name}:{function}")


def _package(path: Path) -> tuple[Path, str]:
    """Return the folder that a file's package lies in, and the package's name; its own folder and nothing without."""
    home = path.parent
    parts: list[str] = []
    while (home / "__init__.py").is_file() and home.name.isidentifier():
        parts.insert(0, home.name)
        home = home.parent
    return home, ".".join(parts)


def _needed(factory: Any) -> list[str]:
    """Return the arguments that a factory cannot be called without."""
    try:
        known = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [each.name for each in known if each.default is each.empty and each.kind not in kinds]


def _seed() -> None:
    """Seed whatever is loaded that draws weights: every process makes the model anew, and has to make the same one."""
    random.seed(0)
    np.random.seed(0)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.random.set_seed(0)
    if keras := sys.modules.get("keras"):
        keras.utils.set_random_seed(0)


def _read(found: Any, name: str) -> Made:
    if found is None:
        raise ProbeError("error", f"{name} returned None: expected a model, (model, example), or a dict with 'model'")
    if isinstance(found, tuple):
        if len(found) != 2:
            raise ProbeError("error", f"{name} returned {len(found)} values: expected a model, or (model, example)")
        return Made(*found)
    if isinstance(found, Mapping) and not hasattr(found, "forward"):
        unknown = [str(key) for key in found if key not in KEYS]
        if unknown or "model" not in found:
            what = f"an unknown key '{unknown[0]}'" if unknown else "no 'model'"
            raise ProbeError("error", f"{name} returned a dict with {what}: expected {', '.join(KEYS)}")
        outputs = found.get("outputs") or ()
        wanted = (outputs,) if isinstance(outputs, str) else tuple(map(str, outputs))
        return Made(**{key: found[key] for key in KEYS if key in found and key != "outputs"}, outputs=wanted)
    return Made(found)


class Blame:
    """Around the user's code: what it raises becomes one sentence with its own file and line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Blame:
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, (ProbeError, KeyboardInterrupt)):
            return
        where = place(error, self._path)
        told = said(error)
        if isinstance(error, SyntaxError) and error.filename:
            where = f"{shown(error.filename, self._path)}:{error.lineno}"
        outcome = "error"
        if isinstance(error, ModuleNotFoundError):
            outcome, told = "not_installed", f"there is no module named {error.name!r} in {sys.executable}"
        elif isinstance(error, SystemExit):
            told = f"the code called exit({'' if error.code is None else error.code})"
        elif isinstance(error, EOFError) and "input" in _line(error, self._path):
            told = "the code reads standard input, which is closed here"
        raise ProbeError(outcome, f"{where}: {told}") from None


def said(error: BaseException) -> str:
    """Return class and message of an error on one line."""
    text = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split())
    return f"{type(error).__name__}: {text[:600]}" if text else f"{type(error).__name__}, without a word"


def place(error: BaseException, path: Path) -> str:
    """Return ``file:line`` of the innermost frame that is the user's, else the file alone."""
    found = frame(error, path)
    return f"{shown(found.filename, path)}:{found.lineno}" if found is not None else path.name


def frame(error: BaseException, path: Path) -> traceback.FrameSummary | None:
    """Return the innermost frame of an error, or of what caused it, that is in the user's file or beside it."""
    seen: BaseException | None = error
    while seen is not None:
        frames = [each for each in traceback.extract_tb(seen.__traceback__) if is_theirs(each.filename, path)]
        if frames:
            return frames[-1]
        seen = seen.__cause__ or seen.__context__
    return None


def is_theirs(filename: str, path: Path) -> bool:
    """Tell whether a source file is the user's: the factory's, or one beneath its folder that nobody installed."""
    if Path(filename) == path:
        return True
    home = str(path.parent) + os.sep
    return filename.startswith(home) and not re.search(r"/(site|dist)-packages/|/lib/python3|/probes/", filename)


def shown(filename: str, path: Path) -> str:
    """Return a user's file as it is told: relative to the factory's folder."""
    try:
        return Path(filename).relative_to(path.parent).as_posix()
    except ValueError:
        return filename


def _line(error: BaseException, path: Path) -> str:
    found = frame(error, path)
    return (found.line or "") if found is not None else ""
