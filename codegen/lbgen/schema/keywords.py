"""The keywords of every JSON Schema draft, and the way through a schema by them.

Sources: the meta-schemas of draft-04, -06, -07, 2019-09 and 2020-12.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..source.document import Path

__all__ = [
    "DRAFTS",
    "NOTES",
    "Draft",
    "Holds",
    "draft_of",
    "subschemas",
    "walk",
]


class Holds(Enum):
    """What stands behind a keyword."""

    VALUE = auto()
    SCHEMA = auto()
    SCHEMAS = auto()
    """An array of schemas."""
    SCHEMA_OR_SCHEMAS = auto()
    NAMED_SCHEMAS = auto()
    """An object of schemas."""
    NAMED_SCHEMAS_OR_NAMES = auto()
    """An object whose values are schemas or arrays of property names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft of JSON Schema.

    Attributes:
        name: as people write it.
        uri: of its meta-schema, without an empty fragment.
        number: the number by which the validator knows it.
        keywords: what stands behind each keyword.
        id_keyword: the keyword that names a schema.
        ref_alone: whether `$ref` hides the keywords beside it.
    """

    name: str
    uri: str
    number: int
    keywords: Mapping[str, Holds]
    id_keyword: str = "$id"
    ref_alone: bool = False

    def __str__(self) -> str:
        return self.name


def _values(names: str) -> dict[str, Holds]:
    return dict.fromkeys(names.split(), Holds.VALUE)


_COMMON: Final = {
    **_values(
        "$schema $ref title description default type enum multipleOf maximum minimum"
        " exclusiveMaximum exclusiveMinimum maxLength minLength pattern maxItems minItems"
        " uniqueItems maxProperties minProperties required format"
    ),
    "properties": Holds.NAMED_SCHEMAS,
    "patternProperties": Holds.NAMED_SCHEMAS,
    "additionalProperties": Holds.SCHEMA,
    "allOf": Holds.SCHEMAS,
    "anyOf": Holds.SCHEMAS,
    "oneOf": Holds.SCHEMAS,
    "not": Holds.SCHEMA,
}
_TO_2019: Final = {
    "items": Holds.SCHEMA_OR_SCHEMAS,
    "additionalItems": Holds.SCHEMA,
    "definitions": Holds.NAMED_SCHEMAS,
    "dependencies": Holds.NAMED_SCHEMAS_OR_NAMES,
}
_FROM_06: Final = {
    **_values("$id const examples"),
    "contains": Holds.SCHEMA,
    "propertyNames": Holds.SCHEMA,
}
_FROM_07: Final = {
    **_values("$comment readOnly writeOnly contentEncoding contentMediaType"),
    "if": Holds.SCHEMA,
    "then": Holds.SCHEMA,
    "else": Holds.SCHEMA,
}
_FROM_2019: Final = {
    **_values(
        "$anchor $vocabulary deprecated maxContains minContains dependentRequired"
        " $recursiveRef $recursiveAnchor"
    ),
    "$defs": Holds.NAMED_SCHEMAS,
    "definitions": Holds.NAMED_SCHEMAS,
    "dependentSchemas": Holds.NAMED_SCHEMAS,
    "dependencies": Holds.NAMED_SCHEMAS_OR_NAMES,
    "unevaluatedItems": Holds.SCHEMA,
    "unevaluatedProperties": Holds.SCHEMA,
    "contentSchema": Holds.SCHEMA,
}
_FROM_2020: Final = {
    **_values("$dynamicRef $dynamicAnchor"),
    "prefixItems": Holds.SCHEMAS,
    "items": Holds.SCHEMA,
}

NOTES: Final = frozenset(
    {"$comment", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"}
)
"""Keywords that say nothing about which values are valid, in any draft."""

DRAFT_04: Final = Draft(
    name="draft-04",
    uri="http://json-schema.org/draft-04/schema",
    number=4,
    keywords={**_COMMON, **_TO_2019, "id": Holds.VALUE},
    id_keyword="id",
    ref_alone=True,
)
DRAFT_06: Final = Draft(
    name="draft-06",
    uri="http://json-schema.org/draft-06/schema",
    number=6,
    keywords={**_COMMON, **_TO_2019, **_FROM_06},
    ref_alone=True,
)
DRAFT_07: Final = Draft(
    name="draft-07",
    uri="http://json-schema.org/draft-07/schema",
    number=7,
    keywords={**_COMMON, **_TO_2019, **_FROM_06, **_FROM_07},
    ref_alone=True,
)
DRAFT_2019_09: Final = Draft(
    name="2019-09",
    uri="https://json-schema.org/draft/2019-09/schema",
    number=19,
    keywords={**_COMMON, **_TO_2019, **_FROM_06, **_FROM_07, **_FROM_2019},
)
DRAFT_2020_12: Final = Draft(
    name="2020-12",
    uri="https://json-schema.org/draft/2020-12/schema",
    number=20,
    keywords={**_COMMON, **_FROM_06, **_FROM_07, **_FROM_2019, **_FROM_2020},
)

DRAFTS: Final = {
    draft.uri: draft for draft in (DRAFT_04, DRAFT_06, DRAFT_07, DRAFT_2019_09, DRAFT_2020_12)
}
"""Every draft, by the URI of its meta-schema."""


def draft_of(uri: object) -> Draft | None:
    """The draft that a `$schema` names; `None` for another text.

    People write `http` and `https`, and an empty fragment or none, in any draft.

    Args:
        uri: the value of `$schema`.
    """
    if not isinstance(uri, str):
        return None
    name = uri.removesuffix("#").removeprefix("https:").removeprefix("http:")
    return DRAFTS.get(f"http:{name}") or DRAFTS.get(f"https:{name}")


def subschemas(schema: Any, draft: Draft) -> Iterator[tuple[Path, Any]]:
    """The schemas directly inside a schema, each with its path from there."""
    if not is_object(schema):
        return
    alone = draft.ref_alone and "$ref" in schema
    for name, value in schema.items():
        holds = draft.keywords.get(name, Holds.VALUE)
        if holds is Holds.VALUE or (alone and name not in ("definitions", "$defs")):
            continue
        match holds:
            case Holds.SCHEMA:
                yield (name,), value
            case Holds.SCHEMAS:
                yield from _numbered(name, value)
            case Holds.SCHEMA_OR_SCHEMAS:
                if is_array(value):
                    yield from _numbered(name, value)
                else:
                    yield (name,), value
            case Holds.NAMED_SCHEMAS:
                yield from _named(name, value)
            case Holds.NAMED_SCHEMAS_OR_NAMES:
                for path, inner in _named(name, value):
                    if not is_array(inner):
                        yield path, inner


def _numbered(name: str, value: Any) -> Iterator[tuple[Path, Any]]:
    if is_array(value):
        for index, inner in enumerate(value):
            yield (name, index), inner


def _named(name: str, value: Any) -> Iterator[tuple[Path, Any]]:
    if is_object(value):
        for key, inner in value.items():
            yield (name, key), inner


def walk(schema: Any, draft: Draft, path: Path = ()) -> Iterator[tuple[Path, Any, Draft]]:
    """A schema and all schemas inside it, outer before inner, in the order of the text.

    Args:
        schema: where to start.
        draft: the draft of the start; a `$schema` beside an id changes it further inside.
        path: of the start, put before each path.
    """
    waiting = [(path, schema, draft)]
    while waiting:
        path, schema, draft = waiting.pop()
        if not is_object(schema):
            yield path, schema, draft
            continue
        if path and "$schema" in schema and draft.id_keyword in schema:
            draft = draft_of(schema["$schema"]) or draft
        yield path, schema, draft
        inside = [(path + steps, inner, draft) for steps, inner in subschemas(schema, draft)]
        waiting += reversed(inside)
