"""A model of the user's as what a question is about: read once, then measured by a session on every route it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.measurement import definitions
from advisor.measurement.definitions import NetworkQuantities
from advisor.measurement.subject import Subject
from advisor.models import children, reader
from advisor.models.commands import Input, Output, Told
from advisor.models.reader import Request
from advisor.signature import Tensor

VARIABLE = "ADVISOR_MODEL"
NAMELESS = "a model without a name"
"""What a model is called whose name is left out."""


def subject_of(request: Request, folder: Path, *, anonymous: bool = False) -> tuple[Subject, Told]:
    """Read a model, and return it as a session and a profile take it.

    Parameters
    ----------
    request : Request
        The model, and what the user said of it.
    folder : Path
        Where its reference goes; it has to be there as long as the session runs.
    anonymous : bool
        Whether its name, and what an exporter says of its code, are kept from all that is written.

    Raises
    ------
    AdvisorError
        As `reader.read`; and where no framework that is measured here can export it.
    """
    told = reader.read(request, folder)
    assert told.content is not None
    source = request.source
    name, title = (source.name, source.said) if not anonymous else (f"model-{source.digest[:8]}", NAMELESS)
    known = definitions.frameworks()
    if told.framework not in known:
        raise AdvisorError(
            f"{source.said}: it holds no training code, so no frameworks can be compared for it, only runtimes",
            hint=f"advisor model check {source.said}   (which runtimes take it, with latency, memory and bytes)",
        )
    if any(each.shape and each.shape[0] not in ("batch", 1) for each in told.inputs):
        raise AdvisorError(
            f"{source.said}: a session times one sample, and an input of it has no batch as its first dimension",
            hint=f"advisor model check {source.said}   (which runtimes take it)",
        )
    handed = folder / "model.json"
    handed.write_text(
        json.dumps(
            {
                "spec": name, "anonymous": anonymous, "model": request.model(), "sizes": dict(told.sizes),
                "inputs": [each.model_dump(exclude_none=True) for each in told.inputs],
                "folder": str(folder / "reference"),
            }
        ),
        encoding="utf-8",
    )  # fmt: skip
    weights = told.content.parameters or 1
    macs = told.content.macs or weights
    variables: Mapping[str, str] = {VARIABLE: str(handed)} | (children.of_code() if source.runs_code else {})
    subject = Subject(
        spec=name,
        title=title,
        # What a model is called in its own code is a name of it, too.
        kind=f"{known[told.framework].title} model" if anonymous else told.content.kind,
        quantities=NetworkQuantities(weights=weights, prediction=2 * macs, training=6 * macs),
        works=(),
        variables=variables,
        only={told.framework: tuple(known[told.framework].routes)},
        refusals={
            other: f"{title} is a model of {known[told.framework].title}" for other in known if other != told.framework
        },
        inputs=tuple(_tensor(each) for each in told.inputs),
        outputs=tuple(_tensor(each) for each in told.outputs),
        own=True,
    )
    return subject, told


def _tensor(each: Input | Output) -> Tensor:
    bounds = getattr(each, "range", None)
    shape = tuple("any" if size is None else size for size in each.shape)
    return Tensor(name=each.name, dtype=each.dtype, shape=shape, range=tuple(bounds) if bounds else None)
