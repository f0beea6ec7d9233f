"""Options of a verb: defaults for the composed tree, strict validation, and what is allowed in words."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.values import hint

_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def defaults(model: type[BaseModel]) -> dict[str, Any]:
    """Every option with its default as plain data (None where one has to be given)."""
    made: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        value = None if field.is_required() else field.get_default(call_default_factory=True)
        made[name] = value.model_dump() if isinstance(value, BaseModel) else value
    return made


def read(model: type[Options], data: Mapping[str, Any], source: str) -> Options:
    """Check options strictly; UserError with a line for each that is wrong: key, what was found, what is allowed."""
    given = {
        name: value
        for name, value in data.items()
        if not (value is None and name in model.model_fields and model.model_fields[name].is_required())
    }
    if said := [
        f"{source}: {key}: found {given[key]!r}; allowed: {words}" for key, words in _empty(model, given)
    ]:
        raise UserError("\n".join(said))
    try:
        return model.model_validate(given)
    except ValidationError as error:
        lines = dict.fromkeys(_line(model, problem, source) for problem in error.errors())
        raise UserError("\n".join(lines)) from None


def _empty(model: type[Options], given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Options that are given an empty text, such as that of a variable that is not set, or an empty list where none
    is the default; and what is allowed."""
    standard = defaults(model)
    for name, field in model.model_fields.items():
        if given.get(name) in ("", []) and standard[name] != given[name]:
            yield name, allowed(field)


def allowed(field: FieldInfo) -> str:
    """What an option may be, in words: ``a whole number from 1 to 1024, or null``."""
    words = _type_words(field.annotation)
    low = next((bound for item in field.metadata if (bound := _bound(item, "ge", "gt")) is not None), None)
    high = next((bound for item in field.metadata if (bound := _bound(item, "le", "lt")) is not None), None)
    limits = " ".join(part for part in (f"from {low}" if low else "", f"to {high}" if high else "") if part)
    if limits:
        words = words.replace("number", f"number {limits}", 1)
    step = next((one for item in field.metadata if (one := getattr(item, "multiple_of", None))), None)
    return f"{words}, a multiple of {step}" if step else words


def _bound(item: object, inclusive: str, exclusive: str) -> str | None:
    """A limit of a field in words, None if the item sets none."""
    for name, extra in ((inclusive, ""), (exclusive, " (excluded)")):
        value = getattr(item, name, None)
        if value is not None:
            return f"{value}{extra}"
    return None


def _type_words(annotation: Any) -> str:
    if annotation in _WORDS:
        return _WORDS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " | ".join(str(value) for value in arguments)
    if origin in (Union, types.UnionType):
        parts = [_type_words(part) for part in arguments if part is not type(None)]
        if type(None) in arguments:
            parts.append("null")
        return ", or ".join(parts)
    if origin is list:
        return f"a list of {_type_words(arguments[0])}" if arguments else "a list"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "a mapping with " + ", ".join(annotation.model_fields)
    return (
        "a mapping"
        if origin is dict or annotation is dict
        else getattr(annotation, "__name__", str(annotation))
    )


def _field_at(model: type[BaseModel], path: tuple[Any, ...]) -> tuple[FieldInfo | None, type[BaseModel]]:
    """The field at a path of keys, and the model that it belongs to (or should)."""
    field = None
    for key in path:
        field = model.model_fields.get(str(key))
        if field is None:
            return None, model
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
        else:
            break
    return field, model


def _line(model: type[BaseModel], problem: Mapping[str, Any], source: str) -> str:
    """One line for one of pydantic's problems."""
    location = problem["loc"]
    field, owner = _field_at(model, location)
    shown, path = "", []
    for key in location:  # a union adds the name of its branch to the location: leave that out
        path.append(str(key))
        if field is not None and _field_at(model, tuple(path))[0] is field:
            break
    key = ".".join(path) or "options"
    if problem["type"] == "extra_forbidden" or field is None:
        names = list(owner.model_fields)
        return f"{source}: {key}: unknown key; allowed: {', '.join(names)}{hint(path[-1], names)}"
    if problem["type"] == "missing":
        return f"{source}: {key}: missing; allowed: {allowed(field)}"
    if problem["type"] == "value_error":
        shown = f"; {problem['msg'].removeprefix('Value error, ')}"
    return f"{source}: {key}: found {problem['input']!r}; allowed: {allowed(field)}{shown}"
