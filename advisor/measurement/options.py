"""How a session is to be: the options that commands, API and session share, and those of the project.

The project's are the table ``[tool.advisor]`` of the ``pyproject.toml`` where advisor is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from advisor import resources
from advisor.documents import read_text
from advisor.errors import AdvisorError, did_you_mean
from advisor.measurement import definitions
from advisor.measurement.definitions import Definitions
from advisor.measurement.run import Mode

HOME = Path(".advisor")


class SessionKeywords(TypedDict, total=False):
    """The fields of `SessionOptions` as keywords, for who checks types."""

    mode: Mode
    frameworks: Collection[str] | None
    pythons: Mapping[str, Path] | None
    folders: Collection[Path]
    home: Path
    seed: int
    threads: int | None
    budget: float | None
    training: bool
    until_decided: bool
    resume: bool
    label: str | None
    on_event: Callable[[Any], None] | None


@dataclass(frozen=True, kw_only=True)
class SessionOptions:
    """What is asked of a session, whatever it measures; `advisor.api.probe` says what each field means."""

    mode: Mode = "standard"
    frameworks: Collection[str] | None = None
    pythons: Mapping[str, Path] | None = None
    folders: Collection[Path] = ()
    home: Path = field(default=HOME)
    seed: int = 0
    threads: int | None = None
    budget: float | None = None
    training: bool = False
    until_decided: bool = False
    resume: bool = False
    label: str | None = None
    on_event: Callable[[Any], None] | None = None

    def check(self) -> None:
        """Raise AdvisorError for a number that no option would take: NaN is above nothing and below nothing."""
        _within("budget", self.budget, 0, "seconds above zero")
        _within("threads", self.threads, 0, "a number above zero")
        _within("seed", self.seed, -1, "zero or more")
        if self.label is not None:
            from advisor.measurement import identity

            identity.checked(self.label)


def _within(name: str, value: float | None, above: float, expected: str) -> None:
    if value is not None and not above < value < math.inf:
        raise AdvisorError(f"{name}: expected {expected}, got {value!r}")


FILE = "pyproject.toml"
FOLDERS = "frameworks-folders"


def configured_definitions(folders: Iterable[Path] = (), *, project: Path | None = None) -> Definitions | None:
    """Return the shipped definitions with those of further folders, or None when no further folder is named.

    The parameters are those of `further_folders`; folders that are in use already (`advisor.resources.using`) count.
    """
    chosen = tuple(dict.fromkeys((*resources.folders(), *further_folders(folders, project=project))))
    return definitions.load(folders=chosen) if chosen else None


def further_folders(folders: Iterable[Path] = (), *, project: Path | None = None) -> list[Path]:
    """Return the folders of frameworks that the project's configuration names, and `folders`.

    Parameters
    ----------
    folders : iterable of path
        Folders that hold ``<framework>/framework.yaml`` or ``capabilities/*.yaml``.
    project : path, optional
        The folder of the project, whose configuration may name more of them; default the working folder.

    Raises
    ------
    AdvisorError
        When the configuration cannot be read, or a folder holds no definition (exit code 2).
    """
    home = project or Path()
    configured = [home / folder for folder in _configured(home / FILE)]
    chosen = list(dict.fromkeys(folder.resolve() for folder in (*configured, *folders)))
    for folder in chosen:
        if not any(folder.glob("*/framework.yaml")) and not any(folder.glob("capabilities/*.yaml")):
            expected = "expected NAME/framework.yaml or capabilities/NAME.yaml in it"
            raise AdvisorError(f"{folder}: no framework and no capability is defined there ({expected})")
    return chosen


def _configured(file: Path) -> list[str]:
    """Return the folders that the configuration names; what other tools keep in the file is theirs."""
    if not file.is_file():
        return []
    import tomllib

    try:
        content = tomllib.loads(read_text(file, "project configuration"))
    except tomllib.TOMLDecodeError as error:
        raise AdvisorError(f"{file}: not valid TOML: {error}") from None
    tools = content.get("tool", {})
    entries: Any = tools.get("advisor", {}) if isinstance(tools, dict) else {}
    if not isinstance(entries, dict):
        raise AdvisorError(f"{file}: expected [tool.advisor] to be a table")
    for key in entries:
        if key != FOLDERS:
            raise AdvisorError(f"{file}: unknown key '{key}' in [tool.advisor]{did_you_mean(key, [FOLDERS])}")
    folders = entries.get(FOLDERS, [])
    if not isinstance(folders, list) or not all(isinstance(each, str) and each for each in folders):
        raise AdvisorError(f"{file}: expected {FOLDERS} in [tool.advisor] to be a list of paths")
    return folders
