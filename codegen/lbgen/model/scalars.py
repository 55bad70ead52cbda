"""Types of values without parts: enumerations, constants, strings with a format.

Cases: `const` and `enum` of strings, integers, booleans and null (a `Literal`); with numbers that
are not integers, objects or arrays among them (the types of these values); several enumerations
that apply together; `format` with a Python type.
"""

from __future__ import annotations

from typing import Any, Final, cast

from ..schema.equality import json_equal
from ..source.json_types import is_array
from .types import FORMATS_WITH_TYPES, AnyType, ArrayOf, Formatted, Literals, MapOf, Scalar, Type

__all__ = [
    "JSON_TYPES",
    "allowed_types",
    "enumerated",
    "enumeration_types",
    "json_type",
    "string_type",
]

JSON_TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
"""Every type that `type` can name."""

_MOST_LITERALS: Final = 256
_LARGEST_LITERAL: Final = 2**64
"""A `Literal` of hundreds of digits helps nobody, and type checkers choke on it."""


def json_type(value: Any) -> str:
    """The narrowest JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def allowed_types(schemas: list[dict[str, Any]]) -> tuple[str, ...] | None:
    """The JSON types that all schemas allow; `None` if none of them says."""
    allowed: set[str] | None = None
    for schema in schemas:
        if "type" not in schema:
            continue
        named = schema["type"]
        types: set[str] = set(named if is_array(named) else (named,))
        if "number" in types:
            types.add("integer")
        allowed = types if allowed is None else allowed & types
    if allowed is None:
        return None
    if "number" in allowed:
        allowed.discard("integer")
    return tuple(each for each in JSON_TYPES if each in allowed)


def enumerated(schemas: list[dict[str, Any]]) -> list[Any] | None:
    """The values that all enumerations and constants allow; `None` if there are none."""
    allowed: list[Any] | None = None
    for schema in schemas:
        values: list[list[Any]] = []
        if "const" in schema:
            values.append([schema["const"]])
        if isinstance(schema.get("enum"), list):
            values.append(schema["enum"])
        for each in values:
            allowed = (
                list(each)
                if allowed is None
                else [value for value in allowed if any(json_equal(value, one) for one in each)]
            )
    if allowed is None:
        return None
    types = allowed_types(schemas)
    if types is None:
        return allowed
    wide = {*types, *(["integer"] if "number" in types else [])}
    return [value for value in allowed if json_type(value) in wide]


def enumeration_types(values: list[Any]) -> list[Type]:
    """The types of some values: one `Literal` for those that can be in one."""
    literals: list[str | int | bool | None] = []
    others: dict[Type, None] = {}
    for value in values:
        kind = json_type(value)
        match kind:
            case "null" | "boolean" | "string":
                literals.append(value)
            case "integer" if abs(value) > _LARGEST_LITERAL:
                others[Scalar(kind="integer")] = None
            case "integer":
                literals.append(int(value))
            case "number":
                others[Scalar(kind="number")] = None
            case "array":
                others[ArrayOf(item=AnyType(reason="the items of a constant array"))] = None
            case _:
                others[MapOf(value=AnyType(reason="the properties of a constant object"))] = None
    unique = tuple(dict.fromkeys((type(value), value) for value in literals))
    found: list[Type] = []
    if len(unique) > _MOST_LITERALS:
        kinds = dict.fromkeys(json_type(value) for _, value in unique)
        found += [Scalar(kind=cast("Any", kind)) for kind in kinds]
    elif unique:
        found.append(Literals(values=tuple(value for _, value in unique)))
    return [*found, *others]


def string_type(schemas: list[dict[str, Any]]) -> Type:
    """The type of a string: a format's, if all formats that apply agree."""
    formats = {schema["format"] for schema in schemas if schema.get("format") in FORMATS_WITH_TYPES}
    if len(formats) == 1:
        return Formatted(format=formats.pop())
    return Scalar(kind="string")
