"""Which schemas apply to one value together, by keywords and references, in any branch."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..schema.walk import subschemas
from ..source.document import Location
from ..source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..source.document import Path
    from .subjects import PlacedSchema, Subjects

__all__ = ["SameValue"]

_BRANCHES: Final = frozenset(
    {"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"}
)
"""Keywords whose schemas apply to the value that the schema around them applies to."""
_ITEMS: Final = frozenset({"items", "prefixItems", "additionalItems", "unevaluatedItems"})
_ANY_PROPERTY: Final = frozenset(
    {"patternProperties", "additionalProperties", "unevaluatedProperties"}
)


class SameValue:
    """Finds the schemas that apply to the same value as another.

    Every branch counts, whether it always applies or not: what is found is all that anybody may
    have said of the value.

    Args:
        subjects: the schemas.
    """

    def __init__(self, subjects: Subjects) -> None:
        self._references = subjects.parts
        self._schemas = {schema.location: schema for schema in subjects.schemas}
        self._known: dict[Location, set[Location] | None] = {}

    def beside(self, schema: PlacedSchema) -> tuple[PlacedSchema, ...] | None:
        """Every schema that applies to the values of one, this one among them.

        Args:
            schema: where to start.

        Returns:
            The schemas; `None` if a `not`, a `contains` or a reference to something that is not a
            schema of the contract leaves open what the values are.
        """
        around = self._around(schema.location)
        found = None if around is None else self._inside(around)
        return None if found is None else tuple(self._schemas[each] for each in found)

    @cached_property
    def _outer(self) -> dict[Location, tuple[Location, Path]]:
        """The schema around each schema, and the path from there."""
        return {
            _at(location, path): (location, path)
            for location, schema in self._schemas.items()
            for path, _ in subschemas(schema.value, schema.draft)
        }

    @cached_property
    def _referring(self) -> dict[Location, list[Location]]:
        """The schemas that refer to each schema."""
        found: dict[Location, list[Location]] = {}
        for location, schema in self._schemas.items():
            target = self._references.target(location, schema.value)
            if target is not None:
                found.setdefault(target, []).append(location)
        return found

    def _around(self, start: Location) -> set[Location] | None:
        """The schemas that lead to one: it applies wherever they do."""
        if start not in self._known:
            self._known[start] = {start}  # where a schema is inside itself
            self._known[start] = self._look_around(start)
        return self._known[start]

    def _look_around(self, start: Location) -> set[Location] | None:
        found: set[Location] = set()
        pending = [start]
        while pending:
            location = pending.pop()
            if location in found:
                continue
            found.add(location)
            pending += self._referring.get(location, ())
            leads_here = self._outer.get(location)
            if leads_here is None:
                continue
            outer, path = leads_here
            if path[0] in ("not", "contains"):
                return None
            if path[0] in _BRANCHES:
                pending.append(outer)
            elif path[0] == "properties" or path[0] in _ITEMS | _ANY_PROPERTY:
                around = self._around(outer)
                holders = None if around is None else self._inside(around)
                if holders is None:
                    return None
                pending += self._same_part(holders, path)
        return found

    def _same_part(self, holders: Iterable[Location], path: Path) -> Iterator[Location]:
        """What several schemas say of one property, or of items."""
        for holder in holders:
            schema = self._schemas[holder]
            for inner, value in subschemas(schema.value, schema.draft):
                of_items = path[0] in _ITEMS and inner[0] in _ITEMS
                of_property = path[0] not in _ITEMS and (inner == path or inner[0] in _ANY_PROPERTY)
                if is_object(value) and (of_items or of_property):
                    yield _at(holder, inner)

    def _inside(self, around: Iterable[Location]) -> set[Location] | None:
        """Some schemas with all their branches, and what they refer to."""
        found: set[Location] = set()
        pending = list(around)
        while pending:
            location = pending.pop()
            if location in found:
                continue
            schema = self._schemas.get(location)
            if schema is None:  # `true` or `false`
                continue
            found.add(location)
            refers = any(
                keyword in schema.value for keyword in ("$ref", "$dynamicRef", "$recursiveRef")
            )
            target = self._references.target(location, schema.value)
            if target is not None:
                pending.append(target)
            elif refers:
                return None
            pending += [
                _at(location, path)
                for path, _ in subschemas(schema.value, schema.draft)
                if path[0] in _BRANCHES
            ]
        return found


def _at(location: Location, path: Path) -> Location:
    return Location(location.uri, (*location.path, *path))
