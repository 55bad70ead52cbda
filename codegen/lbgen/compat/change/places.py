"""Where a version of a schema says something, and how the place is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...source.document import Location
    from ..normal.schema import Node

__all__ = ["child_place", "inside", "place_of", "required_place"]


def inside(path: str, name: str) -> str:
    """The path of a property, below the path of its object."""
    return f"{path}.{name}" if path else name


def place_of(node: Node, keyword: str) -> Location:
    """Where a schema has a keyword; of one that it lacks, the schema."""
    return node.place(keyword) if keyword in node.keywords else node.origin


def child_place(node: Node, keyword: str, name: str, child: Node | None) -> Location:
    """Where a schema has a part; of one that it lacks, the keyword."""
    if child is None:
        return place_of(node, keyword)
    return node.place(keyword) / name


def required_place(node: Node, name: str) -> Location:
    """Where a schema says that a property is required, or else has it."""
    if name in node.texts("required"):
        return place_of(node, "required")
    return child_place(node, "properties", name, node.named("properties").get(name))
