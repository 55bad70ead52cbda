"""The ways in which one JSON value can be written: draft-04 tells `1` from `1.0`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_array, is_object
from ..normal.schema import UnsupportedSchema

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST: Final = 256


def spellings(value: Any) -> Iterator[Any]:
    """The value with its whole numbers written as `1` and as `1.0`, in every combination.

    Raises:
        UnsupportedSchema: there are very many.
    """
    count = 2 ** _whole_numbers(value)
    if count > _MOST:
        raise UnsupportedSchema("listed values with very many whole numbers, in draft-04")
    for choice in range(count):
        bits = iter(format(choice, "0256b")[::-1])
        yield _spelled(value, bits)


def _whole_numbers(value: Any) -> int:
    if is_array(value):
        return sum(map(_whole_numbers, value))
    if is_object(value):
        return sum(map(_whole_numbers, value.values()))
    return _has_two(value)


def _spelled(value: Any, bits: Iterator[str]) -> Any:
    if is_array(value):
        return [_spelled(item, bits) for item in value]
    if is_object(value):
        return {name: _spelled(item, bits) for name, item in value.items()}
    return float(value) if _has_two(value) and next(bits) == "1" else value


def _has_two(value: Any) -> bool:
    """Whether a value is a whole number that a float can hold as well."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and abs(value) <= 2**53
