"""The keywords of JSON Schema, by the draft that brought them.

Sources: the meta-schemas of draft-04, -06, -07, 2019-09 and 2020-12.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

__all__ = ["COMMON", "FROM_06", "FROM_07", "FROM_2019", "FROM_2020", "NOTES", "TO_2019", "Holds"]


class Holds(Enum):
    """What is behind a keyword."""

    VALUE = auto()
    SCHEMA = auto()
    SCHEMAS = auto()
    """An array of schemas."""
    SCHEMA_OR_SCHEMAS = auto()
    NAMED_SCHEMAS = auto()
    """An object of schemas."""
    NAMED_SCHEMAS_OR_NAMES = auto()
    """An object whose values are schemas or arrays of property names."""


def _values(names: str) -> dict[str, Holds]:
    return dict.fromkeys(names.split(), Holds.VALUE)


COMMON: Final = {
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
TO_2019: Final = {
    "items": Holds.SCHEMA_OR_SCHEMAS,
    "additionalItems": Holds.SCHEMA,
    "definitions": Holds.NAMED_SCHEMAS,
    "dependencies": Holds.NAMED_SCHEMAS_OR_NAMES,
}
FROM_06: Final = {
    **_values("$id const examples"),
    "contains": Holds.SCHEMA,
    "propertyNames": Holds.SCHEMA,
}
FROM_07: Final = {
    **_values("$comment readOnly writeOnly contentEncoding contentMediaType"),
    "if": Holds.SCHEMA,
    "then": Holds.SCHEMA,
    "else": Holds.SCHEMA,
}
FROM_2019: Final = {
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
FROM_2020: Final = {
    **_values("$dynamicRef $dynamicAnchor"),
    "prefixItems": Holds.SCHEMAS,
    "items": Holds.SCHEMA,
}

NOTES: Final = frozenset(
    {"$comment", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"}
)
"""Keywords that say nothing about which values are valid, in any draft."""
