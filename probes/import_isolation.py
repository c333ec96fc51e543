"""An import that finds what a framework requires, and nothing that merely lies beside it.

Keras takes along SciPy, scikit-learn and pandas where they are installed, and requires none of them. What this program
and another framework's runtimes bring would make TensorFlow's import twice as long.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from probes import footprint
from probes.channel import ProbeError

# Arrays come and go as NumPy's, also where a framework could do without.
OURS = ("numpy",)


class Import(NamedTuple):
    """What an import took, in seconds, and the top-level modules that it asked for and that were kept from it."""

    seconds: float
    left_out: list[str]


def imported(modules: Iterable[str], *distributions: str) -> Import:
    """Import `modules` as if nothing were installed but `distributions` and their requirements.

    Afterwards everything can be imported again. What a module cannot do without, though its metadata does not name it,
    is let in.

    Raises
    ------
    ImportError
        As the import would without the rest.
    ProbeError
        ``error``: it fails in another way, and something was kept from it.
    """
    with nothing_beside(*distributions) as sight:
        start = time.perf_counter()
        try:
            for name in modules:
                _import(name, sight)
        except Exception as error:
            missing = isinstance(error, ModuleNotFoundError) and error.name
            if missing or not sight.left_out:
                raise
            kept = ", ".join(sorted(sight.left_out))
            raise ProbeError(
                "error",
                f"{type(error).__name__}: {error} (kept from it, for no metadata requires them: {kept}; "
                "BESIDE in its describe.py names the distributions that it needs)",
            ) from error
        return Import(time.perf_counter() - start, sorted(sight.left_out))


def of(describe: ModuleType) -> tuple[str, ...]:
    """Return the distributions of a framework: its own, and what it stands beside though no metadata says so."""
    return describe.DISTRIBUTION, *getattr(describe, "BESIDE", ())


def _import(name: str, sight: Sight) -> None:
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        needed = (error.name or "").partition(".")[0]
        if needed not in sight.left_out:
            raise
        sight.let_in(needed)
        _import(name, sight)


@contextmanager
def nothing_beside(*distributions: str) -> Iterator[Sight]:
    """Let imports see, of what is installed where `distributions` are, only these and their requirements."""
    sight = Sight(distributions)
    place = sys.meta_path.index(PathFinder)
    sys.meta_path[place] = sight
    try:
        yield sight
    finally:
        sys.meta_path[sys.meta_path.index(sight)] = PathFinder


@contextmanager
def absent(*modules: str) -> Iterator[None]:
    """Let an import of `modules` fail as where they are not installed; what was imported before stays.

    They are not entered as None in ``sys.modules``, as Python allows: SciPy looks there for what it then takes for a
    module.
    """
    place = next(index for index, each in enumerate(sys.meta_path) if each is PathFinder or isinstance(each, Sight))
    before = sys.meta_path[place]
    sys.meta_path[place] = _Without(before, modules)
    try:
        yield
    finally:
        sys.meta_path[place] = before


class _Without:
    """A finder that does not see some top-level modules."""

    def __init__(self, finder: Any, hidden: Sequence[str]) -> None:
        self._finder, self._hidden = finder, hidden

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Return what the finder finds, unless it is hidden."""
        if name.partition(".")[0] in self._hidden:
            return None
        found: ModuleSpec | None = self._finder.find_spec(name, path, target)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


class Sight:
    """The finder of modules on the path, blind to what lies in the folders of some distributions and is not theirs.

    Nor does it see what else ``PYTHONPATH`` brings, as the modules of a cluster do. Where one of the distributions is
    not installed, or its files are not listed, it sees everything there.
    """

    def __init__(self, distributions: Sequence[str]) -> None:
        self.left_out: set[str] = set()
        self._own: set[str] = set()
        listed: set[str] = set()
        unlisted: set[str] = set()
        if all(footprint.version(name) for name in distributions):
            listed.update(str(Path(each)) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each)
            for each in footprint.required(*distributions, *OURS).values():
                record, home = each.read_text("RECORD"), str(Path(str(each.locate_file(""))))
                (unlisted if record is None else listed).add(home)
                # A folder, or a module of one file; the extension of a library has several parts.
                lines = (record or "").splitlines()
                self._own.update(line.partition("/")[0].partition(",")[0].partition(".")[0] for line in lines)
        self._homes = listed - unlisted

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Return what `PathFinder` finds, unless it lies beside."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or path is not None or name in self._own:
            return spec
        place = next(iter(spec.submodule_search_locations or ()), spec.origin)
        if place is None or str(Path(place).parent) not in self._homes:
            return spec
        self.left_out.add(name)
        return None

    def let_in(self, name: str) -> None:
        """See `name` from now on."""
        self.left_out.discard(name)
        self._own.add(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(PathFinder, name)
