"""Models with the part of pydantic's interface that the measuring core uses: built, checked by type, written as JSON.

Types, choices, bounds of numbers, unknown keys and the validators of the models themselves are heeded; patterns and
lengths are left to whoever reads the document where pydantic is.
"""

from __future__ import annotations

import datetime as _datetime
import inspect
import json
import math
import operator
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin

from pydantic_core import PydanticCustomError

_MISSING: Any = object()
M = TypeVar("M", bound="BaseModel")


def ConfigDict(**settings: Any) -> dict[str, Any]:  # noqa: N802 - as pydantic calls it
    """Return the settings of a model."""
    return settings


class ValidationError(ValueError):
    """What is wrong with data: a list of problems, each with its place, its kind and words."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems))
        self._problems = problems

    def errors(self, **_: bool) -> list[dict[str, Any]]:
        """Return the problems."""
        return self._problems


class FieldInfo:
    """What is said of a field beside its type."""

    def __init__(self, default: Any = _MISSING, *, default_factory: Callable[[], Any] | None = None,
                 alias: str | None = None, validation_alias: Any = None, **rules: Any) -> None:  # fmt: skip
        self.default = default
        self.default_factory = default_factory
        self.alias = alias
        self.validation_alias = validation_alias
        self.rules = rules

    def value(self) -> Any:
        """Return the default; a sentinel where there is none."""
        return self.default_factory() if self.default_factory else self.default


def Field(default: Any = _MISSING, **said: Any) -> Any:  # noqa: N802 - as pydantic calls it
    """Return what is said of a field."""
    return FieldInfo(default, **said)


def PrivateAttr(default: Any = None) -> Any:  # noqa: N802 - as pydantic calls it
    """Return the default of an attribute that is no field."""
    return default


class AliasChoices:
    """Several names of a field."""

    def __init__(self, *names: str) -> None:
        self.names = names


class _Function:
    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


class BeforeValidator(_Function):
    """A function that data goes through first."""


class AfterValidator(_Function):
    """A function that the value goes through last."""


class ValidationInfo:
    """What a validator is told: whether JSON is read, and the fields that were read before."""

    def __init__(self, mode: str, data: dict[str, Any]) -> None:
        self.mode = mode
        self.data = data


AwareDatetime = _datetime.datetime
StrictBool = bool
NonNegativeFloat = Annotated[float, Field(ge=0)]
PositiveFloat = Annotated[float, Field(gt=0)]
NonNegativeInt = Annotated[int, Field(ge=0)]
PositiveInt = Annotated[int, Field(gt=0)]


def field_validator(*names: str, mode: str = "after") -> Callable[[Any], Any]:
    """Mark a class method that a field's value goes through."""
    return _marked(("field", names, mode))


def model_validator(*, mode: str) -> Callable[[Any], Any]:
    """Mark a method that a whole model's data, or the model, goes through."""
    return _marked(("model", (), mode))


def _marked(mark: tuple[str, tuple[str, ...], str]) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        function.validates = mark
        return function

    return decorate


def _wrong(kind: str, text: str, got: Any) -> ValidationError:
    return ValidationError([{"type": kind, "loc": (), "msg": text, "input": got}])


def _placed(error: Exception, at: Any, got: Any) -> list[dict[str, Any]]:
    if isinstance(error, ValidationError):
        return [{**each, "loc": (at, *each["loc"])} for each in error.errors()]
    return [_said(error, (at,), got)]


def _said(error: Exception, loc: tuple[Any, ...], got: Any) -> dict[str, Any]:
    if isinstance(error, PydanticCustomError):
        return {"type": error.type, "loc": loc, "msg": str(error), "input": got, "ctx": error.context}
    return {"type": "value_error", "loc": loc, "msg": f"Value error, {error}", "input": got}


class BaseModel:
    """A model: fields by annotation, immutable by convention."""

    model_config: ClassVar[dict[str, Any]] = {}
    __pydantic_generic_metadata__: ClassVar[dict[str, Any]] = {"args": ()}
    _hints: ClassVar[dict[str, tuple[Any, FieldInfo]]]

    def __init_subclass__(cls, **_: Any) -> None:
        super().__init_subclass__()
        merged: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            merged |= base.__dict__.get("model_config", {})
        cls.model_config = merged
        cls.__pydantic_generic_metadata__ = {"args": ()}

    def __class_getitem__(cls, item: Any) -> Any:
        made: Any = types.new_class(
            f"{cls.__name__}[{item}]", (cls,), exec_body=lambda body: body.update(__module__=cls.__module__)
        )
        made.__pydantic_generic_metadata__ = {"args": item if isinstance(item, tuple) else (item,)}
        return made

    def __init__(self, **data: Any) -> None:
        self._fill(data, "python")

    @classmethod
    def fields(cls) -> dict[str, tuple[Any, FieldInfo]]:
        """Return the type and what else is said of every field."""
        if "_hints" not in cls.__dict__:
            found = {}
            for name, hint in typing.get_type_hints(cls, include_extras=True).items():
                if name.startswith("_") or name == "model_config" or get_origin(hint) is ClassVar:
                    continue
                default = next((base.__dict__[name] for base in cls.__mro__ if name in base.__dict__), _MISSING)
                found[name] = hint, default if isinstance(default, FieldInfo) else FieldInfo(default)
            cls._hints = found
        return cls._hints

    @classmethod
    def model_validate(cls: type[M], data: Any, *, strict: bool | None = None, mode: str = "python") -> M:  # noqa: ARG003
        """Return the model of plain data, or raise ValidationError."""
        if isinstance(data, cls):
            return data
        made = cls.__new__(cls)
        made._fill(data, mode)
        return made

    @classmethod
    def model_validate_json(cls: type[M], text: str | bytes) -> M:
        """Return the model of a JSON text, or raise ValidationError."""
        return cls.model_validate(_json(text), mode="json")

    def _fill(self, data: Any, mode: str) -> None:
        cls = type(self)
        for validator in _validators(cls, "model", "before"):
            try:
                data = getattr(cls, validator)(data)
            except (ValueError, AssertionError) as error:
                raise (
                    error if isinstance(error, ValidationError) else ValidationError([_said(error, (), data)])
                ) from None
        if not isinstance(data, Mapping):
            raise _wrong("model_type", "Input should be a valid dictionary", data)
        problems: list[dict[str, Any]] = []
        values: dict[str, Any] = {}
        given: set[str] = set()
        used: set[str] = set()
        for name, (hint, info) in cls.fields().items():
            key = next((each for each in _names(name, info, cls.model_config) if each in data), None)
            if key is None:
                value = info.value()
                if value is _MISSING:
                    problems.append(
                        {"type": "missing", "loc": (info.alias or name,), "msg": "Field required", "input": data}
                    )
                values[name] = value
                continue
            used.add(key)
            given.add(name)
            try:
                values[name] = _field(cls, name, hint, info, data[key], ValidationInfo(mode, values))
            except (ValueError, AssertionError) as error:
                problems += _placed(error, key, data[key])
        if cls.model_config.get("extra") == "forbid":
            problems += [
                {"type": "extra_forbidden", "loc": (key,), "msg": "Extra inputs are not permitted", "input": data[key]}
                for key in data
                if key not in used
            ]
        if problems:
            raise ValidationError(problems)
        self.__dict__.update(values)
        self.__dict__["model_fields_set"] = given
        for validator in _validators(cls, "model", "after"):
            method = getattr(self, validator)
            try:
                method(ValidationInfo(mode, values)) if inspect.signature(method).parameters else method()
            except (ValueError, AssertionError) as error:
                raise (
                    error if isinstance(error, ValidationError) else ValidationError([_said(error, (), data)])
                ) from None

    def model_copy(self: M, *, update: Mapping[str, Any] | None = None) -> M:
        """Return a copy with some fields replaced, unchecked."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__ | dict(update or {}))
        made.__dict__["model_fields_set"] = self.__dict__["model_fields_set"] | set(update or {})
        return made

    def model_dump(self, *, mode: str = "python", by_alias: bool = False, exclude_none: bool = False,
                   exclude_defaults: bool = False, exclude_unset: bool = False) -> dict[str, Any]:  # fmt: skip
        """Return plain data."""
        said = {"mode": mode, "by_alias": by_alias, "exclude_none": exclude_none,
                "exclude_defaults": exclude_defaults, "exclude_unset": exclude_unset}  # fmt: skip
        found: dict[str, Any] = {}
        for name, (_, info) in type(self).fields().items():
            value = self.__dict__[name]
            if exclude_none and value is None:
                continue
            if exclude_unset and name not in self.__dict__["model_fields_set"]:
                continue
            if exclude_defaults and value == info.value():
                continue
            found[info.alias if by_alias and info.alias else name] = _plain(value, said)
        return found

    def model_dump_json(self, *, indent: int | None = None, **said: Any) -> str:
        """Return JSON."""
        return json.dumps(self.model_dump(mode="json", **said), indent=indent, ensure_ascii=False, allow_nan=False)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            self.__dict__[name] == other.__dict__[name] for name in type(self).fields()
        )

    def __hash__(self) -> int:
        return hash((type(self), *(self.__dict__[name] for name in type(self).fields())))

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={self.__dict__[name]!r}" for name in type(self).fields())
        return f"{type(self).__name__}({told})"


class TypeAdapter:
    """What reads a type that is no model."""

    def __init__(self, hint: Any) -> None:
        self._hint = hint

    def __class_getitem__(cls, item: Any) -> type[TypeAdapter]:
        return cls

    def validate_json(self, text: str | bytes) -> Any:
        """Return the value of a JSON text, or raise ValidationError."""
        return _taken(self._hint, _json(text), "json")


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong("json_invalid", f"Invalid JSON: {error}", text) from None


def _names(name: str, info: FieldInfo, config: Mapping[str, Any]) -> tuple[str, ...]:
    if isinstance(info.validation_alias, AliasChoices):
        return info.validation_alias.names
    if info.alias:
        return (info.alias, name) if config.get("populate_by_name") else (info.alias,)
    return (name,)


def _validators(cls: type[BaseModel], kind: str, mode: str, field: str | None = None) -> list[str]:
    key = (kind, mode, field)
    known = cls.__dict__.get("_known")
    if known is None:
        known = {}
        cls._known = known  # type: ignore[attr-defined]
    if key not in known:
        found: dict[str, None] = {}
        for base in reversed(cls.__mro__):
            for name, each in base.__dict__.items():
                mark = getattr(each, "validates", None)
                if mark is not None and mark[0] == kind and mark[2] == mode and (field is None or field in mark[1]):
                    found[name] = None
        known[key] = list(found)
    names: list[str] = known[key]
    return names


def _field(cls: type[BaseModel], name: str, hint: Any, info: FieldInfo, value: Any, told: ValidationInfo) -> Any:
    for mode in ("before", "after"):
        if mode == "after":
            value = _taken(hint, value, told.mode)
            _bounded(value, info.rules)
        for validator in _validators(cls, "field", mode, name):
            method = getattr(cls, validator)
            value = method(value, told) if len(inspect.signature(method).parameters) > 1 else method(value)
    return value


_BOUNDS: Mapping[str, tuple[Callable[[Any, Any], bool], str]] = {
    "ge": (operator.ge, "greater than or equal to"),
    "gt": (operator.gt, "greater than"),
    "le": (operator.le, "less than or equal to"),
    "lt": (operator.lt, "less than"),
}


def _bounded(value: Any, rules: Mapping[str, Any]) -> None:
    if value is None:
        return
    for rule, (holds, words) in _BOUNDS.items():
        if rule in rules and not holds(value, rules[rule]):
            raise _wrong("bound", f"Input should be {words} {rules[rule]}", value)
    if "min_length" in rules and len(value) < rules["min_length"]:
        raise _wrong("too_short", f"Input should have at least {rules['min_length']} items", value)


def _taken(hint: Any, value: Any, mode: str) -> Any:
    """Return a value as a type has it, or raise ValidationError."""
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *rules = get_args(hint)
        for each in rules:
            if isinstance(each, BeforeValidator):
                value = each.function(value)
        value = _taken(inner, value, mode)
        for each in rules:
            if isinstance(each, FieldInfo):
                _bounded(value, each.rules)
            elif isinstance(each, AfterValidator):
                value = each.function(value)
        return value
    if hint is Any or isinstance(hint, TypeVar):
        return value
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, mode)
    if origin is Literal:
        if value in get_args(hint):
            return value
        raise _wrong("literal_error", f"Input should be one of {', '.join(map(repr, get_args(hint)))}", value)
    if origin in (list, tuple):
        return _sequence(origin, get_args(hint), value, mode)
    if origin in (dict, Mapping):
        return _mapping(get_args(hint), value, mode)
    if hint is None or hint is type(None):
        if value is None:
            return None
        raise _wrong("none_required", "Input should be None", value)
    if not isinstance(hint, type):
        return value
    if issubclass(hint, BaseModel):
        return hint.model_validate(value, mode=mode)
    return _scalar(hint, value)


def _scalar(hint: type, value: Any) -> Any:
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise _wrong("finite_number", "Input should be a finite number", value)
        return float(value)
    if hint is int and isinstance(value, bool):
        raise _wrong("int_type", "Input should be a valid integer", value)
    if isinstance(value, hint):
        return value
    if hint in (_datetime.datetime, _datetime.date) and isinstance(value, str):
        return hint.fromisoformat(value)
    if hint is Path and isinstance(value, str):
        return Path(value)
    words = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "dictionary"}
    raise _wrong(f"{hint.__name__}_type", f"Input should be a valid {words.get(hint, hint.__name__)}", value)


def _one_of(hints: tuple[Any, ...], value: Any, mode: str) -> Any:
    first: Exception | None = None
    for each in hints:
        try:
            return _taken(each, value, mode)
        except (ValueError, AssertionError) as error:
            first = first or error
    assert first is not None
    raise first


def _sequence(origin: Any, hints: tuple[Any, ...], value: Any, mode: str) -> Any:
    if not isinstance(value, list | tuple):
        raise _wrong("list_type", "Input should be a valid list", value)
    several = origin is list or (len(hints) == 2 and hints[1] is Ellipsis)
    if not several and len(hints) != len(value):
        raise _wrong("too_long", f"Input should have {len(hints)} items", value)
    found = []
    for index, each in enumerate(value):
        try:
            found.append(_taken(hints[0] if several else hints[index], each, mode))
        except (ValueError, AssertionError) as error:
            raise ValidationError(_placed(error, index, each)) from None
    return origin(found)


def _mapping(hints: tuple[Any, ...], value: Any, mode: str) -> Any:
    if not isinstance(value, Mapping):
        raise _wrong("dict_type", "Input should be a valid dictionary", value)
    found: dict[Any, Any] = {}
    for key, each in value.items():
        try:
            found[_taken(hints[0], key, mode)] = _taken(hints[1], each, mode)
        except (ValueError, AssertionError) as error:
            raise ValidationError(_placed(error, key, each)) from None
    return found


def _plain(value: Any, said: Mapping[str, Any]) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(**said)
    if isinstance(value, Mapping):
        return {key: _plain(each, said) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, said) for each in value]
    if said["mode"] == "json":
        if isinstance(value, _datetime.datetime):
            return value.isoformat().replace("+00:00", "Z")
        if isinstance(value, _datetime.date):
            return value.isoformat()
        if isinstance(value, Path):
            return str(value)
    return value
