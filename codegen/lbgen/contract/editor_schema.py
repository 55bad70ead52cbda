"""The JSON Schema of a contract file as editors need it: self-contained, closed, with descriptions.

Editors know draft-07 best, so it is written in that draft, whatever the drafts that it describes:
the keywords of the schemas inside a contract are those of 2020-12, taken from its meta-schema.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..findings.catalogue import all_rules
from ..schema.drafts import DRAFT_2020_12
from ..source.json_types import is_array, is_object
from .grammar import CONTRACT_SCHEMA

__all__ = ["EDITOR_SCHEMA_ID", "editor_schema", "editor_schema_text"]

EDITOR_SCHEMA_ID: Final = "https://lbgen.dev/schema/contract-1.editor.json"

_VOCABULARIES: Final = (
    "core", "applicator", "unevaluated", "validation", "format-annotation", "content", "meta-data",
)  # fmt: skip
_DEFINITION: Final = re.compile(r"[^#]*#/\$defs/(\w+)")

_KEYWORDS: Final = {
    "$anchor": "A name for this schema; refer to it as `#name`.",
    "$comment": "A comment for the authors of the schema.",
    "$defs": 'Types that other schemas refer to: `$ref: "#/$defs/Name"`.',
    "$dynamicAnchor": "A name that schemas which extend this one can override.",
    "$dynamicRef": "A reference to a `$dynamicAnchor`.",
    "$id": "The URI of this schema.",
    "$ref": "The schema to use: `#/$defs/Name`, or in another file `common/file.yaml#/$defs/Name`.",
    "$schema": "The draft of this schema.",
    "additionalProperties": (
        "The schema of properties that are not listed; false does not allow any."
    ),
    "allOf": "All of these schemas must match.",
    "anyOf": "At least one of these schemas must match.",
    "const": "The only valid value.",
    "contains": "At least one item must match this schema.",
    "contentEncoding": "How the string encodes binary data: base64.",
    "contentMediaType": "The media type of the content of the string.",
    "contentSchema": "The schema of the content of the string.",
    "default": "The value of a missing property: `fire` sends it, and readers fill it in.",
    "definitions": "Types that other schemas refer to, in older drafts; use `$defs` in new ones.",
    "dependentRequired": "Properties that are required if another property is present.",
    "dependentSchemas": "Schemas that must match if a property is present.",
    "deprecated": "Whether writers should stop using it.",
    "description": "The meaning, for people; it becomes a docstring.",
    "else": "The schema that must match if `if` does not match.",
    "enum": "The valid values.",
    "examples": "Examples of valid values; lbgen checks them.",
    "exclusiveMaximum": "Numbers must be less than this one.",
    "exclusiveMinimum": "Numbers must be greater than this one.",
    "format": (
        "The format of a string: date-time, date, time, uuid, email, uri, ...; lbgen checks it."
    ),
    "if": "The schema that selects `then` or `else`.",
    "items": "The schema of each item (after those of `prefixItems`).",
    "maxContains": "The maximum number of items that match `contains`.",
    "maxItems": "The maximum number of items.",
    "maxLength": "The maximum number of characters.",
    "maxProperties": "The maximum number of properties.",
    "maximum": "The maximum.",
    "minContains": "The minimum number of items that match `contains`.",
    "minItems": "The minimum number of items.",
    "minLength": "The minimum number of characters.",
    "minProperties": "The minimum number of properties.",
    "minimum": "The minimum.",
    "multipleOf": "Numbers must be multiples of this one.",
    "not": "The schema that must not match.",
    "oneOf": "Exactly one of these schemas must match.",
    "pattern": (
        "A regular expression that must match part of the string; add ^ and $ to match all of it."
    ),
    "patternProperties": "Schemas of properties with names that match a regular expression.",
    "prefixItems": "The schemas of the first items, one each.",
    "properties": "The properties, by name.",
    "propertyNames": "The schema of the property names.",
    "readOnly": "Whether only the owner sets it.",
    "required": "Names of the required properties.",
    "then": "The schema that must match if `if` matches.",
    "title": "The name, for people; the class of a nested type is named after it.",
    "type": 'The JSON type or types; a list with "null" also allows null.',
    "unevaluatedItems": "The schema of items that no other keyword covers.",
    "unevaluatedProperties": "The schema of properties that no other keyword covers.",
    "uniqueItems": "Whether all items must be different.",
    "writeOnly": "Whether it is only written, and never read.",
}


def editor_schema() -> dict[str, Any]:
    """The schema, as a JSON value."""
    contract = _rewritten(CONTRACT_SCHEMA)
    event = contract.pop("$defs")["event"]
    schema_of = {"$ref": "#/definitions/schema"}
    properties = contract["properties"]
    for keyword in ("$defs", "definitions"):
        properties[keyword] = {**properties[keyword], "additionalProperties": schema_of}
    description = event["properties"]["parameters"]["description"]
    event["properties"]["parameters"] = {"description": description, **schema_of}
    properties["events"]["additionalProperties"] = {"$ref": "#/definitions/event"}
    schema, definitions = _schema()
    for each in (contract, event, schema):
        each["patternProperties"] = {
            "^x-": {"description": ("Your own annotation; lbgen ignores it.")}
        }
        each["properties"]["x-lbgen-ignore"] = {"$ref": "#/definitions/ignore"}
    return {
        **contract,
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": EDITOR_SCHEMA_ID,
        "definitions": {"event": event, "schema": schema, "ignore": _ignore(), **definitions},
    }


def editor_schema_text() -> str:
    """The schema, as JSON text."""
    return json.dumps(editor_schema(), indent=2, ensure_ascii=False) + "\n"


def _schema() -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a schema, and the definitions that it needs."""
    base = DRAFT_2020_12.uri.removesuffix("schema")
    documents = [_specified(f"{base}meta/{name}") for name in _VOCABULARIES]
    documents.append(_specified(DRAFT_2020_12.uri))
    found: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for document in documents:
        found |= _rewritten(document.get("properties", {}))
        definitions |= _rewritten(document.get("$defs", {}))
    properties = {
        key: {**(value if is_object(value) else {}), "description": _KEYWORDS[key]}
        for key, value in found.items()
        if key in _KEYWORDS
    }
    schema = {
        "description": "A JSON Schema.",
        "type": ["object", "boolean"],
        "properties": dict(sorted(properties.items())),
        "additionalProperties": False,
    }
    return schema, definitions


def _specified(uri: str) -> Any:
    """A document of the JSON Schema specification."""
    import jsonschema_specifications  # type: ignore[import-untyped]

    registry: Any = jsonschema_specifications.REGISTRY
    return registry.contents(uri)


def _rewritten(value: Any) -> Any:
    """A part of a 2020-12 schema in draft-07, with references inside the one document."""
    if is_array(value):
        return [_rewritten(each) for each in value]
    if not is_object(value):
        return value
    result = {
        key: _rewritten(each)
        for key, each in value.items()
        if not (key in ("$comment", "$dynamicAnchor") and isinstance(each, str))
    }
    if isinstance(result.get("$dynamicRef"), str):
        del result["$dynamicRef"]
        result["$ref"] = "#/definitions/schema"
    reference = result.get("$ref")
    if isinstance(reference, str) and (match := _DEFINITION.fullmatch(reference)):
        result["$ref"] = f"#/definitions/{match[1]}"
    return result


def _ignore() -> dict[str, Any]:
    """The schema of `x-lbgen-ignore`, with the rules that it can name."""
    return {
        "description": "Linter rules to ignore here, each with the reason.",
        "type": "object",
        "minProperties": 1,
        "properties": {
            rule.id: {"description": f"{rule.title}. Give the reason for ignoring it here."}
            for rule in all_rules()
            if rule.linter
        },
        "additionalProperties": {"type": "string", "minLength": 1},
    }
