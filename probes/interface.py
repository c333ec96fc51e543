"""What the ``describe.py`` of a framework's folder holds: the interface that a worker checks before any import.

=================  ==============================  ====================================================================
Name               What it is                      What it says
=================  ==============================  ====================================================================
``DISTRIBUTION``   a string                        the distribution whose version is the framework's (``"torch"``)
``PACKAGES``       a tuple of strings              distributions whose versions are told, as in ``framework.yaml``
``MODULES``        a tuple of strings              the modules whose import is the import of the framework, in order
``BESIDE``         a tuple of strings (may lack)   distributions that it needs though no metadata says so; what lies on
                                                   top of another framework names that one here
``RECIPES``        a string (may lack)             the folder beside this one whose recipes serve where it has none
                                                   of its own: that of frameworks that differ by a backend only
``environment``    ``(threads) -> dict[str, str]`` the variables that have to be set before the import
``configure``      ``(threads) -> None``           sets the framework's threads, after the import
``settings``       ``() -> dict[str, str]``        the settings that matter for a comparison, as the framework tells
``devices``        ``() -> list[str]``             the accelerators that it sees
``version``        ``() -> str``                   its version where no distribution tells one
=================  ==============================  ====================================================================

The module itself is imported before the framework, so it imports the framework inside its functions only.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from probes.channel import ProbeError


class Part(NamedTuple):
    """One name of a ``describe.py``: what is expected there, and whether it may be missing.

    ``takes`` is how many arguments a function has, and None for what is none; ``gives`` tells whether a value is as
    expected.
    """

    expected: str
    gives: Callable[[Any], bool]
    takes: int | None = None
    needed: bool = True


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(_text, value))


def _named(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)


PARTS = {
    "DISTRIBUTION": Part("the name of a distribution, as a string", _text),
    "PACKAGES": Part("names of distributions, as a tuple of strings", _texts),
    "MODULES": Part("names of one or more modules, as a tuple of strings", lambda value: _texts(value) and bool(value)),
    "BESIDE": Part("names of distributions, as a tuple of strings", _texts, needed=False),
    "RECIPES": Part("the name of a folder of frameworks, as a string", _text, needed=False),
    "environment": Part("a function of the number of threads that returns a dict of strings", _named, takes=1),
    "configure": Part("a function of the number of threads", lambda _: True, takes=1),
    "settings": Part("a function without arguments that returns a dict of strings", _named, takes=0),
    "devices": Part("a function without arguments that returns a list of strings", _texts, takes=0),
    "version": Part("a function without arguments that returns a string", _text, takes=0),
}


class Description:
    """A ``describe.py`` that holds what it must; its functions are called here, and what they return is checked.

    Raises
    ------
    ProbeError
        ``error``: something is missing or is not what is expected; the message names the file, the name, and what.
    """

    def __init__(self, module: ModuleType, framework: str) -> None:
        self._module = module
        self._file = f"{framework}/describe.py"
        for name, part in PARTS.items():
            if hasattr(module, name):
                self._check(name, part)
            elif part.needed:
                # Only here: what a worker loads before the framework would be no part of its import any more.
                import difflib

                near = difflib.get_close_matches(name, [each for each in vars(module) if each[0] != "_"], n=1)
                raise self._wrong(name, "is missing" + (f" (there is {near[0]!r})" if near else ""))

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules to import."""
        return tuple(self._module.MODULES)

    @property
    def packages(self) -> tuple[str, ...]:
        """The distributions whose versions are told."""
        return tuple(self._module.PACKAGES)

    @property
    def distribution(self) -> str:
        """The distribution whose version is the framework's."""
        return str(self._module.DISTRIBUTION)

    def call(self, name: str, *arguments: object) -> Any:
        """Call one of the functions and return its value, which is of the kind that `PARTS` names."""
        value = getattr(self._module, name)(*arguments)
        if not PARTS[name].gives(value):
            raise self._wrong(name, f"returned {value!r:.60}")
        return value

    def _check(self, name: str, part: Part) -> None:
        value = getattr(self._module, name)
        if part.takes is None:
            if not part.gives(value):
                raise self._wrong(name, f"is {value!r:.60}")
            return
        if not callable(value):
            raise self._wrong(name, f"is {value!r:.60}")
        try:
            inspect.signature(value).bind(*range(part.takes))
        except TypeError:
            taken = ", ".join(inspect.signature(value).parameters)
            raise self._wrong(name, f"takes ({taken})") from None

    def _wrong(self, name: str, how: str) -> ProbeError:
        return ProbeError("error", f"{self._file}: {name} {how}; expected {PARTS[name].expected}")
