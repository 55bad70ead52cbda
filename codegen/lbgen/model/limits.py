"""What a schema demands of a value beside its type, in the words of a docstring.

Cases: lengths, numbers of items and of properties, bounds, `multipleOf`, `uniqueItems`, a format
without a Python type, a pattern, and examples.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ..source.json_types import is_array
from .types import FORMATS_WITH_TYPES, Literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .types import Type

__all__ = ["limits_in_words"]

_SIZES: Final = (
    ("minLength", "maxLength", "character"),
    ("minItems", "maxItems", "item"),
    ("minProperties", "maxProperties", "property"),
)
_EXAMPLES: Final = 3
_LONGEST: Final = 60
"""Characters of an example: a longer one explains nothing in a docstring."""


def limits_in_words(schemas: Iterable[dict[str, Any]], type_: Type) -> str:
    """One line about what some schemas demand together; empty if they demand nothing more.

    Args:
        schemas: all that apply to the value.
        type_: its type. What the type says already is left out.
    """
    said = dict.fromkeys(words for schema in schemas for words in _words(schema, type_))
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _words(schema: dict[str, Any], type_: Type) -> Iterator[str]:
    if isinstance(type_, Literals):
        return
    for lower, upper, unit in _SIZES:
        if size := _size(schema.get(lower), schema.get(upper), unit):
            yield size
    yield from _bounds(schema)
    if _is_number(step := schema.get("multipleOf")):
        yield f"a multiple of {json.dumps(step)}"
    if schema.get("uniqueItems") is True:
        yield "no two items are equal"
    if isinstance(name := schema.get("format"), str) and name not in FORMATS_WITH_TYPES:
        yield f"format `{name}`"
    if isinstance(pattern := schema.get("pattern"), str):
        yield f"matches `{pattern}`"
    examples = schema.get("examples")
    shown = (
        [json.dumps(each, ensure_ascii=False) for each in examples] if is_array(examples) else []
    )
    if short := [f"`{each}`" for each in shown if len(each) <= _LONGEST][:_EXAMPLES]:
        yield f"for example {' or '.join(short)}"


def _size(least: Any, most: Any, unit: str) -> str:
    """`1 to 12 characters`."""
    least, most = least if _is_number(least) and least else None, most if _is_number(most) else None
    units = f"{unit[:-1]}ies" if unit.endswith("y") else f"{unit}s"
    match least, most:
        case None, None:
            return ""
        case None, _:
            return f"at most {most:,} {unit if most == 1 else units}"
        case _, None:
            return f"at least {least:,} {unit if least == 1 else units}"
        case _:
            amount = f"{least:,} to {most:,}" if least != most else f"exactly {most:,}"
            return f"{amount} {unit if most == 1 else units}"


def _bounds(schema: dict[str, Any]) -> Iterator[str]:
    """`at least 0`, `less than 1`; draft 04 has a boolean `exclusiveMinimum` beside `minimum`."""
    for inclusive, exclusive, at, beyond in (
        ("minimum", "exclusiveMinimum", "at least", "more than"),
        ("maximum", "exclusiveMaximum", "at most", "less than"),
    ):
        bound, strict = schema.get(inclusive), schema.get(exclusive)
        if _is_number(bound):
            yield f"{beyond if strict is True else at} {json.dumps(bound)}"
        if _is_number(strict):
            yield f"{beyond} {json.dumps(strict)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
