"""One schema that says what a schema and the parts of its `allOf` say together.

A keyword moves out of a part only where its meaning stays the same; what cannot move stays in
`allOf`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_object
from .json_values import canonical, is_tuple, rational
from .schema import FALSE, NEVER, WRITTEN_WHOLE, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LARGER: Final = frozenset(
    {"exclusiveMinimum", "minItems", "minLength", "minProperties", "minimum"}
)
_SMALLER: Final = frozenset(
    {"exclusiveMaximum", "maxItems", "maxLength", "maxProperties", "maximum"}
)
_OBJECT: Final = ("properties", "patternProperties", "additionalProperties")
_TOGETHER: Final = (
    ("prefixItems", "items"),
    ("contains", "minContains", "maxContains"),
    ("if", "then", "else"),
)
"""Keywords that mean something only together: they move together or not at all."""

_UNEVALUATED: Final = ("unevaluatedItems", "unevaluatedProperties")


def merged(node: Node, parts: Iterable[Node]) -> Node:
    """The node and the parts of its `allOf`, in as few schemas as possible."""
    rest: list[Node] = []
    waiting = list(parts)
    while waiting:
        part = waiting.pop(0)
        waiting[:0] = part.many("allOf")
        part = part.without("allOf") if "allOf" in part.keywords else part
        moved = _moved(node, part)
        if moved is None:
            return Node(keywords=FALSE.keywords, origin=node.origin, notes=node.notes)
        node, left = moved
        if left.keywords and left.key not in {one.key for one in rest}:
            rest.append(left)
    if not rest:
        return node
    if not node.keywords and len(rest) == 1:
        return rest[0].changed(notes=_notes(node, rest[0]))
    return node.with_(allOf=tuple(rest))


def conjunction(first: Node, second: Node) -> Node:
    """The schema of the values that both accept."""
    if first.key == second.key or second.is_true:
        return first
    if first.is_true:
        return second.changed(notes=_notes(first, second))
    if first.is_false:
        return first
    if any(name in one.keywords for one in (first, second) for name in _UNEVALUATED):
        return Node(keywords={"allOf": (first, second)}, origin=first.origin, notes=first.notes)
    return merged(first.without("allOf"), [*first.many("allOf"), second])


def of_type(node: Node, type_: str) -> Node:
    """The schema of those values that are of a type."""
    if node.is_false or node.get("type") == [type_]:
        return node
    if type_ not in node.keywords.get("type", [type_]):
        return Node(keywords=FALSE.keywords, origin=node.origin, notes=node.notes)
    return node.with_(type=[type_])


def _moved(node: Node, part: Node) -> tuple[Node, Node] | None:
    """The node with what can move out of the part, and what is left of the part."""
    if part.is_false:
        return None
    node = node.changed(notes=_notes(node, part))
    if any(name in part.keywords for name in _UNEVALUATED):
        return node, part  # it looks at what its own neighbours leave over
    keywords, places = dict(node.keywords), dict(node.places)
    left: dict[str, Any] = {}
    for group in _groups(part):
        values = {name: part.keywords[name] for name in group if name in part.keywords}
        taken = _take(keywords, group, values)
        if taken is None:
            return None
        if taken:
            for name in values:
                if name not in node.keywords:
                    places[name] = part.place(name)
        else:
            left.update(values)
    moved = node.changed(keywords=keywords, places=places)
    return moved, part.changed(keywords=left, notes={})


def _notes(node: Node, part: Node) -> dict[str, Any]:
    """The notes of both; a default is one only where the property itself states it."""
    notes = {name: note for name, note in part.notes.items() if name != "default"}
    return {**notes, **node.notes}


def _groups(part: Node) -> list[tuple[str, ...]]:
    groups = [_OBJECT, *_TOGETHER]
    grouped = {name for group in groups for name in group}
    single = [(name,) for name in part.keywords if name not in grouped]
    return [group for group in groups if any(name in part.keywords for name in group)] + single


def _take(keywords: dict[str, Any], group: tuple[str, ...], values: dict[str, Any]) -> bool | None:
    """Move values in; `False` if they cannot move, `None` if nothing can be valid then."""
    present = [name for name in group if name in keywords]
    if not present:
        keywords.update(values)
        return True
    if group == _OBJECT:
        return _take_object(keywords, values)
    if len(group) > 1:
        if group[0] == "prefixItems" and present == ["items"] and set(values) == {"items"}:
            keywords["items"] = conjunction(keywords["items"], values["items"])
            return True
        return (
            all(name in keywords for name in values)
            and all(_same(keywords[name], value) for name, value in values.items())
            and len(present) == len(values)
        )
    name = present[0]
    combine = _COMBINE.get(name)
    if _same(keywords[name], values[name]):
        return True
    if combine is None:
        return False
    result = combine(keywords[name], values[name])
    if result is NEVER:
        return None
    if result is None:
        return False
    keywords[name] = result
    return True


def _take_object(keywords: dict[str, Any], values: dict[str, Any]) -> bool:
    for one, other in ((keywords, values), (values, keywords)):
        rest: Node | None = one.get("additionalProperties")
        if rest is not None and not rest.is_true and any(name in other for name in _OBJECT):
            return False
    for name in ("properties", "patternProperties"):
        if name in values:
            old: dict[str, Node] = keywords.get(name, {})
            new: dict[str, Node] = values[name]
            both = {key: conjunction(old[key], new[key]) for key in old if key in new}
            keywords[name] = {**old, **new, **both}
    if "additionalProperties" in values:
        keywords["additionalProperties"] = values["additionalProperties"]
    return True


def _same(one: Any, other: Any) -> bool:
    return _text(one) == _text(other)


def _text(value: Any) -> str:
    if isinstance(value, Node):
        return value.key
    if is_tuple(value):
        return "\n".join(_text(part) for part in value)
    if is_object(value):
        return "\n".join(f"{canonical(name)}:{_text(value[name])}" for name in sorted(value))
    return canonical(value)


def _types(one: list[str], other: list[str]) -> Any:
    whole = {"integer"} if {"integer", "number"} <= {*one, *other} else set[str]()
    both = (set(one) & set(other)) | whole
    return sorted(both) or NEVER


def _enums(one: list[Any], other: list[Any]) -> Any:
    allowed = {canonical(value) for value in other}
    return [value for value in one if canonical(value) in allowed] or NEVER


def _multiples(one: Any, other: Any) -> Any:
    first, second = rational(one), rational(other)
    if (first / second).denominator == 1:
        return one
    return other if (second / first).denominator == 1 else None


def _required(one: dict[str, list[str]], other: dict[str, list[str]]) -> Any:
    return {
        name: sorted({*one.get(name, []), *other.get(name, [])}) for name in sorted({*one, *other})
    }


def _schemas(one: dict[str, Node], other: dict[str, Node]) -> Any:
    both = {name: conjunction(one[name], other[name]) for name in one if name in other}
    return {**one, **other, **both}


_COMBINE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(_LARGER, max),
    **dict.fromkeys(_SMALLER, min),
    "type": _types,
    "enum": _enums,
    "multipleOf": _multiples,
    "required": lambda one, other: sorted({*one, *other}),
    "dependentRequired": _required,
    "dependentSchemas": _schemas,
    "propertyNames": conjunction,
    "uniqueItems": lambda one, _: one,
    WRITTEN_WHOLE: lambda one, _: one,
}
