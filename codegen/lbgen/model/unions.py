"""Types of unions.

Cases: `oneOf` and `anyOf` (a union of the members' types, each together with what applies beside
it); members that only demand properties of the object beside them (no union); members that are
all of one type (that type); objects told apart by a property with different constants (a tagged
union); objects without a name or tag to tell them apart (one class with the fields of all).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..source.json_types import is_array, is_object
from .conditional import declared_names, only_demands
from .parts import Part
from .types import AnyType, Literals, Member, Nothing, RecordOf, Type, UnionOf

if TYPE_CHECKING:
    from ..source.document import Location
    from .parts import Parts
    from .schema_reader import SchemaReader
    from .types import Constant

__all__ = ["make_union", "split_union", "tag_of"]


def split_union(reader: SchemaReader, parts: Parts) -> tuple[list[Location], Parts] | None:
    """The members of the first union among some parts, and the parts without it.

    Returns:
        `None` if no part is a union.
    """
    for index, (part, schema) in enumerate(_with_schemas(reader, parts)):
        if not is_object(schema) or part.perhaps:
            continue
        for keyword in ("oneOf", "anyOf"):
            members = schema.get(keyword)
            if not is_array(members) or not members:
                continue
            rest = (*parts[:index], *_without(reader, part, keyword), *parts[index + 1 :])
            if only_demands(members):
                demanded = {name for each in members for name in each.get("required", ())}
                if not demanded <= declared_names(reader, rest):
                    smaller = Part(location=part.location, without=part.without | {keyword})
                    rest = tuple(dict.fromkeys((*rest, smaller)))
                return split_union(reader, rest) or ([], rest)
            return [part.location / keyword / number for number in range(len(members))], rest
    return None


def _with_schemas(reader: SchemaReader, parts: Parts) -> list[tuple[Part, Any]]:
    return [(part, reader.parts.schema(part)) for part in parts]


def _without(reader: SchemaReader, part: Part, keyword: str) -> Parts:
    """A part without a keyword; nothing, if nothing about types is left in it."""
    smaller = Part(location=part.location, without=part.without | {keyword})
    return (smaller,) if reader.parts.says_something(smaller) else ()


def make_union(
    reader: SchemaReader, members: list[tuple[Type, Location | None]], together: Type | None = None
) -> Type:
    """The union of some types, each with the location of the schema that tells it apart.

    Args:
        reader: of the contract.
        members: the types.
        together: the class with the fields of all members that are objects.
    """
    unique: dict[Type, Location | None] = {}
    whole = {} if together is None else {together: None}
    for type_, location in members:
        if isinstance(type_, UnionOf):
            for member in type_.members:
                if member.together:
                    whole.setdefault(member.type)
                else:
                    unique.setdefault(member.type, member.location or location)
        elif not isinstance(type_, Nothing):
            unique.setdefault(type_, location)
    if not unique:
        return Nothing()
    for type_ in unique:
        if isinstance(type_, AnyType) and type_.reason is None:
            return type_
    merged = _merge_literals(unique)
    if len(merged) == 1:
        return next(iter(merged))
    records = [type_.parts for type_ in merged if isinstance(type_, RecordOf)]
    tag = tag_of(reader, records)
    found = [Member(type=type_, location=location) for type_, location in merged.items()]
    found += [Member(type=type_, together=True) for type_ in whole if type_ not in merged][:1]
    return UnionOf(
        members=tuple(found),
        tag=None if tag is None else tag[0],
        tags=() if tag is None else tag[1],
    )


def _merge_literals(members: dict[Type, Location | None]) -> dict[Type, Location | None]:
    values: list[str | int | bool | None] = []
    first: Location | None = None
    result: dict[Type, Location | None] = {}
    for type_, location in members.items():
        if isinstance(type_, Literals):
            values += type_.values
            first = first or location
        else:
            result[type_] = location
    if values:
        unique = tuple(value for _, value in dict.fromkeys((type(one), one) for one in values))
        result = {Literals(values=unique): None, **result}
    return result


def tag_of(
    reader: SchemaReader, records: list[Parts]
) -> tuple[tuple[str, ...], tuple[tuple[Parts, tuple[Constant, ...]], ...]] | None:
    """The property whose constants tell some records apart, and the constants of each.

    A property of the records themselves is preferred to one of an object inside them.
    """
    if len(records) < 2:
        return None
    by_record = [_constants(reader, parts) for parts in records]
    for path in sorted(by_record[0], key=len):
        values = [constants.get(path) for constants in by_record]
        given = [value for value in values if value is not None]
        seen = [(isinstance(value, bool), value) for each in given for value in each]
        if len(given) == len(records) and len(seen) == len(set(seen)):
            return path, tuple(zip(records, given, strict=True))
    return None


_DEEPEST_TAG: Final = 3
"""Objects inside one another in which a tag is looked for."""


def _constants(
    reader: SchemaReader, parts: Parts, depth: int = 1
) -> dict[tuple[str, ...], tuple[Constant, ...]]:
    """The required properties of a record that have constants, read from its schemas."""
    found: dict[tuple[str, ...], tuple[Constant, ...]] = {}
    schemas = reader.parts.objects(parts)
    required = {name for _, schema in schemas for name in schema.get("required", ())}
    for part, schema in schemas:
        for name, inner in schema.get("properties", {}).items():
            if name not in required or not is_object(inner):
                continue
            inner_parts = reader.parts.read(part.location / "properties" / name)
            values = reader.enumeration(inner_parts)
            if values is None and depth < _DEEPEST_TAG:
                deeper = _constants(reader, inner_parts, depth + 1)
                found |= {(name, *path): each for path, each in deeper.items()}
            elif values and all(isinstance(each, str | bool | int | float) for each in values):
                found[name,] = tuple(_plain(each) for each in values)
    return found


def _plain(value: Constant) -> Constant:
    """The value as the reader of an integer gives it: `1.0` is `1`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
