"""A training that does nothing."""

from __future__ import annotations

from probes.frameworks.pytorch import brevity as right

vars(right).update(train=lambda *_: None)
run = right.run
