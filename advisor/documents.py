"""Reading and writing documents: strict YAML and JSON, errors with file:line:column, atomic writes."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from advisor import yaml_cache
from advisor.errors import AdvisorError, Loc, Problem, did_you_mean

M = TypeVar("M", bound="Model")
LARGEST = 256 * 1024 * 1024
_PACKED = b"\x1f\x8b"  # how every file of gzip begins, whatever it is called
_NO_TEXT = "what it would hold is no text (half a character, as in a file name of another encoding)"
LONGEST = 10_000
"""Characters of one string in a document: a page repeats some of them hundreds of times."""
_MOST_PROBLEMS = 50
# A longer word is nobody's mistake in typing.
_NAMED = 100
_WIDEST = 400  # characters of a line that is shown
_ROOM = 50  # letters of a name that a temporary one begins with


class Model(BaseModel):
    """Base of every document: immutable, and an unknown key is an error. What is not used is not built."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, defer_build=True)


@dataclass(frozen=True)
class Document(Generic[M]):
    """A validated YAML document that still knows where each of its values stands."""

    path: Path
    value: M
    text: str = field(repr=False)

    def error(self, problems: Sequence[Problem], *, hint: str | None = None) -> AdvisorError:
        """Return one error that names every problem with file:line:column and shows the line."""
        return _located(self.path, self.text, problems, hint)


def read_text(path: Path, what: str, *, hint: str | None = None) -> str:
    """Return the text of `path` (UTF-8, or that in gzip), or raise an AdvisorError that says why not."""
    try:
        with path.open("rb") as stream:
            # Not by its size: a device has none, and never ends.
            content = stream.read(LARGEST + 1)
        if content.startswith(_PACKED):
            content = _unpacked(content)
        if len(content) > LARGEST:
            raise AdvisorError(f"{path}: larger than {LARGEST // 1024**2} MB, so it is no {what}", hint=hint)
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise AdvisorError(f"{path}: not UTF-8 text (byte {error.start}), so it is no {what}", hint=hint) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise AdvisorError(f"{path}: cannot read the {what}: {why}", hint=hint) from None


def _unpacked(content: bytes) -> bytes:
    """Return what gzip packed, and no more of it than is read of any file."""
    import gzip
    import io
    import zlib

    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return stream.read(LARGEST + 1)
    except (EOFError, zlib.error) as error:
        raise ValueError(f"damaged gzip: {error}") from None


def read_yaml(
    path: Path,
    model: type[M],
    *,
    what: str,
    hint: str | None = None,
    also: Callable[[Any], Sequence[Problem]] | None = None,
    by_hand: bool = False,
) -> Document[M]:
    """Read a YAML document strictly: no tags, no aliases, no duplicate and no unknown keys.

    Every mistake is reported at once, each with file:line:column, what was expected and the nearest valid name.
    `also` finds further mistakes in the plain data; it gets whatever was written, so it may expect no shape. Of what
    people write `by_hand`, numbers are refused that some of them would read otherwise than YAML does.
    """
    text = read_text(path, what, hint=hint)
    data = yaml_cache.recall(path, text)
    if data is None:
        data = _parsed(path, text, hint, by_hand=by_hand)
        yaml_cache.keep(path, text, data)
    problems = list(also(data)) if also else []
    try:
        found = model.model_validate(data)
    except ValidationError as error:
        problems.extend(_problems(error, model))
    else:
        if not problems:
            return Document(path, found, text)
    raise _located(path, text, problems, hint)


def _parsed(path: Path, text: str, hint: str | None, *, by_hand: bool) -> Any:
    """Return the plain data of a YAML text; raise AdvisorError for what is no YAML, or none that we read."""
    from advisor import nodes

    try:
        node = nodes.compose(text)
    except nodes.RefusedError as error:
        where = f"{path}:{error.place[0] + 1}:{error.place[1] + 1}" if error.place else str(path)
        raise AdvisorError(f"{where}: not valid YAML: {error}", hint=hint) from None
    problems: list[Problem] = []
    try:
        data = nodes.plain(node, problems, longest=LONGEST)
        problems += nodes.doubtful(node) if by_hand and not problems else []
    except RecursionError:
        raise AdvisorError(f"{path}: nested too deeply", hint=hint) from None
    if problems:
        raise _located(path, text, problems, hint)
    return data


def read_json(
    path: Path,
    model: type[M],
    *,
    schema: str,
    what: str,
    newer: Callable[[Any], str | None] | None = None,
    notes: list[str] | None = None,
) -> M:
    """Read a JSON document of ours; a corrupt, foreign, older or newer file gives one clear line.

    Parameters
    ----------
    newer : callable, optional
        Told the plain data, it returns which newer advisor wrote it, or None. Documents grow by fields: those that this
        version does not know are then left out, and named in `notes`.
    notes : list of str, optional
        Receives what a reader of the document should know of how it was read.
    """
    text = read_text(path, what)
    try:
        found = model.model_validate_json(text)
    except ValidationError as error:
        data = _must_name(schema, path, text, what)
        by = newer(data) if newer is not None else None
        if by is not None:
            return _known_fields(path, model, data, error, what, by, [] if notes is None else notes)
        raise AdvisorError(
            f"{path}: a damaged {what}: {first_problem(error, model)}",
            hint=f"advisor writes whole {what}s only; take an undamaged copy, or measure again with --fresh",
        ) from None
    if "schema_" not in found.model_fields_set:
        _must_name(schema, path, text, what)
    return found


def _known_fields(
    path: Path, model: type[M], data: Any, error: ValidationError, what: str, by: str, notes: list[str]
) -> M:
    """Read a document of a newer advisor without the fields that this one does not know."""
    unknown = [item["loc"] for item in error.errors(include_url=False) if item["type"] == "extra_forbidden"]
    for loc in unknown:
        inner = data
        for part in loc[:-1]:
            inner = inner[part]
        inner.pop(loc[-1], None)
    try:
        found = model.model_validate_json(json.dumps(data))
    except (ValidationError, ValueError) as wrong:
        why = first_problem(wrong, model) if isinstance(wrong, ValidationError) else str(wrong)
        raise AdvisorError(
            f"{path}: a {what} made by a newer advisor ({by}), which this one cannot read: {why}",
            hint=f"upgrade advisor to read this {what}",
        ) from None
    names = list(dict.fromkeys(str(loc[-1]) for loc in unknown))
    shown = ", ".join(f"'{_short(name)}'" for name in names[:3]) + (f" and {len(names) - 3} more" * (len(names) > 3))
    notes.append(f"The {what} was made by a newer advisor ({by}): what this one does not know was left out ({shown})")
    return found


def first_problem(error: ValidationError, model: type[BaseModel] | None = None) -> str:
    """Return the first problem of a JSON document on one line: where it is, as programs write it, and what.

    With its `model` an unknown key has the nearest valid one beside it.
    """
    first = _problems(error, model, most=1)[0]
    unknown = first.message.startswith("unknown key")
    where = _short(pointed(first.loc[:-2] if unknown else first.loc))
    return _line(f"{where}{': ' if where else ''}{_short(first.message)}")


def _line(text: str) -> str:
    """Return a text of a document as one line that a terminal only shows."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def wrong(problem: Problem) -> PydanticCustomError:
    """Return what a validator raises for a problem below its own place in the document."""
    return PydanticCustomError("wrong", "{said}", {"said": problem.message, "at": problem.loc})


def pointed(loc: Loc) -> str:
    """Return a place in a document as programs write it: ``observations[12].summary.median``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def _must_name(schema: str, path: Path, text: str, what: str) -> Any:
    """Return the plain data; raise AdvisorError for a text that is no JSON, or not of this schema."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise AdvisorError(f"{path}:{error.lineno}:{error.colno}: not a {what}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise AdvisorError(f"{path}: not a {what}: {_short(str(error))}") from None
    named = data.get("schema") if isinstance(data, dict) else None
    if named != schema:
        raise AdvisorError(f"{path}: {_foreign(named, schema, what)}")
    return data


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:159]}…"


def write_json(path: Path, document: BaseModel) -> None:
    """Write a document as JSON, atomically: readers see the old file or the new one, never half of it."""
    write_text(path, to_json(document))


def to_json(document: BaseModel) -> str:
    """Return the document's JSON form; a field that is not filled is absent."""
    return document.model_dump_json(by_alias=True, exclude_none=True, indent=1) + "\n"


def write_packed(path: Path, document: BaseModel) -> None:
    """Write a document as JSON packed by gzip, which is a fifth of it; `read_json` reads both. Same in, same out."""
    import gzip

    text = document.model_dump_json(by_alias=True, exclude_none=True) + "\n"
    # No time in it, and no name: the same document gives the same file.
    _write(path, lambda: gzip.compress(text.encode("utf-8"), mtime=0))


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` atomically and durably: readers see the old file or the new one, never half of it.

    A link is followed, and a file that is replaced keeps its mode.
    """
    _write(path, lambda: text.encode("utf-8"))


def _write(path: Path, content: Callable[[], bytes]) -> None:
    import shutil

    from advisor import scratch  # who only reads needs no temporary folder

    try:
        path = path.resolve() if path.is_symlink() else path
        path.parent.mkdir(parents=True, exist_ok=True)
        # In a folder beside it, so that what a killed process leaves bears a mark. Long names leave no room in another.
        with scratch.folder(f".{path.name[:_ROOM]}.advisor-", path.parent) as temporary:
            new = temporary / "new"
            with new.open("xb") as stream:
                stream.write(content())
                stream.flush()
                os.fsync(stream.fileno())
            if path.exists():
                shutil.copymode(path, new)
            os.replace(new, path)
    except UnicodeEncodeError:
        raise AdvisorError(f"{path}: cannot write: {_NO_TEXT}") from None
    except (OSError, RuntimeError) as error:
        raise AdvisorError(f"{path}: cannot write: {getattr(error, 'strerror', None) or error}") from None
    except scratch.UnwritableError as error:
        raise AdvisorError(f"{path}: cannot write: {error.reason}") from None


def write_new(paths: Iterable[Path], text: str) -> Path:
    """Write `text` to the first of `paths` that does not exist, and return it; nothing is ever overwritten."""
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream, _or_nothing(path):
                stream.write(text)
                stream.flush()
        except FileExistsError:
            if not path.exists():  # a folder of that name stands in the way
                raise AdvisorError(f"{path.parent}: cannot write: not a folder") from None
            continue
        except UnicodeEncodeError:
            raise AdvisorError(f"{path}: cannot write: {_NO_TEXT}") from None
        except OSError as error:
            raise AdvisorError(f"{path}: cannot write: {error.strerror or error}") from None
        return path
    raise AdvisorError("cannot write: every name is taken")


@contextmanager
def _or_nothing(path: Path) -> Iterator[None]:
    """Leave no half of a new file."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _foreign(found: object, schema: str, what: str) -> str:
    name, _, version = schema.partition("/")
    if isinstance(found, str) and found.startswith(f"{name}/"):
        number = found.removeprefix(f"{name}/")
        if number.isdigit() and int(number) > int(version):
            return f"made by a newer advisor ({found}, this one reads {schema}): upgrade advisor to read this {what}"
    return f'not a {what}: expected "schema": "{schema}", found {json.dumps(found)[:60]}'


def _problems(error: ValidationError, model: type[BaseModel] | None, *, most: int = _MOST_PROBLEMS) -> list[Problem]:
    """Translate the first of pydantic's errors into our words, with the nearest valid key."""
    found = []
    schema = functools.cache(lambda: model.model_json_schema(by_alias=True) if model else {})
    all_errors = error.errors(include_url=False)
    for item in all_errors[:most]:
        loc = (*item["loc"], *item.get("ctx", {}).get("at", ()))
        if item["type"] == "extra_forbidden":
            key = str(loc[-1])
            near = did_you_mean(key, _fields(schema(), loc[:-1])) if model and len(key) <= _NAMED else ""
            if model and key[:1].isdigit():  # in braces `{floor: 0,5 %}` is a floor of 0 and a key '5 %'
                near = ": a comma ends the value before it, and numbers have a decimal point"
            found.append(Problem((*loc, "key"), f"unknown key '{_short(key)}'{near}"))
        elif item["type"] == "missing":
            found.append(Problem(loc[:-1], f"'{loc[-1]}' is missing"))
        else:
            # Of a text that is no JSON the whole text is the input.
            got = None if item["type"] in ("json_invalid", "string_too_long") else item.get("input")
            shown = f", got {got!r}"[:80] if isinstance(got, (str, float, bool)) or _is_small(got) else ""
            text = _worded(item)
            near = did_you_mean(got, _named(item)) if isinstance(got, str) and item["type"] == "literal_error" else ""
            found.append(Problem(loc, text + ("" if "got" in text else shown) + near))
    if most > 1 and len(all_errors) > most:
        found.append(Problem((), f"and {len(all_errors) - most:,} more"))
    return found


def _is_small(value: object) -> bool:
    """Tell whether a value is an integer that can be written out."""
    return isinstance(value, int) and abs(value) < 10**80


def _named(item: Any) -> list[str]:
    """Return the values that pydantic would have accepted."""
    return re.findall(r"'([^']+)'", str(item.get("ctx", {}).get("expected", "")))


def _worded(item: Any) -> str:
    """Return what pydantic says of a value in our words."""
    if item["type"].startswith("union_tag"):
        return f"expected one of the kinds {item['ctx']['expected_tags']}" if "tag" in item["ctx"] else "of no kind"
    text = str(item["msg"]).removeprefix("Value error, ")
    rest = text.removeprefix("Input should be ")
    if rest == text:
        return text.replace("String should have", "expected a text of", 1)
    if rest.startswith(("greater", "less")):
        return f"expected a number {rest}"
    # A reader writes YAML or JSON, and has never heard of tuples.
    words = {"a valid integer": "a whole number", "a valid number": "a number"}
    if rest in words:
        return f"expected {words[rest]}"
    if rest.startswith(("a valid tuple", "a valid list")):
        rest = "a list"
    return f"expected {'keys with values' if rest.startswith('a valid dictionary') else rest}"


def _fields(schema: dict[str, Any], loc: Loc) -> list[str]:
    """Return the keys that are valid at `loc` of the JSON schema of a model."""
    definitions = schema.get("$defs", {})

    def resolve(part: Any) -> Any:
        while isinstance(part, dict) and "$ref" in part:
            part = definitions[part["$ref"].rsplit("/", 1)[1]]
        for option in part.get("anyOf", []) if isinstance(part, dict) else []:
            if "$ref" in option or option.get("type") in ("object", "array"):
                return resolve(option)
        return part

    here = resolve(schema)
    for part in loc:
        if not isinstance(here, dict):
            return []
        if isinstance(part, int):
            here = resolve(here.get("items", {}))
        else:
            inner = here.get("properties", {}).get(part, here.get("additionalProperties", {}))
            here = resolve(inner) if isinstance(inner, dict) else {}
    return list(here.get("properties", {})) if isinstance(here, dict) else []


def _window(line: str, column: int) -> tuple[str, int]:
    """Return what of a long line stands around a column, and where the column is in that."""
    if len(line) <= _WIDEST:
        return line, column
    start = max(0, column - _WIDEST // 4)
    return line[start : start + _WIDEST], column - start


def _located(
    path: Path,
    text: str,
    problems: Sequence[Problem],
    hint: str | None,
) -> AdvisorError:
    from advisor import nodes

    places = nodes.places(nodes.compose(text))

    def place(problem: Problem) -> tuple[int, int, int]:
        loc = problem.loc
        while loc not in places and loc:
            loc = loc[:-1]
        return places.get(loc, (0, 0, 1))

    lines = text.splitlines()
    parts = []
    for problem in sorted(problems, key=place):
        line, column, width = place(problem)
        parts.append(f"{path}:{line + 1}:{column + 1}: {problem.message}")
        if line < len(lines):
            gutter = f"{line + 1:>4} | "
            shown, column = _window(lines[line], column)
            width = max(1, min(width, len(shown) - column))
            parts += [f"{gutter}{shown}", f"{' ' * (len(gutter) - 2)}| {' ' * column}{'^' * width}"]
    return AdvisorError(parts, hint=hint)
