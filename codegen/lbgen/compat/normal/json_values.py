"""JSON values: types and numbers as JSON Schema defines them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias, TypeGuard

from ...schema.equality import canonical, normal
from ...source.json_types import is_array

__all__ = [
    "KINDS",
    "Kind",
    "canonical",
    "from_rational",
    "is_tuple",
    "kind_of",
    "normal",
    "rational",
]

Kind: TypeAlias = Literal["null", "boolean", "number", "string", "array", "object"]
KINDS: Final[tuple[Kind, ...]] = ("object", "string", "number", "boolean", "null", "array")


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
