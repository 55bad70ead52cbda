"""Which properties and items a schema evaluates, per way in which it can hold.

`unevaluatedProperties` and `unevaluatedItems` see what the branches that hold have looked at. A
case is one choice of branches: what holds in it, and what is evaluated then.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from ..normal.schema import REF, TRUE, Node, UnsupportedSchema
from .terms import Absent, Group, Impossible, Item, Lit, Present

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..normal.json_values import Kind

_MOST: Final = 128
_DEEPEST: Final = 20
_MANY: Final = "unevaluated properties across many branches"


@dataclass(frozen=True, slots=True)
class Items:
    """Evaluated items.

    Attributes:
        count: so many from the first on; `None` is all.
        matching: and all that fulfil one of these.
    """

    count: int | None = 0
    matching: tuple[Node, ...] = ()

    def left(self, rest: Node) -> Node:
        """What each of the items after the first `count` fulfils if those left fulfil `rest`."""
        return Node(keywords={"anyOf": (*self.matching, rest)}) if self.matching else rest


@dataclass(frozen=True, slots=True)
class Case:
    """One way to hold.

    Attributes:
        items: what holds in it.
        evaluated: for objects the names (a group of `true`s), for arrays the items.
    """

    items: tuple[Item, ...]
    evaluated: Group | Items


def cases(node: Node, kind: Kind, definitions: Mapping[str, Node], depth: int = 0) -> list[Case]:
    """All ways in which a schema can hold.

    Raises:
        UnsupportedSchema: there are too many.
    """
    if depth > _DEEPEST:
        raise UnsupportedSchema("unevaluated properties across recursive references")
    if ("unevaluatedProperties" if kind == "object" else "unevaluatedItems") in node.keywords:
        return [Case((Lit(node, positive=True),), _everything(kind))]
    own, choices = _own(node, kind), list[list[Case]]()
    for part in node.many("allOf"):
        choices.append(cases(part, kind, definitions, depth + 1))
    if REF in node.keywords:
        choices.append(cases(definitions[node.get(REF)], kind, definitions, depth + 1))
    for name in ("anyOf", "oneOf"):
        if name in node.keywords:
            choices.append(_branches(node, name, kind, definitions, depth))
    if "if" in node.keywords:
        choices.append(_conditional(node, kind, definitions, depth))
    for name, schema in node.named("dependentSchemas").items():
        present = [
            Case((Present(name), *case.items), case.evaluated)
            for case in cases(schema, kind, definitions, depth + 1)
        ]
        choices.append([Case((Absent(name),), _nothing(kind)), *present])
    return _together([[own], *choices], kind)


def _nothing(kind: Kind) -> Group | Items:
    return Group({}, (), None) if kind == "object" else Items()


def _everything(kind: Kind) -> Group | Items:
    return Group({}, (), TRUE) if kind == "object" else Items(None)


def _own(node: Node, kind: Kind) -> Case:
    applicators = ("allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", REF)
    rest = node.without(*applicators)
    items = (Lit(rest, positive=True),) if rest.keywords else ()
    if kind == "object":
        inner = "additionalProperties" in node.keywords
        properties = dict.fromkeys(node.named("properties"), TRUE)
        patterns = tuple((pattern, TRUE) for pattern in node.named("patternProperties"))
        return Case(items, Group(properties, patterns, TRUE if inner else None))
    count = None if "items" in node.keywords else len(node.many("prefixItems"))
    matching = (node.get("contains"),) if "contains" in node.keywords else ()
    return Case(items, Items(count, matching))


def _branches(
    node: Node, name: str, kind: Kind, definitions: Mapping[str, Node], depth: int
) -> list[Case]:
    branches: tuple[Node, ...] = node.get(name)
    ways = [cases(branch, kind, definitions, depth + 1) for branch in branches]
    silent = [all(_is_nothing(case.evaluated) for case in way) for way in ways]
    if all(silent):
        return [Case((Lit(Node(keywords={name: branches}), positive=True),), _nothing(kind))]
    ways = [[case for case in way if not _is_impossible(case)] for way in ways]
    counts = [len(way) for way in ways]
    # Counted first: with many branches, there are far too many to make them.
    if (sum(counts) if name == "oneOf" else prod(count + 1 for count in counts) - 1) > _MOST:
        raise UnsupportedSchema(_MANY)
    result: list[Case] = []
    for chosen in _choices(len(branches), one=name == "oneOf"):
        options = [
            way if holds else [Case((Lit(branch, positive=False),), _nothing(kind))]
            for way, branch, holds in zip(ways, branches, chosen, strict=True)
        ]
        result += _together(options, kind)
    return result


def _choices(count: int, *, one: bool) -> Iterable[tuple[bool, ...]]:
    """Which of some branches hold: exactly one, or at least one."""
    if one:
        return (tuple(at == chosen for at in range(count)) for chosen in range(count))
    return (chosen for chosen in product((True, False), repeat=count) if any(chosen))


def _is_impossible(case: Case) -> bool:
    return any(isinstance(item, Impossible) for item in case.items)


def _conditional(node: Node, kind: Kind, definitions: Mapping[str, Node], depth: int) -> list[Case]:
    test: Node = node.get("if")
    holds = [cases(test, kind, definitions, depth + 1)]
    if "then" in node.keywords:
        holds.append(cases(node.get("then"), kind, definitions, depth + 1))
    fails = [[Case((Lit(test, positive=False),), _nothing(kind))]]
    if "else" in node.keywords:
        fails.append(cases(node.get("else"), kind, definitions, depth + 1))
    return [*_together(holds, kind), *_together(fails, kind)]


def _together(choices: list[list[Case]], kind: Kind) -> list[Case]:
    result = [Case((), _nothing(kind))]
    for options in choices:
        if len(result) * len(options) > _MOST:
            raise UnsupportedSchema(_MANY)
        result = [
            Case((*one.items, *two.items), _both(one.evaluated, two.evaluated))
            for one in result
            for two in options
            if not _is_impossible(two)
        ]
    return result


def _both(one: Group | Items, two: Group | Items) -> Group | Items:
    if isinstance(one, Group) and isinstance(two, Group):
        return Group(
            {**one.properties, **two.properties},
            (*one.patterns, *two.patterns),
            one.rest or two.rest,
        )
    assert isinstance(one, Items)
    assert isinstance(two, Items)
    all_ = one.count is None or two.count is None
    count = None if all_ else max(one.count or 0, two.count or 0)
    return Items(count, (*one.matching, *two.matching))


def _is_nothing(evaluated: Group | Items) -> bool:
    if isinstance(evaluated, Group):
        return not (evaluated.properties or evaluated.patterns or evaluated.rest)
    return evaluated == Items()
