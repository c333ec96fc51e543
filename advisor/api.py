"""What the command line does, as functions: measure, decide, build the site."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.errors import AdvisorError
from advisor.measurement.options import HOME, SessionKeywords, SessionOptions, configured_definitions
from advisor.measurement.run import Run, load_run, save_run
from advisor.profiles.networks import subjects_of
from advisor.profiles.profile import Profile, load_profile, shipped_profiles

if TYPE_CHECKING:
    import pandas as pd

    from advisor.measurement.store import Store
    from advisor.measurement.subject import Subject

__all__ = [
    "HOME",
    "Advice",
    "SessionOptions",
    "build_site",
    "decide",
    "embed",
    "evidence_frame",
    "load_profile",
    "load_run",
    "probe",
    "recommend",
    "save_run",
    "shipped_profiles",
]

LEADING = ("edge", "deployment", "research")
"""The profiles that a site shows first, after the one that was asked for."""


@dataclass(frozen=True)
class Advice:
    """A Recommendation, the Run it rests on, where that Run is kept, and whether it was measured before."""

    recommendation: Recommendation
    run: Run
    run_file: Path
    reused: bool

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the Recommendation."""
        return self.recommendation._repr_html_()


def probe(
    options: SessionOptions | None = None,
    *,
    only: Collection[str] = (),
    needed: Profile | None = None,
    models: Sequence[Subject] = (),
    **keywords: Unpack[SessionKeywords],
) -> tuple[Run, Path]:
    """Measure the frameworks of this machine and keep the Run under ``home/runs``.

    Parameters
    ----------
    options : SessionOptions, optional
        How the session is to be; each of its fields is a keyword, too.
    only : collection of str
        Globs over probe ids (``"mlp*"``, ``"route:*"``); empty means all.
    needed : Profile, optional
        Only what could change the answer of this profile; what is left out, the Run says.
    models : sequence of Subject
        Models that are measured beside what is always measured (`advisor.measurement.subject.find`).
    mode : {"quick", "standard", "thorough"}
        How much is measured, and how often.
    frameworks : collection of str, optional
        Framework ids; default all that have probes.
    pythons : mapping of framework id to interpreter, optional
        The Python that has the framework; default the one that runs advisor.
    folders : collection of path
        Folders of further frameworks and capabilities, beside those that the project's ``pyproject.toml`` names.
    home : path
        Folder in which runs are kept (``home/runs``).
    seed : int
        Seed of the order of rounds and of the bootstrap.
    threads : int, optional
        Threads per framework; default the processors this process may use.
    budget : float, optional
        Seconds after which nothing more is begun that can be left out; the Run says what was.
    training : bool
        Also take up what nobody ships, such as Keras on each backend; `recommend` does for profiles that ship nothing.
    until_decided : bool
        Hear further fresh processes until every pair that is needed has a word, twelve at most.
    resume : bool
        Go on with the newest session of this machine that was killed or interrupted; what it has is not measured again.
    label : str, optional
        What the machine is called in the Run; default a hash that tells it from others and names it to nobody.
    on_event : callable, optional
        Receives the events of `advisor.measurement.session.events` while measuring.

    Returns
    -------
    Run and the path of its file.

    Raises
    ------
    AdvisorError
        Exit code 3 when no framework is found; 130 when interrupted (what was measured is kept); 2 when there is no
        session to resume, or it had another plan or another machine.

    Examples
    --------
    This measures for about a minute:

    >>> run, file = probe(mode="quick", only=["mlp-*"])  # doctest: +SKIP
    """
    from advisor.measurement.session.plan import make_plan
    from advisor.measurement.session.session import measure
    from advisor.measurement.store import Store

    asked = replace(options or SessionOptions(), **keywords)
    asked.check()
    store = Store(asked.home / "runs")
    subjects = [*models, *(subjects_of(needed, quick=asked.mode == "quick") if needed is not None else ())]
    plan = make_plan(
        mode=asked.mode, only=tuple(only), frameworks=_measurable(asked),
        definitions=configured_definitions(asked.folders), budget=asked.budget, until_decided=asked.until_decided,
        subjects=subjects,
        training=asked.training,
    )  # fmt: skip
    needless = None
    if needed is not None:
        from advisor.decision.priorities import skippable
        from advisor.decision.profile_plan import compared, narrowed
        from advisor.decision.provisional import Provisional
        from advisor.measurement.session.events import Noticed

        plan = narrowed(plan, needed)
        tell = asked.on_event or _ignore
        needless = Provisional(
            functools.partial(skippable, needed, seed=asked.seed, planned=compared(plan, needed)),
            needed, lambda told: tell(Noticed(told)), seed=asked.seed,
        )  # fmt: skip
    run = measure(
        plan,
        store=store,
        pythons=dict(asked.pythons or {}),
        seed=asked.seed,
        threads=asked.threads,
        on_event=asked.on_event or _ignore,
        resume=_unfinished(store, plan.fingerprint) if asked.resume else None,
        needless=needless,
        label=asked.label,
    )
    return run, store.path(run.id)


def recommend(
    profile: str | Path | Profile = "edge",
    options: SessionOptions | None = None,
    *,
    run: Run | Path | str | Sequence[Run | Path | str] | None = None,
    fresh: bool = False,
    everything: bool = False,
    exclude: Collection[str] = (),
    **keywords: Unpack[SessionKeywords],
) -> Advice:
    """Decide for a profile on a given Run, on a recent one of this machine, or on a new one.

    Parameters
    ----------
    profile : str, path or Profile
        Name of a shipped profile, or a profile file.
    options : SessionOptions, optional
        How a session is to be, where one is needed; each of its fields is a keyword, too (see `probe`). Only its
        ``frameworks`` are compared.
    run : Run or path, or several, optional
        Decide on this Run; nothing is measured, and no framework is needed. Several are one that a device measured
        from a bundle, and those of the workstation that exported it (`advisor.devices.combination`).
    fresh : bool
        Measure even when a recent Run for the same versions is kept.
    everything : bool
        Measure everything; by default only what could change this profile's answer, the weightiest first, and the Run
        says what it left out and why.
    exclude : collection of str
        Frameworks, routes or stacks that are not compared.

    Examples
    --------
    >>> advice = recommend("edge", run=Path("run.json"))
    >>> advice.recommendation.ranking[0].framework, advice.reused
    ('tensorflow', True)
    """
    needed = profile if isinstance(profile, Profile) else load_profile(profile)
    asked = replace(options or SessionOptions(), **keywords)
    reused = run is not None
    if run is not None:
        from advisor.devices.combination import combined

        given = [run] if isinstance(run, Run | Path | str) else list(run)
        found = combined([each if isinstance(each, Run) else load_run(each) for each in given])
        files = (Path(each) for each in given if not isinstance(each, Run))
        file = next(files, asked.home / "runs" / f"{found.id}.json")
    else:
        if exclude:
            _refuse_unknown(exclude)
        narrow = None if everything else needed
        asked = replace(asked, training=needed.ships is None)
        models = subjects_of(needed, quick=asked.mode == "quick") if everything else ()
        kept = None if fresh or asked.resume else _recent(asked, narrow)
        if kept is not None and not {each.spec for each in models} <= {
            each.key.network for each in kept[0].observations
        }:
            kept = None
        if kept is not None and asked.until_decided:
            told = decide(kept[0], needed, seed=asked.seed, frameworks=asked.frameworks, exclude=exclude)
            kept = kept if told.verdict == "recommended" else None
        reused = kept is not None
        found, file = kept or probe(asked, needed=narrow, models=models)
    decided = decide(found, needed, seed=asked.seed, frameworks=asked.frameworks, exclude=exclude)
    return Advice(decided, found, file, reused)


def _refuse_unknown(exclude: Collection[str]) -> None:
    """Refuse to leave out what is not there, before anything is measured."""
    from advisor.decision.alternatives import refuse_unknown
    from advisor.measurement.definitions import current

    known = configured_definitions() or current()
    refuse_unknown(exclude, {**known.frameworks, **known.extras}, known.routes)


def evidence_frame(
    runs: Run | Path | str | Iterable[Run | Path | str],
    profile: str | Path | Profile | None = None,
    *,
    frameworks: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> pd.DataFrame:
    """Return what is known of every stack on every criterion: one row each, typed, with where it is from.

    Parameters
    ----------
    runs : Run, path, or several of them
        One Run below the other; each row names its Run and machine.
    profile : str, path or Profile, optional
        Only its criteria and its alternatives; default every criterion, each for the stacks that it tells apart.
    frameworks, exclude : collection of str
        Which frameworks, routes or stacks.

    Examples
    --------
    >>> frame = evidence_frame("run.json", "edge")
    >>> sorted(frame["provenance"].cat.categories)
    ['documented', 'measured here']
    """
    from advisor.decision import performance

    several = [runs] if isinstance(runs, Run | Path | str) else list(runs)
    needed = profile if isinstance(profile, Profile) or profile is None else load_profile(profile)
    found = [each if isinstance(each, Run) else load_run(each) for each in several]
    return performance.evidence_frame(found, needed, frameworks=frameworks, exclude=exclude)


def build_site(
    run: Run,
    folder: Path,
    *,
    profiles: Sequence[str | Path | Profile] = (),
    recommendations: Sequence[Recommendation] = (),
    templates: Path | None = None,
    command: str | None = None,
    seed: int = 0,
    form: Literal["site", "docs", "file"] = "site",
    others: Iterable[Run] = (),
    all_profiles: bool = False,
    articles: bool = False,
    pin: bool = False,
    clean: bool = False,
    on_step: Callable[[str, str], None] | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Path:
    """Build the static site of a Run and return its index.html.

    Parameters
    ----------
    profiles : sequence
        Profiles to answer besides `recommendations`; when both are empty, the first of `LEADING`.
    templates : path, optional
        Folder whose templates override ours.
    command : str, optional
        The command line that reproduces the answer; shown in the footer.
    form : {"site", "docs", "file"}
        A whole site, the Markdown for another engine, or the page of the first profile as one file at `folder`.
    others : iterable of Run, optional
        Further Runs, of this machine or of others, with pages that compare them; the answers rest on `run` alone. One
        file shows the answer to one profile, and leaves them out.
    all_profiles : bool
        Answer all shipped profiles, too: a site answers what was asked, and no more, unless it is told.
    articles : bool
        Also what articles claim and advise, the systems that they name, the long report, and all that the Run tried.
    pin : bool
        Put a whole site into ``runs/ID`` as well, where later builds leave it; every page links to both.
    clean : bool
        Empty the folder of an earlier build first, of everything but a repository. Without it a build replaces what a
        build wrote, and keeps the rest.
    on_step : callable, optional
        Is told what is being done, and with what: ``("deciding", "edge")``, ``("writing pages", "profile-edge")``.
    on_note : callable, optional
        Is told in a line of each file that stays because somebody edited it (``form="docs"``).

    Examples
    --------
    >>> run = load_run("run.json")
    >>> build_site(run, Path("answer.html"), profiles=["edge"], form="file").name
    'answer.html'
    """
    from advisor.report import markdown_export, site

    wanted: list[Recommendation] = list(recommendations)
    answered = {item.profile for item in wanted}
    shipped: set[str] = set()
    asked = list(profiles) or ([] if wanted or all_profiles else [LEADING[0]])
    if all_profiles:
        asked += sorted(shipped_profiles(), key=lambda name: name not in LEADING)
    for profile in asked:
        loaded = profile if isinstance(profile, Profile) else load_profile(profile)
        if loaded.name not in answered:
            if on_step is not None:
                on_step("deciding", loaded.name)
            wanted.append(decide(run, loaded, seed=seed))
            answered.add(loaded.name)
            shipped |= {loaded.name} if profile in shipped_profiles() else set()
    if form == "file":
        return markdown_export.write_file(
            run, wanted[0], folder, templates=templates, command=command, shipped=shipped, on_step=on_step
        )
    if form == "docs":
        return markdown_export.write_docs(
            run, wanted, folder, templates=templates, command=command, shipped=shipped, others=others,
            articles=articles, clean=clean, on_step=on_step, on_note=on_note,
        )  # fmt: skip
    return site.build_site(
        run, wanted, folder, templates=templates, command=command, shipped=shipped, others=others, pin=pin,
        articles=articles, clean=clean, on_step=on_step,
    )  # fmt: skip


def embed(
    run: Run,
    file: Path,
    *,
    profiles: Sequence[str | Path | Profile] = (),
    pages: str | None = None,
    templates: Path | None = None,
    seed: int = 0,
) -> int:
    """Write pieces of the pages between the comments of a Markdown file; return how many.

    Parameters
    ----------
    profiles : sequence
        Profiles that the pieces are of; default the first of `LEADING`.
    pages : str, optional
        Where the pages lie, seen from the page that the file becomes; without it a link to one is plain text.

    Raises
    ------
    AdvisorError
        When the file asks for nothing, or for what no page has.
    """
    from advisor import scratch
    from advisor.documents import read_text, write_text
    from advisor.report import embeds
    from advisor.report.pages import docs
    from advisor.report.pages.context import Report

    text = read_text(file, "page")
    known = [each if isinstance(each, Profile) else load_profile(each) for each in profiles or LEADING[:1]]
    report = Report(run, [decide(run, each, seed=seed) for each in known])

    def address(name: str) -> str | None:
        return None if pages is None else f"{pages.rstrip('/')}/{name}"

    with scratch.folder("advisor-pages-") as folder:
        _, pieces = docs.pages(report, folder, templates)
    try:
        whole, count = embeds.written(text, pieces, address)
    except AdvisorError as error:
        raise AdvisorError(f"{file}: {error.message}", hint=error.hint) from None
    if not count:
        hint = "<!-- advisor: verdict edge --> and, below, <!-- /advisor -->"
        raise AdvisorError(f"{file}: nothing to write: no comment of advisor stands in it", hint=hint)
    write_text(file, whole)
    return count


def _recent(asked: SessionOptions, needed: Profile | None) -> tuple[Run, Path] | None:
    from advisor.measurement.store import Store

    store, enough = Store(asked.home / "runs"), None
    if needed is not None:
        from advisor.decision.priorities import enough as holds_enough

        enough = functools.partial(holds_enough, needed)
    run = store.reusable(
        mode=asked.mode,
        frameworks=_measurable(asked),
        pythons=dict(asked.pythons or {}),
        threads=asked.threads,
        definitions=configured_definitions(asked.folders),
        training=asked.training,
        enough=enough,
    )
    return None if run is None else (run, store.path(run.id))


def _measurable(asked: SessionOptions) -> tuple[str, ...] | None:
    """Return the frameworks to measure: what is only documented is compared and not measured."""
    from advisor.decision.alternatives import measurable

    return tuple(measurable(asked.frameworks)) if asked.frameworks else None


def _unfinished(store: Store, plan: str) -> Path:
    """Return the journal of the newest session of this plan that did not end; where there is none, of the newest.

    Machines may share a folder: a session goes on where it began.
    """
    from advisor.measurement import identity
    from advisor.measurement.session.journal import read

    here, own = identity.label(), list[Path]()
    left = store.unfinished()
    # One that cannot be read is no reason to pass over the others; taken up itself, it says what is wrong with it.
    for path in left:
        first: dict[str, Any] = {}
        with suppress(AdvisorError):
            first = (next(read(path), None) or {}).get("value", {})
        if identity.same(first.get("machine", ""), here):
            own.append(path)
            if first.get("plan") == plan:
                return path
    if not own:
        of = " on this machine" if left else ""
        raise AdvisorError(f"no session in {store.folder} was interrupted{of}: there is nothing to resume")
    return own[0]


def _ignore(event: Any) -> None:
    """Drop an event."""
