"""JSON values: equality and types as JSON Schema defines them."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias, TypeGuard

from ..json_types import is_array, is_object

Kind: TypeAlias = Literal["null", "boolean", "number", "string", "array", "object"]
KINDS: Final[tuple[Kind, ...]] = ("object", "string", "number", "boolean", "null", "array")


def canonical(value: Any) -> str:
    """A text that two JSON values share exactly if they are equal (1 and 1.0 are)."""
    return json.dumps(normal(value), sort_keys=True, separators=(",", ":"))


def normal(value: Any) -> Any:
    """The value with whole numbers as `int`, so that 1.0 and 1 are one value."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if is_array(value):
        return [normal(item) for item in value]
    if is_object(value):
        return {name: normal(item) for name, item in value.items()}
    return value


def kind_of(value: Any) -> Kind:
    """The JSON type of a value; integers are numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float | Decimal):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if is_array(value) else "object"


def is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    """Whether a keyword's value is a list of schemas."""
    return isinstance(value, tuple)


def rational(number: float | Decimal) -> Fraction:
    """The number that a JSON text shows, exactly: 0.1 is one tenth."""
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


def from_rational(number: Fraction) -> int | float:
    """The JSON number for an exact one."""
    return int(number) if number.denominator == 1 else float(number)
