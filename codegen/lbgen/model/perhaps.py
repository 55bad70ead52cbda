"""Schemas that apply to some values only: branches, conditions, dependencies.

What they declare is part of what an event may have, so the class has a field for it: optional, and
of any type where no schema says more than the name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..json_types import is_array, is_object
from .unions import only_demands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..document import Location
    from .modeller import Modeller
    from .parts import Parts

__all__ = ["Perhaps", "adds_names", "declared_names", "perhaps_of"]

_DEEPEST: Final = 12
"""Objects inside one another whose names are compared."""


@dataclass(slots=True)
class Perhaps:
    """What schemas that may apply to an object declare.

    Attributes:
        properties: the schemas of each property.
        mentioned: properties that are only named, each with the place of its name.
        items: schemas of an array's items.
        others: schemas of properties without a name.
    """

    properties: dict[str, list[Location]] = field(default_factory=dict[str, "list[Location]"])
    mentioned: dict[str, Location] = field(default_factory=dict[str, "Location"])
    items: list[Location] = field(default_factory=list["Location"])
    others: list[Location] = field(default_factory=list["Location"])


def perhaps_of(modeller: Modeller, parts: Parts) -> Perhaps:
    """What may apply besides the parts that do: all that their branches say, and theirs."""
    return _Reader(modeller).of(parts)


class _Reader:
    def __init__(self, modeller: Modeller) -> None:
        self._modeller = modeller
        self._found = Perhaps()
        self._seen: set[tuple[Location, bool]] = set()

    def of(self, parts: Parts) -> Perhaps:
        for part in parts:
            if part.perhaps:
                self._read(part.location, demands=True)
                continue
            for location, schema in self._modeller.parts.whole(part.location):
                dealt_with = part.without if location == part.location else frozenset[str]()
                self._names(location, schema, demands=False)
                self._branches(location, schema, dealt_with, demands=True, applies=True)
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
        for inner, schema in self._modeller.parts.whole(location):
            properties = schema.get("properties")
            if is_object(properties):
                for name in properties:
                    _add(self._found.properties.setdefault(name, []), inner / "properties" / name)
            self._found.items += _items(inner, schema)
            self._found.others += _others(inner, schema)
            self._names(inner, schema, demands=demands)
            self._branches(inner, schema, frozenset(), demands=demands, applies=False)

    def _names(self, location: Location, schema: dict[str, Any], *, demands: bool) -> None:
        for keyword in ("dependentRequired", "dependencies"):
            dependent = schema.get(keyword)
            for name, names in dependent.items() if is_object(dependent) else ():
                self._mention([name], location / keyword)
                if is_array(names):
                    self._mention(names, location / keyword)
        if is_object(schema.get("dependentSchemas")):
            self._mention(schema["dependentSchemas"], location / "dependentSchemas")
        if demands and is_array(schema.get("required")):
            self._mention(schema["required"], location / "required")

    def _mention(self, names: Iterable[Any], location: Location) -> None:
        for name in names:
            if isinstance(name, str):
                self._found.mentioned.setdefault(name, location)

    def _branches(
        self,
        location: Location,
        schema: dict[str, Any],
        dealt_with: frozenset[str],
        *,
        demands: bool,
        applies: bool,
    ) -> None:
        for keyword in ("if", "then", "else"):
            if keyword in schema:
                self._read(location / keyword, demands=demands)
        if "not" in schema:
            self._read(location / "not", demands=not demands)
        for keyword in ("dependentSchemas", "dependencies"):
            dependent = schema.get(keyword)
            for name, inner in dependent.items() if is_object(dependent) else ():
                if is_object(inner):
                    self._read(location / keyword / name, demands=demands)
        for keyword in ("anyOf", "oneOf"):
            members = schema.get(keyword)
            if not is_array(members):
                continue
            # Of a schema that applies, each member is a type of its own, unless it only demands.
            if applies and not (keyword in dealt_with and only_demands(members)):
                continue
            for index in range(len(members)):
                self._read(location / keyword / index, demands=demands)


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
        if is_object(schema.get(keyword)):
            yield location / keyword
    by_pattern = schema.get("patternProperties")
    if is_object(by_pattern):
        yield from (location / "patternProperties" / pattern for pattern in by_pattern)


def declared_names(modeller: Modeller, parts: Parts) -> set[str]:
    """The properties that some parts or branches of them name."""
    found = _Reader(modeller).declared(part.location for part in parts)
    return {*found.properties, *found.mentioned}


def adds_names(
    modeller: Modeller,
    locations: Iterable[Location],
    perhaps: Iterable[Location],
    depth: int = 0,
) -> bool:
    """Whether schemas that may apply name a property that nothing else names, at any depth.

    Args:
        modeller: of the contract.
        locations: the schemas that apply to every value.
        perhaps: the schemas that may apply.
        depth: how deep inside the first one this is.
    """
    if depth > _DEEPEST:
        return False
    known, more = _Reader(modeller).declared(locations), _Reader(modeller).declared(perhaps)
    # Where nothing is declared, a mapping or a list keeps everything.
    if known.properties:
        names = {*known.properties, *known.mentioned}
        if not names >= {*more.properties, *more.mentioned}:
            return True
    inside = [(known.items, more.items), (known.others, more.others)]
    inside += [(known.properties.get(name, []), each) for name, each in more.properties.items()]
    return any(adds_names(modeller, own, each, depth + 1) for own, each in inside if own and each)
