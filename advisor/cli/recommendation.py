"""The command that everything is for: measure what is missing, decide for a profile, tell the answer."""

from __future__ import annotations

import math
import shlex
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor import paths, printing
from advisor.cli.numbers import Day
from advisor.cli.options import (
    CONFIDENCE,
    Asking,
    Output,
    adjusting_options,
    examples,
    extent_options,
    folders_option,
    profile_option,
    refuse_conflicts,
    templates_option,
)
from advisor.cli.session import measuring_options, progress, tell_of_quick, writable
from advisor.cli.session import timings as show_timings
from advisor.errors import EXIT_REFUSED

if TYPE_CHECKING:
    from datetime import datetime

    from advisor.cli.options import Question
    from advisor.decision.recommendation import Recommendation
    from advisor.measurement.options import SessionOptions
    from advisor.measurement.run import Run

everything_option = click.option(
    "--all", "everything", is_flag=True, help="Measure everything, not only what could change this profile's answer."
)  # fmt: skip
explain_option = click.option("--explain", "explained", is_flag=True, help="Also print how much hangs on the weights.")
adr_option = click.option(
    "--adr", type=Output(file_okay=False), metavar="FOLDER",
    help="Record the decision there (MADR 4.0, proposed, numbered), such as docs/decisions.",
)  # fmt: skip
as_of_option = click.option(
    "--as-of", type=Day(), metavar="YYYY-MM-DD",
    help="Decide on the facts valid on that day; everything measured is excluded.",
)  # fmt: skip


@click.command(
    cls=Asking,
    epilog=examples(
        "advisor recommend --profile edge",
        "advisor recommend --profile edge --target raspberry-pi --no-site",
        "advisor recommend --profile research --quick --no-site",
        "advisor recommend --profile edge --run run.json --weight edge-latency=40 --json",
    ),
)
@profile_option
@adjusting_options
@click.option(
    "--run", "run_files", multiple=True, type=click.Path(path_type=Path),
    help="Decide on this Run; measure nothing. Repeated: a Run of here, and one that a device measured from a bundle.",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help="Measure again even when a recent Run is kept.")
@click.option(
    "--set-up",
    is_flag=True,
    help="First make the environments that routes of the profile need (minutes, gigabytes).",
)
@everything_option
@as_of_option
@measuring_options
@click.option("--json", "as_json", is_flag=True, help="Print the Recommendation as JSON (writes no site by itself).")
@click.option("--site", type=Output(), help="Where to write the site.  [default: .advisor/site]")
@click.option("--no-site", is_flag=True, help="Write no site.")
@extent_options
@adr_option
@explain_option
@templates_option
@folders_option
@click.pass_obj
def recommend(
    color: str,
    question: Question,
    run_files: tuple[Path, ...],
    fresh: bool,
    set_up: bool,
    everything: bool,
    as_of: datetime | None,
    session: SessionOptions,
    timings: bool,
    as_json: bool,
    site: Path | None,
    no_site: bool,
    all_profiles: bool,
    further: tuple[str, ...],
    adr: Path | None,
    explained: bool,
    templates: Path | None,
) -> None:
    """Measure what is missing, decide for a profile, print the answer and write the site.

    Only what could change the answer is measured, and the Run says what was left out and why; --all measures
    everything. A Run younger than a week for the same versions is used again, also one that was measured under load;
    --fresh measures anew.

    \b
    Exit codes: 0 an answer · 1 no framework meets the constraints · 2 usage or a bad file
                3 probing failed · 70 a mistake of ours · 130 interrupted
    """
    refuse_conflicts(click.get_current_context().params)
    from advisor import api

    writable(("--site", site), ("--adr", adr))
    needed = question.adjusted()
    if needed.model is not None and needed.model.only is not None and session.frameworks is None:
        # Of a file of one framework, another one's stacks have nothing but what other networks tell of them.
        session = replace(session, frameworks=tuple(needed.model.only))
    if as_of is not None:
        from advisor.cli.knowledge import answer_as_of

        told = answer_as_of(
            color,
            needed,
            as_of,
            question.words(),
            frameworks=session.frameworks,
            excluded=question.excluded,
            seed=session.seed,
            as_json=as_json,
        )
        raise SystemExit(EXIT_REFUSED if told.verdict == "infeasible" else 0)
    if not no_site and (site is not None or not as_json):
        from advisor.report import output

        # Not after all is measured, when the answer would not be told either.
        output.check(paths.output(site or api.HOME / "site", what="--site"), "site")
    if set_up and not run_files:
        from advisor.cli.environments import made_for

        fresh = made_for(needed, session.folders) or fresh
    if not run_files and not fresh and not session.resume:
        tell_of_quick(session.mode)
    # Where nothing is measured there is no progress to show, and no reason to load what shows it.
    with nullcontext() if run_files else progress(color) as on_event:
        advice = api.recommend(
            needed,
            replace(session, on_event=on_event),
            run=run_files or None,
            fresh=fresh,
            everything=everything,
            exclude=question.excluded,
        )
    answer = advice.recommendation
    if advice.reused and not run_files:
        day = f"{advice.run.finished:%Y-%m-%d %H:%M} UTC"
        printing.tell(f"Using the Run of {day} ({advice.run_file}); --fresh measures again.")
    asked = [*question.words(), *(word for file in run_files or [advice.run_file] for word in ("--run", str(file)))]
    asked += ["--seed", str(session.seed)] if session.seed else []
    again = shlex.join(["advisor", "recommend", *asked])
    index = None
    if not no_site and (site is not None or not as_json):
        from advisor.cli.site import steps

        with steps(color) as on_step:
            index = api.build_site(
                advice.run,
                site or api.HOME / "site",
                recommendations=[answer],
                all_profiles=all_profiles,
                articles="articles" in further,
                templates=templates,
                command=again,
                seed=session.seed,
                on_step=on_step,
            )
    if adr is not None:  # before anything is printed: a reader that goes away (`| head`) ends us
        _record(answer, advice.run, adr, asked, templates=templates)
    if as_json:
        from advisor.documents import to_json

        printing.data(to_json(answer))
    else:
        from advisor.report import consoles, terminal

        terminal.answer(answer, advice.run, consoles.answers(color), site=index, command=again, explained=explained)
    if timings:
        show_timings(advice.run, color)
    if answer.verdict == "infeasible":
        raise SystemExit(EXIT_REFUSED)


def _record(told: Recommendation, run: Run, folder: Path, question: list[str], *, templates: Path | None) -> None:
    """Write the architecture decision record and say where."""
    from advisor.report import adr

    expected = "" if told.answer is None else "→".join(filter(None, (told.answer.framework, told.answer.route)))
    confidence = _to_keep(told)
    asked = [*question, "--expect", expected]
    asked += [] if confidence >= CONFIDENCE else ["--min-confidence", f"{confidence:.2f}"]
    path = adr.write(
        told,
        run,
        folder,
        command=shlex.join(["advisor", "recommend", *question]),
        check=shlex.join(["advisor", "check", *asked]),
        templates=templates,
    )
    printing.tell(str(path))


def _to_keep(told: Recommendation) -> float:
    """Return the share of the worlds below which a decision no longer holds: less sure ones may be as unsure as now."""
    share = next(
        (
            each.rank_acceptability[0]
            for each in told.ranking
            if told.answer is not None and each.rank_acceptability
            and (each.framework, each.route) == (told.answer.framework, told.answer.route)
        ),
        0.0,
    )  # fmt: skip
    return min(CONFIDENCE, max(0.0, math.floor(share * 20 - 1) / 20))
