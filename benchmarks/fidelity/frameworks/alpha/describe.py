"""As PyTorch describes itself."""

from probes.frameworks.pytorch.describe import *  # noqa: F403
