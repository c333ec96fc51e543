"""What tin is: the toy."""

from probes.frameworks.toy.describe import (  # type: ignore[import-untyped]
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
