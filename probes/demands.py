"""From demands in words, each with whether it holds, to a proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from probes.proof import Proof


def judged(demands: Mapping[str, bool], **figures: Any) -> Proof:
    """Return the proof with its figures: proved when every demand holds.

    Parameters
    ----------
    demands : mapping of str to bool
        What has to hold, as a clause that can follow "it does not hold that".
    **figures
        The figures of the proof.
    """
    broken = [clause for clause, holds in demands.items() if not holds]
    if not broken:
        return Proof("proved", figures)
    return Proof("refuted", figures, f"it does not hold that {' or that '.join(broken)}")
