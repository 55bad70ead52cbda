"""A change in words that a developer uses, and the rule that names its kind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ...source.json_types import is_array
from ..normal.schema import Node
from .schema_summary import shown

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
    rule, text, ways = _WORDS[edit.what](_Seen(edit, old, new, backward))
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


@dataclass(frozen=True, slots=True)
class _Seen:
    """An edit from the old to the new contract."""

    edit: Edit
    old: Any
    new: Any
    backward: bool

    @property
    def subject(self) -> str:
        return f'parameter "{self.edit.path}"' if self.edit.path else "the event"


_Words: TypeAlias = tuple[str, str, tuple[str, ...]]


def _property(seen: _Seen) -> _Words:
    if seen.old is None:
        schema, required = seen.new
        if required:
            text = f"{seen.subject} is new and required"
            return (
                "compat-parameter-added",
                text,
                ("make it optional: remove it from `required`, and add a `default` if possible",),
            )
        text = f"{seen.subject} is new ({shown(schema)})"
        if seen.backward:
            way = (
                "use a name that was never used before, because events may have other values "
                "under this one"
            )
        else:
            way = (
                "deploy all readers with the new contract before you send it, and allow this "
                "break until then, because the old contract does not allow undeclared "
                "properties"
            )
        return "compat-parameter-added", text, (way,)
    schema, required = seen.old
    text = f"{seen.subject} was removed"
    if required:
        text += ", which was required"
        return (
            "compat-parameter-removed",
            text,
            ("keep it, and keep sending it, until no reader uses the old contract",),
        )
    return "compat-parameter-removed", text, ("keep it as an optional parameter",)


def _rename(seen: _Seen) -> _Words:
    stem = seen.edit.path.removesuffix(seen.edit.name)
    old, new = f"{stem}{seen.old}", f"{stem}{seen.new}"
    return (
        "compat-parameter-renamed",
        f'parameter "{old}" is now named "{new}"',
        (
            (
                f'keep "{old}", add "{new}" as an optional parameter, and send both until '
                f'nobody reads "{old}"'
            ),
        ),
    )


def _required(seen: _Seen) -> _Words:
    if seen.new:
        return (
            "compat-parameter-required",
            f"{seen.subject} is now required",
            ("keep it optional", "add a `default` first, and make it required in a later change"),
        )
    return (
        "compat-parameter-optional",
        f"{seen.subject} is now optional",
        (
            "keep it required until no reader uses the old contract",
            "add a `default`, which `fire` then sends",
        ),
    )


def _type(seen: _Seen) -> _Words:
    text = f"{seen.subject}: the type changed from {_types(seen.old)} to {_types(seen.new)}"
    return (
        "compat-type-changed",
        text,
        ("keep the type, and add another parameter with the new type",),
    )


def _schema(seen: _Seen) -> _Words:
    text = f"{seen.subject} changed from {shown(seen.old)} to {shown(seen.new)}"
    return (
        "compat-type-changed",
        text,
        ("keep it, and add another parameter with the new type",),
    )


def _enum(seen: _Seen) -> _Words:
    if seen.old is None:
        text = f"{seen.subject} now allows only {_list(seen.new)}"
        return "compat-values-listed", text, ("keep all values that may have been fired",)
    text = f"{seen.subject} is no longer limited to {_list(seen.old)}"
    return (
        "compat-values-unlisted",
        text,
        ("add the new values to the list when all readers know them",),
    )


def _value(seen: _Seen) -> _Words:
    if seen.backward:
        values = seen.edit.writer
        text = f"{seen.subject} no longer allows {_list(values)}"
        return (
            "compat-value-removed",
            text,
            ("keep the value, because events with it may still be in the streams",),
        )
    values = seen.edit.writer
    text = f"{seen.subject} now allows {_list(values)}, too"
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


def _limit(seen: _Seen) -> _Words:
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


def _facet(seen: _Seen) -> _Words:
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


def _additional(seen: _Seen) -> _Words:
    if _is_false(seen.new):
        text = f"{seen.subject} no longer allows additional properties"
        return (
            "compat-additional-forbidden",
            text,
            ("remove `additionalProperties`; readers then ignore unknown properties",),
        )
    if _is_false(seen.old):
        text = f"{seen.subject} now allows additional properties"
        return (
            "compat-additional-allowed",
            text,
            ("deploy all readers with the new contract first, and allow this break until then",),
        )
    text = f"{seen.subject}: the schema of additional properties changed"
    text += f" from {_shown(seen.old)} to {_shown(seen.new)}"
    return "compat-additional-changed", text, ("keep the old schema of `additionalProperties`",)


def _by_pattern(seen: _Seen) -> _Words:
    verb = "describes" if seen.old is None else "no longer describes"
    text = f"{seen.subject} {verb} properties that match {json.dumps(seen.edit.name)}"
    return "compat-additional-changed", text, ("keep the old `patternProperties`",)


def _dependency(seen: _Seen) -> _Words:
    text = f'{seen.subject}: the properties that "{seen.edit.name}" requires changed'
    if is_array(seen.new):
        text = f'{seen.subject}: "{seen.edit.name}" now requires {_list(seen.new)}, too'
    return "compat-dependency-changed", text, ("keep the old dependency",)


def _items(seen: _Seen) -> _Words:
    text = f"{seen.subject}: its items changed from {_shown(seen.old)} to {_shown(seen.new)}"
    return "compat-items-changed", text, ("keep the type of the items",)


def _tuple(seen: _Seen) -> _Words:
    text = f"{seen.subject}: the number of `prefixItems` changed from {seen.old} to {seen.new}"
    return "compat-items-changed", text, ("keep the items, and add another parameter",)


def _union(seen: _Seen) -> _Words:
    text = f"{seen.subject}: `{seen.old}` became `{seen.new}`"
    return "compat-union-changed", text, (f"keep `{seen.old}`",)


def _branch(seen: _Seen) -> _Words:
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


def _composition(seen: _Seen) -> _Words:
    text = f"{seen.subject}: `{seen.edit.what}` changed"
    return "compat-schema-changed", text, (f"keep the old `{seen.edit.what}`",)


_WORDS: Final[dict[str, Callable[[_Seen], _Words]]] = {
    "property": _property,
    "rename": _rename,
    "required": _required,
    "type": _type,
    "schema": _schema,
    "enum": _enum,
    "value": _value,
    **dict.fromkeys(_NAMES, _limit),
    **dict.fromkeys(
        ("pattern", "format", "uniqueItems", "contains", "not", "propertyNames", "if"), _facet
    ),
    "additionalProperties": _additional,
    "patternProperties": _by_pattern,
    "dependentSchemas": _dependency,
    "dependentRequired": _dependency,
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


def _list(values: list[Any]) -> str:
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


def _shown(schema: Node | None) -> str:
    return "anything" if schema is None else shown(schema)


def _is_false(schema: Node | None) -> bool:
    return schema is not None and schema.is_false
