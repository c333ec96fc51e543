"""The files of profiles: where they lie, what one inherits, every mistake at its place, and the JSON Schema of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from advisor import resources
from advisor.criteria import Criterion, load_criteria
from advisor.documents import read_yaml
from advisor.errors import AdvisorError, Loc, Problem, did_you_mean
from advisor.measurement.definitions import everyone
from advisor.profiles.check import Checker
from advisor.profiles.entries import ProfileEntry
from advisor.profiles.team import OTHER


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a profile over those of its base.

    Constraints on the same criterion replace each other, wishes are taken over key by key, and a criterion that now
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


EVERY_CRITERION = "advisor profile criteria   (lists every criterion, and what it asks)"

DEEPEST = 8
"""How many profiles may extend each other in a row."""


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the shipped profiles, sorted."""
    return tuple(sorted(file.stem for file in resources.profiles().glob("*.yaml")))


def profile_path(name_or_path: str | Path) -> Path:
    """Return the file of a shipped profile, or the path itself when it is one."""
    given = Path(name_or_path)
    if isinstance(name_or_path, Path) or given.suffix in (".yaml", ".yml") or len(given.parts) > 1:
        return given
    names = shipped_profiles()
    if name_or_path not in names:
        for file in (Path(f"{name_or_path}.yaml"), Path(f"{name_or_path}.yml")):
            if file.is_file():
                raise AdvisorError(f"unknown profile '{name_or_path}' — did you mean '{file}'?")
        raise AdvisorError(
            f"unknown profile '{name_or_path}'{did_you_mean(str(name_or_path), names)}",
            hint="advisor profile list   (lists every profile), or give the path of a YAML file",
        )
    return resources.profiles() / f"{name_or_path}.yaml"


@dataclass(frozen=True)
class Found:
    """A profile as read: its plain data with what it inherits, and what they mean."""

    data: Mapping[str, Any]
    checker: Checker


def read_profile(path: Path) -> Found:
    """Read the file of a profile and those that it extends; raise AdvisorError naming every mistake."""
    return _Reader().read(path)


class _Reader:
    """Reads one profile and those that it extends."""

    def __init__(self, chain: tuple[Path, ...] = ()) -> None:
        self.chain = chain
        self.checker = Checker(load_criteria())
        self.base: Found | None = None
        self.whole: Mapping[str, Any] = {}
        self.path = Path()

    def read(self, path: Path) -> Found:
        """Return a profile; raise AdvisorError naming every mistake with file:line:column."""
        self.path = path
        try:
            read_yaml(path, ProfileEntry, what="profile", hint=_hint(path), also=self._check, by_hand=True)
        except AdvisorError as error:
            if self.checker.unknown:
                raise AdvisorError(error.lines, hint=EVERY_CRITERION) from None
            raise
        return Found(self.whole, self.checker)

    def _check(self, data: Any) -> list[Problem]:
        if not isinstance(data, dict):
            return []
        problems: list[Problem] = []
        if isinstance(data.get("extends"), str):
            try:
                self.base = self._extended(data["extends"])
            except _MissingError as error:
                # What it would bring is not known, so nothing of the rest can be called missing.
                own = self.checker.check(data, part=True)
                return [Problem(("extends",), str(error)), *own, *_team(data.get("team")), *_reasons(data)]
        elif "without" in data:
            problems.append(
                Problem(("without", "key"), "'without' leaves out what 'extends' brings; nothing is extended")
            )
        whole = self.whole = data if self.base is None else merged(self.base.data, data)
        inherited = len(_list(whole.get("require"))) - len(_list(data.get("require")))
        problems += [_at_home(each, data, inherited) for each in self.checker.check(whole)]
        return problems + _team(data.get("team")) + _reasons(data) + self._without(data)

    def _extended(self, name: str) -> Found:
        given = Path(name)
        try:
            path = self.path.parent / given if given.suffix in (".yaml", ".yml") else profile_path(name)
        except AdvisorError as error:
            raise _MissingError(error.message) from None
        chain = (*self.chain, self.path.resolve())
        if path.resolve() in chain or len(chain) > DEEPEST:
            names = " → ".join(each.stem for each in (*chain, path))
            raise _MissingError(f"a profile cannot extend itself ({names})")
        return _Reader(chain).read(path)

    def _without(self, data: Mapping[str, Any]) -> list[Problem]:
        if self.base is None:
            return []
        known = {name for group in self.base.data["prefer"].values() for name in group["criteria"]}
        known |= {constraint["criterion"] for constraint in self.base.data.get("require", ())}
        return [
            Problem(("without", index), f"'{name}' does not stand in '{data['extends']}'{did_you_mean(name, known)}")
            for index, name in enumerate(_list(data.get("without")))
            if isinstance(name, str) and name not in known
        ]


def _hint(path: Path) -> str:
    """Return what helps with a file that cannot be read: another name when there is none of this one."""
    if path.exists():
        return "advisor profile show edge"
    near = get_close_matches(path.name, [each.name for each in path.parent.glob("*.y*ml")], n=1)
    return str(path.with_name(near[0])) if near else "advisor profile list, or advisor profile new   (makes one)"


class _MissingError(Exception):
    """What a profile extends is not there; the text says why."""


def _at_home(problem: Problem, own: Mapping[str, Any], inherited: int) -> Problem:
    """Move a problem from the whole profile to where it stands in the file: at what is inherited, to its cause."""
    loc: Loc = problem.loc
    if loc[:1] == ("require",) and inherited and len(loc) > 1:
        index = int(loc[1]) - inherited
        loc = ("require", index, *loc[2:]) if index >= 0 else ()
    if "extends" not in own or not problem.loc or (loc and _has(own, loc)):
        return Problem(loc or problem.loc, problem.message)
    cause = "ships" if "ships" in own else "extends"
    return Problem((cause,), f"inherited from '{own['extends']}': {problem.message}")


def _has(data: Any, loc: Loc) -> bool:
    """Return whether the file holds the entry of a place; the last part may be a key that is missing."""
    for part in loc[:4] if loc[0] == "prefer" else loc[:2]:
        within = part in data if isinstance(data, dict) else isinstance(data, list) and int(part) < len(data)
        if not within:
            return False
        data = data[part]
    return True


def _reasons(data: Mapping[str, Any]) -> list[Problem]:
    """Return the wishes of an extending file that change a number and do not say why."""
    if "extends" not in data:
        return []
    groups = data.get("prefer")
    return [
        Problem(("prefer", group, "criteria", name), "'because' is missing")
        for group, entry in (groups.items() if isinstance(groups, dict) else ())
        if isinstance(entry, dict) and isinstance(entry.get("criteria"), dict)
        for name, wish in entry["criteria"].items()
        if isinstance(wish, dict) and "because" not in wish
    ]


def _team(team: Any) -> list[Problem]:
    knows = team.get("knows") if isinstance(team, dict) else None
    known = [*everyone(), OTHER] if isinstance(knows, str) else []
    if not isinstance(knows, str) or knows in known:
        return []
    message = f"unknown framework '{knows}'{did_you_mean(knows, known)} (known: {', '.join(known)})"
    return [Problem(("team", "knows"), message)]


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def profile_schema() -> dict[str, Any]:
    """Return the schema; criteria are offered by name with their titles, and levels with their words."""
    schema = ProfileEntry.model_json_schema(by_alias=True)
    criteria = load_criteria().values()
    definitions = schema["$defs"]
    definitions["ConstraintEntry"]["properties"]["criterion"] |= {
        "oneOf": [{"const": each.id, "title": each.title, "description": each.question} for each in criteria]
    }
    wishes = definitions["GroupEntry"]["properties"]["criteria"]
    wishes["properties"] = {
        each.id: {"$ref": "#/$defs/WishEntry", "title": each.title, "description": _described(each)}
        for each in criteria
    }
    wishes["additionalProperties"] = False
    definitions["TeamEntry"]["properties"]["knows"]["enum"] = [*everyone(), OTHER]
    schema["properties"]["extends"]["examples"] = list(shipped_profiles())
    return {"$schema": DIALECT, **schema, "title": "A profile of advisor: what is needed"}


def _described(criterion: Criterion) -> str:
    levels = criterion.levels
    return f"{criterion.question} Levels: {', '.join(levels)}." if levels else criterion.question
