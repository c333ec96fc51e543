"""Which of the eight hues of pages and charts a framework has: its own, or one that no other of those known has."""

from __future__ import annotations

import functools
import zlib

from advisor import resources
from advisor.knowledge.alternatives import load_alternatives
from advisor.measurement import definitions


def hue(framework: str) -> str:
    """Return the name of a framework's hue; of a stranger to this installation one that follows from its id.

    A hue is its own, so that what is colored can also be handed on by it.
    """
    if framework in definitions.COLORS:
        return framework
    known = _assigned(resources.folders())
    return known.get(framework) or definitions.COLORS[zlib.crc32(framework.encode()) % len(definitions.COLORS)]


@functools.lru_cache(maxsize=4)
def _assigned(_folders: tuple[object, ...]) -> dict[str, str]:
    found: dict[str, str] = {name: each.color for name, each in definitions.everyone().items() if each.color}
    found = {each.id: each.color for each in load_alternatives() if each.color} | found
    left = [each for each in definitions.COLORS if each not in found.values()]
    for name in definitions.everyone():
        if name not in found and left:
            found[name] = left.pop(0)
    return found
