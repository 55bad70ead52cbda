"""A schema in the authors' documents, and where its parts and references lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...analysis.references import Dangling
from ...schema.uris import split_fragment
from ...source.json_types import is_object
from .schema import UnsupportedSchema

if TYPE_CHECKING:
    from ...analysis.references import References
    from ...source.document import Location

__all__ = ["Target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A schema in the documents.

    Attributes:
        schema: the author's JSON value.
        location: where it is.
        references: of the documents.
    """

    schema: Any
    location: Location
    references: References

    @staticmethod
    def at(location: Location, references: References) -> Target:
        """The schema at a location.

        Raises:
            UnsupportedSchema: nothing is there.
        """
        try:
            schema = references.schema(location)
        except (KeyError, LookupError, ValueError):
            raise UnsupportedSchema(f"the reference to {location}, which does not exist") from None
        return Target(schema=schema, location=location, references=references)

    @property
    def draft(self) -> int:
        """The number of the draft it is written in."""
        return self.references.draft(self.location).number

    def step(self, *steps: str | int) -> Target:
        """A part of this schema."""
        schema, location = self.schema, self.location
        for step in steps:
            schema, location = schema[step], location / step
        return Target(schema=schema, location=location, references=self.references)

    def referred(self, reference: str) -> Target:
        """What `$ref: reference` leads to.

        Raises:
            UnsupportedSchema: nothing is there.
        """
        found = self.references.resolve(self.location, reference)
        if isinstance(found, Dangling):
            raise UnsupportedSchema(f"the reference {reference!r}, which does not exist")
        return Target.at(found, self.references)

    def referred_dynamically(self, reference: str) -> Target:
        """What `$dynamicRef` leads to, if the documents leave only one possibility."""
        target = self.referred(reference)
        name = split_fragment(reference)[1]
        schema = target.schema
        if not is_object(schema) or not name or schema.get("$dynamicAnchor") != name:
            return target
        if len(self.references.dynamic.get(name, [])) > 1:
            raise UnsupportedSchema(f"the dynamic reference {reference!r} with several targets")
        return target

    def referred_recursively(self) -> Target:
        """What `$recursiveRef: "#"` leads to, if the documents leave only one possibility."""
        target = self.referred("#")
        schema = target.schema
        recursive = is_object(schema) and schema.get("$recursiveAnchor") is True
        if recursive and len(self.references.dynamic.get("", [])) > 1:
            raise UnsupportedSchema("a recursive reference with several targets")
        return target
