"""JSON (RFC 8259) to a JSON value with places. Of duplicate keys the last one counts.

The places of a text in which nothing is wrong are found when somebody asks for them.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..findings.diagnostic import Diagnostic, Place
from .json_types import is_array, is_object
from .lines import Lines, Places
from .yaml_reader import (
    Unreadable,
    duplicate_key,
    empty_file,
    read_integer,
    too_many_values,
)

if TYPE_CHECKING:
    from .document import Path

__all__ = ["read_json"]

_scan_string: Any = json.decoder.scanstring  # type: ignore[attr-defined] # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_WORDS: Final = {"true": True, "false": False, "null": None}

_HELP: Final = {
    "json-syntax": (
        "JSON needs double quotes and commas between items, and does not allow comments"
    ),
    "not-json": "write a value that JSON and all programs support",
    "too-large": "move inner parts to `$defs` and refer to them with `$ref`",
}


def read_json(
    file: str, text: str, max_depth: int, max_values: int
) -> tuple[Any, Places, Places, tuple[Diagnostic, ...]]:
    """The value of a JSON text, the places of values and of keys, and the flaws of the text.

    Args:
        file: path of the file, for places.
        text: the file's text.
        max_depth: how deep objects and arrays may nest.
        max_values: how many values there may be.

    Raises:
        Unreadable: the text is not JSON.
    """
    try:
        value = _value(text, max_depth, max_values)
    except (ValueError, RecursionError):
        reader = _read(file, text, max_depth, max_values)
        return reader.result, reader.places, reader.key_places, tuple(reader.flaws)

    later = cache(lambda: _read(file, text, max_depth, max_values))
    lines = Lines(file, text)
    places = Places(lines, lambda: later().places.spans)
    return value, places, Places(lines, lambda: later().key_places.spans), ()


def _value(text: str, max_depth: int, max_values: int) -> Any:
    """The value of a text in which there is nothing to tell, by the reader of the standard library.

    Raises:
        ValueError: there is something to tell, or there may be.
    """
    if _ESCAPED_SURROGATE.search(text) or _SURROGATE.search(text):
        raise ValueError(text)
    value = json.loads(
        text,
        parse_int=read_integer,
        parse_float=_number,
        parse_constant=_refuse,
        object_pairs_hook=_object,
    )
    level, depth, count = [value], 0, 1
    while level := [
        inner
        for each in level
        for inner in (each.values() if is_object(each) else each if is_array(each) else ())
    ]:
        depth, count = depth + 1, count + len(level)
        if depth > max_depth or count > max_values:
            raise ValueError(text)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError(pairs)
    return value


def _number(text: str) -> float:
    number = float(text)
    return _refuse(text) if math.isinf(number) else number


def _refuse(text: str) -> float:
    raise ValueError(text)


def _read(file: str, text: str, max_depth: int, max_values: int) -> _Reader:
    """A reader that has read a text to its end.

    Raises:
        Unreadable: the text is not JSON.
    """
    reader = _Reader(file, text, max_depth, max_values)
    start = reader.skip(0)
    if start == len(text):
        raise Unreadable(empty_file(file))
    reader.result, end = reader.value(start, ())
    end = reader.skip(end)
    if end != len(text):
        raise reader.error(end, "unexpected text after the end of the JSON value")
    return reader


class _Reader:
    def __init__(self, file: str, text: str, max_depth: int, max_values: int) -> None:
        self.file = file
        self.text = text
        self.max_depth = max_depth
        self.max_values = max_values
        self.lines = Lines(file, text)
        self.places = Places(self.lines)
        self.key_places = Places(self.lines)
        self.flaws: list[Diagnostic] = []
        self.result: Any = None

    def skip(self, index: int) -> int:
        match = _SPACE.match(self.text, index)
        return match.end() if match else index

    def place(self, start: int, end: int) -> Place:
        return self.lines.place(start, end)

    def error(self, index: int, message: str, rule: str = "json-syntax") -> Unreadable:
        return Unreadable(
            Diagnostic(
                place=self.place(index, min(index + 1, len(self.text))),
                rule=rule,
                message=message,
                help=_HELP[rule],
            )
        )

    def value(self, start: int, path: Path) -> tuple[Any, int]:
        if len(path) > self.max_depth:
            raise self.error(
                start,
                f"objects and arrays are nested more than {self.max_depth} levels deep",
                "too-large",
            )
        if len(self.places) + len(path) >= self.max_values:  # with those that are still open
            raise Unreadable(too_many_values(self.place(start, start + 1), self.max_values))
        first = self.text[start : start + 1]
        value: Any
        if first == "{":
            value, end = self.object(start, path)
        elif first == "[":
            value, end = self.array(start, path)
        elif first == '"':
            value, end = self.string(start)
        else:
            value, end = self.word_or_number(start)
        self.places.spans[path] = start, end
        return value, end

    def string(self, start: int) -> tuple[str, int]:
        try:
            text, end = _scan_string(self.text, start + 1, True)
        except json.JSONDecodeError as error:
            raise self.error(min(error.pos, len(self.text)), error.msg) from None
        half = _SURROGATE.search(text)
        if half is not None:
            message = (
                f"the string holds U+{ord(half[0]):04X}, half of a surrogate pair, which is "
                "not a character"
            )
            raise self.error(start, message, "not-json")
        return text, end

    def word_or_number(self, start: int) -> tuple[Any, int]:
        for word, value in _WORDS.items():
            if self.text.startswith(word, start):
                return value, start + len(word)
        match = _NUMBER.match(self.text, start)
        if match is None:
            raise self.error(start, "expected a JSON value here")
        if match[1] is None and match[2] is None:
            try:
                return read_integer(match[0]), match.end()
            except ValueError as error:
                raise self.error(start, str(error), "not-json") from None
        number = float(match[0])
        if math.isinf(number):
            raise self.error(start, f"the number {match[0]} is out of range", "not-json")
        return number, match.end()

    def array(self, start: int, path: Path) -> tuple[list[Any], int]:
        result: list[Any] = []
        index = self.skip(start + 1)
        if self.text[index : index + 1] == "]":
            return result, index + 1
        while True:
            item, index = self.value(index, (*path, len(result)))
            result.append(item)
            index, ended = self.separator(index, "]")
            if ended:
                return result, index

    def object(self, start: int, path: Path) -> tuple[dict[str, Any], int]:
        result: dict[str, Any] = {}
        index = self.skip(start + 1)
        if self.text[index : index + 1] == "}":
            return result, index + 1
        while True:
            if self.text[index : index + 1] != '"':
                raise self.error(index, "expected a key in double quotes here")
            key, end = self.string(index)
            key_span = index, end
            inner = (*path, key)
            end = self.skip(end)
            if self.text[end : end + 1] != ":":
                raise self.error(end, "expected a colon here")
            if key in result:
                first = self.key_places[inner]
                self.flaws.append(duplicate_key(key, self.place(*key_span), first))
                self.places.forget_inside(inner, result[key])
                self.key_places.forget_inside(inner, result[key])
            self.key_places.spans[inner] = key_span
            result[key], index = self.value(self.skip(end + 1), inner)
            index, ended = self.separator(index, "}")
            if ended:
                return result, index

    def separator(self, index: int, closing: str) -> tuple[int, bool]:
        index = self.skip(index)
        token = self.text[index : index + 1]
        if token == closing:
            return index + 1, True
        if token != ",":
            raise self.error(index, f"expected a comma or {closing!r} here")
        return self.skip(index + 1), False
