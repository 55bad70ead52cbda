"""The schemas of a set of documents: what is inside each, and where its references lead.

Knows `$id`, anchors and JSON pointers in drafts 4 to 2020-12.
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with parts unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urljoin

from ..json_pointer import pointer_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "REFERENCES",
    "SchemaPart",
    "SchemaParts",
    "draft_number",
    "inner_parts",
    "named",
    "numbers",
]

_DRAFTS: Final = {
    "json-schema.org/draft-04/schema": 4,
    "json-schema.org/draft-06/schema": 6,
    "json-schema.org/draft-07/schema": 7,
    "json-schema.org/draft/2019-09/schema": 19,
    "json-schema.org/draft/2020-12/schema": 20,
}
_FRAGMENT_SAFE: Final = "/~!$&'()*+,;=:@-._"
_ONE: Final = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
"""Keywords that hold a schema."""
_SEVERAL: Final = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
"""Keywords that hold an array of schemas."""
_NAMED: Final = frozenset({"dependencies", "dependentSchemas", "patternProperties", "properties"})
"""Keywords that hold an object of schemas."""
REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_ANCHORS: Final = ("$anchor", "$dynamicAnchor")


class SchemaPart:
    """A schema inside a document.

    Args:
        schema: its JSON value.
        resource: URI of the closest schema around it that has one of its own.
        pointer: JSON pointer (RFC 6901) from there.
        draft: number of its draft: 4, 6, 7, 19 or 20.

    Attributes:
        location: where it is: a URI with a JSON pointer as its fragment.
    """

    __slots__ = ("_inside", "draft", "location", "pointer", "resource", "schema")

    def __init__(self, schema: Any, resource: str, pointer: str, draft: int) -> None:
        self.schema = schema
        self.resource = resource
        self.pointer = pointer
        self.draft = draft
        self.location = f"{resource}#{quote(pointer, safe=_FRAGMENT_SAFE)}"
        self._inside: dict[tuple[str | int, ...], SchemaPart] = {}

    def has(self, keyword: str) -> bool:
        """Whether a keyword counts here: drafts before 2019-09 ignore all beside `$ref`."""
        schema = self.schema
        if keyword not in schema:
            return False
        return keyword == "$ref" or self.draft > 7 or "$ref" not in schema

    def step(self, *steps: str | int) -> SchemaPart:
        """A schema inside this one.

        Raises:
            LookupError: there is none.
        """
        part = self._inside.get(steps)
        if part is None:
            part = self._inside[steps] = self._step(steps)
        return part

    def _step(self, steps: tuple[str | int, ...]) -> SchemaPart:
        schema, resource, pointer, draft = self.schema, self.resource, self.pointer, self.draft
        for step in steps:
            schema = schema[step]
            pointer += pointer_of((step,))
            if type(schema) is dict:
                draft = draft_of(schema, draft)
                inner = base_of(schema, resource, draft)
                if inner != resource:
                    resource, pointer = inner, ""
        return SchemaPart(schema, resource, pointer, draft)


def inner_parts(part: SchemaPart) -> Iterator[SchemaPart]:
    """The schemas directly inside a schema, in the order of the text."""
    schema = part.schema
    if type(schema) is not dict:
        return
    for keyword, value in schema.items():
        if not part.has(keyword):
            continue
        if keyword in _ONE and type(value) in (dict, bool):
            yield part.step(keyword)
        elif keyword in _SEVERAL and type(value) is list:
            for index in range(len(value)):
                yield part.step(keyword, index)
        elif keyword in _NAMED and type(value) is dict:
            for name, inner in value.items():
                if type(inner) in (dict, bool):
                    yield part.step(keyword, name)


class SchemaParts:
    """Finds schemas by their location and by references to them.

    Args:
        documents: by URI.
    """

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self._at: dict[str, SchemaPart | None] = {}
        self._named: tuple[dict[str, SchemaPart], list[str]] | None = None

    def at(self, location: str) -> SchemaPart | None:
        """The schema at a location: a URI, and a JSON pointer or an anchor as its fragment."""
        if location not in self._at:
            self._at[location] = self._find(location)
        return self._at[location]

    def _find(self, location: str) -> SchemaPart | None:
        uri, _, fragment = location.partition("#")
        fragment = unquote(fragment)
        root = self._resource(uri)
        if root is None:
            return None
        if fragment and not fragment.startswith("/"):
            return self._names()[0].get(f"{root.resource}#{fragment}")
        part = root
        for step in steps_of(fragment):
            try:
                part = part.step(int(step) if type(part.schema) is list else step)
            except (LookupError, TypeError, ValueError):
                return None
        return part

    def target(self, part: SchemaPart, keyword: str) -> SchemaPart | None:
        """Where a reference of a schema leads; `None` if that depends on what is around it.

        Args:
            part: the schema.
            keyword: `$ref`, `$dynamicRef` or `$recursiveRef`.
        """
        reference = part.schema[keyword]
        if type(reference) is not str:
            return None
        found = self.at(join(part.resource, reference))
        if keyword == "$dynamicRef" and found is not None and type(found.schema) is dict:
            name = found.schema.get("$dynamicAnchor")
            if name is not None and self._names()[1].count(name) > 1:
                return None
        return found

    def in_place(self, part: SchemaPart) -> Iterator[SchemaPart]:
        """Other schemas that all must accept what a schema accepts."""
        for keyword in REFERENCES:
            target = self.target(part, keyword) if part.has(keyword) else None
            if target is not None:
                yield target
        for index in numbers(part, "allOf"):
            yield part.step("allOf", index)

    def _resource(self, uri: str) -> SchemaPart | None:
        return self._document(uri) or self._names()[0].get(uri)

    def _document(self, uri: str) -> SchemaPart | None:
        document = self._documents.get(uri)
        if type(document) is not dict:
            return None
        draft = draft_of(document, 20)
        return SchemaPart(document, base_of(document, uri, draft), "", draft)

    def _names(self) -> tuple[dict[str, SchemaPart], list[str]]:
        """What has a URI or an anchor of its own; the names of all dynamic anchors."""
        if self._named is None:
            named: dict[str, SchemaPart] = {}
            dynamic: list[str] = []
            waiting = [root for uri in self._documents if (root := self._document(uri)) is not None]
            while waiting:
                part = waiting.pop()
                schema = part.schema
                if type(schema) is dict:
                    _note_names(part, named, dynamic)
                steps = schema if type(schema) is dict else range(len(schema))
                waiting += [part.step(step) for step in steps if type(schema[step]) in (dict, list)]
            self._named = named, dynamic
        return self._named


def named(part: SchemaPart, keyword: str) -> dict[str, Any]:
    """What a keyword holds by name; nothing if it is not there."""
    value = part.schema[keyword] if part.has(keyword) else None
    return value if type(value) is dict else {}


def numbers(part: SchemaPart, keyword: str) -> range:
    """The indexes of the schemas that a keyword holds."""
    value = part.schema[keyword] if part.has(keyword) else None
    return range(len(value)) if type(value) is list else range(0)


def _note_names(part: SchemaPart, named: dict[str, SchemaPart], dynamic: list[str]) -> None:
    if not part.pointer:
        named.setdefault(part.resource, part)
    schema = part.schema
    for keyword in _ANCHORS:
        if type(schema.get(keyword)) is str:
            named.setdefault(f"{part.resource}#{schema[keyword]}", part)
    if type(schema.get("$dynamicAnchor")) is str:
        dynamic.append(schema["$dynamicAnchor"])
    identifier = schema.get("id" if part.draft == 4 else "$id")
    if part.draft <= 7 and type(identifier) is str and "#" in identifier:
        named.setdefault(f"{part.resource}#{identifier.partition('#')[2]}", part)


def draft_of(schema: Any, inherited: int) -> int:
    """The draft that a schema's `$schema` names, or the one around it."""
    name = schema.get("$schema") if type(schema) is dict else None
    if type(name) is not str:
        return inherited
    return draft_number(name) or inherited


def draft_number(uri: str) -> int | None:
    """The number by which the validator knows the draft that a `$schema` names.

    People write `http` and `https`, and an empty fragment or none, in any draft.

    Returns:
        `None` if the URI is not that of a draft's meta-schema.
    """
    scheme, _, name = uri.removesuffix("#").partition("://")
    return _DRAFTS.get(name) if scheme in ("http", "https") else None


def base_of(schema: Any, around: str, draft: int) -> str:
    """The URI of the closest schema around that has one, or the schema's own."""
    name = schema.get("id" if draft == 4 else "$id") if type(schema) is dict else None
    if type(name) is not str or name.startswith("#") or (draft <= 7 and "$ref" in schema):
        return around
    return join(around, name).partition("#")[0]


def join(base: str, reference: str) -> str:
    """The URI that a reference means, seen from a base URI (RFC 3986)."""
    if reference.startswith("#"):
        return base + reference
    if base.startswith("lbgen:"):  # a scheme that urljoin does not know
        joined = urljoin("file" + base.removeprefix("lbgen"), reference)
        return "lbgen" + joined.removeprefix("file") if joined.startswith("file:") else joined
    return urljoin(base, reference)
