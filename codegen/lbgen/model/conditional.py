"""Schemas that apply to some values only: branches, conditions, dependencies.

What they declare is part of what an event may have, so the class has a field for it: optional, and
of any type where no schema says more than the name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..source.document import Location
    from .parts import Parts
    from .schema_reader import SchemaReader

__all__ = [
    "Perhaps",
    "adds_names",
    "branches_of",
    "declared_by",
    "declared_names",
    "only_demands",
    "perhaps_of",
]

_ONLY_DEMANDS = frozenset({"required", "not", "title", "description", "$comment", "minProperties"})
_DEEPEST: Final = 12
"""Objects inside one another whose names are compared."""


_COUNTING: Final = frozenset(
    {
        "additionalProperties", "maxProperties", "minProperties", "patternProperties",
        "propertyNames", "unevaluatedProperties",
    }
)  # fmt: skip
"""Keywords that look at properties whatever their names."""


@dataclass(slots=True)
class Perhaps:
    """What schemas that may apply to an object declare.

    Attributes:
        properties: the schemas of each property.
        mentioned: properties that are only named, each with the place of its name.
        items: schemas of an array's items.
        others: schemas of properties without a name.
        counts: whether any further property can decide what holds.
    """

    properties: dict[str, list[Location]] = field(default_factory=dict[str, "list[Location]"])
    mentioned: dict[str, Location] = field(default_factory=dict[str, "Location"])
    items: list[Location] = field(default_factory=list["Location"])
    others: list[Location] = field(default_factory=list["Location"])
    counts: bool = False

    def mention(self, names: Iterable[Any], location: Location) -> None:
        """Note that properties are named."""
        for name in names:
            if isinstance(name, str):
                self.mentioned.setdefault(name, location)

    def mention_dependent(self, schema: dict[str, Any], location: Location) -> None:
        """Note the properties on which others depend, and those that depend on them by name."""
        for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
            dependent = schema.get(keyword)
            for name, names in dependent.items() if is_object(dependent) else ():
                self.mention([name], location / keyword)
                if is_array(names):
                    self.mention(names, location / keyword)


def perhaps_of(reader: SchemaReader, parts: Parts) -> Perhaps:
    """What may apply besides the parts that do: all that their branches say, and theirs."""
    return _Reader(reader).of(parts)


class _Reader:
    def __init__(self, reader: SchemaReader) -> None:
        self._schemas = reader
        self._found = Perhaps()
        self._seen: set[tuple[Location, bool]] = set()

    def of(self, parts: Parts) -> Perhaps:
        for part in parts:
            if part.perhaps:
                self._read(part.location, demands=True)
                continue
            for location, schema in self._schemas.parts.whole(part.location):
                dealt_with = part.without if location == part.location else frozenset[str]()
                self._names(location, schema, demands=False)
                inner, unions = branches_of(location, schema)
                # Each member of a union is a type of its own, unless it only demands.
                for members in unions:
                    keyword = str(members[0].path[-2])
                    if keyword in dealt_with and only_demands(schema[keyword]):
                        inner += members
                self._read_all(inner, demands=True)
        return self._found

    def declared(self, locations: Iterable[Location]) -> Perhaps:
        """What some schemas and all their branches declare."""
        for location in locations:
            self._read(location, demands=True)
        return self._found

    def _read(self, location: Location, *, demands: bool) -> None:
        """What a schema says that may apply.

        Args:
            location: the schema.
            demands: whether what it requires is what an event may have; `not` turns that round.
        """
        if (location, demands) in self._seen:
            return
        self._seen.add((location, demands))
        for inner, schema in self._schemas.parts.whole(location):
            properties = schema.get("properties")
            if is_object(properties):
                for name in properties:
                    _add(self._found.properties.setdefault(name, []), inner / "properties" / name)
            self._found.items += _items(inner, schema)
            self._found.others += _others(inner, schema)
            self._found.counts = self._found.counts or _counts(schema)
            self._names(inner, schema, demands=demands)
            conditions, unions = branches_of(inner, schema)
            self._read_all(
                [*conditions, *(each for members in unions for each in members)], demands=demands
            )

    def _read_all(self, locations: list[Location], *, demands: bool) -> None:
        for each in locations:
            self._read(each, demands=demands != (each.path[-1] == "not"))

    def _names(self, location: Location, schema: dict[str, Any], *, demands: bool) -> None:
        self._found.mention_dependent(schema, location)
        if demands and is_array(schema.get("required")):
            self._found.mention(schema["required"], location / "required")


def only_demands(members: list[Any]) -> bool:
    """Whether members of a union say nothing but which properties are there."""
    return all(is_object(each) and each.keys() <= _ONLY_DEMANDS for each in members)


def branches_of(
    location: Location, schema: dict[str, Any]
) -> tuple[list[Location], list[list[Location]]]:
    """The schemas beside one that may apply to the same value, and the members of its unions."""
    inner = [location / keyword for keyword in ("if", "then", "else", "not") if keyword in schema]
    for keyword in ("dependentSchemas", "dependencies"):
        dependent = schema.get(keyword)
        if is_object(dependent):
            inner += [location / keyword / name for name in dependent if is_object(dependent[name])]
    unions = [
        [location / keyword / index for index in range(len(schema[keyword]))]
        for keyword in ("anyOf", "oneOf")
        if is_array(schema.get(keyword)) and schema[keyword]
    ]
    return inner, unions


def _counts(schema: dict[str, Any]) -> bool:
    """Whether a schema looks at properties whatever their names."""
    values = [schema.get("const"), *(schema.get("enum") or ())]
    return bool(_COUNTING & schema.keys()) or any(is_object(value) for value in values)


def _add(found: list[Location], location: Location) -> None:
    if location not in found:
        found.append(location)


def _items(location: Location, schema: dict[str, Any]) -> Iterator[Location]:
    for keyword in ("items", "additionalItems", "unevaluatedItems", "contains", "prefixItems"):
        value = schema.get(keyword)
        if is_object(value):
            yield location / keyword
        elif is_array(value):
            yield from (location / keyword / index for index in range(len(value)))


def _others(location: Location, schema: dict[str, Any]) -> Iterator[Location]:
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if schema.get(keyword, False) is not False:
            yield location / keyword
    by_pattern = schema.get("patternProperties")
    if is_object(by_pattern):
        yield from (location / "patternProperties" / pattern for pattern in by_pattern)


def declared_by(reader: SchemaReader, locations: Iterable[Location]) -> Perhaps:
    """What some schemas and all their branches declare."""
    return _Reader(reader).declared(locations)


def declared_names(reader: SchemaReader, parts: Parts) -> set[str]:
    """The properties that some parts or branches of them name."""
    found = declared_by(reader, (part.location for part in parts))
    return {*found.properties, *found.mentioned}


def adds_names(
    reader: SchemaReader,
    locations: Iterable[Location],
    perhaps: Iterable[Location],
    depth: int = 0,
) -> bool:
    """Whether schemas that may apply name a property that nothing else names, at any depth.

    Args:
        reader: of the contract.
        locations: the schemas that apply to every value.
        perhaps: the schemas that may apply.
        depth: how deep inside the first one this is.
    """
    if depth > _DEEPEST:
        return False
    known, more = declared_by(reader, locations), declared_by(reader, perhaps)
    # Where nothing is declared, a mapping or a list keeps everything.
    if known.properties:
        names = {*known.properties, *known.mentioned}
        if not names >= {*more.properties, *more.mentioned}:
            return True
    inside = [(known.items, more.items), (known.others, more.others)]
    inside += [(known.properties.get(name, []), each) for name, each in more.properties.items()]
    return any(adds_names(reader, own, each, depth + 1) for own, each in inside if own and each)
