"""The Profile: what is needed. Strict reading of the YAML, with every mistake at its file:line:column at once.

A profile names hard constraints (``require``) and weighted wishes (``prefer``), each number in physical units and with
its reason. Wishes stand in groups; weights are swing weights: what going from the floor to the target is worth,
relative to the others of the group, and the group relative to the other groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from advisor import quantities, resources
from advisor.decision.criteria import Criterion, load_criteria
from advisor.decision.value import LOGARITHMIC, ValueFunction
from advisor.documents import Document, Loc, Model, Problem, read_yaml
from advisor.errors import AdvisorError, did_you_mean

Ships = Literal["edge", "server"]
Limit = Literal["is", "at_most", "at_least"]


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a sentence, got nothing")
    return " ".join(text.split())


def _slug(text: str) -> str:
    if not text or not all(part.isascii() and part.isalnum() and part == part.lower() for part in text.split("-")):
        raise ValueError("expected lower-case letters, digits and single dashes, such as 'street-camera'")
    return text


def _threshold(value: Any) -> str | float:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("expected a quantity such as '5 ms', '10 MB' or '2 %', or the name of a level")
    return value


Words = Annotated[str, AfterValidator(_words)]
Threshold = Annotated[str | float, PlainValidator(_threshold), WithJsonSchema({"type": ["string", "number"]})]
Weight = Annotated[float, Field(gt=0, le=1e6, strict=True)]


class RequirementEntry(Model):
    """A hard constraint as written: one of ``is`` (this level or better), ``at_most``, ``at_least``."""

    criterion: str
    is_: Threshold | None = Field(default=None, alias="is")
    at_most: Threshold | None = None
    at_least: Threshold | None = None
    because: Words


class WishEntry(Model):
    """A weighted criterion as written: ``floor`` is worth 0, ``target`` is worth 1."""

    weight: Weight
    target: Threshold
    floor: Threshold
    because: Words


class GroupEntry(Model):
    """A group of wishes with its weight among the groups."""

    weight: Weight
    criteria: dict[str, WishEntry] = Field(min_length=1)


class ProfileEntry(Model):
    """A profile as written in YAML; its JSON schema is what editors complete from."""

    name: Annotated[str, AfterValidator(_slug)]
    title: Words
    question: Words
    ships: Ships | None = None
    require: tuple[RequirementEntry, ...] = ()
    prefer: dict[str, GroupEntry] = Field(min_length=1)


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
    document = read_yaml(path, ProfileEntry, what="profile", hint="advisor profile show edge   (a whole profile)")
    return _check(document, load_criteria())


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


def _check(document: Document[ProfileEntry], criteria: Mapping[str, Criterion]) -> Profile:
    entry = document.value
    problems: list[Problem] = []
    musts = list(_musts(entry, criteria, problems))
    wishes = list(_wishes(entry, criteria, problems))
    if problems:
        unknown = any(problem.message.startswith("unknown criterion") for problem in problems)
        raise document.error(problems, hint=f"the criteria are {', '.join(criteria)}" if unknown else None)
    return Profile(
        name=entry.name,
        title=entry.title,
        question=entry.question,
        ships=entry.ships,
        wishes=tuple(wishes),
        musts=tuple(musts),
        path=document.path,
    )


def _musts(entry: ProfileEntry, criteria: Mapping[str, Criterion], problems: list[Problem]) -> Iterator[Must]:
    seen: set[str] = set()
    for index, item in enumerate(entry.require):
        loc: Loc = ("require", index)
        criterion = _criterion(item.criterion, (*loc, "criterion"), entry.ships, criteria, problems)
        if item.criterion in seen:
            problems.append(Problem((*loc, "criterion"), f"'{item.criterion}' is required twice"))
        seen.add(item.criterion)
        given: dict[Limit, str | float | None] = {"is": item.is_, "at_most": item.at_most, "at_least": item.at_least}
        stated = {kind: value for kind, value in given.items() if value is not None}
        if len(stated) != 1:
            problems.append(Problem(loc, "expected one of 'is', 'at_most' and 'at_least'"))
        if criterion is None or len(stated) != 1:
            continue
        ((kind, value),) = stated.items()
        if (kind == "is") != bool(criterion.levels):
            expected = "'is' with a level" if criterion.levels else "'at_most' or 'at_least' with a quantity"
            problems.append(Problem((*loc, kind, "key"), f"'{criterion.id}' needs {expected}"))
            continue
        limit = _quantity(value, criterion, (*loc, kind), problems)
        if limit is not None:
            yield Must(criterion, kind, limit, _text(value), item.because)


def _wishes(entry: ProfileEntry, criteria: Mapping[str, Criterion], problems: list[Problem]) -> Iterator[Wish]:
    groups = sum(group.weight for group in entry.prefer.values())
    first: dict[str, str] = {}
    for name, group in entry.prefer.items():
        try:
            _slug(name)
        except ValueError as error:
            problems.append(Problem(("prefer", name, "key"), str(error)))
        share = group.weight / groups / sum(wish.weight for wish in group.criteria.values())
        for key, item in group.criteria.items():
            loc: Loc = ("prefer", name, "criteria", key)
            criterion = _criterion(key, (*loc, "key"), entry.ships, criteria, problems)
            if first.setdefault(key, name) != name:
                problems.append(Problem((*loc, "key"), f"'{key}' already stands in the group '{first[key]}'"))
            if criterion is None:
                continue
            floor = _quantity(item.floor, criterion, (*loc, "floor"), problems)
            target = _quantity(item.target, criterion, (*loc, "target"), problems)
            if floor is None or target is None or not _anchors(floor, target, criterion, loc, problems):
                continue
            value = ValueFunction(floor, target, criterion.unit)
            texts = (_text(item.floor), _text(item.target))
            yield Wish(criterion, name, item.weight * share, value, *texts, item.because)


def _criterion(
    name: str, loc: Loc, ships: Ships | None, criteria: Mapping[str, Criterion], problems: list[Problem]
) -> Criterion | None:
    criterion = criteria.get(name)
    if criterion is None:
        problems.append(Problem(loc, f"unknown criterion '{name}'{did_you_mean(name, criteria)}"))
        return None
    if ships is None and not criterion.applies(routed=False):
        problems.append(Problem(loc, f"'{name}' is about a route, and this profile ships nothing ('ships' is not set)"))
    if ships == "server" and not (criterion.applies(routed=False) and criterion.applies(routed=True)):
        message = f"'{name}' is not known for both: frameworks that serve themselves, and frameworks behind a runtime"
        problems.append(Problem(loc, message))
    if ships == "edge" and not criterion.applies(routed=True):
        problems.append(
            Problem(loc, f"'{name}' is about a framework without a route, and this profile ships to the edge")
        )
    return criterion


def _quantity(value: str | float, criterion: Criterion, loc: Loc, problems: list[Problem]) -> float | None:
    """Return the threshold in the criterion's base unit, or as the index of its level."""
    if criterion.levels:
        if value in criterion.levels:
            return float(criterion.level(str(value)))
        expected = ", ".join(f"'{level}'" for level in criterion.levels)
        problems.append(Problem(loc, f"expected a level of '{criterion.id}' ({expected}), got {value!r}"))
        return None
    try:
        number = quantities.parse(value, criterion.unit)
    except ValueError as error:
        problems.append(Problem(loc, str(error)))
        return None
    if criterion.unit in LOGARITHMIC and number <= 0:
        problems.append(Problem(loc, f"expected more than zero, got {value!r}"))
        return None
    return number


def _anchors(floor: float, target: float, criterion: Criterion, loc: Loc, problems: list[Problem]) -> bool:
    if floor == target:
        problems.append(Problem((*loc, "floor"), "floor and target are the same: the wish could tell nothing apart"))
        return False
    if (target > floor) != (criterion.better == "higher"):
        better = criterion.better
        message = f"for '{criterion.id}' {better} is better, so the target must be {better} than the floor"
        problems.append(Problem((*loc, "target"), message))
        return False
    return True


def _text(value: str | float) -> str:
    return " ".join(value.split()) if isinstance(value, str) else f"{value:g}"
