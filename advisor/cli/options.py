"""Options that several commands share, and those of `recommend` that exclude each other."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from advisor import paths, resources
from advisor.cli.completion import compared, criteria, frameworks, jobs, networks, offering, profiles, targets
from advisor.cli.descriptions import Description, describing_options
from advisor.cli.numbers import Whole
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.measurement.subject import Subject
    from advisor.profiles.profile import Profile

CONFIDENCE = 0.8
"""The share of plausible worlds in which a decision has to come first to hold, where nothing else is asked."""


def examples(*lines: str) -> str:
    """Return command lines as the end of a command's ``--help``; a test reads every one as the command line would."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class Asking(click.Command):
    """A command about a profile; a name that stands alone is answered with the option that it belongs to."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; `advisor recommend research` is what people type first."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            alone = next((word for word in given if error.message.endswith(f"({word})")), None)
            if alone is None or "extra argument" not in error.message:
                raise
            raise click.UsageError(f"unexpected '{alone}': a profile is named by --profile {alone}", ctx) from None


UNNAMED = "MODEL"
"""What stands in a command line for a model whose name is left out."""

KINDS = ("cnn", "encoder", "decoder", "recurrent", "tabular", "recommender")
"""The kinds of models of `advisor.measurement.scale`, which is loaded when one is asked about."""


class Output(click.Path):
    """Where something is written: a path that is a place, on this machine (`advisor.paths.output`)."""

    def __init__(self, *, file_okay: bool = True) -> None:
        super().__init__(path_type=Path, file_okay=file_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path as it was given."""
        paths.output(value, what=param.opts[0] if param is not None else "--output")
        return super().convert(value, param, ctx)


format_option = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "html", "parquet"]), default="table",
    show_default=True, help="How to print the rows; all but a table hold every field. parquet needs pyarrow.",
)  # fmt: skip
run_option = click.option(
    "--run", "run_file", type=click.Path(path_type=Path), help="Settle on this Run.  [default: the newest kept one]"
)
profile_option = click.option(
    "--profile", default="edge", show_default=True, help="A shipped profile, or the path of your own.",
    shell_complete=offering(profiles, files=True),
)  # fmt: skip
model_option = click.option(
    "--model", metavar="@NAME|FILE",
    help="What is asked about: @mobilenetv2, '@mobilenetv2?width=0.5', net.yaml, or yours: camera.py:make.",
    shell_complete=offering(networks, files=True),
)  # fmt: skip
profiles_option = click.option(
    "--profile", "profiles", multiple=True, help="A profile to answer; default: edge. Repeatable.",
    shell_complete=offering(profiles, files=True),
)  # fmt: skip


def extent_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that make a site more than the answer to what was asked."""
    for option in (
        click.option(
            "--with", "further", multiple=True, type=click.Choice(["articles"]),
            help="Also what articles claim and advise, and everything that the Run tried.",
        ),
        click.option("--all-profiles", is_flag=True, help="Answer all shipped profiles, too."),
    ):  # fmt: skip
        command = option(command)
    return command


only_option = click.option(
    "--framework", "--frameworks", "frameworks", multiple=True, metavar="NAME",
    help="Only this one, or these: pytorch,tensorflow. Repeatable.",
    shell_complete=offering(frameworks, several=True),
)  # fmt: skip
seed_option = click.option("--seed", type=Whole(0, 2**32 - 1), default=0, show_default=True, help="Random seed.")
templates_option = click.option(
    "--templates", type=click.Path(path_type=Path), help="A folder whose templates override ours."
)


def _use(context: click.Context, _: click.Parameter, folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Use the folders for as long as the command runs."""
    if folders:
        from advisor.measurement.options import further_folders

        context.with_resource(resources.using(further_folders(folders)))
    return folders


# Eager: other options name frameworks that may be defined there.
folders_option = click.option(
    "--frameworks-folder", "folders", multiple=True, type=click.Path(path_type=Path), metavar="DIR", is_eager=True,
    callback=_use, help="Also the frameworks, routes, facts … of this folder. Repeatable.",
)  # fmt: skip
use_folders_option = click.option(
    "--frameworks-folder", multiple=True, type=click.Path(path_type=Path), metavar="DIR", is_eager=True,
    expose_value=False, callback=_use, help="Also the frameworks, routes, facts … of this folder. Repeatable.",
)  # fmt: skip


def parts(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a repeatable option was given, which may also stand together, with commas."""
    return tuple(part.strip() for each in given for part in each.split(",") if part.strip())


def named(given: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the names that `only_option` was given, one by one; None when it was not given."""
    found = parts(given)
    if given and not found:
        raise AdvisorError("--framework: expected names, such as pytorch,tensorflow")
    return found or None


def subject_of(model: str, description: Description | None = None, *, anonymous: bool = False) -> Subject:
    """Return what ``--model`` names, as it is described; a mistake names the option, or its place in the file."""
    from advisor.measurement import subject
    from advisor.models.kinds import names_model

    if names_model(model):
        from advisor.cli.subjects import subject_of_file

        return subject_of_file(model, description, anonymous=anonymous)
    _undescribed(description)
    if anonymous:
        raise click.UsageError("--anonymous leaves out the name of a file of yours; a network of ours has a public one")
    try:
        return subject.find(model)
    except AdvisorError as error:
        if not model.startswith("@"):
            raise
        raise AdvisorError(f"--model {model}: {error.message}", hint=error.hint) from None


def _undescribed(description: Description | None) -> None:
    """Refuse a description where there is no model of the user's that it could be of."""
    words = description.words() if description is not None else []
    if words:
        raise click.UsageError(f"{words[0]} describes a file of yours after --model, and there is none")


def sized(kind: str, size: str) -> Subject:
    """Return the network of a kind and a size; a mistake names the option."""
    from advisor.measurement import scale

    try:
        macs = scale.size(size)
    except ValueError as error:
        raise AdvisorError(f"--model-size: {error}") from None
    return scale.of_size(cast("scale.Kind", kind), macs)


@dataclass(frozen=True)
class Question:
    """What a command asks: a profile, what was adjusted of it on the command line, and what is compared."""

    profile: str
    weights: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    target: str | None = None
    job: str | None = None
    no_team: bool = False
    model: str | None = None
    model_kind: str | None = None
    model_size: str | None = None
    anonymous: bool = False
    description: Description = field(default_factory=Description)

    def adjusted(self) -> Profile:
        """Return the profile as the options want it."""
        from advisor.profiles.adjustments import aiming, requiring, reweighted, without_team, working
        from advisor.profiles.profile import load_profile

        profile = load_profile(self.profile)
        profile = without_team(profile) if self.no_team else profile
        asked = aiming(requiring(reweighted(profile, self.weights), self.constraints), self.target)
        asked = working(asked, self.job)
        about = self._subject()
        return asked if about is None else replace(asked, model=replace(about, words=tuple(self.naming())))

    def _subject(self) -> Subject | None:
        if self.model_kind is None and self.model_size is None:
            if self.model is None and self.anonymous:
                raise click.UsageError("--anonymous leaves out the name of --model, which was not given")
            if self.model is not None:
                return subject_of(self.model, self.description, anonymous=self.anonymous)
            _undescribed(self.description)
            return None
        _undescribed(self.description)
        if self.model is not None:
            raise click.UsageError("--model names a model, --model-kind and --model-size describe one: use one of them")
        if self.model_kind is None or self.model_size is None:
            raise click.UsageError("--model-kind and --model-size belong together, e.g. cnn and '300 MMAC'")
        return sized(self.model_kind, self.model_size)

    def words(self) -> list[str]:
        """Return the words of a command line that ask the same again."""
        words = ["--profile", self.profile]
        for option, values in (
            ("--weight", self.weights),
            ("--require", self.constraints),
            ("--frameworks", self.frameworks),
            ("--exclude", self.excluded),
        ):
            words += [word for value in values for word in (option, value)]
        words += ["--target", self.target] if self.target else []
        words += ["--job", self.job] if self.job else []
        words += self.naming()
        return [*words, "--no-team"] if self.no_team else words

    def naming(self) -> list[str]:
        """Return the words that name the model; of one without a name, what stands for it."""
        if self.anonymous and self.model:
            return ["--model", UNNAMED, "--anonymous"]
        words = ["--model", self.model, *self.description.words()] if self.model else []
        words += ["--model-kind", self.model_kind] if self.model_kind else []
        return [*words, "--model-size", self.model_size] if self.model_size else words


def adjusting_options(command: Any) -> Any:
    """Add the options that adjust a profile for one question; the command is given the `question`."""

    @describing_options
    @functools.wraps(command)
    def collected(
        *given: Any, profile: str, weights: tuple[str, ...], constraints: tuple[str, ...],
        excluded: tuple[str, ...], target: str | None, job: str | None, no_team: bool, model: str | None,
        model_kind: str | None, model_size: str | None, anonymous: bool, description: Description, **others: Any,
    ) -> Any:  # fmt: skip
        compared: tuple[str, ...] = others.get("frameworks", ())
        question = Question(
            profile, weights, constraints, excluded, compared, target, job, no_team, model, model_kind, model_size,
            anonymous, description,
        )  # fmt: skip
        return command(*given, question=question, **others)

    options = [
        click.option(
            "--weight", "weights", multiple=True, metavar="CRITERION=PERCENT",
            help="Give a criterion this share of the decision, e.g. edge-latency=40. Repeatable.",
            shell_complete=offering(criteria, ending="="),
        ),
        click.option(
            "--require", "constraints", multiple=True, metavar="LIMIT",
            help="A further must-have, e.g. 'artifact-size<=5 MB' or edge-route=proved. Repeatable.",
            shell_complete=offering(criteria),
        ),
        click.option(
            "--exclude", "excluded", multiple=True, metavar="NAME",
            help="Leave out a framework, a runtime or a stack, e.g. 'pytorch->onnxruntime'. Repeatable.",
            shell_complete=offering(compared),
        ),
        click.option(
            "--target", metavar="ID", help="What it is to run on, e.g. raspberry-pi (see advisor target list).",
            shell_complete=offering(targets),
        ),
        click.option(
            "--job", metavar="ID", help="The question one level up, e.g. adapt-language-model; libraries are named.",
            shell_complete=offering(jobs),
        ),
        model_option,
        click.option(
            "--model-kind", type=click.Choice(KINDS), help="What kind of model it is, where only its size is known."
        ),
        click.option(
            "--model-size", metavar="SIZE", help="Its size for --model-kind: multiplications a sample, e.g. '300 MMAC'."
        ),
        click.option(
            "--anonymous", is_flag=True, help="Leave the name of --model out of the answer, the Run and the site."
        ),
        click.option("--no-team", is_flag=True, help="Leave out what switching would cost the profile's team."),
    ]  # fmt: skip
    for option in reversed(options):
        collected = option(collected)
    return collected


# Parameters by the option that was given; what only measuring, or only an answer that is told, heeds.
_MEASURING = {
    "mode": "--{mode}", "pythons": "--python", "threads": "--threads", "budget": "--budget", "until": "--until",
    "set_up": "--set-up",
}  # fmt: skip
_TOLD = {"site": "--site", "adr": "--adr", "explained": "--explain", "timings": "--timings"}


def refuse_conflicts(given: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other or would be ignored silently.

    Parameters
    ----------
    given : mapping
        The parameters of the command, by name; what was not given is None, False or empty.

    Raises
    ------
    click.UsageError
        Exit code 2, with both options.
    """
    if given["site"] is not None and given["no_site"]:
        raise click.UsageError("--site and --no-site exclude each other")
    run, day = bool(given["run_files"]), given["as_of"] is not None
    measures = given["fresh"] or given["everything"]
    if run and measures:
        option = "--fresh" if given["fresh"] else "--all"
        raise click.UsageError(f"--run decides on a measured Run; {option} measures: use one of them")
    if given["resume"] and (run or given["fresh"] or day):
        raise click.UsageError("--resume goes on with a session; --run, --fresh and --as-of do not: use one of them")
    if day and (run or measures):
        raise click.UsageError("--as-of decides on documents alone; --run, --fresh and --all are about measurements")
    if run or day:
        _idle(given, _MEASURING, f"{'--run' if run else '--as-of'} measures nothing")
    if day:
        _idle(given, _TOLD, "--as-of prints its answer, and writes nothing")
    if given["as_json"]:
        _idle(given, {"explained": "--explain"}, "--json prints the whole Recommendation")
    if day or given["no_site"] or (given["as_json"] and given["site"] is None):
        why = "--as-of" if day else "--no-site" if given["no_site"] else "--json without --site"
        if not given["adr"]:
            _idle(given, {"templates": "--templates"}, f"{why} writes no page of templates")
        _idle(given, {"all_profiles": "--all-profiles", "further": "--with"}, f"{why} writes no site")


def _idle(given: Mapping[str, Any], options: Mapping[str, str], why: str) -> None:
    for name, option in options.items():
        if given[name]:
            raise click.UsageError(f"{why}: {option.format_map(given)} would have no effect; leave it out")
