"""The Profile: what is needed. Strict reading of the YAML, with every mistake at its file:line:column at once.

A profile names hard constraints (``require``) and weighted wishes (``prefer``), each number in physical units and with
its reason. Wishes stand in groups; weights are swing weights: what going from the floor to the target is worth,
relative to the others of the group, and the group relative to the other groups. A profile may extend another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.criteria import Build, Criterion, Documented, Evidence, load_criteria
from advisor.profiles.check import Constraint, Limit, Wish
from advisor.profiles.entries import BUILDS, Ships, TeamEntry, words
from advisor.profiles.files import profile_path, read_profile, shipped_profiles
from advisor.profiles.team import CRITERION, Team
from advisor.profiles.value import ValueFunction
from advisor.targets.target import Target, load_target

if TYPE_CHECKING:
    from advisor.measurement.subject import Subject

REACH = "reach"
"""The criterion that a target adds: whether a stack is documented to reach it."""

LEVELS = ("not reached", "reached")

__all__ = [
    "REACH",
    "Constraint",
    "Limit",
    "Profile",
    "Wish",
    "aimed",
    "load_profile",
    "profile_path",
    "shipped_profiles",
]


@dataclass(frozen=True)
class Profile:
    """What is needed, checked and in base units. ``ships`` decides what the alternatives are.

    ``build`` is the kind of build whose sizes and memory are compared: what is not known in that kind is unknown.
    ``target`` is what they are to run on; without one, what ships to devices is for a device that is not known.
    ``job`` is the question one level up (`advisor.knowledge.jobs`) that it is part of. ``model`` is what it is asked
    about; without one, it is for a model that is not known, and ``networks`` are those that stand for it
    (`advisor.profiles.networks`).
    """

    name: str
    title: str
    question: str
    ships: Ships | None
    wishes: tuple[Wish, ...]
    constraints: tuple[Constraint, ...] = ()
    path: Path | None = None
    team: Team | None = None
    target: Target | None = None
    build: Build = "python"
    job: str | None = None
    model: Subject | None = None
    networks: tuple[str, ...] = ()

    @property
    def criteria(self) -> dict[str, Criterion]:
        """Return every criterion that the profile mentions, by id, in the profile's order."""
        mentioned = [each.criterion for each in self.constraints] + [wish.criterion for wish in self.wishes]
        return {criterion.id: criterion for criterion in mentioned}


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a shipped profile by name, or any profile by the path of its YAML file.

    Raises
    ------
    AdvisorError
        For an unknown name (with the nearest one), or naming every mistake of the file with file:line:column.

    Examples
    --------
    >>> load_profile("edge").ships
    'edge'
    >>> load_profile("egde")
    Traceback (most recent call last):
    advisor.errors.AdvisorError: unknown profile 'egde' — did you mean 'edge'?
    """
    path = profile_path(name_or_path)
    found = read_profile(path)
    prefer = found.data["prefer"]
    members = {name: fsum(wish["weight"] for wish in group["criteria"].values()) for name, group in prefer.items()}
    total = fsum(group["weight"] for group in prefer.values())
    wishes = tuple(
        replace(wish, weight=wish.weight / members[wish.group] * prefer[wish.group]["weight"] / total)
        for wish in found.checker.wishes
    )
    profile = Profile(
        name=found.data["name"],
        title=words(found.data["title"]),
        question=words(found.data["question"]),
        ships=found.data.get("ships"),
        wishes=wishes,
        constraints=tuple(found.checker.constraints),
        path=path,
        build=found.data.get("build") or BUILDS[found.data.get("ships")],
        job=found.data.get("job"),
        networks=tuple(found.data.get("networks") or ()),
    )
    team, target = found.data.get("team"), found.data.get("target")
    profile = profile if team is None else _with_team(profile, TeamEntry.model_validate(team))
    return profile if target is None else aimed(profile, load_target(target))


def aimed(profile: Profile, target: Target) -> Profile:
    """Return the profile for one target: what does not reach it is out, and what was measured elsewhere says less."""
    kept = tuple(constraint for constraint in profile.constraints if constraint.criterion.id != REACH)
    title = f"Reaches {target.called}"
    criterion = Criterion(
        id=REACH, title=title, question=f"Is it documented that it runs on {target.called}?",
        why="What does not run there cannot be shipped there.", wins=f"runs on {target.called}", levels=LEVELS,
        measures="reach", stage="converting", evidence=(Evidence(documented=Documented(fact=REACH)),),
    )  # fmt: skip
    because = f"it is to run on {target.called}"
    build = target.build or profile.build
    reached = Constraint(criterion, "is", 1.0, LEVELS[1], because)
    return replace(profile, target=target, build=build, constraints=(reached, *kept))


def _with_team(profile: Profile, entry: TeamEntry) -> Profile:
    """Add the cost of switching to the wishes; the others keep their proportions."""
    team = Team(entry.knows, entry.size, entry.code, entry.weight / 100)
    if CRITERION in profile.criteria:
        return replace(profile, team=team)
    because = f"the team counts {entry.size} and has {entry.code:,} lines of code; half a year is too much"
    cost = Wish(load_criteria()[CRITERION], "team", team.weight, ValueFunction(0.5, 0.0, ""), "50 %", "0 %", because)
    others = tuple(replace(wish, weight=wish.weight * (1 - team.weight)) for wish in profile.wishes)
    return replace(profile, wishes=(*others, cost), team=team)
