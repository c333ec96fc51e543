"""What the fickle framework is: the steady one."""

from probes.frameworks.steady.describe import (  # type: ignore[import-untyped]
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
