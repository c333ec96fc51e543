"""A package whose networks cannot be built."""

from __future__ import annotations

from probes.catalogues import Catalogue
from probes.frameworks.tensorflow import ready_made_models as right


def applications() -> Catalogue:
    """Promise what it does not keep."""

    def build(name: str) -> None:
        raise OSError(f"{name} wants to be downloaded")

    return Catalogue(["first", "second", "third"], build)


vars(right).update(applications=applications)
run = right.run
