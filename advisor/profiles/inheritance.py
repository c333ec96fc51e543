"""What a profile inherits: its own data over that of the profile which it extends, both as written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a profile over those of its base.

    Requirements on the same criterion replace each other, wishes are taken over key by key, and a criterion that now
    stands in another group, or in ``without``, is gone from where it stood.
    """
    whole = {**base, **own}
    left_out = {each for each in _items(own.get("without"), list) if isinstance(each, str)}
    required = _items(own.get("require"), list)
    replaced = left_out | {name for each in required if isinstance(name := _of(each, "criterion"), str)}
    kept = [each for each in base.get("require", ()) if each["criterion"] not in replaced]
    whole["require"] = [*kept, *required]
    whole["prefer"] = _prefer(base.get("prefer", {}), _items(own.get("prefer"), dict), left_out)
    whole.pop("without", None)
    return whole


def _prefer(base: Mapping[str, Any], own: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    moved = {name: group for group, entry in own.items() for name in _items(_of(entry, "criteria"), dict)}
    groups: dict[str, Any] = {}
    for group, entry in base.items():
        kept = {
            name: wish
            for name, wish in entry["criteria"].items()
            if name not in left_out and moved.get(name, group) == group
        }
        mine = own.get(group)
        if mine is not None and not isinstance(mine, dict):
            groups[group] = mine
            continue
        wishes = _items(_of(mine, "criteria"), dict)
        criteria = kept | {name: _over(kept.get(name), wish) for name, wish in wishes.items()}
        if criteria:
            groups[group] = {**entry, **(mine or {}), "criteria": criteria}
    return groups | {group: entry for group, entry in own.items() if group not in base}


def _over(base: Any, own: Any) -> Any:
    return {**base, **own} if isinstance(base, dict) and isinstance(own, dict) else own


def _of(entry: Any, key: str) -> Any:
    return entry.get(key) if isinstance(entry, dict) else None


def _items(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else kind()
