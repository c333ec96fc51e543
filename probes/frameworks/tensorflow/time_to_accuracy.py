"""Time to accuracy in TensorFlow: Keras's own training loop, which is the one of its tutorials."""

from __future__ import annotations

from probes.frameworks.keras.time_to_accuracy import measure

__all__ = ["measure"]
