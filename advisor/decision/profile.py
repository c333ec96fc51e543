"""The Profile: what is needed. Strict reading of the YAML, with every mistake at its file:line:column at once.

A profile names hard constraints (``require``) and weighted wishes (``prefer``), each number in physical units and with
its reason. Wishes stand in groups; weights are swing weights: what going from the floor to the target is worth,
relative to the others of the group, and the group relative to the other groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from advisor import quantities, resources
from advisor.decision.criteria import Criterion, load_criteria
from advisor.decision.profile_entries import ProfileEntry, RequirementEntry, Ships, WishEntry, slug
from advisor.decision.value import LOGARITHMIC, ValueFunction
from advisor.documents import Loc, Model, Problem, read_yaml
from advisor.errors import AdvisorError, did_you_mean

Limit = Literal["is", "at_most", "at_least"]
E = TypeVar("E", bound=Model)


@dataclass(frozen=True)
class Wish:
    """A weighted criterion, checked: ``weight`` is normalised over the whole profile (the weights sum to 1)."""

    criterion: Criterion
    group: str
    weight: float
    value: ValueFunction
    floor_text: str
    target_text: str
    because: str


@dataclass(frozen=True)
class Must:
    """A hard constraint, checked; ``limit`` is in the criterion's base unit or the index of a level."""

    criterion: Criterion
    kind: Limit
    limit: float
    limit_text: str
    because: str

    @property
    def text(self) -> str:
        """Return the constraint in words, such as ``at most 10 MB``."""
        return f"{self.kind.replace('_', ' ')} {self.limit_text}"


@dataclass(frozen=True)
class Profile:
    """What is needed, checked and in base units. ``ships`` decides what the alternatives are."""

    name: str
    title: str
    question: str
    ships: Ships | None
    wishes: tuple[Wish, ...]
    musts: tuple[Must, ...] = ()
    path: Path | None = None

    @property
    def criteria(self) -> dict[str, Criterion]:
        """Return every criterion that the profile mentions, by id, in the profile's order."""
        mentioned = [must.criterion for must in self.musts] + [wish.criterion for wish in self.wishes]
        return {criterion.id: criterion for criterion in mentioned}


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the shipped profiles, sorted."""
    return tuple(sorted(file.stem for file in resources.profiles().glob("*.yaml")))


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a shipped profile by name, or any profile by the path of its YAML file.

    Raises
    ------
    AdvisorError
        For an unknown name (with the nearest one), or naming every mistake of the file with file:line:column.
    """
    path = profile_path(name_or_path)
    checker = _Checker(load_criteria())
    try:
        document = read_yaml(path, ProfileEntry, what="profile", hint="advisor profile show edge", also=checker.check)
    except AdvisorError as error:
        if checker.unknown:
            raise AdvisorError(error.message, hint=f"the criteria are {', '.join(checker.criteria)}") from None
        raise
    entry = document.value
    groups = {name: group.weight for name, group in entry.prefer.items()}
    members = {name: sum(wish.weight for wish in group.criteria.values()) for name, group in entry.prefer.items()}
    total = sum(groups.values())
    return Profile(
        name=entry.name,
        title=entry.title,
        question=entry.question,
        ships=entry.ships,
        wishes=tuple(
            replace(wish, weight=wish.weight / members[wish.group] * groups[wish.group] / total)
            for wish in checker.wishes
        ),
        musts=tuple(checker.musts),
        path=path,
    )


def profile_path(name_or_path: str | Path) -> Path:
    """Return the file of a shipped profile, or the path itself when it is one."""
    given = Path(name_or_path)
    if isinstance(name_or_path, Path) or given.suffix in (".yaml", ".yml") or len(given.parts) > 1:
        return given
    names = shipped_profiles()
    if name_or_path not in names:
        raise AdvisorError(
            f"unknown profile '{name_or_path}'{did_you_mean(str(name_or_path), names)}",
            hint="advisor profile list   (lists every profile), or give the path of a YAML file",
        )
    return resources.profiles() / f"{name_or_path}.yaml"


class _Checker:
    """Checks what a profile means: criteria, units, levels, directions.

    It reads the plain data, so that mistakes in the meaning are found beside mistakes in the shape; an entry whose
    shape is wrong is left to the shape's own check. The weights of `wishes` are as written.
    """

    def __init__(self, criteria: Mapping[str, Criterion]) -> None:
        self.criteria = criteria
        self.musts: list[Must] = []
        self.wishes: list[Wish] = []
        self.problems: list[Problem] = []
        self.unknown = False
        self._ships: Any = None

    def check(self, data: Any) -> list[Problem]:
        """Read the plain data of a profile; return every mistake in its meaning."""
        if isinstance(data, dict):
            self._ships = data.get("ships")
            require, prefer = data.get("require"), data.get("prefer")
            self.musts = list(self._musts(require if isinstance(require, list) else []))
            self.wishes = list(self._wishes(prefer if isinstance(prefer, dict) else {}))
        return self.problems

    def _musts(self, items: list[Any]) -> Iterator[Must]:
        seen: set[str] = set()
        for index, item in enumerate(items):
            loc: Loc = ("require", index)
            name = item.get("criterion") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            if name in seen:
                self._problem((*loc, "criterion"), f"'{name}' is required twice")
            seen.add(name)
            criterion, entry = self._criterion(name, (*loc, "criterion")), _entry(RequirementEntry, item)
            if criterion is None or entry is None:
                continue
            given: dict[Limit, Any] = {"is": entry.is_, "at_most": entry.at_most, "at_least": entry.at_least}
            stated = [(kind, value) for kind, value in given.items() if value is not None]
            if len(stated) != 1:
                self._problem(loc, "expected one of 'is', 'at_most' and 'at_least'")
                continue
            ((kind, value),) = stated
            if (kind == "is") != bool(criterion.levels):
                expected = "'is' with a level" if criterion.levels else "'at_most' or 'at_least' with a quantity"
                self._problem((*loc, kind, "key"), f"'{name}' needs {expected}")
                continue
            limit = self._quantity(value, criterion, (*loc, kind))
            if limit is not None:
                yield Must(criterion, kind, limit, _text(value), entry.because)

    def _wishes(self, groups: dict[Any, Any]) -> Iterator[Wish]:
        first: dict[str, str] = {}
        for group, content in groups.items():
            try:
                slug(group)
            except ValueError as error:
                self._problem(("prefer", group, "key"), str(error))
            items = content.get("criteria") if isinstance(content, dict) else None
            for name, item in (items if isinstance(items, dict) else {}).items():
                loc: Loc = ("prefer", group, "criteria", name)
                if first.setdefault(name, group) != group:
                    self._problem((*loc, "key"), f"'{name}' already stands in the group '{first[name]}'")
                criterion, entry = self._criterion(name, (*loc, "key")), _entry(WishEntry, item)
                if criterion is None or entry is None:
                    continue
                floor = self._quantity(entry.floor, criterion, (*loc, "floor"))
                target = self._quantity(entry.target, criterion, (*loc, "target"))
                if floor is None or target is None or not self._apart(floor, target, criterion, loc):
                    continue
                value = ValueFunction(floor, target, criterion.unit)
                texts = (_text(entry.floor), _text(entry.target))
                yield Wish(criterion, group, entry.weight, value, *texts, entry.because)

    def _criterion(self, name: str, loc: Loc) -> Criterion | None:
        """Return the criterion, and note when it does not exist or cannot be asked of this profile's alternatives."""
        criterion = self.criteria.get(name)
        if criterion is None:
            self.unknown = True
            self._problem(loc, f"unknown criterion '{name}'{did_you_mean(name, self.criteria)}")
            return None
        alone, routed = criterion.applies(routed=False), criterion.applies(routed=True)
        if self._ships is None and not alone:
            self._problem(loc, f"'{name}' is about a route, and this profile ships nothing ('ships' is not set)")
        elif self._ships == "server" and not (alone and routed):
            both = "frameworks that serve themselves, and frameworks behind a runtime"
            self._problem(loc, f"'{name}' is not known for both: {both}")
        elif self._ships == "edge" and not routed:
            self._problem(loc, f"'{name}' is about a framework without a route, and this profile ships to the edge")
        return criterion

    def _quantity(self, value: str | float, criterion: Criterion, loc: Loc) -> float | None:
        """Return the threshold in the criterion's base unit, or as the index of its level."""
        if criterion.levels:
            if value in criterion.levels:
                return float(criterion.level(str(value)))
            expected = ", ".join(f"'{level}'" for level in criterion.levels)
            near = did_you_mean(str(value), criterion.levels)
            self._problem(loc, f"expected a level of '{criterion.id}' ({expected}), got {value!r}{near}")
            return None
        try:
            number = quantities.parse(value, criterion.unit)
        except ValueError as error:
            self._problem(loc, str(error))
            return None
        if criterion.unit in LOGARITHMIC and number <= 0:
            self._problem(loc, f"expected more than zero, got {value!r}")
            return None
        return number

    def _apart(self, floor: float, target: float, criterion: Criterion, loc: Loc) -> bool:
        better = criterion.better
        if floor == target:
            self._problem((*loc, "floor"), "floor and target are the same: the wish could tell nothing apart")
        elif (target > floor) != (better == "higher"):
            message = f"for '{criterion.id}' {better} is better, so the target must be {better} than the floor"
            self._problem((*loc, "target"), message)
        else:
            return True
        return False

    def _problem(self, loc: Loc, message: str) -> None:
        self.problems.append(Problem(loc, message))


def _entry(model: type[E], item: Any) -> E | None:
    try:
        return model.model_validate(item)
    except ValidationError:
        return None


def _text(value: str | float) -> str:
    return " ".join(value.split()) if isinstance(value, str) else f"{value:g}"
