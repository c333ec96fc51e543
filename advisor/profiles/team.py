"""What it would cost a team to switch: learning, and rewriting what it has; as a share of the team's year.

An estimate, not a measurement: its provenance is *asserted*, its interval wide, and it can be turned off. The two rates
behind it stand here so that a reader can put others in their place.
"""

from __future__ import annotations

from dataclasses import dataclass

LEARNING_DAYS = 15.0
"""Working days until a person who knows one framework is as fast in another: three weeks."""

LINES_PER_DAY = 150.0
"""Lines of model and training code that a person carries over in a day, tests included."""

YEAR_DAYS = 220.0
"""Working days of a person in a year."""

FACTOR = 2.0
"""The estimate is taken to be right within this factor (95 %)."""

CRITERION = "switching-cost"
OTHER = "other"


@dataclass(frozen=True)
class Team:
    """A team: the framework that it knows, its head count, its lines of code, and what switching weighs (0 to 1)."""

    knows: str
    size: int
    code: int
    weight: float

    def switching(self, framework: str) -> float:
        """Return what moving to `framework` costs, as a share of the team's year (1 is the whole year)."""
        if framework == self.knows:
            return 0.0
        return self.days(1.0) / self.year

    def days(self, carried: float) -> float:
        """Return the working days of learning, and of carrying a share of the code over (0 to 1)."""
        code = self.code / LINES_PER_DAY if self.knows != OTHER else 0.0
        return self.size * LEARNING_DAYS + carried * code

    @property
    def year(self) -> float:
        """The working days that the team has in a year."""
        return self.size * YEAR_DAYS

    def explained(self, framework: str, title: str) -> str:
        """Return in words where the cost comes from."""
        if framework == self.knows:
            return f"the team knows {title} already"
        learning = f"{self.size} people learn {title} in {LEARNING_DAYS:.0f} days each"
        if self.size == 1:
            learning = f"one person learns {title} in {LEARNING_DAYS:.0f} days"
        if not self.code or self.knows == OTHER:
            return learning
        return f"{learning}, and {self.code:,} lines are carried over at {LINES_PER_DAY:.0f} a day"
