"""Which branch of one union is which of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..normal.json_values import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..normal.schema import Node


def matched(
    one: tuple[Node, ...], two: tuple[Node, ...]
) -> Iterator[tuple[Node | None, Node | None, str]]:
    """Pairs of branches, with a name for each; a branch without a partner stands alone.

    Equal branches belong together, then those with the same tag, then those of the same type.
    """
    left, right = list(one), list(two)
    for mark in (_key, _tag, _type):
        for branch in list(left):
            own = mark(branch)
            if own is None:
                continue
            partners = [other for other in right if mark(other) == own]
            if partners and (mark is _key or len(partners) == 1):
                left.remove(branch)
                right.remove(partners[0])
                yield branch, partners[0], name_of(branch)
    for branch in left:
        yield branch, None, name_of(branch)
    for branch in right:
        yield None, branch, name_of(branch)


def _key(node: Node) -> str | None:
    return node.key


def _tag(node: Node) -> str | None:
    for name, schema in sorted(node.named("properties").items()):
        values = schema.get("enum")
        if name in node.texts("required") and values is not None and len(values) == 1:
            return f"{name}={canonical(values[0])}"
    return None


def _type(node: Node) -> str | None:
    types = node.get("type")
    return ",".join(types) if types else None


def name_of(node: Node) -> str:
    """What a developer calls a branch: its title, its tag, its definition's name or its type."""
    title = node.notes.get("title")
    if isinstance(title, str):
        return title
    tag = _tag(node)
    if tag is not None:
        return tag
    path = node.origin.path
    if len(path) > 1 and path[-2] in ("$defs", "definitions"):
        return str(path[-1])
    if "enum" in node.keywords:
        return ", ".join(canonical(value) for value in node.get("enum"))
    return _type(node) or ""
