"""What a literal says about values of one JSON type: atoms, further literals, alternatives."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Final

from ..normal.disjoint import disjoint
from ..normal.json_values import Kind, kind_of, rational
from ..normal.schema import REF, WRITTEN_WHOLE, Node, UnsupportedSchema
from .cases import Items, cases
from .terms import (
    Absent,
    Alternative,
    Clause,
    Distinct,
    FewItems,
    Group,
    Impossible,
    Item,
    ItemAt,
    ItemsFrom,
    Length,
    Limit,
    Lit,
    Matches,
    Multiple,
    NoneOfValues,
    OfFormat,
    OneOfValues,
    Opaque,
    Present,
    PropertyNames,
    SomeItem,
    SomeProperty,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEEPEST: Final = 60
_COUNTS: Final = {
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
    "string": ("minLength", "maxLength"),
}


class Tautology(Exception):
    """A literal that every value of the type fulfils."""


def yes(node: Node) -> Lit:
    """The literal that a schema holds."""
    return Lit(node, positive=True)


def no(node: Node) -> Lit:
    """The literal that a schema does not hold."""
    return Lit(node, positive=False)


def holding(
    node: Node, kind: Kind, definitions: Mapping[str, Node]
) -> tuple[list[Item], list[Clause]]:
    """What follows from a schema that holds: things that hold, and alternatives."""
    items: list[Item] = []
    clauses: list[Clause] = []
    if node.is_false or not _typed(node, kind):
        return [Impossible()], []
    if _only_integers(node, kind):
        items.append(Multiple(rational(1), positive=True))
    if REF in node.keywords:
        items.append(yes(definitions[node.get(REF)]))
    if "enum" in node.keywords:
        values = tuple(value for value in node.get("enum") if kind_of(value) == kind)
        items.append(OneOfValues(values) if values else Impossible())
    items += [yes(part) for part in node.many("allOf")]
    if "not" in node.keywords:
        items.append(no(node.get("not")))
    if "anyOf" in node.keywords:
        clauses.append(tuple((yes(branch),) for branch in node.get("anyOf")))
    if "oneOf" in node.keywords:
        clauses.append(tuple(_exactly(node.get("oneOf"))))
    if "if" in node.keywords:
        test = node.get("if")
        then, otherwise = node.get("then"), node.get("else")
        clauses.append(
            (
                (yes(test), *([yes(then)] if then else [])),
                (no(test), *([yes(otherwise)] if otherwise else [])),
            )
        )
    items += _atoms(node, kind)
    if kind == "object":
        clauses += _dependent(node)
    unevaluated = _unevaluated(node, kind)
    if unevaluated is not None:
        rest = node.get(unevaluated)
        clauses.append(
            tuple(
                (*case.items, _unevaluated_all(case.evaluated, rest))
                for case in cases(node.without(unevaluated), kind, definitions)
            )
        )
    return items, clauses


def failing(
    node: Node, kind: Kind, definitions: Mapping[str, Node], depth: int = 0
) -> list[Alternative]:
    """The ways in which a schema can fail.

    Raises:
        Tautology: it fails for every value of the type.
    """
    if depth > _DEEPEST:
        raise UnsupportedSchema("a deep composition of references")
    if node.is_false or not _typed(node, kind):
        raise Tautology
    ways: list[Alternative] = []
    if _only_integers(node, kind):
        ways.append((Multiple(rational(1), positive=False),))
    if REF in node.keywords:
        ways += failing(definitions[node.get(REF)], kind, definitions, depth + 1)
    if "enum" in node.keywords:
        values = tuple(value for value in node.get("enum") if kind_of(value) == kind)
        if not values:
            raise Tautology
        ways.append((NoneOfValues(values),))
    for part in node.many("allOf"):
        ways += failing(part, kind, definitions, depth + 1)
    if "not" in node.keywords:
        ways.append((yes(node.get("not")),))
    if "anyOf" in node.keywords:
        ways.append(tuple(no(branch) for branch in node.get("anyOf")))
    if "oneOf" in node.keywords:
        branches = node.get("oneOf")
        ways.append(tuple(no(branch) for branch in branches))
        pairs = combinations(branches, 2)
        ways += [(yes(one), yes(two)) for one, two in pairs if not disjoint(one, two)]
    if "if" in node.keywords:
        test = node.get("if")
        if "then" in node.keywords:
            ways.append((yes(test), no(node.get("then"))))
        if "else" in node.keywords:
            ways.append((no(test), no(node.get("else"))))
    ways += _against(node, kind)
    unevaluated = _unevaluated(node, kind)
    if unevaluated is not None:
        rest = node.get(unevaluated)
        ways += [
            (*case.items, _unevaluated_some(case.evaluated, rest))
            for case in cases(node.without(unevaluated), kind, definitions)
        ]
    return ways


def _typed(node: Node, kind: Kind) -> bool:
    types = node.get("type")
    return types is None or kind in types or (kind == "number" and "integer" in types)


def _only_integers(node: Node, kind: Kind) -> bool:
    types = node.get("type")
    return kind == "number" and types is not None and "number" not in types


def _exactly(branches: tuple[Node, ...]) -> Iterator[Alternative]:
    for branch in branches:
        others = [one for one in branches if one is not branch and not disjoint(one, branch)]
        yield (yes(branch), *(no(other) for other in others))


def _unevaluated(node: Node, kind: Kind) -> str | None:
    name = {"array": "unevaluatedItems", "object": "unevaluatedProperties"}.get(kind)
    return name if name in node.keywords else None


def _unevaluated_all(evaluated: Group | Items, rest: Node) -> Item:
    if isinstance(evaluated, Group):
        return Group(evaluated.properties, evaluated.patterns, evaluated.rest or rest)
    if evaluated.count is None:
        return Length()
    return ItemsFrom(evaluated.count, yes(evaluated.left(rest)))


def _unevaluated_some(evaluated: Group | Items, rest: Node) -> Item:
    if isinstance(evaluated, Group):
        if evaluated.rest is not None:
            return Impossible()
        return SomeProperty(
            others=frozenset(evaluated.properties),
            failing=tuple(pattern for pattern, _ in evaluated.patterns),
            lit=no(rest),
        )
    if evaluated.count is None:
        return Impossible()
    return SomeItem(evaluated.count, no(evaluated.left(rest)))


def _atoms(node: Node, kind: Kind) -> list[Item]:
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


def _dependent(node: Node) -> Iterator[Clause]:
    for name, names in node.dependent.items():
        yield ((Absent(name),), tuple(Present(each) for each in (name, *names)))
    for name, schema in node.named("dependentSchemas").items():
        yield ((Absent(name),), (Present(name), yes(schema)))


def _against(node: Node, kind: Kind) -> list[Alternative]:
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
