"""What a package shows to its users: public functions and classes, counted, and how they are documented."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator
from types import ModuleType
from typing import Any

# What is kept from an older major version for those who have not moved is not what a package offers today.
LEFT_OUT = {"compat"}


def survey(package: ModuleType, roots: tuple[str, ...]) -> dict[str, Any]:
    """Count the functions and classes that can be reached from a package by names without a leading underscore.

    What was imported from elsewhere (another package, the standard library) does not count, and an object counts once,
    however many names it has. Modules that importing the package does not load are not seen, nor is `LEFT_OUT`.

    Parameters
    ----------
    package : module
        Where to begin.
    roots : tuple of str
        The top-level packages that are the framework's own.

    Returns
    -------
    dict
        ``names``: the number of objects; ``reused_names``: last parts of names that stand for more than one of them;
        ``documented``: the share with a documentation string; ``documentation_characters``: their length together.
    """
    objects: dict[int, Any] = {}
    meanings: dict[str, set[int]] = defaultdict(set)
    for name, value in _public(package, roots, set()):
        objects[id(value)] = value
        meanings[name].add(id(value))
    texts = [value.__doc__ for value in objects.values() if isinstance(value.__doc__, str) and value.__doc__.strip()]
    return {
        "names": len(objects),
        "reused_names": sum(len(meant) > 1 for meant in meanings.values()),
        "documented": len(texts) / len(objects) if objects else 0.0,
        "documentation_characters": sum(map(len, texts)),
    }


def kinds_of(module: ModuleType, base: type) -> int:
    """Return how many public classes of a module are kinds of `base`."""
    found = {value for name, value in vars(module).items() if not name.startswith("_") and inspect.isclass(value)}
    return sum(issubclass(value, base) and value is not base for value in found)


def _public(module: ModuleType, roots: tuple[str, ...], seen: set[int]) -> Iterator[tuple[str, Any]]:
    seen.add(id(module))
    listed = getattr(module, "__all__", None)
    if not isinstance(listed, list | tuple):
        listed = dir(module)
    for name in sorted(set(dir(module)) - LEFT_OUT):
        value = None if name.startswith("_") else getattr(module, name, None)
        if isinstance(value, ModuleType):
            # A module that loads itself when it is first used may not know its name before.
            if id(value) not in seen and getattr(value, "__name__", name).split(".")[0] in roots:
                yield from _public(value, roots, seen)
        elif name in listed and (inspect.isclass(value) or inspect.isroutine(value)) and _ours(value, roots):
            yield name, value


def _ours(value: Any, roots: tuple[str, ...]) -> bool:
    """Tell whether an object is the framework's own; what was written in C may not say."""
    module = getattr(value, "__module__", None)
    return module.split(".")[0] in roots if isinstance(module, str) else inspect.isbuiltin(value)
