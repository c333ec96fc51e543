"""The contract of a framework's folder: a new folder that fulfils it, and every mistake of one that does not.

`site/framework-contract.md` is the same for people. Nothing of the folder is imported or run: recipes are read as text.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import jinja2

from advisor import resources
from advisor.documents import Document, Model, read_text, read_yaml
from advisor.errors import AdvisorError, Problem, did_you_mean
from advisor.measurement import definitions, networks
from advisor.measurement.definitions import (
    CapabilityDefinition,
    Definitions,
    FrameworkDefinition,
    RouteDefinition,
)

M = TypeVar("M", bound=Model)
FILE = "framework.yaml"
_TEMPLATES = "framework"
# What describe.py holds, as `probes.interface` checks it in a worker: how many arguments a function takes.
VALUES = ("DISTRIBUTION", "PACKAGES", "MODULES")
FUNCTIONS = {"environment": 1, "configure": 1, "settings": 0, "devices": 0, "version": 0}
_TASKS = tuple(f"{task}.py" for task in definitions.TASKS)
# Files that are no recipes, in any framework.
_OWN = {"__init__.py", "describe.py", "models.py", *_TASKS}
_FORBIDDEN = ("advisor", "yaml", "pydantic")


def new(name: str, folder: Path, title: str | None = None) -> Path:
    """Write a framework's folder that runs (NumPy computes in it), and return it.

    Raises
    ------
    AdvisorError
        When the name is none, or there is such a folder already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise AdvisorError(f"'{name}': expected a name of lower-case letters, digits and _, as Python's modules have")
    if name in definitions.everyone():
        raise AdvisorError(f"'{name}': advisor has a framework of this name; yours would take its place")
    home = folder / name
    if home.exists():
        raise AdvisorError(f"{home}: there is something of this name already; nothing was written")
    home.mkdir(parents=True)
    engine = jinja2.Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701 - Python and YAML, no HTML
    for template in sorted((resources.templates() / _TEMPLATES).glob("*.j2")):
        text = engine.from_string(template.read_text(encoding="utf-8")).render(name=name, title=title or name)
        (home / template.name.removesuffix(".j2")).write_text(text, encoding="utf-8")
    return home


def mistakes(folder: Path) -> list[str]:
    """Return every mistake of a folder of frameworks, or of one framework, as ``file:line:column: what``.

    Raises
    ------
    AdvisorError
        When there is nothing to check there.
    """
    home = folder.parent if (folder / FILE).is_file() else folder
    frameworks = [folder / FILE] if home != folder else sorted(folder.glob(f"*/{FILE}"))
    if not frameworks and not any(folder.glob("capabilities/*.yaml")):
        raise AdvisorError(
            f"{folder}: no framework is defined there (expected {FILE}, or NAME/{FILE})",
            hint="advisor framework new NAME   (writes a folder that runs)",
        )
    found: list[str] = []
    shared = _shared(home, found)
    for file in frameworks:
        found += _Folder(file, home, shared).mistakes()
    return list(dict.fromkeys(found))


def _shared(home: Path, found: list[str]) -> Definitions:
    """Return what a folder defines beside its frameworks with what is shipped, and note what is wrong with it."""
    shipped = definitions.shipped()
    routes, capabilities = dict(shipped.routes), dict(shipped.capabilities)
    for file in sorted(home.glob("routes/*.yaml")):
        if (route := _read(file, RouteDefinition, found)) is not None:
            routes[route.runtime] = route
            found += _runtime(home, file, route)
    for file in sorted(home.glob("capabilities/*.yaml")):
        if (capability := _read(file, CapabilityDefinition, found)) is not None:
            capabilities[capability.id] = capability
    for file in sorted(home.glob("networks/*.yaml")):
        _read(file, networks.NetworkDefinition, found)
    return definitions.Definitions(
        shipped.probes, shipped.frameworks, routes, shipped.workloads, {}, capabilities, shipped.experiments,
        shipped.extras,
    )  # fmt: skip


def _read(file: Path, model: type[M], found: list[str]) -> M | None:
    try:
        return read_yaml(file, model, what=f"{file.parent.name.removesuffix('s')} definition").value
    except AdvisorError as error:
        found += error.lines
        return None


def _runtime(home: Path, file: Path, route: RouteDefinition) -> list[str]:
    """Return what is wrong with the runtime of a route that the folder adds."""
    places = [home / "runtimes", resources.probes() / "runtimes"]
    there = next((each for place in places if (each := place / f"{route.runtime}.py").is_file()), None)
    if there is None:
        return [f"{file}:1:1: the route ships to '{route.runtime}', and there is no {places[0] / route.runtime}.py"]
    code = _Code(there)
    found = code.problems()
    found += [
        f"{there}:1:1: {name} is missing; expected {expected}"
        for name, expected in (
            ("Model", "a class that loads an artifact"),
            ("DISTRIBUTION", "the distribution of the runtime, as a string"),
            ("PACKAGE", "the package that carries its libraries, as a string"),
        )
        if not found and name not in code.names
    ]
    return found


class _Code:
    """A Python file as its syntax tree: what it defines at its top, and where."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.wrong: str | None = None
        try:
            self.tree = ast.parse(read_text(file, "recipe"))
        except SyntaxError as error:
            self.tree = ast.Module([], [])
            self.wrong = f"{file}:{error.lineno or 1}:{error.offset or 1}: not valid Python: {error.msg}"

    @cached_property
    def names(self) -> dict[str, ast.stmt]:
        """What the file defines or imports at its top, by name."""
        found: dict[str, ast.stmt] = {}
        for each in self.tree.body:
            if isinstance(each, ast.FunctionDef | ast.ClassDef):
                found[each.name] = each
            elif isinstance(each, ast.Import | ast.ImportFrom):
                found |= {alias.asname or alias.name.partition(".")[0]: each for alias in each.names}
            elif isinstance(each, ast.Assign | ast.AnnAssign):
                targets = each.targets if isinstance(each, ast.Assign) else [each.target]
                found |= {name.id: each for name in targets if isinstance(name, ast.Name)}
        return found

    def at(self, node: ast.AST | None, message: str) -> str:
        """Return a mistake with its place."""
        return f"{self.file}:{getattr(node, 'lineno', 1)}:{getattr(node, 'col_offset', 0) + 1}: {message}"

    def problems(self) -> list[str]:
        """Return what is wrong with any file of the probes: they run where advisor is not installed."""
        if self.wrong is not None:
            return [self.wrong]
        return [
            self.at(node, f"imports {module!r}: a recipe runs where the framework, NumPy and probes are, and no more")
            for node, module in self.imports()
            if module.partition(".")[0] in _FORBIDDEN
        ]

    def imports(self, *, top: bool = False) -> Iterator[tuple[ast.stmt, str]]:
        """Yield every import with the module's name; `top`: only those that run when the file is imported."""
        for node in self.tree.body if top else ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node, node.module

    def takes(self, name: str, count: int, expected: str) -> list[str]:
        """Return what is wrong with a function that is called with `count` arguments."""
        node = self.names.get(name)
        if node is None:
            near = did_you_mean(name, self.names)
            return [self.at(None, f"'{name}' is missing{near}; expected {expected}")]
        if not isinstance(node, ast.FunctionDef):
            return []  # imported, or made by a call: only a worker sees what it takes
        given = node.args
        needed = len(given.posonlyargs) + len(given.args) - len(given.defaults)
        most = len(given.posonlyargs) + len(given.args) if given.vararg is None else count
        if needed <= count <= most:
            return []
        taken = ", ".join(each.arg for each in (*given.posonlyargs, *given.args))
        return [self.at(node, f"{name} takes ({taken}); expected {expected}")]

    def value(self, name: str) -> object:
        """Return a constant of the file; None where it is worked out."""
        node = self.names.get(name)
        try:
            return ast.literal_eval(node.value) if isinstance(node, ast.Assign) else None
        except ValueError:
            return None


class _Folder:
    """One framework's folder beside what it may rest on."""

    def __init__(self, file: Path, home: Path, known: Definitions) -> None:
        self.file, self.home, self.known = file, home, known

    def mistakes(self) -> list[str]:
        """Return all mistakes, those of the definition first."""
        found: list[str] = []
        try:
            document = read_yaml(self.file, FrameworkDefinition, what="framework definition")
        except AdvisorError as error:
            return list(error.lines)
        if problems := [*self._definition(document.value)]:
            found += document.error(problems).lines
        found += self._describe(document.value)
        recipes = {file.name: _Code(file) for file in sorted(self.file.parent.glob("*.py"))}
        for name, code in recipes.items():
            if name != "describe.py":
                found += code.problems() or self._recipe(name, code, document, recipes.values())
        return found

    def _definition(self, framework: FrameworkDefinition) -> Iterator[Problem]:
        folder = self.file.parent
        if framework.id != folder.name:
            yield Problem(("id",), f"the folder is called '{folder.name}'; expected the same id")
        for index, runtime in enumerate(framework.routes):
            if runtime not in self.known.routes:
                listed = f"{did_you_mean(runtime, self.known.routes)} (known: {', '.join(self.known.routes)})"
                yield Problem(("routes", index), f"no route is called '{runtime}'{listed}")
            elif self._place(framework, f"route_{runtime}.py") is None:
                yield Problem(("routes", index), f"there is no route_{runtime}.py that exports")
        if framework.recipes is not None and self._shared(framework) is None:
            yield Problem(
                ("recipes",), f"there is no folder '{framework.recipes}' beside this one or among the shipped"
            )
        timed = [name for name in _TASKS if self._place(framework, name) is not None]
        if timed and not framework.settings:
            expected = f"expected 'settings:' with {' or '.join(definitions.SETTINGS)}"
            yield Problem((), f"{' and '.join(timed)} would never be run: {expected}")
        if framework.settings and not timed:
            yield Problem(("settings",), f"nothing is timed: there is none of {', '.join(_TASKS)}")

    def _shared(self, framework: FrameworkDefinition) -> Path | None:
        places = (self.home, resources.probes() / "frameworks")
        return next((each for place in places if (each := place / str(framework.recipes)).is_dir()), None)

    def _place(self, framework: FrameworkDefinition, name: str) -> Path | None:
        places = [self.file.parent, *([self._shared(framework)] if framework.recipes else [])]
        return next((place / name for place in places if place is not None and (place / name).is_file()), None)

    def _describe(self, framework: FrameworkDefinition) -> list[str]:
        file = self.file.parent / "describe.py"
        if not file.is_file():
            return [f"{file}:1:1: is missing: it says what the framework is before it is imported"]
        code = _Code(file)
        found = code.problems()
        if code.wrong is not None:
            return found
        for name in VALUES:
            if name not in code.names:
                found.append(code.at(None, f"'{name}' is missing{did_you_mean(name, code.names)}"))
        for name, count in FUNCTIONS.items():
            expected = "a function of the number of threads" if count else "a function without arguments"
            found += code.takes(name, count, expected)
        for name, said in (("DISTRIBUTION", framework.distribution), ("PACKAGES", framework.packages)):
            value = code.value(name)
            value = tuple(value) if isinstance(value, list) else value
            if value is not None and value != said:
                found.append(code.at(code.names[name], f"{name} is {value!r}, and {FILE} says {said!r}"))
        modules = code.value("MODULES")
        if isinstance(modules, tuple | list) and framework.module not in modules:
            found.append(code.at(code.names["MODULES"], f"MODULES lacks '{framework.module}', the module of {FILE}"))
        if code.value("RECIPES") != framework.recipes:
            node = code.names.get("RECIPES")
            found.append(code.at(node, f"RECIPES is {code.value('RECIPES')!r}, and {FILE} says {framework.recipes!r}"))
        early = set(modules) if isinstance(modules, tuple | list) else set()
        found += [
            code.at(node, f"imports '{module}' before it is timed: imports of the framework stand inside functions")
            for node, module in code.imports(top=True)
            if module in early
        ]
        return found

    def _recipe(
        self, name: str, code: _Code, document: Document[FrameworkDefinition], others: Iterable[_Code]
    ) -> list[str]:
        if name in _TASKS:
            return self._settings(code, document.value)
        stem = name.removesuffix(".py")
        answered = {each.recipe for each in self.known.capabilities.values()}
        experiments = {f"{each.probe.replace('-', '_')}.py" for each in self.known.experiments if each.recipe}
        if name in answered or stem.startswith("route_"):
            if stem.startswith("route_") and name not in answered:
                runtime = stem.removeprefix("route_")
                if runtime not in document.value.routes:
                    return [code.at(None, f"would never be run: '{runtime}' is not among the routes of {FILE}")]
            return code.takes("run", 1, "a function of the case that returns a Proof")
        if name in experiments:
            return code.takes("measure", 0, "a function without arguments that returns Figures")
        # Only what is nearly the name: helpers of recipes may be called as anybody likes.
        near = difflib.get_close_matches(name, answered | experiments, n=1, cutoff=0.8)
        used = any(module.endswith(f".{stem}") or stem in each.names for each in others for _, module in each.imports())
        if name in _OWN or not near or used:
            return []
        return [code.at(None, f"would never be run: it answers no capability — did you mean {near[0]!r}?")]

    def _settings(self, code: _Code, framework: FrameworkDefinition) -> list[str]:
        node = code.names.get("SETTINGS")
        if node is None:
            near = did_you_mean("SETTINGS", code.names)
            return [code.at(None, f"'SETTINGS' is missing{near}; expected the variants of each setting, by its name")]
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Dict):
            return []
        found, there = list[str](), set[str]()
        for key, value in zip(node.value.keys, node.value.values, strict=True):
            setting = str(key.value) if isinstance(key, ast.Constant) else ""
            there.add(setting)
            if setting not in framework.settings:
                near = did_you_mean(setting, framework.settings)
                found.append(code.at(key, f"{FILE} has no setting '{setting}'{near}"))
            for variant in value.elts if isinstance(value, ast.Tuple | ast.List) else ():
                if isinstance(variant, ast.Name):
                    found += code.takes(variant.id, 1, "a function of the case that returns a cell")
        missing = [setting for setting in framework.settings if setting not in there]
        return found + [code.at(node, f"SETTINGS lacks '{setting}', which {FILE} names") for setting in missing]
