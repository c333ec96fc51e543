"""Ready-made models: how many each installed package can build without downloading anything."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probes.channel import ProbeError
from probes.demands import judged
from probes.proof import Proof
from probes.tracebacks import first_line

TRIED = 5
ENOUGH = 0.5


@dataclass(frozen=True)
class Catalogue:
    """What a package offers.

    Attributes
    ----------
    names : sequence of str
        Of the networks.
    build : callable, optional
        Builds the network of a name with random weights; None where each needs arguments of its own.
    """

    names: Sequence[str]
    build: Callable[[str], Any] | None = None


def counted(packages: Mapping[str, Callable[[], Catalogue]]) -> Proof:
    """Count what every package offers, and build some of it, spread evenly over the list.

    Parameters
    ----------
    packages : mapping of str to callable
        Imports a package and returns its catalogue; what it raises is the reason why its count is missing.

    Returns
    -------
    Proof
        Figures: ``architectures`` (all together), ``counts`` by package, ``missing`` with the reasons, ``tried`` and
        ``failed`` of those that were built, and ``transformers_classes`` where that package is installed.
    """
    counts: dict[str, int] = {}
    missing: dict[str, str] = {}
    tried: list[str] = []
    failed: dict[str, str] = {}
    for package, catalogue_of in packages.items():
        try:
            catalogue = catalogue_of()
        except Exception as error:  # noqa: BLE001 - a package that is there may still not fit the others
            missing[package] = f"{type(error).__name__}: {first_line(error)}"
            continue
        counts[package] = len(catalogue.names)
        if catalogue.build is None:
            continue
        for name in spread(catalogue.names):
            tried.append(f"{package}: {name}")
            try:
                catalogue.build(name)
            except Exception as error:  # noqa: BLE001 - some need arguments of their own
                failed[tried[-1]] = f"{type(error).__name__}: {first_line(error)}"
    if not counts:
        raise ProbeError("not_installed", "; ".join(f"{package}: {reason}" for package, reason in missing.items()))
    built = {
        "half of the networks that are tried can be built": len(failed) <= (1 - ENOUGH) * len(tried),
        "every package has something to build": all(counts.values()),
    }
    figures: dict[str, Any] = {"counts": counts, "missing": missing, "tried": tried, "failed": failed}
    if "transformers" in packages and importlib.util.find_spec("transformers"):
        figures["transformers_classes"] = classes(dir(importlib.import_module("transformers")))
    return judged(built, architectures=sum(counts.values()), **figures)


def keras_hub() -> Catalogue:
    """Networks for text, images and sound, by the makers of Keras; each wants to know its sizes to be built."""
    models = importlib.import_module("keras_hub").models
    classes = {each for _, each in inspect.getmembers(models, inspect.isclass) if issubclass(each, models.Backbone)}
    return Catalogue([each.__name__ for each in classes - {models.Backbone}])


def classes(names: Iterable[str]) -> dict[str, int]:
    """Return how many of the names in Transformers are those of networks, by the framework they are written for."""
    networks = [
        name
        for name in names
        if re.search(r"(Model|For[A-Z]\w*)$", name) and not re.search(r"^(TF|Flax)?Auto|PreTrainedModel$", name)
    ]
    prefixes = {"TF": "tensorflow", "Flax": "flax"}
    found = Counter(
        next((framework for prefix, framework in prefixes.items() if name.startswith(prefix)), "pytorch")
        for name in networks
    )
    return {framework: found[framework] for framework in ("pytorch", *prefixes.values())}


def spread(names: Sequence[str], count: int = TRIED) -> list[str]:
    """Return `count` of the names, spread evenly over their alphabetical order."""
    ordered = sorted(names)
    count = min(count, len(ordered))
    return [ordered[index * len(ordered) // count] for index in range(count)]
