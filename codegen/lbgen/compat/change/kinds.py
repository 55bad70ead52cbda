"""A change in words that a developer uses, and the rule that names its kind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..normal.schema import Node
from .property_kinds import (
    additional,
    by_pattern,
    dependency,
    property_,
    rename,
    required,
)
from .schema_summary import schema_words, shown, value_words
from .seen import Seen, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...source.document import Location
    from ..settings import Direction
    from .edit import Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A piece of a change from the old to the new contract.

    Attributes:
        rule: id of its kind.
        text: what changed (`parameter "coupon" is now required`).
        path: where below the event's parameters, in words (`lines[].quantity`).
        old_place: where the old contract says it.
        new_place: where the new contract says it.
        ways: what to do instead.
    """

    rule: str
    text: str
    path: str
    old_place: Location
    new_place: Location
    ways: tuple[str, ...] = ()


def change_of(edit: Edit, direction: Direction) -> Change:
    """The change that an edit stands for, seen from the old contract to the new one."""
    backward = direction == "backward"
    old, new = (edit.writer, edit.reader) if backward else (edit.reader, edit.writer)
    places = (edit.writer_place, edit.reader_place)
    rule, text, ways = _WORDS[edit.what](Seen(edit, old, new, backward))
    return Change(
        rule=rule,
        text=text,
        path=_path(edit, new),
        old_place=places[0] if backward else places[1],
        new_place=places[1] if backward else places[0],
        ways=ways,
    )


def _path(edit: Edit, new: Any) -> str:
    if edit.what != "rename":
        return edit.path
    return f"{edit.path.removesuffix(edit.name)}{new}"


def _type(seen: Seen) -> Words:
    text = f"{seen.subject}: the type changed from {_types(seen.old)} to {_types(seen.new)}"
    return (
        "compat-type-changed",
        text,
        ("keep the type, and add another parameter with the new type",),
    )


def _schema(seen: Seen) -> Words:
    text = f"{seen.subject} changed from {shown(seen.old)} to {shown(seen.new)}"
    return (
        "compat-type-changed",
        text,
        ("keep it, and add another parameter with the new type",),
    )


def _enum(seen: Seen) -> Words:
    if seen.old is None:
        text = f"{seen.subject} now allows only {value_words(seen.new)}"
        return "compat-values-listed", text, ("keep all values that may have been fired",)
    text = f"{seen.subject} is no longer limited to {value_words(seen.old)}"
    return (
        "compat-values-unlisted",
        text,
        ("add the new values to the list when all readers know them",),
    )


def _value(seen: Seen) -> Words:
    if seen.backward:
        values = seen.edit.writer
        text = f"{seen.subject} no longer allows {value_words(values)}"
        return (
            "compat-value-removed",
            text,
            ("keep the value, because events with it may still be in the streams",),
        )
    values = seen.edit.writer
    text = f"{seen.subject} now allows {value_words(values)}, too"
    return (
        "compat-value-added",
        text,
        (
            (
                "deploy all readers with the new contract before you fire the new value, and "
                "allow this break until then"
            ),
        ),
    )


_NAMES: Final = {
    "maxItems": "the maximum number of items",
    "maxLength": "the maximum length",
    "maxProperties": "the maximum number of properties",
    "maximum": "the maximum",
    "exclusiveMaximum": "the maximum",
    "minItems": "the minimum number of items",
    "minLength": "the minimum length",
    "minProperties": "the minimum number of properties",
    "minimum": "the minimum",
    "exclusiveMinimum": "the minimum",
    "multipleOf": "the step",
}
_RULES: Final = {
    "multipleOf": "compat-step-changed",
    "pattern": "compat-pattern-changed",
    "format": "compat-format-changed",
    "uniqueItems": "compat-uniqueness-changed",
    "contains": "compat-contained-changed",
    "not": "compat-exclusion-changed",
    "propertyNames": "compat-names-changed",
    "if": "compat-condition-changed",
}


def _limit(seen: Seen) -> Words:
    name = seen.edit.what
    old, new = (_single(value) for value in (seen.old, seen.new))
    thing = _NAMES.get(name, f"`{name}`")
    if seen.old is None:
        text = f"{seen.subject} now has a limit: {thing} is {new}"
    elif seen.new is None:
        text = f"{seen.subject} no longer has a limit: {thing} was {old}"
    else:
        text = f"{seen.subject}: {thing} changed from {old} to {new}"
    if name in _RULES:
        return _RULES[name], text, ("keep the old step",)
    if seen.backward:
        return "compat-limit-tightened", text, ("keep the old limit",)
    return (
        "compat-limit-loosened",
        text,
        ("deploy all readers with the new limit first, and allow this break until then",),
    )


def _facet(seen: Seen) -> Words:
    name = seen.edit.what
    old, new = (_single(value) for value in (seen.old, seen.new))
    words = {
        "pattern": "pattern",
        "format": "format",
        "uniqueItems": "`uniqueItems`",
        "contains": "`contains`",
        "not": "`not`",
        "propertyNames": "rule for property names",
        "if": "condition (`if`, `then`, `else`)",
    }
    thing = words.get(name, f"`{name}`")
    simple = name in ("pattern", "format")
    if seen.old is None:
        text = f"{seen.subject} now has a {thing}" + (f": {new}" if simple else "")
    elif seen.new is None:
        text = f"{seen.subject} no longer has a {thing}" + (f"; it was {old}" if simple else "")
    else:
        text = f"{seen.subject}: the {thing} changed" + (f" from {old} to {new}" if simple else "")
    return _RULES.get(name, "compat-schema-changed"), text, (f"keep the old {thing}",)


def _items(seen: Seen) -> Words:
    old, new = schema_words(seen.old), schema_words(seen.new)
    text = f"{seen.subject}: its items changed from {old} to {new}"
    return "compat-items-changed", text, ("keep the type of the items",)


def _tuple(seen: Seen) -> Words:
    text = f"{seen.subject}: the number of `prefixItems` changed from {seen.old} to {seen.new}"
    return "compat-items-changed", text, ("keep the items, and add another parameter",)


def _union(seen: Seen) -> Words:
    text = f"{seen.subject}: `{seen.old}` became `{seen.new}`"
    return "compat-union-changed", text, (f"keep `{seen.old}`",)


def _branch(seen: Seen) -> Words:
    name = seen.edit.name
    if name:
        name = f" {name}" if '"' in name else f' "{name}"'
    if seen.old is None:
        text = f"{seen.subject} has a new variant{name}"
        return (
            "compat-variant-added",
            text,
            (
                (
                    "deploy all readers with the new contract before you fire the new variant, "
                    "and allow this break until then"
                ),
            ),
        )
    text = f"{seen.subject} no longer has the variant{name}"
    return (
        "compat-variant-removed",
        text,
        ("keep the variant, because events with it may still be in the streams",),
    )


def _composition(seen: Seen) -> Words:
    text = f"{seen.subject}: `{seen.edit.what}` changed"
    return "compat-schema-changed", text, (f"keep the old `{seen.edit.what}`",)


_WORDS: Final[dict[str, Callable[[Seen], Words]]] = {
    "property": property_,
    "rename": rename,
    "required": required,
    "type": _type,
    "schema": _schema,
    "enum": _enum,
    "value": _value,
    **dict.fromkeys(_NAMES, _limit),
    **dict.fromkeys(
        ("pattern", "format", "uniqueItems", "contains", "not", "propertyNames", "if"), _facet
    ),
    "additionalProperties": additional,
    "patternProperties": by_pattern,
    "dependentSchemas": dependency,
    "dependentRequired": dependency,
    "items": _items,
    "prefixItems": _tuple,
    "union": _union,
    "branch": _branch,
    **dict.fromkeys(
        ("allOf", "anyOf", "oneOf", "content", "unevaluatedItems", "unevaluatedProperties"),
        _composition,
    ),
}


def _single(value: Any) -> str:
    if not value:
        return ""
    found = next(iter(value.values()))
    return shown(found) if isinstance(found, Node) else json.dumps(found, ensure_ascii=False)


def _types(types: list[str] | None) -> str:
    return " or ".join(types) if types else "anything"
