"""What a profile means: criteria, units, levels, directions; every mistake with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from pydantic import ValidationError

from advisor import numerals, quantities
from advisor.criteria import Criterion
from advisor.documents import Model
from advisor.errors import Loc, Problem, did_you_mean
from advisor.profiles import anchors
from advisor.profiles.anchors import Anchor
from advisor.profiles.entries import ConstraintEntry, Ships, WishEntry, slug, threshold
from advisor.profiles.value import LOGARITHMIC, ValueFunction

Limit = Literal["is", "at_most", "at_least"]
E = TypeVar("E", bound=Model)
MOST_NEAR = 4
"""How many criteria a mistaken name is answered with at most."""


@dataclass(frozen=True)
class Wish:
    """A weighted criterion, checked: ``weight`` is normalised over the whole profile (the weights sum to 1).

    ``anchors`` are floor and target where they are multiples of what the model amounts to.
    """

    criterion: Criterion
    group: str
    weight: float
    value: ValueFunction
    floor_text: str
    target_text: str
    because: str
    anchors: tuple[Anchor, Anchor] | None = None


@dataclass(frozen=True)
class Constraint:
    """A hard constraint, checked; ``limit`` is in the criterion's base unit or the index of a level.

    ``anchor`` is the limit where it is a multiple of what the model amounts to.
    """

    criterion: Criterion
    kind: Limit
    limit: float
    limit_text: str
    because: str
    anchor: Anchor | None = None

    @property
    def text(self) -> str:
        """Return the constraint in words, such as ``at most 10 MB``."""
        return f"{self.kind.replace('_', ' ')} {self.limit_text}"


class Checker:
    """Checks the plain data of a whole profile, with what it inherits.

    It reads the plain data, so that mistakes in the meaning are found beside mistakes in the shape: of an entry whose
    shape is wrong the criterion and the quantities are still looked at. The weights of `wishes` are as written.
    `unknown` tells whether some criterion does not exist.
    """

    def __init__(self, criteria: Mapping[str, Criterion]) -> None:
        self.criteria = criteria
        self.constraints: list[Constraint] = []
        self.wishes: list[Wish] = []
        self.problems: list[Problem] = []
        self.unknown = False
        self._ships: Any = None
        self._ships_anything = False
        self._asked: Collection[str] = ()

    def check(self, data: Mapping[str, Any], *, part: bool = False) -> list[Problem]:
        """Read the plain data of a whole profile; return every mistake in its meaning.

        Where it is only `part` of one, since what it extends cannot be read, nothing is called missing, and what it
        ships may be said there.
        """
        self._ships = data.get("ships")
        self._ships_anything = (part and "ships" not in data) or self._ships not in (None, *get_args(Ships))
        require, prefer = data.get("require"), data.get("prefer")
        self._asked = tuple(_named(require, prefer))
        self.constraints = list(self._constraints(require if isinstance(require, list) else []))
        self.wishes = list(self._wishes(prefer if isinstance(prefer, dict) else {}))
        if data.get("build") is not None and self._ships is None and not self._ships_anything:
            self._problem(("build",), "'build' is of what ships, and this profile ships nothing ('ships' is not set)")
        for key in ("title", "question"):
            if data.get(key) is None:
                self._problem((), f"'{key}' is missing")
        if not prefer:
            self._problem((), "'prefer' is missing")
        if part:
            self.problems = [each for each in self.problems if not each.message.endswith("is missing")]
        return self.problems

    def constraint(self, name: str, kind: Limit, value: str | float, because: str, loc: Loc = ()) -> Constraint | None:
        """Return a hard constraint, or None and note what is wrong with it."""
        criterion = self._criterion(name, (*loc, "criterion"))
        if criterion is None:
            return None
        if (kind == "is") != bool(criterion.levels):
            expected = "'is' with a level" if criterion.levels else "'at_most' or 'at_least' with a quantity"
            self._problem((*loc, kind, "key"), f"'{name}' needs {expected}")
            return None
        limit = self._quantity(value, criterion, (*loc, kind))
        if limit is None:
            return None
        return Constraint(criterion, kind, limit, _text(value), because, anchors.read(value, criterion))

    def for_profile(self, ships: Ships | None, asked: Collection[str]) -> Checker:
        """Say what the profile ships and which criteria it asks, where no data says it."""
        self._ships, self._asked = ships, asked
        return self

    def _constraints(self, items: list[Any]) -> Iterator[Constraint]:
        seen: set[str] = set()
        for index, item in enumerate(items):
            loc: Loc = ("require", index)
            name = item.get("criterion") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            if name in seen:
                self._problem((*loc, "criterion"), f"'{name}' is required twice")
            seen.add(name)
            entry = _entry(ConstraintEntry, item)
            stated = [(kind, item[kind]) for kind in get_args(Limit) if item.get(kind) is not None]
            if len(stated) != 1:
                self._criterion(name, (*loc, "criterion"))
                self._problem(loc, "expected one of 'is', 'at_most' and 'at_least'")
                continue
            ((kind, value),) = stated
            if not _readable(value):
                self._criterion(name, (*loc, "criterion"))
                continue
            constraint = self.constraint(name, kind, value, entry.because if entry else "", loc)
            if constraint is not None and entry is not None:
                yield constraint

    def _wishes(self, groups: dict[Any, Any]) -> Iterator[Wish]:
        first: dict[str, str] = {}
        for group, content in groups.items():
            try:
                slug(group)
            except ValueError as error:
                self._problem(("prefer", group, "key"), str(error))
            items = content.get("criteria") if isinstance(content, dict) else None
            if isinstance(content, dict):
                self._present(content, ("weight", "criteria"), ("prefer", group))
                if content.get("criteria") == {}:
                    self._problem(("prefer", group, "criteria"), "expected at least one criterion")
            for name, item in (items if isinstance(items, dict) else {}).items():
                loc: Loc = ("prefer", group, "criteria", name)
                if first.setdefault(name, group) != group:
                    self._problem((*loc, "key"), f"'{name}' already stands in the group '{first[name]}'")
                criterion, entry = self._criterion(name, (*loc, "key")), _entry(WishEntry, item)
                if criterion is None:
                    continue
                if entry is None:
                    self._anchors(criterion, item, loc)
                    continue
                if not self._present(item, ("weight", "target", "floor", "because"), loc):
                    self._anchors(criterion, item, loc)
                    continue
                wish = self._wish(criterion, group, entry, loc)
                if wish is not None:
                    yield wish

    def _wish(self, criterion: Criterion, group: str, entry: WishEntry, loc: Loc) -> Wish | None:
        assert entry.floor is not None
        assert entry.target is not None
        ends = self._anchors(criterion, {"floor": entry.floor, "target": entry.target}, loc)
        if ends is None:
            return None
        value = ValueFunction(*ends, criterion.unit)
        texts = (_text(entry.floor), _text(entry.target))
        floor, target = (anchors.read(each, criterion) for each in (entry.floor, entry.target))
        both = None if floor is None or target is None else (floor, target)
        return Wish(criterion, group, entry.weight or 0.0, value, *texts, entry.because or "", both)

    def _anchors(self, criterion: Criterion, item: Any, loc: Loc) -> tuple[float, float] | None:
        """Return floor and target in the criterion's base unit, or None and note what is wrong with them."""
        stated = item if isinstance(item, dict) else {}
        floor, target = (
            self._quantity(stated[key], criterion, (*loc, key)) if _readable(stated.get(key)) else None
            for key in ("floor", "target")
        )
        if floor is None or target is None or not self._alike(stated, criterion, loc):
            return None
        if not self._apart(floor, target, criterion, loc):
            return None
        return floor, target

    def _present(self, item: Mapping[str, Any], keys: tuple[str, ...], loc: Loc) -> bool:
        missing = [key for key in keys if item.get(key) is None]
        for key in missing:
            self._problem(loc, f"'{key}' is missing")
        return not missing

    def _criterion(self, name: str, loc: Loc) -> Criterion | None:
        """Return the criterion, and note when it does not exist or cannot be asked of this profile's alternatives."""
        criterion = self.criteria.get(name)
        if criterion is None:
            self.unknown = True
            self._problem(loc, f"unknown criterion '{name}'{self._near(name)}")
            return None
        if (misfit := self._misfit(criterion)) is not None:
            self._problem(loc, f"'{name}' {misfit}")
        return criterion

    def _misfit(self, criterion: Criterion) -> str | None:
        """Return why a criterion cannot be asked of this profile's alternatives, or None."""
        alone, routed = criterion.applies(routed=False), criterion.applies(routed=True)
        if self._ships_anything:
            return None
        if self._ships is None and not alone:
            return "is about a route, and this profile ships nothing ('ships' is not set)"
        if self._ships == "server" and not (alone and routed):
            return "is not known for both: frameworks that serve themselves, and frameworks behind a runtime"
        if self._ships == "edge" and not routed:
            return "is about a framework without a route, and this profile ships to the edge"
        return None

    def _near(self, name: str) -> str:
        """Return what could be meant: what has that word and can be asked here, above all what is asked already."""
        shared = [
            each
            for each, criterion in self.criteria.items()
            if name in each.split("-") and self._misfit(criterion) is None
        ]
        shared = [each for each in shared if each in self._asked] or shared
        if not shared or len(shared) > MOST_NEAR:
            return did_you_mean(name, self.criteria)
        return f" — did you mean {' or '.join(repr(each) for each in shared)}?"

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
            anchor = anchors.read(value, criterion)
            if anchor is not None:
                return anchor.value(criterion)
            number = quantities.stated(value, criterion.unit, percent=criterion.percent)
        except ValueError as error:
            self._problem(loc, str(error))
            return None
        if (wrong := _out_of_range(number, criterion)) is not None:
            self._problem(loc, f"expected {wrong}, got {numerals.shortened(value)}")
            return None
        return number

    def _alike(self, stated: Mapping[str, Any], criterion: Criterion, loc: Loc) -> bool:
        """Return whether floor and target are both multiples of what the model amounts to, or neither is."""
        multiples = [key for key in ("floor", "target") if anchors.read(stated[key], criterion) is not None]
        if len(multiples) != 1:
            return True
        plain = "target" if multiples == ["floor"] else "floor"
        said = f"the {multiples[0]} is '{_text(stated[multiples[0]])}', a multiple of what the model amounts to"
        self._problem((*loc, plain), f"{said}, and the {plain} is not: state both in the one way or in the other")
        return False

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


def _named(require: Any, prefer: Any) -> Iterator[str]:
    """Yield the criteria that plain data names, whatever its shape."""
    for item in require if isinstance(require, list) else ():
        if isinstance(item, dict) and isinstance(item.get("criterion"), str):
            yield item["criterion"]
    for group in prefer.values() if isinstance(prefer, dict) else ():
        if isinstance(group, dict) and isinstance(group.get("criteria"), dict):
            yield from map(str, group["criteria"])


def _readable(value: Any) -> bool:
    """Return whether a value has the shape of a quantity or of a level's name."""
    try:
        threshold(value)
    except ValueError:
        return False
    return True


def _entry(model: type[E], item: Any) -> E | None:
    try:
        return model.model_validate(item)
    except ValidationError:
        return None


def _out_of_range(number: float, criterion: Criterion) -> str | None:
    """Return what was expected of a number that nothing measured could reach, or None."""
    if criterion.unit in LOGARITHMIC:
        return "more than zero" if number <= 0 else None
    if not criterion.percent:
        return "zero or more" if number < 0 else None
    measured = any(rule.measured for rule in criterion.evidence)
    return "at most 100 %" if measured and abs(number) > 1 else None


def _text(value: str | float) -> str:
    return quantities.written(value)
