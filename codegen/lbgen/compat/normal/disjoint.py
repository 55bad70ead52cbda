"""Schemas that plainly have no value in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .json_values import canonical

if TYPE_CHECKING:
    from .schema import Node

__all__ = ["disjoint"]


def disjoint(one: Node, two: Node) -> bool:
    """Whether it is plain that no value fulfils both: other types, other values, another tag."""
    if _differ(one, two):
        return True
    first, second = one.named("properties"), two.named("properties")
    if one.get("type") != ["object"] or two.get("type") != ["object"]:
        return False
    tags = set(one.texts("required")) & set(two.texts("required"))
    return any(
        name in first and name in second and _differ(first[name], second[name]) for name in tags
    )


def _differ(one: Node, two: Node) -> bool:
    first, second = one.get("enum"), two.get("enum")
    if first is not None and second is not None:
        return not {canonical(value) for value in first} & {canonical(value) for value in second}
    types, others = one.get("type"), two.get("type")
    if types is None or others is None or set(types) & set(others):
        return False
    return not {"integer", "number"} <= {*types, *others}
