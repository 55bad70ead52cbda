"""Fifth pass: what Python can say about each schema."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..schema.paths import definition_name
from ..source.json_types import is_object
from .alternatives import (
    MOST_ALTERNATIVES,
    MOST_MEMBERS,
    alternatives_of,
    branch_of,
    expanded,
    merge_key,
    tags_of,
)
from .arrays import array_type
from .conditional import adds_names, declared_names
from .defaults import refusable_defaults
from .name_hints import NameHint
from .objects import fields_of, merged_fields, object_type
from .parts import Part
from .scalars import allowed_types, enumeration_types, string_type
from .schema_reader import SchemaReader
from .types import (
    AnyType,
    MapOf,
    Nothing,
    RecordOf,
    RecordType,
    Scalar,
    Type,
    is_larger,
)
from .unions import make_union, split_union, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..analysis.references import References
    from ..analysis.validators import Validators
    from ..contract.contract import Contract, DeclaredEvent
    from ..source.document import Location
    from .parts import Parts

__all__ = ["Modeller"]

_OBJECT_KEYWORDS = frozenset(
    {"properties", "required", "additionalProperties", "patternProperties", "unevaluatedProperties"}
)
_ARRAY_KEYWORDS = frozenset({"items", "prefixItems", "additionalItems", "unevaluatedItems"})


MOST_PARTS = 500
"""Parts that a type may have: what it holds, and what these hold, but for the fields of classes."""
DEEPEST_PART = 40
"""How deep they may be inside one another."""
_TOO_LARGE = f"a type with more than {MOST_PARTS} parts, or more than {DEEPEST_PART} levels deep"


_DEEPEST = 30
"""Types inside one another, of which classes are filled in before those around them."""


class Modeller:
    """Finds the types of a contract's schemas.

    Args:
        contract: the documents.
        references: of the same contract.
        validators: of the same contract.

    Attributes:
        reader: reads the schemas.
        records: every class, by the parts of its schema, in the order in which they were found.
    """

    def __init__(self, contract: Contract, references: References, validators: Validators) -> None:
        self._contract = contract
        self.reader = SchemaReader(contract, references, validators)
        self.records: dict[Parts, RecordType] = {}
        self._types: dict[Parts, Type] = {}
        self._open: set[Parts] = set()
        self._cuts = 0
        self._depth = 0
        self._waiting: deque[tuple[RecordType, list[Parts]]] = deque()

    @property
    def refusable_defaults(self) -> frozenset[Location]:
        """The properties whose default a composition around them can refuse."""
        return self._refusable_defaults

    @cached_property
    def _refusable_defaults(self) -> frozenset[Location]:
        events = (event.location for api in self._contract.apis for event in api.events)
        return refusable_defaults(self.reader, events)

    def event(self, event: DeclaredEvent) -> RecordType | None:
        """The class of an event; `None` if its parameters cannot be an object."""
        parts = self.reader.parts.read(event.location)
        schemas = [schema for _, schema in self.reader.parts.objects(parts)]
        types = allowed_types(schemas)
        if (types is not None and "object" not in types) or self.reader.is_never(parts):
            return None
        own = (Part(location=event.location, without=frozenset({"event"})), *parts)
        naming = NameHint(location=event.location)
        record = self._start(own, naming, event.name)
        alternatives = alternatives_of(self.reader, parts)
        self._fill(record, alternatives[:MOST_ALTERNATIVES])
        if len(alternatives) > MOST_ALTERNATIVES:
            reason = "the unions have too many combinations"
            record.additional = MapOf(value=AnyType(reason=reason))
        elif record.additional is None and not any(
            {"properties", "additionalProperties"} & schema.keys()
            for alternative in alternatives
            for _, schema in self.reader.parts.objects(alternative)
        ):
            record.additional = MapOf(value=AnyType())
        return record

    def type_of(
        self, locations: Sequence[Location], naming: NameHint, perhaps: Sequence[Location] = ()
    ) -> Type:
        """The type of values to which the schemas at some locations all apply.

        Args:
            locations: of the schemas.
            naming: what a class would be called.
            perhaps: of schemas that apply to some of the values.
        """
        first = self.reader.parts.referred(locations[0]) if len(locations) == 1 else locations[0]
        if not first.path or definition_name(first.path) is not None:
            naming = replace(naming, suffix=None)
        parts = self.reader.parts.read(*locations)
        if perhaps and parts and adds_names(self.reader, locations, perhaps):
            parts += tuple(Part(location=each, perhaps=True) for each in dict.fromkeys(perhaps))
        return self.of(parts, replace(naming, location=first))

    def of(self, parts: Parts, naming: NameHint) -> Type:
        """The type of values to which some parts all apply."""
        if self.reader.is_never(parts):
            return Nothing()
        if not parts:
            return AnyType()
        if parts in self.records:
            return RecordOf(parts=parts)
        if parts in self._open:
            self._cuts += 1
            return AnyType(reason="the schema is recursive without an object in between")
        if parts in self._types:
            return self._types[parts]
        if len(self._open) > DEEPEST_PART:
            self._cuts += 1
            return AnyType(reason=_TOO_LARGE)
        cuts = self._cuts
        self._open.add(parts)
        self._depth += 1
        try:
            found = self._of(parts, naming)
        finally:
            self._open.discard(parts)
            self._depth -= 1
        if is_larger(found, MOST_PARTS, DEEPEST_PART):
            found = AnyType(reason=_TOO_LARGE)
        if cuts == self._cuts:  # else it depends on what is around it
            self._types[parts] = found
        return found

    def _of(self, parts: Parts, naming: NameHint) -> Type:
        values = self.reader.enumeration(parts)
        if values is not None:
            return self.union([(type_, None) for type_ in enumeration_types(values)])
        union = split_union(self.reader, parts)
        if union is not None:
            members, rest = union
            if not members:
                return self.of(rest, naming)
            return self._union_of(members, rest, naming)
        schemas = [schema for _, schema in self.reader.parts.objects(parts)]
        types = allowed_types(schemas)
        found: list[tuple[Type, Location | None]] = [
            (self._single(type_, parts, naming), None)
            for type_ in (self._implied(schemas) if types is None else types)
        ]
        if types is None:
            if not found:
                return AnyType()
            reason = "the schema has no `type`, so values of other types are valid too"
            found.append((AnyType(reason=reason), None))
        return self.union(found)

    def _implied(self, schemas: list[dict[str, Any]]) -> list[str]:
        """The types that keywords speak about where no `type` stands."""
        keys = {key for schema in schemas for key in schema}
        implied: list[str] = []
        if any("format" in schema for schema in schemas):
            implied.append("string")
        if keys & _ARRAY_KEYWORDS:
            implied.append("array")
        if keys & _OBJECT_KEYWORDS:
            implied.append("object")
        return implied

    def _single(self, type_: str, parts: Parts, naming: NameHint) -> Type:
        match type_:
            case "null" | "boolean" | "integer" | "number":
                return Scalar(kind=type_)
            case "string":
                return string_type([schema for _, schema in self.reader.parts.objects(parts)])
            case "array":
                return array_type(self, parts, naming)
            case _:
                return object_type(self, parts, naming)

    def _union_of(self, members: list[Location], rest: Parts, naming: NameHint) -> Type:
        alternatives = list(expanded(self.reader, members, rest, set()))
        if len(alternatives) > MOST_MEMBERS:
            return AnyType(reason=f"a union with more than {MOST_MEMBERS} members")
        anonymous = [
            parts for parts, location in alternatives if self._is_anonymous(parts, location, rest)
        ]
        tags = tags_of(self.reader, anonymous)
        found: list[tuple[Type, Location | None]] = []
        if len(anonymous) > 1 and not tags:
            parts, location = merge_key(anonymous), members[0]
            if parts not in self.records:
                record = self._start(parts, naming, None)
                self._fill(record, anonymous)
                record.reason = "members of a union that cannot be distinguished share a class"
            found.append((RecordOf(parts=parts), None))
            alternatives = [each for each in alternatives if each[0] not in anonymous]
        for parts, location in alternatives:
            suffix = tags.get(parts)
            inner = replace(naming, location=self.reader.parts.referred(location))
            if suffix is not None:
                inner = replace(inner, suffix=suffix)
            found.append((self.of(parts, inner), location))
        return make_union(self.reader, found, self._together(members, found, naming))

    def _together(
        self, members: list[Location], found: list[tuple[Type, Location | None]], naming: NameHint
    ) -> Type | None:
        """A class for objects that fulfil several members of an `anyOf`, each with its own fields.

        The members of a `oneOf` exclude each other, and so do those that a tag tells apart.
        """
        if members[0].path[-2:-1] != ("anyOf",):
            return None
        records = [one.parts for one, _ in found if isinstance(one, RecordOf)]
        # One that forbids or carries other properties is never one of several, or keeps them all.
        alternatives = [parts for parts in records if not self._speaks_of_others(parts)]
        names = {frozenset(declared_names(self.reader, parts)) for parts in alternatives}
        if len(names) < 2 or tag_of(self.reader, records) is not None:
            return None
        parts = merge_key(alternatives)
        if parts not in self.records:
            record = self._start(parts, naming, None)
            self._fill(record, alternatives)
            record.reason = "objects that match several members of an `anyOf` have this class"
        return RecordOf(parts=parts)

    def _speaks_of_others(self, parts: Parts) -> bool:
        """Whether an object forbids properties that it does not name, or says what they are."""
        others = {"additionalProperties", "unevaluatedProperties", "patternProperties"}
        return any(others & schema.keys() for _, schema in self.reader.parts.objects(parts))

    def _is_anonymous(self, parts: Parts, location: Location, rest: Parts) -> bool:
        """Whether a member is an object with fields that nothing in the schema gives a name to."""
        target = self.reader.parts.referred(location)
        named = not target.path or definition_name(target.path) is not None
        schema = self.reader.references.schema(target)
        titled = is_object(schema) and isinstance(schema.get("title"), str)
        has_fields = any("properties" in schema for _, schema in self.reader.parts.objects(parts))
        types = allowed_types([schema for _, schema in self.reader.parts.objects(parts)])
        possible = types is None or "object" in types
        return has_fields and possible and not titled and (not named or bool(rest))

    def union(self, members: Iterable[tuple[Type, Location | None]]) -> Type:
        """The union of some types."""
        return make_union(self.reader, list(members))

    def record(self, parts: Parts, naming: NameHint) -> Parts:
        """Make the class of some parts, unless it is there."""
        if parts not in self.records:
            record = self._start(parts, naming, None)
            self._fill(record, [parts])
        return parts

    def _start(self, parts: Parts, naming: NameHint, name: str | None) -> RecordType:
        location = naming.location
        schema = self.reader.references.schema(location)
        description = schema.get("description") if is_object(schema) else None
        record = RecordType(
            parts=parts,
            location=location,
            place=self.reader.key_place(location),
            name=name or naming.best_name(self.reader),
            owner=None
            if naming.owner is None
            else (
                naming.owner[0],
                f"{naming.owner[1]}_{naming.suffix or ''}".strip("_") or "additional_property",
            ),
            description=description if isinstance(description, str) else None,
        )
        self.records[parts] = record
        return record

    def _fill(self, record: RecordType, alternatives: list[Parts]) -> None:
        if self._depth >= _DEEPEST:  # it is there to be referred to, and is filled in below
            self._waiting.append((record, alternatives))
            return
        self._fill_now(record, alternatives)
        while not self._depth and self._waiting:
            self._fill_now(*self._waiting.popleft())

    def _fill_now(self, record: RecordType, alternatives: list[Parts]) -> None:
        # The record is there to be referred to, so what is around it may recur inside it.
        around, self._open, cuts = self._open, set(), self._cuts
        try:
            self._fill_in(record, alternatives)
        finally:
            self._open, self._cuts = around, cuts

    def _fill_in(self, record: RecordType, alternatives: list[Parts]) -> None:
        inner = NameHint(location=record.location, owner=(record.parts, ""))
        tags = tags_of(self.reader, alternatives)
        shapes = [
            fields_of(self, parts, replace(inner, branch=branch_of(parts, alternatives, tags)))
            for parts in alternatives
        ]
        record.fields = merged_fields(self, [fields for fields, _ in shapes])
        additional = list(dict.fromkeys(each for _, each in shapes if each is not None))
        if len(additional) == 1:
            record.additional = additional[0]
        elif additional:
            record.additional = MapOf(value=self.union((each.value, None) for each in additional))
        if len(alternatives) > 1 and record.reason is None:
            record.reason = "one class for all alternatives of a union"
