"""Defaults that cannot be filled in, since something else may then refuse the event.

Whether a property is there can decide which branch of a union holds, whether a condition applies,
or how many properties are too many. A default is filled in only where no schema beside the
property's own speaks of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..source.json_types import is_array, is_object
from .conditional import Perhaps, branches_of, declared_by
from .unions import tag_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source.document import Location
    from .schema_reader import SchemaReader

__all__ = ["refusable_defaults"]

_MOST_VALUES: Final = 5_000
"""Values of an event that are looked at, each with all that may apply to it; none of the defaults
inside the others is filled in."""
_COUNTS: Final = frozenset({"maxProperties", "propertyNames"})
"""Keywords by which any further property can make an object invalid."""


def refusable_defaults(reader: SchemaReader, events: Iterable[Location]) -> frozenset[Location]:
    """The properties whose default a composition around them can refuse.

    Args:
        reader: of the contract.
        events: the schemas of its events.

    Returns:
        The locations of the properties' schemas.
    """
    search = _Search(reader)
    for event in events:
        search.event(event)
    return frozenset(search.found)


class _Search:
    def __init__(self, reader: SchemaReader) -> None:
        self._schemas = reader
        self._seen: set[tuple[frozenset[Location], frozenset[Location]]] = set()
        self._waiting: list[tuple[tuple[Location, ...], tuple[Location, ...]]] = []
        self.found: set[Location] = set()

    def event(self, location: Location) -> None:
        """Look at an event, and at all inside it."""
        self.object((location,), ())
        most = len(self._seen) + _MOST_VALUES
        while self._waiting:
            always, perhaps = self._waiting.pop()
            if len(self._seen) > most:
                self._all_inside(always)
            else:
                self._look(always, perhaps)

    def object(self, always: tuple[Location, ...], perhaps: tuple[Location, ...]) -> None:
        """Look at a value later on.

        Args:
            always: the schemas that apply to it.
            perhaps: the schemas around it that may apply, and look at it.
        """
        key = (frozenset(always), frozenset(perhaps))
        if always and key not in self._seen:
            self._seen.add(key)
            self._waiting.append((always, perhaps))

    def _look(self, always: tuple[Location, ...], perhaps: tuple[Location, ...]) -> None:
        schemas: list[tuple[Location, dict[str, Any]]] = []
        conditions: list[Location] = list(perhaps)
        unions: list[list[Location]] = []
        waiting = list(always)
        for start in waiting:  # which grows meanwhile
            for location, schema in self._schemas.parts.whole(start):
                schemas.append((location, schema))
                inner, alternatives = branches_of(location, schema)
                conditions += inner
                for members in map(self._possible, alternatives):
                    if len(members) == 1 and members[0] not in waiting:
                        waiting += members  # a union of one is not a choice
                    else:
                        unions.append(members)
        told = declared_by(
            self._schemas, [*conditions, *(one for members in unions for one in members)]
        )
        for location, schema in schemas:
            told.mention_dependent(schema, location)
        told.counts = told.counts or any(_COUNTS & schema.keys() for _, schema in schemas)
        self._properties(schemas, told)
        self._items(schemas, told)
        for location, schema in schemas:
            for keyword in ("additionalProperties", "unevaluatedProperties"):
                if is_object(schema.get(keyword)):
                    self.object((location / keyword,), tuple(told.others))
            for pattern in schema.get("patternProperties") or ():
                self.object((location / "patternProperties" / pattern,), tuple(told.others))
        for members in unions:
            for member in members:
                self.object((member,), (*conditions, *self._rivals(member, members)))

    def _possible(self, members: list[Location]) -> list[Location]:
        references = self._schemas.references
        return [each for each in members if references.schema(each) is not False]

    def _rivals(self, member: Location, members: list[Location]) -> list[Location]:
        """The members of a `oneOf` that must not hold together with one of them."""
        if member.path[-2] != "oneOf":
            return []
        parts = [self._schemas.parts.read(each) for each in members]
        if tag_of(self._schemas, parts) is not None:
            return []
        return [each for each in members if each != member]

    def _properties(self, schemas: list[tuple[Location, dict[str, Any]]], told: Perhaps) -> None:
        found: dict[str, list[Location]] = {}
        for location, schema in schemas:
            properties = schema.get("properties")
            for name in properties if is_object(properties) else ():
                found.setdefault(name, []).append(location / "properties" / name)
        for name, locations in found.items():
            if told.counts or name in told.properties or name in told.mentioned:
                self.found.update(locations)
            self.object(tuple(locations), tuple(told.properties.get(name, ())))
        for name, locations in told.properties.items():
            if name not in found:
                for each in locations:
                    others = tuple(other for other in locations if other != each)
                    self.object((each,), others)

    def _items(self, schemas: list[tuple[Location, dict[str, Any]]], told: Perhaps) -> None:
        items: list[Location] = []
        looking = list(told.items)
        for location, schema in schemas:
            if is_object(schema.get("items")):
                items.append(location / "items")
            for keyword in ("prefixItems", "items"):
                if is_array(schema.get(keyword)):
                    items += [location / keyword / i for i in range(len(schema[keyword]))]
            if is_object(schema.get("contains")):
                looking.append(location / "contains")
        if any(schema.get("uniqueItems") is True for _, schema in schemas):
            self._all_inside(items)
        for each in items:
            self.object((each,), tuple(looking))

    def _all_inside(self, locations: Iterable[Location]) -> None:
        """Every default inside some values: of items that must differ, as they might not then."""
        seen: set[Location] = set()
        stack = list(locations)
        while stack:
            each = stack.pop()
            if each in seen:
                continue
            seen.add(each)
            inside = declared_by(self._schemas, [each])
            properties = [one for inner in inside.properties.values() for one in inner]
            self.found.update(properties)
            stack += [*properties, *inside.items, *inside.others]
