"""The report as one document: everything it needs, gathered; its templates rendered; its citations written out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import jinja2

from advisor.articles.articles import Article
from advisor.articles.catalog import whole_catalog
from advisor.articles.research.articles import Articles
from advisor.articles.research.citations import Citations
from advisor.articles.research.findings import Findings, wins
from advisor.articles.runtimes import load_runtimes
from advisor.articles.systems import load_systems
from advisor.criteria import load_criteria
from advisor.decision import phrases
from advisor.decision.engine import decide
from advisor.decision.phrases import listed
from advisor.decision.recommendation import Cell, Ranked, Recommendation
from advisor.keys import Stack
from advisor.knowledge.catalog import Catalog, Fact, age, is_stale
from advisor.measurement import definitions
from advisor.measurement.metrics import load_metrics
from advisor.measurement.run import Run
from advisor.profiles.profile import Profile
from advisor.report import numbers, template_engine, words
from advisor.report.escaping import finalize, tidy

_MANY = {"capability:*": "Capabilities", "*-training": "Memory while training"}


def left_out(run: Run) -> list[tuple[str, list[str]]]:
    """Return what the session left out on purpose: for each reason, the titles of what it concerns."""
    titles, frameworks = probes() | _MANY, run.titles
    found: dict[str, dict[str, None]] = {}
    for each in run.skipped:
        # The case and the advice to measure it after all are the same for all of them.
        why = words.line(phrases.reason(each, frameworks))
        found.setdefault(why, {})[titles.get(each.probe, each.probe)] = None
    return [(why, list(names)) for why, names in found.items()]


def flags(run: Run) -> list[tuple[str, int]]:
    """Return how many observations carry each flag, the most frequent first."""
    return Counter(flag for each in run.observations for flag in each.flags).most_common()


def titled(text: str, titles: Mapping[str, str], *, quoted: bool = False) -> str:
    """Return a text with every id that has a title replaced by it: ``'edge-latency'`` by “Latency on the device”."""

    def name(found: re.Match[str]) -> str:
        title = titles.get(found[1])
        return found[0] if title is None else f"“{title}”" if quoted else title

    # Not inside of brackets: there it is an extra of a package, in a line that somebody will paste.
    return re.sub(r"'?(?<!\[)\b((?:[a-z]+:)?[a-z0-9]+(?:-[a-z0-9]+)*)\b'?(?!\()", name, text)


def probes() -> dict[str, str]:
    """Return the titles of probes and metrics, for texts that name them by their ids."""
    known = definitions.current()
    found = {each.probe: each.title for each in known.workloads} | {
        each.probe: each.title for each in known.experiments
    }
    found |= {each.probe: each.title for each in known.capabilities.values()}
    found |= {each.id: f"Route to {each.title}" for each in known.routes.values()} | {"environment": "Start"}
    return found | {name: metric.title.lower() for name, metric in load_metrics().items() if "-" in name}


def topics() -> dict[str, str]:
    """Return, for each key of facts, the title of the criterion that reads it."""
    found: dict[str, str] = {}
    for criterion in load_criteria().values():
        for rule in criterion.evidence:
            if rule.documented:
                found.setdefault(rule.documented.fact, criterion.title)
    return found | {
        "maintenance": "Upkeep",
        "compatibility": "Compatibility",
        "latest-release": "Newest release",
        "server-maturity": "Maturity of its makers' server",
    }


_PER_FRAMEWORK = ("maintenance", "latest-release", "feature-releases", "documentation", "compatibility", "stewardship",
                  "licence", "ready-made", "own-server", "server-maturity", "research-share", "windows",
                  "recommenders", "reinforcement", "pipelines")  # fmt: skip
_PER_RUNTIME = ("maintenance", "latest-release", "maturity", "compatibility", "phones", "microcontrollers", "browser",
                "recommended-server")  # fmt: skip


def report(
    run: Run,
    question: Profile | Recommendation,
    *,
    templates: Path | None = None,
    seed: int = 0,
    past: bool = True,
    articles: Articles | None = None,
) -> str:
    """Return the research report of a Run for one profile, as Markdown in US English.

    Parameters
    ----------
    run : Run
        What was measured.
    question : Profile or Recommendation
        What is needed, to be decided here; or the answer that was decided on `run`.
    templates : path, optional
        A folder laid out like ours whose templates win over the shipped ones.
    seed : int
        Of the robustness analysis.
    past : bool
        Whether to ask the engine for the days of the past, which takes a few seconds.
    articles : Articles, optional
        The articles judged on `run` already; several reports on one Run can share them.
    """
    told = decide(run, question, seed=seed) if isinstance(question, Profile) else question
    catalog = whole_catalog()
    citations = Citations(catalog, _looked())
    routes = {name: found.title for name, found in definitions.current().routes.items()}
    titles = routes | {name: found.title for name, found in run.frameworks.items()} | told.titles
    measured = probes()
    names = measured | titles
    context = {
        "run": run,
        "told": told,
        "day": run.finished.date(),
        "stack": lambda item: words.stack(item.stack, titles),
        "name": lambda name: words.name(name, titles),
        "runtime": lambda route, day: _runtime(route, day) or words.name(route, titles),
        "named": lambda names, word="and": listed([words.name(name, titles) for name in names], word),
        "titled": lambda text: titled(text, names, quoted=True),
        "readable": lambda text: titled(text, measured),
        "wins": wins,
        "left_out": left_out(run),
        "flags": flags(run),
        "topics": topics(),
        "findings": Findings(run, titles),
        "table": Table(told, catalog),
        "articles": articles or Articles(run, catalog, seed=seed, past=past),
        "documented": _documented(catalog, run, told),
        "systems": load_systems(),
        "facts": _decisive(catalog),
        "cite": citations.cite,
        "cited": citations.cited_text,
    }
    environment = _environment(templates)
    body = template_engine.render(environment, "report.md.j2", context)
    references = "\n\n".join(citations.references())
    return tidy(f"{citations.resolve(body)}\n\n## References\n\n{references}\n")


@dataclass(frozen=True)
class Gain:
    """What one stack is worth more than another on one criterion, with both cells; no word about which is better."""

    criterion: str
    worth: float
    mine: Cell
    theirs: Cell


class Table:
    """The performance table of one answer, cell by cell, with the source of every documented one."""

    def __init__(self, told: Recommendation, catalog: Catalog) -> None:
        self.cells = {(cell.stack, cell.criterion): cell for cell in told.evidence}
        self.sources = {fact.id: fact.source for fact in catalog.facts}
        self.looked = {fact.id: fact.checked_on for fact in catalog.facts}

    def cell(self, stack: Stack, criterion: str) -> Cell:
        """Return one cell."""
        return self.cells[stack, criterion]

    def gains(self, first: Ranked, second: Ranked) -> list[Gain]:
        """Return the criteria on which `first` is worth more than `second`, the greatest difference first."""
        theirs = {each.criterion: each for each in second.contributions}
        found = []
        for mine in first.contributions:
            other = theirs[mine.criterion]
            if mine.value is None or other.value is None:
                continue
            worth = mine.weight * (mine.value - other.value)
            if round(worth, 2) > 0:
                cells = [self.cell(each.stack, mine.criterion) for each in (first, second)]
                found.append(Gain(mine.criterion, worth, *cells))
        return sorted(found, key=lambda gain: (-gain.worth, gain.criterion))

    def unknown(self, ranked: Ranked) -> float:
        """Return the share of the weight of which nothing is known for one stack."""
        return sum(each.weight for each in ranked.contributions if each.value is None)

    def source(self, cell: Cell) -> str:
        """Return the id of the source that a cell rests on; empty for a measured or missing one."""
        return self.sources.get(cell.evidence or "", "")

    def shown(self, cell: Cell) -> str:
        """Return what a cell says, with the bounds of a figure that has some; empty where only its outcome is known."""
        text = cell.text or ""
        if cell.level is not None or cell.value is None or cell.low is None or cell.high is None:
            return text
        return str(numbers.show(cell.value, cell.unit, cell.low, cell.high, share="%" in text))

    def checked(self, cell: Cell) -> date:
        """Return the day on which somebody last looked at the fact that a cell rests on."""
        return self.looked[str(cell.evidence)]


def _environment(templates: Path | None) -> jinja2.Environment:
    environment = template_engine.environment(templates, finalize)
    environment.filters |= {
        "written": written,
        "listed": listed,
        "percent": numbers.percent,
        "weight": numbers.weight,
        "score": numbers.score,
        "count": numbers.count,
        "age": age,
        "outcome": lambda word: words.OUTCOMES.get(word, words.line(word)),
        "sentence": sentence,
        "profile_name": words.profile,
    }
    environment.globals |= {"is_stale": is_stale}
    return environment


def written(day: date) -> str:
    """Return a day as ``November 20, 2026``."""
    return f"{day:%B} {day.day}, {day.year}"


def sentence(value: object) -> str:
    """Return a text as a sentence: a capital first, and an end."""
    line = words.line(str(value))
    # A name of code keeps its spelling at the start of a sentence, too.
    code = any(sign in line.split(" ", 1)[0] for sign in "._(")
    return line if not line else (line[0] if code else line[0].upper()) + line[1:] + _stop(line)


def _stop(line: str) -> str:
    return "" if line.endswith((".", "!", "?")) else "."


def _runtime(route: str, day: date) -> str | None:
    """Return what a runtime was called on `day`."""
    return next((each.title for each in load_runtimes() if each.id == route and each.offered(day)), None)


def _looked() -> dict[str, date]:
    """Return when the sources of systems and runtimes were last looked at."""
    found: dict[str, date] = {}
    for system in load_systems().systems:
        for name in (system.source, *system.also):
            if name is not None:
                found[name] = max(system.checked_on, found.get(name, date.min))
    for runtime in load_runtimes():
        found[runtime.source] = max(runtime.checked_on, found.get(runtime.source, date.min))
    return found


def _documented(catalog: Catalog, run: Run, told: Recommendation) -> list[tuple[str, list[Fact]]]:
    """Return, for each framework and each runtime of the ranking, what is documented about it on the day of the Run."""
    day = run.finished.date()
    subjects: list[tuple[str, str, tuple[str, ...]]]
    subjects = [(name, found.title, _PER_FRAMEWORK) for name, found in run.frameworks.items()]
    runtimes = dict.fromkeys(each.route for each in told.ranking if each.route)
    subjects += [(name, words.name(name, told.titles), _PER_RUNTIME) for name in runtimes]
    found = []
    for subject, title, keys in subjects:
        facts = [fact for key in keys if (fact := catalog.fact(subject, key, day)) is not None]
        if facts:
            found.append((title, facts))
    return found


def _decisive(catalog: Catalog) -> list[Fact]:
    """Return every fact but today's statuses and what rests on one of the articles, by subject and day."""
    articles = {source.id for source in catalog.sources if isinstance(source, Article)}
    statuses = {system.evidence for system in load_systems().systems}
    facts = [fact for fact in catalog.facts if fact.source not in articles and fact.id not in statuses]
    return sorted(facts, key=lambda fact: (fact.subject, fact.key, fact.valid_from))
