"""A schema as the parts that all apply to one value: itself, what `$ref` adds, what `allOf` adds.

Parts that say nothing about types (bounds, annotations) are left out, so that a schema that only
adds a bound to another has that other's type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ..source.document import Location
from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..analysis.references import References

__all__ = ["Part", "Parts", "PartsReader"]

_TYPING: Final = frozenset(
    {
        "type", "enum", "const", "format",
        "properties", "required", "additionalProperties", "patternProperties",
        "unevaluatedProperties", "dependentRequired", "dependentSchemas", "dependencies",
        "items", "prefixItems", "additionalItems", "unevaluatedItems",
        "anyOf", "oneOf", "if", "then", "else",
    }
)  # fmt: skip
"""Keywords that say something about the type of a value."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Part:
    """A schema that applies, and the keywords of it that have been dealt with.

    Attributes:
        location: of the schema.
        without: keywords that have been dealt with.
        perhaps: it applies to some values only, and counts for nothing but the properties that it
            declares.
    """

    location: Location
    without: frozenset[str] = frozenset()
    perhaps: bool = False


Parts: TypeAlias = tuple[Part, ...]


class PartsReader:
    """Finds the parts of schemas.

    Args:
        references: of the contract.
    """

    def __init__(self, references: References) -> None:
        self._references = references

    def schema(self, part: Part) -> Any:
        """The schema of a part, without what has been dealt with."""
        schema = self._references.schema(part.location)
        if not is_object(schema) or not part.without:
            return schema
        return {key: value for key, value in schema.items() if key not in part.without}

    def says_something(self, part: Part) -> bool:
        """Whether anything about types is left in a part."""
        schema = self.schema(part)
        return not is_object(schema) or bool(_TYPING & schema.keys())

    def objects(self, parts: Parts) -> list[tuple[Part, dict[str, Any]]]:
        """The parts that apply to every value and are objects, with their schemas."""
        found: list[tuple[Part, dict[str, Any]]] = []
        for part in parts:
            schema = self.schema(part)
            if is_object(schema) and not part.perhaps:
                found.append((part, schema))
        return found

    def whole(self, location: Location) -> Iterator[tuple[Location, dict[str, Any]]]:
        """A schema, and those that it refers to or lists in `allOf`, whatever they say."""
        seen: set[Location] = set()
        stack = [location]
        while stack:
            current = stack.pop(0)
            schema = self._references.schema(current)
            if current in seen or not is_object(schema):
                continue
            seen.add(current)
            target = self.target(current, schema)
            if "$ref" in schema and self._references.draft(current).ref_alone:
                stack += [] if target is None else [target]
                continue
            yield current, schema
            all_of = schema.get("allOf")
            inner = (
                [current / "allOf" / index for index in range(len(all_of))]
                if is_array(all_of)
                else []
            )
            stack[:0] = [*([] if target is None else [target]), *inner]

    def read(self, *locations: Location) -> Parts:
        """The parts of all schemas at some locations together, each once, in order."""
        found: dict[Part, None] = {}
        for location in locations:
            for part in self._parts(location, set()):
                found.setdefault(part)
        return tuple(found)

    def _parts(self, location: Location, seen: set[Location]) -> Iterator[Part]:
        if location in seen:
            return
        seen.add(location)
        schema = self._references.schema(location)
        if schema is False:
            yield Part(location=location)
        if not is_object(schema):
            return
        alone = "$ref" in schema and self._references.draft(location).ref_alone
        if not alone and _TYPING & schema.keys():
            yield Part(location=location)
        target = self.target(location, schema)
        if target is not None:
            yield from self._parts(target, seen)
        all_of = schema.get("allOf")
        if is_array(all_of) and not alone:
            for index in range(len(all_of)):
                yield from self._parts(location / "allOf" / index, seen)

    def target(self, location: Location, schema: dict[str, Any]) -> Location | None:
        """Where the `$ref` or `$dynamicRef` of a schema leads, if to a document."""
        for keyword in ("$ref", "$dynamicRef"):
            reference = schema.get(keyword)
            if isinstance(reference, str):
                target = self._references.resolve(location, reference)
                return target if isinstance(target, Location) else None
        return None

    def annotation(self, location: Location, keyword: str) -> tuple[bool, Any]:
        """Whether a schema, or what it refers to, has an annotation, and its value."""
        seen: set[Location] = set()
        current: Location | None = location
        while current is not None and current not in seen:
            seen.add(current)
            schema = self._references.schema(current)
            if not is_object(schema):
                break
            alone = "$ref" in schema and self._references.draft(current).ref_alone
            if keyword in schema and not alone:
                return True, schema[keyword]
            current = self.target(current, schema)
        return False, None

    def referred(self, location: Location) -> Location:
        """Where a schema that is only a reference leads; else the schema itself."""
        seen: set[Location] = set()
        while location not in seen:
            seen.add(location)
            schema = self._references.schema(location)
            if not is_object(schema) or "$ref" not in schema:
                break
            alone = self._references.draft(location).ref_alone
            if not alone and (_TYPING | {"allOf"}) & schema.keys():
                break
            target = self.target(location, schema)
            if target is None:
                break
            location = target
        return location
