"""Types of objects.

Cases: `properties` (a class); no `properties` at all (a `dict`); properties of several schemas that
apply together; `required` names without a schema; explicit additional properties beside named ones
(a field of the class holds them); properties that only `then`, `else` or a dependency declares
(optional fields).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..source.json_types import is_array, is_object
from .conditional import perhaps_of
from .limits import limits_in_words
from .types import AnyType, Field, MapOf, Nothing, RecordOf, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..source.document import Location
    from .conditional import Perhaps
    from .name_hints import NameHint
    from .parts import Part, Parts
    from .type_finder import TypeFinder

__all__ = ["fields_of", "object_type"]


def object_type(finder: TypeFinder, parts: Parts, naming: NameHint) -> Type:
    """The type of an object."""
    schemas = finder.reader.parts.objects(parts)
    if any("properties" in schema for _, schema in schemas):
        return RecordOf(parts=finder.record(parts, naming))
    if any(schema.get("additionalProperties") is False for _, schema in schemas) and not any(
        schema.get("patternProperties") for _, schema in schemas
    ):
        return RecordOf(parts=finder.record(parts, naming))
    others = additional_properties(finder, schemas, naming, perhaps_of(finder.reader, parts).others)
    return MapOf(value=AnyType()) if others is None else others


def additional_properties(
    finder: TypeFinder,
    schemas: list[tuple[Part, dict[str, Any]]],
    naming: NameHint,
    perhaps: Sequence[Location] = (),
) -> MapOf | None:
    """The properties without a name; `None` if the schema forbids them or does not say."""
    rest: list[tuple[Type, Location | None]] = []
    patterns: list[tuple[str, Type, Location | None]] = []
    for part, schema in schemas:
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if keyword in schema and schema[keyword] is not False:
                location = part.location / keyword
                rest.append((finder.type_of([location], naming, perhaps), location))
        by_pattern = schema.get("patternProperties")
        if is_object(by_pattern):
            for pattern in by_pattern:
                location = part.location / "patternProperties" / pattern
                inner = naming if len(by_pattern) == 1 else naming.pattern(pattern)
                type_ = finder.type_of([location], inner, perhaps)
                patterns.append((pattern, type_, location))
    known = {pattern for pattern, _, _ in patterns}
    # What applies to every other property is typed above, with all that may apply.
    may_be = [] if rest else [each for each in perhaps if each.path[-1] not in known]
    of_rest = [location for location in may_be if location.path[-2:-1] != ("patternProperties",)]
    for location in may_be:
        type_ = finder.type_of([location], naming, perhaps)
        if location not in of_rest:
            patterns.append((str(location.path[-1]), type_, location))
        else:
            rest.append((type_, location))
    members = [*((type_, location) for _, type_, location in patterns), *rest]
    if not members:
        return None
    value = finder.union(members)
    if not patterns or len({type_ for type_, _ in members}) == 1:
        return MapOf(value=value)
    return MapOf(
        value=value,
        patterns=tuple((pattern, type_) for pattern, type_, _ in patterns),
        rest=finder.union(rest) if rest else None,
    )


def fields_of(
    finder: TypeFinder, parts: Parts, naming: NameHint
) -> tuple[tuple[Field, ...], MapOf | None]:
    """The fields of a class, and its additional properties."""
    schemas = finder.reader.parts.objects(parts)
    perhaps = perhaps_of(finder.reader, parts)
    required = {
        name
        for _, schema in schemas
        if is_array(schema.get("required"))
        for name in schema["required"]
    }
    found: dict[str, list[Location]] = {}
    for part, schema in schemas:
        properties = schema.get("properties")
        if is_object(properties):
            for name in properties:
                found.setdefault(name, []).append(part.location / "properties" / name)
    for name, locations in found.items():
        locations.extend(_also_applies(name, schemas))
    fields = [
        _field(finder, name, locations, perhaps.properties.get(name, ()), name in required, naming)
        for name, locations in found.items()
    ]
    fields += _perhaps_fields(finder, schemas, perhaps, set(found), required, naming)
    additional = additional_properties(finder, schemas, naming, perhaps.others)
    known = {field.key for field in fields}
    for name in sorted(required - known):
        locations = _also_applies(name, schemas)
        place_of = next(part for part, schema in schemas if name in schema.get("required", ()))
        fields.append(
            Field(
                key=name,
                type=finder.type_of(locations, naming.inside(name, locations))
                if locations
                else AnyType(),
                required=True,
                place=finder.reader.place(place_of.location / "required"),
                location=locations[0] if locations else place_of.location,
            )
        )
    known |= required
    fields += [
        Field(
            key=name,
            type=AnyType(),
            required=False,
            place=finder.reader.place(location),
            location=location,
        )
        for name, location in perhaps.mentioned.items()
        if name not in known and not _also_applies(name, schemas)
    ]
    forbidden = any(
        schema.get("additionalProperties") is False and not schema.get("patternProperties")
        for _, schema in schemas
    )
    return tuple(fields), None if forbidden else additional


def _also_applies(name: str, schemas: list[tuple[Part, dict[str, Any]]]) -> list[Location]:
    """Schemas that apply to a property besides those under its name."""
    found: list[Location] = []
    for part, schema in schemas:
        named = name in schema.get("properties", {})
        by_pattern = schema.get("patternProperties")
        matched = False
        if is_object(by_pattern):
            for pattern in by_pattern:
                if _matches(pattern, name):
                    matched = True
                    found.append(part.location / "patternProperties" / pattern)
        if not named and not matched and is_object(schema.get("additionalProperties")):
            found.append(part.location / "additionalProperties")
    return found


def _matches(pattern: str, name: str) -> bool:
    import jsonschema_rs

    try:
        return re.search(pattern, name) is not None
    except re.error:
        return jsonschema_rs.is_valid({"pattern": pattern}, name)


def _field(
    finder: TypeFinder,
    name: str,
    locations: list[Location],
    perhaps: Sequence[Location],
    required: bool,
    naming: NameHint,
) -> Field:
    has_default = False
    default: Any = None
    for location in locations:
        if not has_default:
            has_default, default = finder.reader.parts.annotation(location, "default")
    type_ = finder.type_of(locations, naming.inside(name, locations), perhaps)
    schemas = [each for one in locations for _, each in finder.reader.parts.whole(one)]
    return Field(
        key=name,
        type=type_,
        required=required,
        has_default=has_default
        and finder.refusable_defaults.isdisjoint(locations)
        and finder.reader.accepts(locations, default),
        default=default,
        description=_description(finder, locations),
        limits=limits_in_words(schemas, type_),
        place=finder.reader.key_place(locations[0]),
        location=locations[0],
    )


def _description(finder: TypeFinder, locations: Sequence[Location]) -> str | None:
    """What the first of some schemas that says something says of a property."""
    for location in locations:
        _, text = finder.reader.parts.annotation(location, "description")
        if isinstance(text, str) and text.strip():
            return text
    return None


def _perhaps_fields(
    finder: TypeFinder,
    schemas: list[tuple[Part, dict[str, Any]]],
    perhaps: Perhaps,
    known: set[str],
    required: set[str],
    naming: NameHint,
) -> list[Field]:
    """Fields that only schemas declare which may apply."""
    fields: list[Field] = []
    for name, locations in perhaps.properties.items():
        if name in known:
            continue
        always = _also_applies(name, schemas)
        members = [
            (
                finder.type_of(
                    [location, *always], naming.inside(name, [location]), [*locations, *always]
                ),
                location,
            )
            for location in locations
        ]
        if always:
            type_ = finder.type_of(always, naming.inside(name, always), locations)
            members.append((type_, always[0]))
        possible = [member for member in members if not isinstance(member[0], Nothing)]
        fields.append(
            Field(
                key=name,
                type=finder.union(possible) if possible else Nothing(),
                required=name in required,
                description=_description(finder, locations),
                place=finder.reader.key_place(locations[0]),
                location=locations[0],
            )
        )
    return fields


def merged_fields(finder: TypeFinder, shapes: Sequence[Sequence[Field]]) -> tuple[Field, ...]:
    """The fields of one class for all of some alternatives, of which each has its own."""
    by_key: dict[str, list[Field]] = {}
    for fields in shapes:
        for each in fields:
            by_key.setdefault(each.key, []).append(each)
    merged = [_merge(finder, fields, len(shapes)) for fields in by_key.values()]
    return tuple(each for each in merged if each.required or not isinstance(each.type, Nothing))


def _merge(finder: TypeFinder, fields: list[Field], alternatives: int) -> Field:
    """One field of what several alternatives say about a property."""
    if len(fields) == 1 == alternatives:
        return fields[0]
    return replace(
        fields[0],
        type=finder.union((each.type, each.location) for each in fields),
        required=len(fields) == alternatives and all(each.required for each in fields),
        limits=fields[0].limits if len({each.limits for each in fields}) == 1 else "",
        has_default=len(fields) == alternatives
        and all(each.has_default and each.default == fields[0].default for each in fields),
    )
