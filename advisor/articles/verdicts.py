"""What the comparison articles recommended, to whom and when, and which of our profiles asks the same question.

``verdicts.yaml`` holds both. A persona whose question no profile can ask is *not testable*, and says why.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from advisor.articles.articles import AsOf, load_articles
from advisor.articles.folders import HERE
from advisor.documents import Model, read_yaml
from advisor.errors import Problem
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Name, Text


class Persona(Model):
    """Which profile asks for a persona, and what its team ``knows``; or why none can."""

    profile: Name | None = None
    knows: Name | None = None
    not_testable: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.profile is None) == (self.not_testable is None):
            raise ValueError("expected either 'profile' or 'not_testable'")
        if self.knows is not None and self.profile is None:
            raise ValueError("'knows' needs a 'profile'")
        return self


class Advice(Model):
    """One recommendation of one article.

    ``recommends`` is what it says; ``accepts`` are the frameworks with which an answer agrees. Where these are both
    PyTorch and TensorFlow the article prefers neither, and a tie agrees too. ``differs`` says why the engine, on the
    documents of that day, does not give this advice.
    """

    id: Name
    source: Name
    as_of: AsOf
    persona: Text
    recommends: Text
    accepts: tuple[Name, ...] = Field(min_length=1)
    because: tuple[Text, ...] = Field(min_length=1)
    conditions: Text | None = None
    differs: Text | None = None

    @property
    def either(self) -> bool:
        """Return whether the article leaves the choice between PyTorch and TensorFlow open."""
        return {"pytorch", "tensorflow"} <= set(self.accepts)


class Verdicts(Model):
    """Every recommendation, and for every persona the profile that asks its question."""

    personas: dict[str, Persona]
    recommendations: tuple[Advice, ...]

    def persona(self, advice: Advice) -> Persona:
        """Return the persona that `advice` is for; `load_verdicts` has made sure that it exists."""
        return self.personas[advice.persona]


def load_verdicts(folder: Path | None = None) -> Verdicts:
    """Read ``verdicts.yaml`` from `folder` (default: the shipped one), checked against the articles.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: duplicate ids, unknown articles, personas that are nobody's.
    """
    return _load(folder or HERE)


@functools.cache
def _load(folder: Path) -> Verdicts:
    document = read_yaml(folder / "verdicts.yaml", Verdicts, what="list of recommendations")
    verdicts, articles = document.value, {article.id for article in load_articles(folder)}
    problems = mistakes.duplicates("recommendations", [advice.id for advice in verdicts.recommendations])
    for index, advice in enumerate(verdicts.recommendations):
        here = ("recommendations", index)
        problems += mistakes.unknown((*here, "source"), "article", advice.source, articles)
        problems += mistakes.unknown((*here, "persona"), "persona", advice.persona, verdicts.personas)
    addressed = {advice.persona for advice in verdicts.recommendations}
    problems += [
        Problem(("personas", name, "key"), f"no recommendation is for the persona '{name}'")
        for name in verdicts.personas
        if name not in addressed
    ]
    mistakes.refuse(document, problems)
    return verdicts
