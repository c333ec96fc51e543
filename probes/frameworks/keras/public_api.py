"""Count what Keras offers by name, and how much of it is documented."""

from __future__ import annotations

import keras

from probes.demands import judged
from probes.proof import Proof
from probes.public_api import kinds_of, survey
from probes.workloads import Case


def run(_case: Case) -> Proof:
    """Survey the package."""
    figures = survey(keras, ("keras",))
    layers = kinds_of(keras.layers, keras.layers.Layer)
    demands = {"there are public names": figures["names"] > 0, "there are layers": layers > 0}
    return judged(demands, **figures, layers=layers, training_loop=hasattr(keras.Model, "fit"))
