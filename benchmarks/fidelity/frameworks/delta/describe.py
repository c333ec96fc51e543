"""As TensorFlow describes itself."""

from probes.frameworks.tensorflow.describe import *  # noqa: F403
