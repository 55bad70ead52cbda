"""A schema in a few words: `string`, `integer from 1`, `"a" or "b"`, `list of object`."""

from __future__ import annotations

import json
from typing import Any, Final

from ..normal.schema import REF, Node
from .branches import name_of

_MOST: Final = 4
_WORDS: Final = (
    ("minimum", "from {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "up to {}"),
    ("exclusiveMaximum", "below {}"),
    ("multipleOf", "in steps of {}"),
    ("minLength", "of at least {} characters"),
    ("maxLength", "of at most {} characters"),
    ("pattern", "matching {}"),
)


def shown(node: Node) -> str:
    """What a schema accepts, for people."""
    if node.is_true:
        return "anything"
    if node.is_false:
        return "nothing"
    if "enum" in node.keywords:
        values = [json.dumps(value, ensure_ascii=False) for value in node.get("enum")]
        more = f" or {len(values) - _MOST} more" if len(values) > _MOST else ""
        return " or ".join(values[:_MOST]) + more
    for union in ("anyOf", "oneOf"):
        if union in node.keywords:
            return " or ".join(dict.fromkeys(_branch(one) for one in node.many(union)))
    if REF in node.keywords:
        return name_of(node) or "a recursive type"
    return _plain(node)


def _branch(node: Node) -> str:
    name = name_of(node)
    return name if "properties" in node.keywords and name else shown(node)


def _plain(node: Node) -> str:
    types: list[str] = node.get("type") or []
    words = " or ".join(types) if types else "anything"
    if types == ["array"] and node.get("items") is not None:
        words = f"list of {shown(node.get('items'))}"
    if types == ["string"] and "format" in node.keywords:
        words = f"string ({node.get('format')})"
    for keyword, text in _WORDS:
        if keyword in node.keywords:
            value = node.get(keyword)
            words += " " + text.format(json.dumps(value) if keyword == "pattern" else value)
    return words


def value_words(values: list[Any]) -> str:
    """Values as JSON, one behind the other."""
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


def schema_words(schema: Node | None) -> str:
    """A schema in a few words."""
    return "anything" if schema is None else shown(schema)
