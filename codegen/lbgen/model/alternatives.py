"""The ways to satisfy the unions of a schema, and what sets them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .scalars import allowed_types
from .unions import split_union, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..source.document import Location
    from .parts import Parts
    from .schema_reader import SchemaReader

__all__ = [
    "MOST_ALTERNATIVES",
    "MOST_MEMBERS",
    "alternatives_of",
    "branch_of",
    "expanded",
    "merge_key",
    "tags_of",
]

MOST_MEMBERS = 64
"""Members that a union may have as a type."""

MOST_ALTERNATIVES = 512
"""Ways to satisfy the unions of an event that its class has fields for."""


_MOST_STEPS = 20_000
"""Unions that are looked into to find them."""


def alternatives_of(reader: SchemaReader, parts: Parts) -> list[Parts]:
    """The parts of every way to satisfy the unions among some parts.

    Behind more than `MOST_ALTERNATIVES` there may be others.
    """
    return _alternatives(reader, parts, frozenset(), [_MOST_STEPS])


def _alternatives(
    reader: SchemaReader, parts: Parts, seen: frozenset[Parts], left: list[int]
) -> list[Parts]:
    """The same. A way that leads back to a union on it (`seen`) adds nothing."""
    left[0] -= 1
    union = split_union(reader, parts)
    if union is None:
        return [parts]
    members, rest = union
    if parts in seen:
        return [rest]
    seen |= {parts}
    if not members:
        return _alternatives(reader, rest, seen, left)
    found: list[Parts] = []
    for member in members:
        joined = _join(reader.parts.read(member), rest)
        types = allowed_types([schema for _, schema in reader.parts.objects(joined)])
        if reader.is_never(joined) or (types is not None and "object" not in types):
            continue
        found += _alternatives(reader, joined, seen, left)
        if len(found) > MOST_ALTERNATIVES or left[0] < 0:
            break
    return found or [rest]


def expanded(
    reader: SchemaReader, members: list[Location], rest: Parts, seen: set[Parts]
) -> Iterator[tuple[Parts, Location]]:
    """The parts of each member of a union, and where it is; of unions inside it, theirs."""
    for each in members:
        parts = _join(reader.parts.read(each), rest)
        inner = None
        if parts not in seen and len(seen) <= MOST_MEMBERS and reader.enumeration(parts) is None:
            inner = split_union(reader, parts)
        seen.add(parts)
        if inner is None or not inner[0]:
            yield (parts if inner is None else inner[1]), each
        else:
            yield from expanded(reader, *inner, seen)


def tags_of(reader: SchemaReader, alternatives: list[Parts]) -> dict[Parts, str]:
    """What tells some objects apart, as words: the constant of the first property that does."""
    tag = tag_of(reader, alternatives)
    if tag is None:
        return {}
    return {parts: "_".join(str(value) for value in values) for parts, values in tag[1]}


def branch_of(
    parts: Parts, alternatives: list[Parts], tags: dict[Parts, str]
) -> tuple[str, tuple[Location, ...]] | None:
    """What one alternative is called, and the schemas that are no other's."""
    if parts not in tags:
        return None
    shared = set(parts).intersection(*alternatives)
    return tags[parts], tuple(part.location for part in parts if part not in shared)


def merge_key(alternatives: list[Parts]) -> Parts:
    """What stands for a class with the fields of several alternatives."""
    marked = [
        replace(part, without=part.without | {"merged"}) for parts in alternatives for part in parts
    ]
    return tuple(dict.fromkeys(marked))


def _join(first: Parts, second: Parts) -> Parts:
    return tuple(dict.fromkeys((*second, *first)))
