"""`missing-format`: strings that are a point in time, and do not say so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_array
from ..english.past_tense import name_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, PlacedSchema, Subjects

__all__ = ["check"]

_BY_LAST_WORD: Final = {
    "at": "date-time",
    "datetime": "date-time",
    "timestamp": "date-time",
    "on": "date",
    "date": "date",
    "birthday": "date",
    "time": "time",
}
_BY_EXAMPLE: Final = (
    ("date-time", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:.*)?")),
    ("date", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")),
    ("time", re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}.*)?")),
)
_SAYS_MORE: Final = frozenset({"format", "pattern", "enum", "const", "$ref", "$dynamicRef"})


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Strings whose name or example is a date or a time, without a format."""
    for schema in subjects.schemas:
        type_ = schema.value.get("type")
        types = type_ if is_array(type_) else [type_]
        if "string" not in types or _SAYS_MORE & schema.value.keys():
            continue
        wanted = _by_example(schema.value) or _by_name(schema)
        if wanted is not None:
            yield subjects.finding(
                "missing-format",
                schema.location,
                f"{schema.called or 'this string'!r} looks like a {wanted}, but its schema "
                "accepts any string",
                f"add `format: {wanted}`",
            )


def _by_example(schema: dict[str, Any]) -> str | None:
    examples = schema.get("examples")
    values = [schema.get("default"), *(examples if is_array(examples) else ())]
    texts = [value for value in values if isinstance(value, str)]
    for name, form in _BY_EXAMPLE:
        if texts and all(form.fullmatch(text) for text in texts):
            return name
    return None


def _by_name(schema: PlacedSchema) -> str | None:
    words = name_words(schema.called or "")
    if not words:
        return None
    if words[-2:] == ["date", "time"]:
        return "date-time"
    if len(words) == 1 and words[0] in ("at", "on"):
        return None
    return _BY_LAST_WORD.get(words[-1])
