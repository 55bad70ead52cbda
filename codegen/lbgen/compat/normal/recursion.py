"""Which definitions recurse, and whether their recursion ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .schema import REF, Node, UnsupportedSchema, children

if TYPE_CHECKING:
    from collections.abc import Mapping

_IN_PLACE: Final = frozenset(
    {"allOf", "anyOf", "dependentSchemas", "else", "if", "not", "oneOf", "then"}
)


def recursive(definitions: Mapping[str, Node]) -> set[str]:
    """The names of the definitions that can be reached from themselves.

    Raises:
        UnsupportedSchema: one asks of a value whether it fulfils itself, which has no answer.
    """
    names = _from_themselves({name: _names(node) for name, node in definitions.items()})
    endless = {name: _names(node, in_place=True) for name, node in definitions.items()}
    if _from_themselves(endless):
        raise UnsupportedSchema("a reference that leads back to the same value")
    return names


def _names(node: Node, *, in_place: bool = False) -> set[str]:
    """What a schema refers to, at all or for the very value that it describes."""
    found = {node.get(REF)} if REF in node.keywords else set[str]()
    for path, child in children(node):
        if not in_place or path[0] in _IN_PLACE:
            found |= _names(child, in_place=in_place)
    return found


def _from_themselves(uses: Mapping[str, set[str]]) -> set[str]:
    reached = {name: set(direct) for name, direct in uses.items()}
    changed = True
    while changed:
        changed = False
        for found in reached.values():
            more = set[str]().union(*(reached[name] for name in found)) - found
            if more:
                found |= more
                changed = True
    return {name for name, found in reached.items() if name in found}
