"""What the framework with broken recipes is: the shipped one."""

from probes.frameworks.pytorch.describe import (
    DISTRIBUTION,
    MODULES,
    PACKAGES,
    configure,
    devices,
    environment,
    settings,
    version,
)

__all__ = ["DISTRIBUTION", "MODULES", "PACKAGES", "configure", "devices", "environment", "settings", "version"]
