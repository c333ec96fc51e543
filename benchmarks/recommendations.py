"""Which recommendations of each maker are followed: one YAML file, held to the code, as a table of the documentation.

`python -m benchmarks.recommendations` writes the table of `site/fairness.md` anew.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from advisor.documents import Model, read_yaml

ROOT = Path(__file__).parents[1]
FILE = Path(__file__).with_name("recommendations.yaml")
PAGE = ROOT / "site" / "fairness.md"
TABLE = re.compile(r"(<!-- recommendations -->\n).*?(<!-- end -->)", re.DOTALL)
FOLLOWED = {"yes": "yes", "trial": "by trial", "no": "no"}


class Source(Model):
    """Who says so."""

    title: str
    url: str


class Place(Model):
    """Where in the code it stands: an expression that a part of a file holds, or a name that the file lacks."""

    file: str
    within: str | None = None
    holds: str | None = None
    lacks: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.holds is None) == (self.lacks is None):
            raise ValueError("expected one of 'holds' and 'lacks'")
        return self

    def holds_true(self, root: Path = ROOT) -> bool:
        """Return whether the code is as it is said to be."""
        text = (root / self.file).read_text(encoding="utf-8")
        if self.lacks is not None:
            return re.search(rf"\b{re.escape(self.lacks)}\b", text) is None
        assert self.holds is not None
        if not self.file.endswith(".py"):
            return _plain(self.holds) in _plain(text)
        tree = ast.parse(text)
        whole = tree if self.within is None else _named(tree, self.within)
        wanted = {ast.dump(each) for each in _parsed(self.holds)}
        return whole is not None and any(ast.dump(each) in wanted for each in ast.walk(whole))


class Recommendation(Model):
    """One recommendation of a maker, and what is done about it."""

    of: str
    topic: str
    asks: str
    we: str
    followed: Literal["yes", "trial", "no"]
    because: str | None = None
    source: Source
    checked_on: date
    code: tuple[Place, ...]

    @model_validator(mode="after")
    def _reason(self) -> Self:
        if (self.followed == "no") != (self.because is not None):
            raise ValueError("what is not followed has its reason in 'because', and only that")
        if not self.code:
            raise ValueError("expected at least one place in the code")
        return self


class _Recommendations(Model):
    recommendations: tuple[Recommendation, ...]


def load(file: Path = FILE) -> tuple[Recommendation, ...]:
    """Return the recommendations in the order of the file; raise AdvisorError naming every mistake in it."""
    return read_yaml(file, _Recommendations, what="list of recommendations").value.recommendations


def table(found: tuple[Recommendation, ...]) -> str:
    """Return the table in Markdown."""
    lines = ["| Of | About | Its makers ask for | Here | Followed | Source |", "|---|---|---|---|---|---|"]
    for each in found:
        here = _words(each.we) + (f" Not followed because {_words(each.because)}." if each.because else "")
        source = f"[{each.source.title}]({each.source.url}), {each.checked_on}"
        columns = (each.of, each.topic, _words(each.asks), here, FOLLOWED[each.followed], source)
        lines.append(f"| {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def page(found: tuple[Recommendation, ...], text: str) -> str:
    """Return the page `text` with the table in its place."""
    return TABLE.sub(lambda match: f"{match[1]}\n{table(found)}\n{match[2]}", text)


def _words(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _named(tree: ast.Module, name: str) -> ast.AST | None:
    """Return the function, class or constant of that name."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            return node
        targets = node.targets if isinstance(node, ast.Assign) else ()
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node
    return None


def _parsed(text: str) -> Iterator[ast.AST]:
    """Yield the statement that a text is, and the expression alone; `name=value` is an argument."""
    (statement,) = ast.parse(f"call({text})" if re.fullmatch(r"\w+=\S.*", text) else text.strip()).body
    yield statement
    if isinstance(statement, ast.Expr):
        yield statement.value
        if isinstance(statement.value, ast.Call) and not text.startswith("call("):
            yield from statement.value.keywords if re.fullmatch(r"\w+=\S.*", text) else ()


if __name__ == "__main__":
    PAGE.write_text(page(load(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
