"""The options that say what a model of the user's takes, and what looking at it may cost."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor.cli.numbers import Time
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.models.reader import Request

LIMIT = 180.0
MEMORY = "8 GB"


@dataclass(frozen=True)
class Description:
    """What the options say; the fields bear their parameters' names."""

    inputs: tuple[str, ...] = ()
    inputs_file: Path | None = None
    samples: Path | None = None
    labels: Path | None = None
    signature: str = ""
    allow_code: bool = False
    limit_time: float = LIMIT
    limit_memory: str = MEMORY

    def request(self, text: str, *, what: str = "--model") -> Request:
        """Return the model that `text` names, with what was said of it; `what` is its option's name."""
        from advisor import quantities
        from advisor.measurement.definitions import Limits
        from advisor.models import inputs as specifications
        from advisor.models import kinds
        from advisor.models.reader import Request

        try:
            memory = quantities.parse(self.limit_memory, "B")
        except ValueError as error:
            raise AdvisorError(f"--limit-memory: {error}") from None
        if memory < 1e8:
            raise AdvisorError(f"--limit-memory: no model is read in less than 100 MB, got {self.limit_memory}")
        if self.labels and not self.samples:
            raise AdvisorError("--labels are the classes of --samples, which were not given")
        return Request(
            source=kinds.source(text, what=what),
            specification=specifications.read(self.inputs, self.inputs_file),
            samples=self.samples.resolve() if self.samples else None,
            labels=self.labels.resolve() if self.labels else None,
            signature=self.signature,
            allow_code=self.allow_code,
            limits=Limits(seconds=self.limit_time, memory=memory),
        )

    def words(self) -> list[str]:
        """Return the words of a command line that say the same again."""
        words = [word for each in self.inputs for word in ("--input", each)]
        for option, value in (
            ("--inputs", self.inputs_file),
            ("--samples", self.samples),
            ("--labels", self.labels),
            ("--signature", self.signature),
        ):
            words += [option, str(value)] if value else []
        words += ["--allow-code"] if self.allow_code else []
        words += ["--limit-time", f"{self.limit_time:g} s"] if self.limit_time != LIMIT else []
        return words + (["--limit-memory", self.limit_memory] if self.limit_memory != MEMORY else [])


def describing_options(command: Any) -> Any:
    """Add the options; the command is given the `description`."""

    @functools.wraps(command)
    def collected(*given: Any, **others: Any) -> Any:
        told = {each.name: others.pop(each.name) for each in fields(Description)}
        return command(*given, description=Description(**told), **others)

    options = [
        click.option(
            "--input", "inputs", multiple=True, metavar="NAME=DTYPE[DIMS]:LOW..HIGH",
            help="What your model takes, e.g. image=float32[batch,3,224,224]:0..1. Repeatable.",
        ),
        click.option(
            "--inputs", "inputs_file", type=click.Path(path_type=Path), metavar="FILE.yaml",
            help="The same as YAML, as `model check` prints it.",
        ),
        click.option(
            "--samples", type=click.Path(path_type=Path, exists=True), metavar="FILE",
            help="Inputs of your own: .npz by name, .npy, or a folder of .npy.",
        ),
        click.option(
            "--labels", type=click.Path(path_type=Path, exists=True), metavar="FILE.npy", help="The samples' classes.",
        ),
        click.option("--signature", default="", metavar="NAME", help="Which signature of a SavedModel."),
        click.option("--allow-code", is_flag=True, help="Run code in a .keras or .pt2 file."),
        click.option(
            "--limit-time", type=Time("'2 min'"), default=LIMIT, show_default="3 min",
            help="After so long reading your model is stopped, and in `model check` and `export` an export.",
        ),
        click.option(
            "--limit-memory", default=MEMORY, show_default=True, metavar="SIZE",
            help="With more in memory reading your model is stopped, and there an export.",
        ),
    ]  # fmt: skip
    for option in reversed(options):
        collected = option(collected)
    return collected
