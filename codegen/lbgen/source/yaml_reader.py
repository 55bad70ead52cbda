"""YAML to a JSON value with places.

Scalars follow the core schema of YAML 1.2: `NO`, `on` and `12:30:00` are strings. What has no
JSON form is an error: tags, keys that are not scalars, aliases inside of what they stand for, more
than one document. What makes a contract hard to read is a flaw: anchors, aliases, duplicate keys.
An alias counts as what it stands for, written once more; of duplicate keys the last one counts.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.parser import ParserError
from yaml.scanner import ScannerError

from ..findings.diagnostic import Diagnostic, Place, Related
from .json_types import is_array, is_object
from .lines import Lines, Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .document import Path

__all__ = [
    "Unreadable",
    "duplicate_key",
    "empty_file",
    "read_integer",
    "read_yaml",
    "too_many_values",
]

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_NO_STRING: Final = frozenset("~nNtTfF-+.0123456789")
"""First characters of what may not be a string."""
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_OCTAL: Final = re.compile(r"0o[0-7]+")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_MOST_DIGITS: Final = 4000
_SYNTAX_ERRORS: Final = (ScannerError, ParserError, yaml.reader.ReaderError)
_NO_NUMBER: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class Unreadable(Exception):
    """A file cannot be read; `diagnostics` say why."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics


def read_yaml(
    file: str, text: str, max_depth: int, max_values: int
) -> tuple[Any, Places, Places, tuple[Diagnostic, ...]]:
    """The value of a YAML text, the places of values and of keys, and the flaws of the text.

    Args:
        file: path of the file, for places.
        text: the file's text.
        max_depth: how deep mappings and sequences may nest.
        max_values: how many values there may be.

    Raises:
        Unreadable: the text is not YAML, or has no JSON form.
    """
    reader = _Reader(file, text, max_depth, max_values)
    try:
        value = reader.document()
    except _SYNTAX_ERRORS as error:
        mark = _mark(error)
        if mark is not None:
            _refuse_depth(file, text[: mark.index], max_depth, max_values)
        raise Unreadable(_syntax_error(file, text, error)) from None
    if reader.problems:
        raise Unreadable(*reader.problems)
    return value, reader.places, reader.key_places, tuple(reader.flaws)


def _refuse_depth(file: str, before: str, max_depth: int, max_values: int) -> None:
    """Refuse a text that nests too deep before its error.

    The parser reads ahead of its events, and some versions of it give up on depth themselves, so
    that the error comes first.

    Raises:
        Unreadable: it nests too deep, or holds too many values.
    """
    try:
        _Reader(file, before, max_depth, max_values).document()
    except Unreadable as unreadable:
        if any(each.rule == "too-large" for each in unreadable.diagnostics):
            raise
    except (*_SYNTAX_ERRORS, StopIteration):
        return


class _Reader:
    """Builds the value from the parser's events, so that depth is bounded before it hurts."""

    def __init__(self, file: str, text: str, max_depth: int, max_values: int) -> None:
        self.file = file
        self.lines = Lines(file, text)
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.CBaseLoader)
        self.max_depth = max_depth
        self.max_values = max_values
        self.places = Places(self.lines)
        self.key_places = Places(self.lines)
        self.problems: list[Diagnostic] = []
        self.flaws: list[Diagnostic] = []
        self.count = 0
        self.anchors: dict[str, tuple[Any, Path]] = {}
        self.open_anchors: set[str] = set()

    def document(self) -> Any:
        next(self.events)  # the stream's start
        start = next(self.events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise Unreadable(empty_file(self.file))
        first = next(self.events)
        if isinstance(first, yaml.ScalarEvent) and first.value == "" and first.implicit[0]:
            raise Unreadable(empty_file(self.file))
        value = self.value(first, ())
        next(self.events)  # the document's end
        behind = next(self.events)
        if isinstance(behind, yaml.DocumentStartEvent):
            raise Unreadable(
                Diagnostic(
                    place=self.place(behind, behind),
                    rule="yaml-syntax",
                    message="the file contains a second YAML document",
                    help="write one document per file",
                )
            )
        return value

    def place(self, first: Any, last: Any) -> Place:
        return self.lines.place(first.start_mark.index, last.end_mark.index)

    def value(self, event: Any, path: Path) -> Any:
        scalar = isinstance(event, yaml.ScalarEvent)
        self.refuse_size(event, path, scalar=scalar or isinstance(event, yaml.AliasEvent))
        start, _ = self.places.spans[path] = _span(event)
        anchor = event.anchor
        if scalar and anchor is None and event.tag is None:
            return self.scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path)
        if anchor is not None:
            self.flaw(event, "anchors")
            self.anchors.pop(anchor, None)
            self.open_anchors.add(anchor)
        if event.tag is not None:
            self.refuse_tag(event)
        if scalar:
            value = self.scalar(event)
        else:
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            value, end = self.mapping(path) if is_mapping else self.sequence(path)
            self.places.spans[path] = start, end.end_mark.index
        if anchor is not None:
            self.anchors[anchor] = value, path
        return value

    def refuse_size(self, event: Any, path: Path, *, scalar: bool) -> None:
        """See that a value at a path is neither one too many nor too deep.

        Raises:
            Unreadable: it is.
        """
        self.count += 1
        if self.count > self.max_values:
            raise Unreadable(too_many_values(self.place(event, event), self.max_values))
        if len(path) >= self.max_depth and not scalar:
            raise Unreadable(
                Diagnostic(
                    place=self.place(event, event),
                    rule="too-large",
                    message=(
                        f"mappings and sequences are nested more than {self.max_depth} levels deep"
                    ),
                    help="move inner parts to `$defs` and refer to them with `$ref`",
                )
            )

    def alias(self, event: Any, path: Path) -> Any:
        """What an alias stands for.

        Raises:
            Unreadable: nothing, or something around it.
        """
        self.flaw(event, "aliases")
        if event.anchor not in self.anchors:
            around = event.anchor in self.open_anchors
            raise Unreadable(
                Diagnostic(
                    place=self.place(event, event),
                    rule="yaml-anchor" if around else "yaml-syntax",
                    message=f"the YAML alias *{event.anchor} is inside its own anchor"
                    if around
                    else f"there is no YAML anchor &{event.anchor} before this alias",
                    help="put the shared part under `$defs` and refer to it with `$ref`",
                )
            )
        value, source = self.anchors[event.anchor]
        return self.copy(event, value, source, path)

    def copy(self, event: Any, value: Any, source: Path, path: Path) -> Any:
        """A copy of a part at another path, with the places that its values have."""
        if not is_object(value) and not is_array(value):
            return value
        items: list[tuple[str | int, Any]] = list(
            value.items() if is_object(value) else enumerate(value)
        )
        copies: list[Any] = []
        for step, each in items:
            inner, there = (*path, step), (*source, step)
            self.refuse_size(event, inner, scalar=not is_object(each) and not is_array(each))
            self.places.spans[inner] = self.places.spans[there]
            if there in self.key_places.spans:
                self.key_places.spans[inner] = self.key_places.spans[there]
            copies.append(self.copy(event, each, there, inner))
        if is_array(value):
            return copies
        return {step: each for (step, _), each in zip(items, copies, strict=True)}

    def flaw(self, event: Any, what: str) -> None:
        """Note the first anchor or alias of the text."""
        if not any(each.rule == "yaml-anchor" for each in self.flaws):
            self.flaws.append(
                Diagnostic(
                    place=self.place(event, event),
                    rule="yaml-anchor",
                    message=f"YAML {what} are not supported, because JSON does not have them",
                    help="put the shared part under `$defs` and refer to it with `$ref`",
                )
            )

    def refuse_tag(self, event: Any) -> None:
        self.problems.append(
            Diagnostic(
                place=self.place(event, event),
                rule="yaml-tag",
                message=f"the YAML tag {_tag(event.tag)} is not supported",
                help="remove the tag; a contract contains plain JSON values",
            )
        )

    def scalar(self, event: Any) -> Any:
        if not event.implicit[0]:
            return event.value
        try:
            return _plain_scalar(event.value)
        except ValueError as error:
            self.problems.append(
                Diagnostic(
                    place=self.place(event, event),
                    rule="not-json",
                    message=str(error),
                    help="write a number that JSON supports, or quote the string",
                )
            )
            return None

    def sequence(self, path: Path) -> tuple[list[Any], Any]:
        result: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                return result, event
            result.append(self.value(event, (*path, len(result))))
        raise AssertionError("the parser ends every sequence")

    def mapping(self, path: Path) -> tuple[dict[str, Any], Any]:
        result: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                return result, event
            key = self.key(event)
            if key is None:
                raise Unreadable(
                    *self.problems,
                    Diagnostic(
                        place=self.place(event, event),
                        rule="not-json",
                        message="the key is not a string",
                        help="quote the key; the keys of JSON objects are strings",
                    ),
                )
            inner = (*path, key)
            if key in result:
                place = self.place(event, event)
                self.flaws.append(duplicate_key(key, place, self.key_places[inner]))
                self.places.forget_inside(inner, result[key])
                self.key_places.forget_inside(inner, result[key])
            self.key_places.spans[inner] = _span(event)
            result[key] = self.value(next(self.events), inner)
        raise AssertionError("the parser ends every mapping")

    def key(self, event: Any) -> str | None:
        """The text of a key; `None` if it is not text.

        Raises:
            Unreadable: it merges another mapping into this one, as YAML 1.1 had it.
        """
        if isinstance(event, yaml.AliasEvent):
            value = self.anchors.get(str(event.anchor), (None, ()))[0]
            self.flaw(event, "aliases")
            return value if isinstance(value, str) else None
        if not isinstance(event, yaml.ScalarEvent):
            return None
        if event.tag is not None:
            self.refuse_tag(event)
        if event.value == "<<" and event.implicit[0]:
            raise Unreadable(
                *self.problems,
                Diagnostic(
                    place=self.place(event, event),
                    rule="yaml-anchor",
                    message="the key `<<` merges mappings only in YAML 1.1",
                    help=(
                        "put the shared part under `$defs`, and refer to it with `$ref` in `allOf`"
                    ),
                ),
            )
        if event.anchor is not None:
            self.flaw(event, "anchors")
            self.anchors[event.anchor] = event.value, ()
        return str(event.value)


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def duplicate_key(key: str, place: Place, first: Place) -> Diagnostic:
    """The flaw of an object with a key that is there already.

    Args:
        key: the key.
        place: where it is again.
        first: where it is before.
    """
    return Diagnostic(
        place=place,
        rule="duplicate-key",
        message=f"duplicate key {key!r}; first defined at line {first.line}",
        help="remove one of them; until then, the last one counts",
        related=(Related(place=first, message="first defined here"),),
    )


def empty_file(file: str) -> Diagnostic:
    """The diagnostic of a file with nothing in it."""
    return Diagnostic(
        place=Place(file=file),
        rule="empty-file",
        message="the file is empty",
        help="write a contract (`lbgen init` writes an example) or delete the file",
    )


def too_many_values(place: Place, most: int) -> Diagnostic:
    """The diagnostic of a file with more values than are read.

    Args:
        place: of the first that is too many.
        most: how many are read.
    """
    return Diagnostic(
        place=place,
        rule="too-large",
        message=f"the file contains more than {most:,} values",
        help="split it: one file per API, and shared types in separate files",
    )


def _tag(tag: str) -> str:
    """A tag as it is written."""
    prefix = "tag:yaml.org,2002:"
    return repr(f"!!{tag.removeprefix(prefix)}" if tag.startswith(prefix) else tag)


def read_integer(text: str) -> int:
    """The integer that decimal digits stand for.

    Raises:
        ValueError: there are more digits than Python reads; the message is for people.
    """
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"the number has {len(text):,} digits; the limit is {_MOST_DIGITS:,}")
    return int(text)


def _plain_scalar(text: str) -> Any:
    if text and text[0] not in _NO_STRING:
        return text
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INTEGER.fullmatch(text):
        return read_integer(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise ValueError(f"the number {text} is out of range")
        return number
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _NO_NUMBER.fullmatch(text):
        raise ValueError(f"JSON does not support the number {text}")
    return text


def _mark(error: Any) -> Any:
    return getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)


_COMMENTED = re.compile(r"\{[^\"'#]*:\s+(#[^\s,}]+)")
"""A value inside braces that begins with `#`, and so comments out the rest of its line."""


_PLAIN = {
    "could not find expected ':'": "expected a `:` after the key",
    "did not find expected ',' or ']'": "expected a `,` or `]`",
    "did not find expected ',' or '}'": "expected a `,` or `}`",
    "did not find expected '-' indicator": "expected a `-`, as in the items before",
    "did not find expected key": "expected a key with the indentation of the keys before",
    "did not find expected node content": "expected a value",
    "found character that cannot start any token": "unexpected character; quote the value",
    "found unexpected end of stream": "the file ends inside a quoted string",
    "mapping values are not allowed in this context": (
        "unexpected `:`; check the indentation, or quote the value"
    ),
}
"""What the parser says most often, in words for people who do not know its grammar."""


def _syntax_error(file: str, text: str, error: Any) -> Diagnostic:
    mark = _mark(error)
    lines = Lines(file, text)
    if mark is None:  # a character that YAML forbids: only its position is known, in bytes
        before = text.encode()[: getattr(error, "position", 0)].decode(errors="ignore")
        position = len(before)
        character = f"U+{ord(text[position]):04X}" if position < len(text) else "at the end"
        return Diagnostic(
            place=lines.place(position, position + 1),
            rule="yaml-syntax",
            message=f"the character {character} is not allowed in YAML",
            help='write it as an escape in a double-quoted string: "\\u...."',
        )
    problem = str(getattr(error, "problem", None) or error)
    context = getattr(error, "context", None)
    place = lines.place(mark.index, mark.index + 1)
    rows = text.split("\n")
    row = rows[place.line - 1]
    commented = next(filter(None, map(_COMMENTED.search, rows[: place.line])), None)
    if "\t" in row[: place.column] and not row[: place.column].strip():
        message, help_text = "tabs are not allowed for indentation", "indent with spaces"
    elif commented is not None and "flow" in str(context):
        message = "the value is empty, because an unquoted `#` starts a comment in YAML"
        help_text = f'write the value in quotes: "{commented[1]}"'
        start = sum(len(each) + 1 for each in rows[: rows.index(commented.string)])
        place = lines.place(start + commented.start(1), start + commented.end(1))
    else:
        message = _PLAIN.get(problem) or (f"{problem} ({context})" if context else problem)
        help_text = "check indentation, colons and quotes on this line and the one before"
    return Diagnostic(place=place, rule="yaml-syntax", message=message, help=help_text)
