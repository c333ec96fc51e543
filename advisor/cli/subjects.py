"""A file of the user's after ``--model``: read once, and kept as long as the command runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from advisor import printing
from advisor.cli.descriptions import Description

if TYPE_CHECKING:
    from advisor.measurement.subject import Subject


def subject_of_file(text: str, description: Description | None = None, *, anonymous: bool = False) -> Subject:
    """Return the user's model as what a question is about; its reference is kept as long as the command runs."""
    from advisor import scratch
    from advisor.models.subject import subject_of

    request = (description or Description()).request(text)
    if request.source.runs_code:
        printing.tell(f"The code in {request.source.path.name} is run.")
    folder = click.get_current_context().with_resource(scratch.folder("advisor-model-"))
    subject, told = subject_of(request, folder, anonymous=anonymous)
    for note in told.notes:
        printing.tell(f"{request.source.said}: {note}")
    return subject
