"""What the keywords of one JSON type say of a value, and the ways in which they can fail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ..normal.json_values import Kind, rational
from ..normal.schema import WRITTEN_WHOLE, Node
from .terms import (
    Absent,
    Alternative,
    Clause,
    Distinct,
    FewItems,
    Group,
    Item,
    ItemAt,
    ItemsFrom,
    Length,
    Limit,
    Matches,
    Multiple,
    OfFormat,
    Opaque,
    Present,
    PropertyNames,
    SomeItem,
    SomeProperty,
    Written,
    no,
    yes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["atoms", "dependent", "failures"]

_COUNTS: Final = {
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
    "string": ("minLength", "maxLength"),
}


def atoms(node: Node, kind: Kind) -> list[Item]:
    """What the keywords of one type say."""
    items: list[Item] = []
    get = node.get
    if kind in _COUNTS:
        least, most = (get(name) for name in _COUNTS[kind])
        if least is not None or most is not None:
            items.append(Length(least or 0, most))
    if kind == "number":
        for name, low, strict in _LIMITS:
            if get(name) is not None:
                items.append(Limit(low, rational(get(name)), strict))
        if get("multipleOf") is not None:
            items.append(Multiple(rational(get("multipleOf")), positive=True))
        if WRITTEN_WHOLE in node.keywords:
            items.append(Written(whole=True))
    elif kind == "string":
        items += list(_texts(node, positive=True))
    elif kind == "array":
        prefix = node.many("prefixItems")
        items += [ItemAt(index, yes(item)) for index, item in enumerate(prefix)]
        if get("items") is not None:
            items.append(ItemsFrom(len(prefix), yes(get("items"))))
        if get("uniqueItems"):
            items.append(Distinct(positive=True))
        items += _contained(node)
    elif kind == "object":
        group = _group(node)
        if group is not None:
            items.append(group)
        items += [Present(name) for name in node.texts("required")]
        if get("propertyNames") is not None:
            items.append(PropertyNames(yes(get("propertyNames"))))
    return items


def _contained(node: Node) -> list[Item]:
    wanted = node.get("contains")
    if wanted is None:
        return []
    items: list[Item] = []
    least = node.get("minContains")
    least = 1 if least is None else least
    most = node.get("maxContains")
    if least:
        items.append(SomeItem(0, yes(wanted), least))
    if most == 0:
        items.append(ItemsFrom(0, no(wanted)))
    elif most is not None:
        items.append(FewItems(yes(wanted), most))
    return items


_LIMITS: Final = (
    ("minimum", True, False),
    ("exclusiveMinimum", True, True),
    ("maximum", False, False),
    ("exclusiveMaximum", False, True),
)


def _texts(node: Node, *, positive: bool) -> Iterator[Item]:
    if "pattern" in node.keywords:
        yield Matches(node.get("pattern"), positive)
    if "format" in node.keywords:
        yield OfFormat(node.get("format"), positive)
    if "content" in node.keywords:
        yield Opaque(json.dumps(node.get("content")), positive)


def _group(node: Node) -> Group | None:
    properties = node.named("properties")
    patterns = node.named("patternProperties")
    rest = node.get("additionalProperties")
    if not properties and not patterns and rest is None:
        return None
    return Group(properties, tuple(patterns.items()), rest)


def dependent(node: Node) -> Iterator[Clause]:
    """What an object with one property has to have beside it."""
    for name, names in node.dependent.items():
        yield ((Absent(name),), tuple(Present(each) for each in (name, *names)))
    for name, schema in node.named("dependentSchemas").items():
        yield ((Absent(name),), (Present(name), yes(schema)))


def failures(node: Node, kind: Kind) -> list[Alternative]:
    """The ways in which the keywords of one type can fail."""
    ways: list[Alternative] = []
    get = node.get
    if kind in _COUNTS:
        least, most = (get(name) for name in _COUNTS[kind])
        if least:
            ways.append((Length(0, least - 1),))
        if most is not None:
            ways.append((Length(most + 1),))
    if kind == "number":
        for name, low, strict in _LIMITS:
            if get(name) is not None:
                ways.append((Limit(not low, rational(get(name)), not strict),))
        if get("multipleOf") is not None:
            ways.append((Multiple(rational(get("multipleOf")), positive=False),))
        if WRITTEN_WHOLE in node.keywords:
            ways.append((Written(whole=False),))
    elif kind == "string":
        ways += [(atom,) for atom in _texts(node, positive=False)]
    elif kind == "array":
        ways += _array_against(node)
    elif kind == "object":
        ways += _object_against(node)
    return ways


def _array_against(node: Node) -> Iterator[Alternative]:
    prefix = node.many("prefixItems")
    for index, item in enumerate(prefix):
        yield (Length(index + 1), ItemAt(index, no(item)))
    if node.get("items") is not None:
        yield (SomeItem(len(prefix), no(node.get("items"))),)
    if node.get("uniqueItems"):
        yield (Distinct(positive=False),)
    wanted = node.get("contains")
    if wanted is not None:
        least = node.get("minContains")
        least = 1 if least is None else least
        if least == 1:
            yield (ItemsFrom(0, no(wanted)),)
        elif least:
            yield (FewItems(yes(wanted), least - 1),)
        if node.get("maxContains") is not None:
            yield (SomeItem(0, yes(wanted), node.get("maxContains") + 1),)


def _object_against(node: Node) -> Iterator[Alternative]:
    for name in node.texts("required"):
        yield (Absent(name),)
    group = _group(node)
    if group is not None:
        for name, schema in group.properties.items():
            yield (Present(name, no(schema)),)
        for pattern, schema in group.patterns:
            yield (SomeProperty(matching=(pattern,), lit=no(schema)),)
        if group.rest is not None and not group.rest.is_true:
            yield (
                SomeProperty(
                    others=frozenset(group.properties),
                    failing=tuple(pattern for pattern, _ in group.patterns),
                    lit=no(group.rest),
                ),
            )
    if node.get("propertyNames") is not None:
        yield (SomeProperty(names=frozenset({no(node.get("propertyNames"))})),)
    for name, names in node.dependent.items():
        for other in names:
            yield (Present(name), Absent(other))
    for name, schema in node.named("dependentSchemas").items():
        yield (Present(name), no(schema))
