"""Types of arrays.

Cases: `items` (a list); `prefixItems` of 2020-12 and an array of `items` in earlier drafts, where
the first items are always there (a tuple, with or without further items) or may be missing (a list
of all their types); several schemas of items that apply together; no schema of items at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..source.json_types import is_array
from .conditional import perhaps_of
from .types import AnyType, ArrayOf, Nothing, TupleOf, Type

if TYPE_CHECKING:
    from ..source.document import Location
    from .name_hints import NameHint
    from .parts import Part, Parts
    from .type_finder import TypeFinder

__all__ = ["array_type"]


def array_type(finder: TypeFinder, parts: Parts, naming: NameHint) -> Type:
    """The type of an array."""
    schemas = finder.reader.parts.objects(parts)
    perhaps = perhaps_of(finder.reader, parts)
    prefixed = [
        (part, prefix)
        for part, schema in schemas
        if (prefix := _prefix(part, schema, finder)) is not None
    ]
    if not prefixed:
        items = [
            part.location / "items" for part, schema in schemas if schema.get("items") is not None
        ]
        item = finder.type_of(items, naming, perhaps.items) if items else AnyType()
        return ArrayOf(item=item)
    part, prefix = prefixed[0]
    first = tuple(
        finder.type_of([location], naming.item(index), perhaps.items)
        for index, location in enumerate(prefix)
    )
    rest = _rest(finder, part, len(prefix), naming)
    least = max((_number(schema, "minItems") for _, schema in schemas), default=0)
    if least >= len(prefix) and len(prefixed) == 1:
        return TupleOf(items=first, rest=None if isinstance(rest, Nothing) else rest)
    members = [(each, location) for each, location in zip(first, prefix, strict=True)]
    if isinstance(rest, AnyType):
        return ArrayOf(item=AnyType(reason="the first items of an array can be missing"))
    return ArrayOf(item=finder.union([*members, (rest, None)]))


def _number(schema: dict[str, Any], keyword: str) -> float:
    value = schema.get(keyword, 0)
    return value if isinstance(value, int | float) else 0


def _prefix(part: Part, schema: dict[str, Any], finder: TypeFinder) -> list[Location] | None:
    keyword = (
        "prefixItems" if finder.reader.references.draft(part.location).number >= 20 else "items"
    )
    prefix = schema.get(keyword)
    if not is_array(prefix):
        return None
    return [part.location / keyword / index for index in range(len(prefix))]


def _rest(finder: TypeFinder, part: Part, length: int, naming: NameHint) -> Type:
    schema: dict[str, Any] = finder.reader.parts.schema(part)
    new = finder.reader.references.draft(part.location).number >= 20
    keyword = "items" if new else "additionalItems"
    if schema.get("maxItems") == length or schema.get(keyword) is False:
        return Nothing()
    if keyword not in schema:
        return Nothing() if schema.get("unevaluatedItems") is False else AnyType()
    return finder.type_of([part.location / keyword], naming)
