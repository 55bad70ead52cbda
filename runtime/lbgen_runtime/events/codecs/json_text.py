"""JSON text from outside: what it means, and whether every reader can follow it."""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic_core import from_json

from .json_limits import MAX_DEPTH, MAX_DIGITS, TOO_DEEP, TOO_LONG
from .json_values import NoJson, json_value

__all__ = [
    "NO_NUMBERS",
    "SHALLOW",
    "SHORT",
    "check_depth",
    "check_digits",
    "check_numbers",
    "read_json",
]

_KINDS: Final = bytes(
    ord("d") if chr(byte) in "0123456789" else ord("e") if chr(byte) in "eE" else byte
    for byte in range(256)
)
"""What each byte is to a number: `d` for a digit, `e` for the sign of an exponent."""
_IN_NO_EXPONENT: Final = bytes(byte for byte in range(256) if chr(byte) not in '0123456789eE",.')
"""All other bytes, save those that keep one value from touching the next."""
_LARGE_EXPONENT: Final = b"eddd"
_FEW_DIGITS: Final = 308
"""Digits of an integer that every 64-bit float can come near to."""
_MANY_DIGITS: Final = b"d" * (_FEW_DIGITS + 1)
_TOO_MANY_DIGITS: Final = b"d" * (MAX_DIGITS + 1)
_TOO_LARGE: Final = "a number is outside the range of a 64-bit float; send it as a string"
SHORT: Final = len("1e309") - 1
"""Bytes of a JSON text that can hold no number out of range."""
NO_NUMBERS: Final = frozenset({str, bool})
SHALLOW: Final = 2 * MAX_DEPTH
"""Bytes of a JSON text that cannot nest too deep: each level has two brackets."""


def read_json(text: bytes, *, deepest: int = MAX_DEPTH) -> Any:
    """The value of a JSON text.

    Args:
        text: the text.
        deepest: how deep arrays and objects may nest.

    Raises:
        NoJson: it is not JSON, nests too deep, or has a number out of the range of a 64-bit float.
    """
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        why = str(error)
        too_deep = why.startswith("recursion limit exceeded")  # the parser's own, above MAX_DEPTH
        raise NoJson(TOO_DEEP if too_deep else f"this is not valid JSON: {why}") from None
    if len(text) > SHORT and type(value) not in NO_NUMBERS:
        check_numbers(text, value)
        check_depth(text, deepest=deepest)
    return value


def check_numbers(text: bytes, value: Any) -> None:
    """Refuse numbers out of the range of a 64-bit float.

    Args:
        text: a JSON text, or several.
        value: what is looked at for such a number if the text may have one.

    Raises:
        NoJson: there is one.
    """
    kinds = text.translate(_KINDS, _IN_NO_EXPONENT)  # a regular expression takes five times as long
    if _LARGE_EXPONENT in kinds or (len(text) > _FEW_DIGITS and _MANY_DIGITS in kinds):
        try:
            json_value(value)
        except NoJson:
            raise NoJson(_TOO_LARGE) from None


def check_depth(text: bytes, *, deepest: int = MAX_DEPTH) -> None:
    """Refuse what nests deeper than every reader can follow.

    Args:
        text: a JSON text.
        deepest: how deep arrays and objects may nest.

    Raises:
        NoJson: they nest deeper.
    """
    if len(text) <= SHALLOW or text.count(b"[") + text.count(b"{") <= deepest:
        return
    depth = 0
    for token in _BRACKETS_AND_STRINGS.findall(text):
        if token in b"[{":
            depth += 1
            if depth > deepest:
                raise NoJson(TOO_DEEP)
        elif token in b"]}":
            depth -= 1


def check_digits(text: bytes) -> None:
    """Refuse integers that no reader takes.

    Raises:
        NoJson: there is one.
    """
    if len(text) > MAX_DIGITS and _TOO_MANY_DIGITS in text.translate(_KINDS):
        raise NoJson(TOO_LONG)


_BRACKETS_AND_STRINGS: Final = re.compile(rb'[\[\]{}]|"[^"\\]*+(?:\\.[^"\\]*+)*+"')
