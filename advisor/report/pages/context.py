"""What every page needs: the documents as sources of figures, the names of stacks, and where each thing stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count

from advisor.decision.recommendation import Recommendation
from advisor.keys import Stack
from advisor.measurement import definitions
from advisor.measurement.run import Observation, Run
from advisor.report import publications, words
from advisor.report.figures import Quote, Source
from advisor.report.hues import hue
from advisor.report.speeds import speeds
from advisor.report.timed_blocks import blocks

PINNED = "runs"
"""The folder of a site in which the builds of single Runs are kept for good."""


@dataclass(frozen=True)
class StackName:
    """A stack as the pages write it; `style` is the hue of its framework."""

    style: str
    first: str
    via: str | None = None

    @property
    def plain(self) -> str:
        """Return the name as text."""
        return f"{self.first} → {self.via}" if self.via else self.first

    @property
    def spoken(self) -> str:
        """Return the name as it is read aloud."""
        return f"{self.first} through {self.via}" if self.via else self.first


@dataclass(frozen=True)
class ProbePage:
    """A page of the observations of one probe: a workload, a route, a capability, or anything else that was tried."""

    name: str
    probe: str
    title: str
    group: str
    indices: tuple[int, ...]


class Report:
    """All inputs of a site, read once.

    Parameters
    ----------
    run : Run
        What was measured.
    recommendations : sequence of Recommendation
        One per profile, in the order of the pages.
    command : str, optional
        The command line that builds these answers again.
    shipped : collection of str
        Which of the answers are those of a shipped profile as it is: they need not be worked out again.
    others : iterable of Run
        Further Runs, of this machine or of others; the answers do not rest on them. Each is read once.
    pin : bool
        Whether every page stands a second time at an address that later builds leave alone.
    articles : bool
        Also what articles claim and advise, the systems that they name, the long report, and everything that the Run
        tried; else what the answers rest on.
    evidence : bool
        Also the pages behind the answers; without them there is a page for each answer, and the one that leads to them.
    scripts : bool
        Whether the pages have the scripts of our own theme: the what-if, and charts that answer to the pointer.
    """

    def __init__(
        self,
        run: Run,
        recommendations: Sequence[Recommendation],
        command: str | None = None,
        shipped: Collection[str] = (),
        others: Iterable[Run] = (),
        *,
        pin: bool = False,
        articles: bool = False,
        evidence: bool = True,
        scripts: bool = True,
    ) -> None:
        self.run = run
        self.others = others
        self.articles = articles and evidence
        self.behind = evidence
        self.scripts = scripts
        self.pinned = f"{PINNED}/{words.slug(run.id)}" if pin else None
        self.recommendations = tuple(recommendations)
        self.command = command
        self.shipped = frozenset(shipped)
        self.source = Source("run", run)
        self.sources = {
            told.profile: Source(f"answer-{words.slug(told.profile)}", told) for told in self.recommendations
        }
        self.titles: dict[str, str] = {route.runtime: route.title for route in definitions.routes().values()}
        for told in self.recommendations:
            self.titles |= told.titles
        # The Run's own are told apart where two are alike.
        self.titles |= run.titles

    def title(self, framework: str) -> Quote | str:
        """Return the title of a framework of the Run, as it is there, or told apart from another of the same title."""
        return title(self.source, self.run, framework)

    def stack(self, of: Stack | str) -> StackName:
        """Return the name of a stack, or of a framework alone."""
        stack = Stack(framework=of) if isinstance(of, str) else of
        return StackName(
            hue(stack.framework),
            words.name(stack.framework, self.titles),
            words.name(stack.route, self.titles) if stack.route else None,
        )

    def href(self, page: str, anchor: str | None = None) -> str:
        """Return the address of a page, relative to every other page of the site."""
        return f"{page}.html" + (f"#{anchor}" if anchor else "")

    def profile_page(self, profile: str) -> str:
        """Return the name of a profile's page."""
        return f"profile-{words.slug(profile)}"

    def observation(self, index: int) -> str | None:
        """Return the address of one observation of the Run, where its samples are; None where no page has it."""
        home = self._homes.get(index)
        if home is None and self.run.observations[index].probe == "environment":
            home = "machine"
        return None if home is None else self.href(home, f"observation-{index}")

    def evidence(self, pointer: str | None) -> str | None:
        """Return the address of what a cell cites, when it cites an observation of the Run."""
        head, _, rest = (pointer or "").removeprefix("/").partition("/")
        number = rest.partition("/")[0]
        if head == "observations" and number.isdigit() and int(number) < len(self.run.observations):
            return self.observation(int(number))
        return None

    @cached_property
    def matrix(self) -> Source:
        """Return the capability matrix, `advisor.report.publications.Matrix`."""
        return Source("capabilities", publications.matrix(self.run))

    @cached_property
    def blocks(self) -> Source:
        """Return what became of the timed blocks, `advisor.report.timed_blocks.Blocks`."""
        return Source("blocks", blocks(self.run))

    @cached_property
    def speeds(self) -> Source:
        """Return how many times as long as the fastest each stack takes, `advisor.report.speeds.Speeds`."""
        works: dict[str, list[int]] = {}
        for page in (each for each in self.tried if each.group in ("workload", "probe")):
            timed = [(place, each) for place, each in self.observed(page.indices) if each.metric == "latency"]
            sizes = {each.parameters.get("batch") for _, each in timed if each.summary}
            # Batches of different sizes are different work: the smallest is what every workload has.
            least = min((size for size in sizes if isinstance(size, int)), default=None)
            works[page.probe] = [place for place, each in timed if each.parameters.get("batch") == least]
        return Source("speeds", speeds(self.run, works))

    @cached_property
    def ledger(self) -> Source:
        """Return the claims and what became of them on this Run, `advisor.report.publications.Ledger`."""
        return Source("claims", publications.settled(self.run))

    @cached_property
    def survey(self) -> Source:
        """Return the systems, `advisor.report.publications.Survey`."""
        return Source("systems", publications.surveyed())

    @cached_property
    def past(self) -> Source:
        """Return the articles' advice beside the engine's answers, `advisor.report.publications.Past`."""
        seed = self.recommendations[0].seed if self.recommendations else 0
        known = {
            told.profile: told
            for told in self.recommendations
            if told.profile in self.shipped and (told.run, told.seed) == (self.run.id, seed)
        }
        profiles = [told.profile for told in self.recommendations]
        return Source("then-and-now", publications.past(self.run, profiles, seed=seed, known=known))

    def claim(self, claim: str) -> str | None:
        """Return the address of what became of a claim; None where no page has it."""
        if not self.articles:
            return None
        kind = self._claims.get(claim)
        return self.href(f"claims-{kind}", f"claim-{claim}") if kind else None

    @cached_property
    def _claims(self) -> dict[str, str]:
        return {row["id"]: row["kind"] for row in self.ledger.data["claims"]}

    @cached_property
    def probes(self) -> tuple[ProbePage, ...]:
        """Return the pages that the site has of probes: of all with the articles, else of what the answers rest on."""
        if self.articles or not self.recommendations:
            return self.tried
        cited = {cell.evidence for told in self.recommendations for cell in told.evidence if cell.evidence}
        return tuple(page for page in self.tried if any(f"/observations/{index}" in cited for index in page.indices))

    @cached_property
    def tried(self) -> tuple[ProbePage, ...]:
        """Return everything that the Run tried as pages, workloads first, each with its observations."""
        known, experiments = self._titles
        order = {probe: place for place, probe in enumerate({**known, **experiments})}
        found: dict[str, list[int]] = {}
        for index, each in enumerate(self.run.observations):
            if each.probe != "environment":
                found.setdefault(each.probe, []).append(index)
        pages: list[ProbePage] = []
        for probe in sorted(found, key=lambda probe: (order.get(probe, len(order)), probe)):
            kind, _, rest = probe.rpartition(":")
            group = kind if kind in ("route", "capability") else "workload" if probe in known else "probe"
            stem = words.slug(rest if group == kind else probe)
            # Ids that differ in nothing that a file's name can hold: each has a page all the same.
            taken = {page.name for page in pages}
            name = next(each for each in _numbered(f"{group}-{stem}") if each not in taken)
            pages.append(ProbePage(name, probe, self.probe_title(probe), group, tuple(found[probe])))
        return tuple(pages)

    def probe_title(self, probe: str) -> str:
        """Return what a probe is called, whether this Run tried it or not."""
        known, experiments = self._titles
        kind, _, rest = probe.rpartition(":")
        own = rest if kind in ("route", "capability") else probe
        return words.line(known.get(probe) or experiments.get(probe) or words.name(own, self.titles))

    @cached_property
    def _titles(self) -> tuple[dict[str, str], dict[str, str]]:
        known = {each.probe: each.title for each in definitions.workloads()}
        known |= {route.id: route.title for route in definitions.routes().values()}
        known |= {capability.probe: capability.title for capability in definitions.capabilities().values()}
        return known, {each.probe: each.title for each in definitions.current().experiments}

    def probes_of(self, *groups: str) -> tuple[ProbePage, ...]:
        """Return the pages of the probes of these groups that the site has."""
        return tuple(page for page in self.probes if page.group in groups)

    @cached_property
    def _homes(self) -> dict[int, str]:
        return {index: page.name for page in self.probes for index in page.indices}

    def observed(self, indices: Iterable[int]) -> list[tuple[int, Observation]]:
        """Return observations with their place in the Run."""
        return [(index, self.run.observations[index]) for index in indices]


def _numbered(name: str) -> Iterator[str]:
    """Yield a name as it is, and then with numbers."""
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def title(source: Source, run: Run, framework: str) -> Quote | str:
    """Return the title of a framework of a Run that is shown from `source`."""
    shown = run.titles[framework]
    return source.quote("frameworks", framework, "title") if shown == run.frameworks[framework].title else shown


def day(moment: datetime) -> str:
    """Return a date as ``20 November 2026``."""
    return f"{moment.day}\N{NO-BREAK SPACE}{moment:%B %Y}"
