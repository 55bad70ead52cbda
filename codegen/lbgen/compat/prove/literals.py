"""What follows from a literal for values of one JSON type: atoms, literals, alternatives."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from ..normal.disjoint import disjoint
from ..normal.json_values import Kind, kind_of, rational
from ..normal.schema import REF, Node, UnsupportedSchema
from .atoms import atoms, dependent, failures
from .cases import Items, cases
from .terms import (
    Alternative,
    Clause,
    Group,
    Impossible,
    Item,
    ItemsFrom,
    Length,
    Multiple,
    NoneOfValues,
    OneOfValues,
    SomeItem,
    SomeProperty,
    no,
    yes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEEPEST: Final = 60


class Tautology(Exception):
    """A literal that every value of the type fulfils."""


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
    items += atoms(node, kind)
    if kind == "object":
        clauses += dependent(node)
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
    ways += failures(node, kind)
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
