"""Commands about what is documented: systems, claims, the catalog itself, and the long report."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import printing
from advisor.cli import completion as names_of
from advisor.cli.completion import RUNS, offering
from advisor.cli.numbers import Time
from advisor.cli.options import (
    Output,
    examples,
    format_option,
    profile_option,
    run_option,
    seed_option,
    templates_option,
    use_folders_option,
)
from advisor.errors import AdvisorError, did_you_mean

if TYPE_CHECKING:
    from advisor.decision.recommendation import Recommendation
    from advisor.measurement.run import Run
    from advisor.profiles.profile import Profile
    from advisor.report.rows import Format

MOST_NEAR = 8
"""How many names are offered at most for a word that some of them have."""

OLDEST = 300 * 365.25 * 86400
"""Seconds. Nothing that is documented can have been looked up before, and days end somewhere."""

CLAIM_COLUMNS = {
    "id": "claim",
    "verdict": "verdict",
    "claim": "what they say",
    "why": "what was found",
    "recipes": "recipe",
    "sources": "by",
}
SYSTEM_COLUMNS = {"name": "system", "belongs to": "of", "status": "status", "since": "since", "instead": "use today"}
CHECK_COLUMNS = {"name": "system", "status": "status", "here": "here", "version here": "version", "message": "why"}
ONLINE_COLUMNS = {"newest": "newest", "resolves": "fits this Python", "index": "index"}
STALE_COLUMNS = {"checked_on": "checked on", "days": "days", "kind": "what", "id": "id", "url": "look again at"}


@click.command(epilog=examples("advisor systems", "advisor systems keras --check"))
@click.argument("names", nargs=-1, metavar="[SYSTEM]...", shell_complete=offering(names_of.systems))
@click.option(
    "--status", "statuses", multiple=True, metavar="STATUS", help="Only of this status. Repeatable.",
    shell_complete=offering(names_of.statuses),
)  # fmt: skip
@click.option("--check", is_flag=True, help="See what is installed here: one process for each, with a time limit.")
@click.option("--online", is_flag=True, help="With --check: ask your package index, through pip, for newer versions.")
@click.option("--python", metavar="PATH", help="The Python to look into; default: the one that runs advisor.")
@click.option(
    "--timeout",
    type=Time("'30 s'", bare="s", least=0.1, most=600),
    default=30.0,
    show_default=True,
    help="Seconds for each.",
)
@format_option
@use_folders_option
@click.pass_obj
def systems(
    color: str,
    names: tuple[str, ...],
    statuses: tuple[str, ...],
    check: bool,
    online: bool,
    python: str | None,
    timeout: float,
    form: Format,
) -> None:
    """List the systems that the comparison articles name: what became of each, since when, and who says so."""
    if (online or python) and not check:
        raise click.UsageError("--online and --python look at what is installed: add --check")
    from advisor.articles.survey import check_systems, system_rows
    from advisor.articles.systems import load_systems

    known = load_systems()
    wanted = {known.system(name).id for name in names}
    rows = [row for row in system_rows(status=statuses) if not wanted or row["id"] in wanted]
    columns = dict(SYSTEM_COLUMNS)
    if check:
        ids = [row["id"] for row in rows]
        found = check_systems(ids, python=python, online=online, timeout=timeout, progress=_dots(len(ids)))
        checked = {row["id"]: row for row in system_rows(checks=found)}
        rows = [checked[name] for name in ids]
        columns = CHECK_COLUMNS | (ONLINE_COLUMNS if online else {})
    _show(rows, form, columns, color, none="No system has that status.")


@click.command(epilog=examples("advisor claims", "advisor claims --format csv"))
@click.argument("names", nargs=-1, metavar="[CLAIM]...", shell_complete=offering(names_of.claims))
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    metavar="VERDICT",
    help="Only of this verdict. Repeatable.",
    shell_complete=offering(names_of.verdicts),
)
@click.option(
    "--source", "sources", multiple=True, metavar="ARTICLE", help="Only what this article says. Repeatable.",
    shell_complete=offering(names_of.articles),
)  # fmt: skip
@run_option
@format_option
@click.pass_obj
def claims(
    color: str,
    names: tuple[str, ...],
    verdicts: tuple[str, ...],
    sources: tuple[str, ...],
    run_file: Path | None,
    form: Format,
) -> None:
    """Settle the claims of the comparison articles, each by measurement or by a dated fact.

    Without a Run the claims that need a measurement are not settled.
    """
    from advisor.articles.articles import load_articles
    from advisor.articles.claims import claims_catalog, load_claims
    from advisor.articles.ledger import VERDICTS, claim_rows, ledger

    known = load_claims()
    _known("claim", names, [claim.id for claim in known], hint="advisor claims   (lists every claim)")
    _known("--verdict", verdicts, VERDICTS)
    _known("--source", sources, [article.id for article in load_articles()])
    run = kept_run(run_file) or _none("the claims that need a measurement are not settled")
    settled = ledger(run, claims_catalog(), known)
    rows = [
        row
        for row in claim_rows(settled, known)
        if (not names or row["id"] in names)
        and (not verdicts or row["verdict"] in verdicts)
        and (not sources or set(sources) & set(row["sources"]))
    ]
    _show(rows, form, CLAIM_COLUMNS, color, none="No claim has that verdict.")


@click.group()
def knowledge() -> None:
    """See whether what is documented is sound, and what to look up again."""


@knowledge.command("check", epilog=examples("advisor knowledge check"))
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def check_catalog(folder: Path | None) -> None:
    """Check the catalog: every mistake is named with file:line:column.

    FOLDER holds what advisor/knowledge and advisor/articles hold; the default is those two.
    """
    from advisor.articles import check
    from advisor.criteria import load_criteria
    from advisor.measurement.definitions import current
    from advisor.profiles.profile import shipped_profiles

    expected = {
        rule.documented.fact: check.Expected(criterion.id, criterion.levels, criterion.unit)
        for criterion in load_criteria().values()
        for rule in criterion.evidence
        if rule.documented
    }
    known = current()
    probes = {"environment", *(each.probe for each in known.workloads), *(each.probe for each in known.experiments)}
    probes |= {each.probe for each in known.capabilities.values()} | {each.id for each in known.routes.values()}
    counts = check.check(folder, expected=expected, profiles=shipped_profiles(), probes=probes)
    printing.say("sound: " + ", ".join(f"{number} {name}" for name, number in counts.items()))


@knowledge.command(epilog=examples("advisor knowledge stale --format json"))
@click.option("--older-than", "age", default="1 year", show_default=True, metavar="TIME", help="Such as '6 months'.")
@format_option
@click.pass_obj
def stale(color: str, age: str, form: Format) -> None:
    """List what was last looked up too long ago, oldest first."""
    from dataclasses import asdict

    from advisor import numerals, quantities
    from advisor.articles.catalog import due

    hint = "advisor knowledge stale --older-than '6 months'"
    try:
        seconds = quantities.stated(age, "s")
    except ValueError as error:
        raise AdvisorError(f"--older-than: {error}", hint=hint) from None
    if not 0 <= seconds <= OLDEST:
        message = f"--older-than: expected a time from 0 to 300 years, got {numerals.shortened(age)}"
        raise AdvisorError(message, hint=hint)
    found = due(_today(), timedelta(seconds=seconds))
    nothing = f"Nothing was last looked up more than {age} ago."
    _show([asdict(item) for item in found], form, STALE_COLUMNS, color, none=nothing)


@click.command(epilog=examples("advisor report --profile edge --run run.json --output report.md"))
@profile_option
@run_option
@click.option("--output", "-o", type=Output(), help="Write it here instead of printing it.")
@templates_option
@seed_option
@use_folders_option
def report(profile: str, run_file: Path | None, output: Path | None, templates: Path | None, seed: int) -> None:
    """Write the research report of a Run, in Markdown: findings, tables, what changed, and every reference."""
    from advisor import authorship
    from advisor.articles import research
    from advisor.documents import write_text
    from advisor.profiles.profile import load_profile

    if output is not None:
        authorship.check(output, "text")
    needed = load_profile(profile)
    run = kept_run(run_file)
    if run is None:
        raise AdvisorError(f"no Run is kept in {RUNS}: there is nothing to report on", hint="advisor probe")
    text = research.report(run, needed, templates=templates, seed=seed)
    if output is None:
        printing.text(text)
    else:
        write_text(output, authorship.signed(text))
        printing.say(str(output))


def kept_run(file: Path | None) -> Run | None:
    """Return the Run of `file`, else the newest kept one (and say which), else None.

    A session that was interrupted leaves a Run that may hold nothing: one that came to its end is taken before it.
    """
    from advisor.measurement.run import load_run
    from advisor.measurement.store import Store

    if file is not None:
        return load_run(file)
    store = Store(RUNS)
    newest = next(store.runs(), None)
    run = (
        newest if newest is None or newest.complete else next((each for each in store.runs() if each.complete), newest)
    )
    if run is not None:
        half = "" if run.complete else ", which was interrupted"
        printing.tell(f"Using the Run of {run.finished:%Y-%m-%d %H:%M} UTC ({store.path(run.id)}){half}.")
    return run


def answer_as_of(
    color: str | None,
    profile: Profile,
    moment: datetime,
    question: Sequence[str],
    *,
    frameworks: Collection[str] | None,
    excluded: tuple[str, ...],
    seed: int,
    as_json: bool,
) -> Recommendation:
    """Print the answer for a day of the past, and return it."""
    from advisor.articles.history import decide_as_of, empty_run
    from advisor.documents import to_json
    from advisor.report import terminal
    from advisor.report.rows import console

    day = moment.date()
    told = decide_as_of(profile, day, seed=seed, frameworks=frameworks, exclude=excluded)
    if as_json:
        printing.data(to_json(told))
    else:
        again = shlex.join(["advisor", "recommend", *question, "--as-of", day.isoformat()])
        terminal.answer(told, empty_run(day), console(color), command=again)
    return told


def _none(consequence: str) -> Run:
    from advisor.articles.history import empty_run

    printing.tell(f"No Run is kept in {RUNS}: {consequence}. Measure with: advisor probe")
    return empty_run(_today())


def _known(what: str, names: tuple[str, ...], known: Any, hint: str | None = None) -> None:
    for name in names:
        if name not in known:
            about = [each for each in known if name.lower() in each.split("-")][:MOST_NEAR]
            listed = f"one of: {', '.join(known)}" if len(known) <= 20 else ", ".join(about) or hint
            raise AdvisorError(f"{what}: unknown '{name}'{did_you_mean(name, known)}", hint=listed)


def _today() -> date:
    return datetime.now(UTC).date()


def _dots(total: int) -> Any:
    """Return a callback that counts on stderr where somebody watches, and none elsewhere."""
    if not sys.stderr.isatty():
        return None
    done = iter(range(1, total + 1))
    return lambda _: printing.over(f"{next(done)}/{total}")


def _show(rows: Any, form: Format, columns: dict[str, str], color: str | None, *, none: str) -> None:
    from advisor.report import rows as listing

    listing.show(rows, form, columns=columns, console=listing.console(color), none=none)
