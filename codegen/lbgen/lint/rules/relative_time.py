"""`relative-time`: values that mean something else tomorrow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_array
from ..english.past_tense import name_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...source.document import Path
    from ..subjects import LintFinding, PlacedSchema, Subjects

__all__ = ["check"]

_UNITS: Final = r"(?:time|seconds?|minutes?|hours?|days?|nights?|weeks?|months?|quarters?|years?)"
_DAYS: Final = r"(?:today|tomorrow|yesterday|tonight)"
_NEAR: Final = r"(?:next|last|previous|this|current|coming)"

_NAME: Final = re.compile(
    rf"(?:^|_)(?:{_DAYS}|now|{_NEAR}_(?:week|month|quarter|year|night)"
    rf"|{_UNITS}_(?:ago|left|remaining|until|from_now|to_go)"
    r"|(?:expires|expiring|starts|ends|due|arrives|delivered|valid|available)_in)(?:_|$)"
)
_TEXT: Final = re.compile(
    rf"\b(?:{_DAYS}|right now|from now(?! on)|{_NEAR} (?:week|month|quarter|year|night)"
    rf"|{_UNITS} (?:ago|left|remaining|from today))\b",
    re.IGNORECASE,
)
_HELP: Final = "an event may be read a year later; use a point in time (`format: date-time`)"


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Names, descriptions and values that are relative to the time of reading."""
    for schema in subjects.schemas:
        name = "_".join(name_words(schema.property_name or ""))
        found = _NAME.search(name)
        if found is not None:
            yield subjects.finding(
                "relative-time",
                schema.location,
                f"the value of {schema.property_name!r} depends on when it is read:"
                f" {found[0].strip('_').replace('_', ' ')!r}",
                _HELP,
            )
        for path, text in _texts(schema):
            found = _TEXT.search(text)
            if found is not None:
                where = "description" if path == ("description",) else "value"
                yield subjects.finding(
                    "relative-time",
                    schema.location,
                    f"this {where} depends on when it is read: {found[0]!r}",
                    _HELP,
                    place=subjects.place(_below(schema, path)),
                )


def _below(schema: PlacedSchema, path: Path) -> Any:
    location = schema.location
    for step in path:
        location = location / step
    return location


def _texts(schema: PlacedSchema) -> Iterator[tuple[Path, str]]:
    """Texts that say what a value is, and texts that are values."""
    value = schema.value
    if schema.called is not None and isinstance(value.get("description"), str):
        yield ("description",), value["description"]
    for keyword in ("const", "default"):
        if isinstance(value.get(keyword), str) and _TEXT.fullmatch(value[keyword]):
            yield (keyword,), value[keyword]
    for keyword in ("enum", "examples"):
        values = value.get(keyword)
        for index, each in enumerate(values if is_array(values) else ()):
            if isinstance(each, str) and _TEXT.fullmatch(each.replace("_", " ")):
                yield (keyword, index), each.replace("_", " ")
