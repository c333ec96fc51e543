"""Measure deep learning frameworks on this machine and decide which one fits a need.

The public Python API: every name of ``__all__`` is loaded when it is first used, so that ``import advisor`` is cheap.

>>> import advisor
>>> sorted(advisor.__all__)
['AdvisorError', 'build_site', 'decide', 'evidence_frame', 'load_profile', 'load_run', 'probe', 'recommend', 'save_run']
"""

# Nothing is imported here that Python has not imported itself: only after this module can the command be interrupted
# without a traceback (`advisor.interrupts`).
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from advisor.api import build_site, decide, evidence_frame, load_profile, load_run, probe, recommend, save_run
    from advisor.errors import AdvisorError

__all__ = [
    "AdvisorError", "build_site", "decide", "evidence_frame", "load_profile", "load_run", "probe", "recommend",
    "save_run",
]  # fmt: skip


def __getattr__(name: str) -> "Any":
    if name not in __all__:
        raise AttributeError(f"module 'advisor' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("advisor.errors" if name == "AdvisorError" else "advisor.api"), name)
