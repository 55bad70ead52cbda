"""The JSON value of a Python value, or why it has none."""

# JSON values are `Any` here: narrowing one by its type leaves pyright with `list[Unknown]`.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from itertools import islice
from math import isfinite
from operator import length_hint
from typing import Any
from uuid import UUID

from ...errors import Violation
from ...printable import printable
from ..unset import UNSET
from . import exact_values
from .coded import Coded

__all__ = ["NoJson", "Undeclared", "json_array", "json_object", "json_value", "last_given"]


class NoJson(Exception):
    """A Python value has no JSON form. `path` leads to it, innermost step first.

    Attributes:
        of_key: the name at the end of the path is what is wrong, whatever its value is.
    """

    rule = "type"
    of_key = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.path: list[str | int] = []

    def violation(self, location: str) -> Violation:
        """The violation that this is, of the schema at a location."""
        from ..json_pointer import pointer_of

        return Violation(
            pointer=pointer_of(self.path[::-1]),
            rule=self.rule,
            message=str(self),
            location=location,
        )


class Undeclared(NoJson):
    """A writer gave a key that its schema does not declare."""

    rule = "unknown parameter"
    of_key = True


def json_value(value: Any) -> Any:
    """The JSON value of any Python value that has one.

    Raises:
        NoJson: the value has none (a `set`, a `NaN`, a key that is not a string).
    """
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is float:
        if isfinite(value):
            return value
        raise NoJson(f"{value!r} is not a JSON number; write a finite number")
    if kind is list or kind is tuple:
        return json_array(value, json_value)
    if kind is dict:
        return json_object(value, json_value)
    return _rare_value(value)


def _rare_value(value: Any) -> Any:
    match value:
        case Coded():
            return type(value).__lbgen_codec__.encode(value)
        case _ if value is UNSET:
            raise NoJson("the value is missing; add it")
        case Enum():
            return json_value(value.value)
        case datetime():
            return exact_values.write_date_time(value)
        case date():
            return value.isoformat()
        case time():
            return exact_values.write_time(value)
        case UUID():
            return exact_values.write_uuid(value)
        case Decimal():  # nobody but its author knows what of it may be lost
            raise NoJson(
                f"Decimal({str(value)!r}) has no JSON form; write float(...) where the schema has a"
                " number, int(...) for an integer, str(...) for a string"
            )
        case str():
            return str(value)
        case int():
            return int(value)
        case float():
            return json_value(float(value))
        case Mapping():
            return json_object(dict(value), json_value)
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return json_array(list(value), json_value)
        case _:
            kind = type(value).__name__
            raise NoJson(f"a {kind} cannot be converted to JSON; convert it to a JSON type first")


def json_array(values: list[Any] | tuple[Any, ...], encode: Callable[[Any], Any]) -> list[Any]:
    """The JSON array of some items, each encoded by a function."""
    items = iter(values)
    try:
        return [encode(each) for each in items]
    except NoJson as error:
        error.path.append(last_given(values, items))
        raise


def json_object(values: dict[Any, Any], encode: Callable[[Any], Any]) -> dict[str, Any]:
    """The JSON object of a mapping, each value encoded by a function."""
    for key in values:
        if not isinstance(key, str):
            raise NoJson(
                f"the key {printable(repr(key))} is not a string; JSON only has string keys"
            )
    items = iter(values.items())
    try:
        return {str(key): encode(each) for key, each in items}
    except NoJson as error:
        error.path.append(next(islice(values, last_given(values, items), None)))
        raise


def last_given(values: Sized, items: Iterator[Any]) -> int:
    """How many an iterator over a list, tuple or dict gave before the last that it gave.

    Nothing is encoded a second time to find where an error came from: at each level of a deep
    value that would double the work.
    """
    return len(values) - length_hint(items) - 1
