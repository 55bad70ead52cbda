"""What a violation says: what is wrong, and what to write instead.

`fire`, `from_json`, the 422 of a web framework and `lbgen validate` all say this.
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with `list[Unknown]`.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ...printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    Similar: TypeAlias = Callable[[str, Iterable[str]], str | None]
    """Gives the known word that somebody most likely meant, if there is one."""

__all__ = [
    "KINDS",
    "NO_OFFSET",
    "any_of",
    "form_of",
    "is_naive",
    "missing",
    "not_one_of",
    "number_of",
    "shown",
    "unexpected",
    "words_of",
    "wrong_kind",
]

_LONGEST: Final = 60
"""Characters of a value that are shown."""
_MOST: Final = 20
"""Values of a list that are shown."""

KINDS: Final = {
    "null": "null",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "an array",
    "object": "an object",
}
"""Each type of JSON, as what somebody may write."""

_FORMATS: Final = {
    "date": ("a date", "2026-11-23"),
    "date-time": ("a date-time", "2026-11-23T09:00:00+00:00"),
    "duration": ("an ISO 8601 duration", "P3DT4H"),
    "email": ("an email address", "ada@example.org"),
    "hostname": ("a hostname", "www.example.org"),
    "idn-email": ("an email address", "ada@example.org"),
    "idn-hostname": ("a hostname", "www.example.org"),
    "ipv4": ("an IPv4 address", "192.0.2.1"),
    "ipv6": ("an IPv6 address", "2001:db8::1"),
    "iri": ("an absolute IRI", "https://example.org/a"),
    "iri-reference": ("an IRI or a relative reference", "/a"),
    "json-pointer": ("a JSON pointer", "/a/0"),
    "regex": ("a regular expression", "^[a-z]+$"),
    "relative-json-pointer": ("a relative JSON pointer", "1/a"),
    "time": ("a time with an offset", "09:00:00+00:00"),
    "uri": ("an absolute URI", "https://example.org/a"),
    "uri-reference": ("a URI or a relative reference", "/a"),
    "uri-template": ("a URI template", "/a/{b}"),
    "uuid": ("a UUID", "5f1c8a52-66b7-4a6e-9d29-9f0d1ad0c2a1"),
}
NO_OFFSET: Final = "has no UTC offset"
_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)
_NAIVE_TIME: Final = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)


def is_naive(value: Any) -> bool:
    """Whether a value is a date-time that lacks nothing but its offset from UTC."""
    if type(value) is not str or len(value) > _LONGEST or not _NAIVE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value[:19])
    except ValueError:
        return False
    return True


def shown(value: Any) -> str:
    """A JSON value in a sentence."""
    match value:
        case str():
            return f"'{printable(value, _LONGEST)}'"
        case dict():
            return "an object"
        case list():
            return f"an array of {number_of(len(value), 'item')}"
        case _:
            return printable(json.dumps(value), _LONGEST)


def form_of(value: Any) -> str:
    """The type of a JSON value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def any_of(texts: Iterable[str], last: str = " or ") -> str:
    """Some alternatives: `a, b or c`; of a long list the first, and how many others there are.

    Args:
        texts: the alternatives.
        last: what is before the last one.
    """
    listed = list(texts) or ["nothing"]
    rest = len(listed) - _MOST
    if rest > 1:
        return f"{', '.join(listed[:_MOST])} or {rest} others"
    return last.join(filter(None, (", ".join(listed[:-1]), listed[-1])))


def number_of(count: int, noun: str) -> str:
    """`1 item`, `2 items`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def wrong_kind(value: Any, kinds: Iterable[str]) -> str:
    """A value has another type than its schema wants."""
    wanted = list(dict.fromkeys(kinds))
    write = any_of(KINDS.get(each, each) for each in wanted)
    if "integer" in wanted and type(value) is float:
        return f"{shown(value)} has a fraction; write {write}"
    if type(value) is str:
        bare = _is_number(value) and not {"integer", "number"}.isdisjoint(wanted)
        return f"{shown(value)} is a string; write {write}{', without quotes' if bare else ''}"
    if value is None or isinstance(value, bool | list | dict):
        what = shown(value) if isinstance(value, bool) or value is None else KINDS[form_of(value)]
        return f"this is {what}; write {write}"
    return f"{shown(value)} is {KINDS[form_of(value)]}; write {write}"


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", text))


def not_one_of(value: Any, options: Sequence[Any], similar: Similar) -> str:
    """A value is none of those that are allowed."""
    if len(options) == 1:
        return f"{shown(value)} is not {_option(options[0])}; write {_option(options[0])}"
    names = [each for each in options if type(each) is str]
    meant = similar(value, names) if type(value) is str else None
    advice = "write one of these" if meant is None else f"did you mean {shown(meant)}?"
    return f"{shown(value)} is not one of {any_of(map(_option, options), ', ')}; {advice}"


def _option(value: Any) -> str:
    if isinstance(value, list | dict):
        return printable(json.dumps(value, ensure_ascii=False), _LONGEST)
    return shown(value)


def missing(name: str, given: Iterable[str], similar: Similar) -> str:
    """A property is not there.

    Args:
        name: of the property.
        given: properties that are there and that the schema does not know.
        similar: finds the one of them that was probably meant.
    """
    meant = similar(name, given)
    beside = "" if meant is None else f", or rename {shown(meant)}"
    return f"{shown(name)} is missing; add it{beside}"


def unexpected(name: str, known: Iterable[str], similar: Similar) -> str:
    """A property is there that may not be."""
    meant = similar(name, known)
    advice = "remove it" if meant is None else f"did you mean {shown(meant)}?"
    return f"{shown(name)} is not a property of this object; {advice}"


def words_of(keyword: str, schema: Any, value: Any, similar: Similar) -> str:
    """What is wrong with a value that breaks a keyword that holds no schema.

    Args:
        keyword: of JSON Schema.
        schema: the schema around the keyword.
        value: what breaks it.
        similar: finds what was meant.
    """
    limit = schema[keyword]
    match keyword:
        case "type":
            return wrong_kind(value, [limit] if type(limit) is str else limit)
        case "enum":
            return not_one_of(value, limit, similar)
        case "const":
            return not_one_of(value, [limit], similar)
        case "format":
            return _format(limit, value)
        case "pattern":
            pattern = printable(limit, 200)
            return (
                f"{shown(value)} does not match the pattern {pattern}; write a string that "
                "matches it"
            )
        case "multipleOf":
            return f"{shown(value)} is not a multiple of {limit}; write another value"
        case "uniqueItems":
            return f"{_repeated(value)}; remove one of them"
        case "contentEncoding":
            return f"{shown(value)} is not encoded as {limit}; encode it"
        case "contentMediaType":
            return f"{shown(value)} is not of the type {limit}; write a string of this type"
        case _:
            return _bound(keyword, schema, value)


def _bound(keyword: str, schema: Any, value: Any) -> str:
    limit = schema[keyword]
    match keyword:
        case "minimum" if schema.get("exclusiveMinimum") is True:
            return f"{shown(value)} is not more than {limit}; write more"
        case "maximum" if schema.get("exclusiveMaximum") is True:
            return f"{shown(value)} is not less than {limit}; write less"
        case "minimum":
            return f"{shown(value)} is less than {limit}; write {limit} or more"
        case "maximum":
            return f"{shown(value)} is more than {limit}; write {limit} or less"
        case "exclusiveMinimum":
            return f"{shown(value)} is not more than {limit}; write more"
        case "exclusiveMaximum":
            return f"{shown(value)} is not less than {limit}; write less"
        case "minLength" | "maxLength":
            have = number_of(len(value), "character")
            return f"{shown(value)} has {have}; {_bounds(keyword, limit)}"
        case "minItems" | "maxItems":
            return f"the array has {number_of(len(value), 'item')}; {_bounds(keyword, limit)}"
        case "minProperties" | "maxProperties":
            return f"the object has {number_of(len(value), 'property')}; {_bounds(keyword, limit)}"
        case _:
            return f"{shown(value)} breaks {keyword!r}; write another value"


def _bounds(keyword: str, limit: Any) -> str:
    return f"write {'at least' if keyword.startswith('min') else 'at most'} {limit}"


def _format(name: str, value: str) -> str:
    if name == "date-time" and is_naive(value):
        return (
            f"{shown(value)} {NO_OFFSET}; add one, such as +00:00 (in Python, use "
            "datetime.now(UTC))"
        )
    if name == "time" and _NAIVE_TIME.fullmatch(value):
        return f"{shown(value)} {NO_OFFSET}; add one, such as +00:00"
    what, example = _FORMATS.get(name, (f"of the format {name!r}", ""))
    such = f"; write one such as {example}" if example else "; write another value"
    return f"{shown(value)} is not {what}{such}"


def _repeated(values: Sequence[Any]) -> str:
    seen: dict[str, int] = {}
    for index, each in enumerate(values):
        if isinstance(each, list | dict):
            continue
        number = int(each) if isinstance(each, float) and each.is_integer() else each
        first = seen.setdefault(f"{form_of(number)} {number}", index)
        if first != index:
            return f"items {first} and {index} are both {shown(each)}"
    return "two items are equal"
