"""The JSON Schema of a contract file as editors need it: self-contained, closed, with descriptions.

Editors know draft-07 best, so it is written in that draft, whatever the drafts that it describes:
the keywords of the schemas inside a contract are those of 2020-12, taken from its meta-schema.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..findings.catalogue import all_rules
from ..schema.keywords import DRAFT_2020_12
from ..source.json_types import is_array, is_object
from .grammar import CONTRACT_SCHEMA

__all__ = ["EDITOR_SCHEMA_ID", "editor_schema", "editor_schema_text"]

EDITOR_SCHEMA_ID: Final = "https://lbgen.dev/schema/contract-1.editor.json"

_VOCABULARIES: Final = (
    "core", "applicator", "unevaluated", "validation", "format-annotation", "content", "meta-data",
)  # fmt: skip
_DEFINITION: Final = re.compile(r"[^#]*#/\$defs/(\w+)")

_KEYWORDS: Final = {
    "$anchor": "A name for this schema, to refer to it by `#name`.",
    "$comment": "A note for the authors of the schema.",
    "$defs": 'Types that other schemas refer to: `$ref: "#/$defs/Name"`.',
    "$dynamicAnchor": "A name that schemas which extend this one can take over.",
    "$dynamicRef": "A reference to a `$dynamicAnchor`.",
    "$id": "The URI of this schema.",
    "$ref": "The schema to use: `#/$defs/Name`, or in another file `common/file.yaml#/$defs/Name`.",
    "$schema": "The draft of this schema.",
    "additionalProperties": "The schema of properties that are not listed; false forbids them.",
    "allOf": "Schemas that all apply.",
    "anyOf": "Schemas of which at least one applies.",
    "const": "The only value.",
    "contains": "The schema of at least one item.",
    "contentEncoding": "How binary data is written in the text: base64.",
    "contentMediaType": "The media type of the text's content.",
    "contentSchema": "The schema of the text's content.",
    "default": "The value where there is none: `fire` sends it, readers fill it in.",
    "definitions": "Types that other schemas refer to, in older drafts; now `$defs`.",
    "dependentRequired": "Properties that must be there when another one is.",
    "dependentSchemas": "Schemas that apply when a property is there.",
    "deprecated": "Whether writers should stop using it.",
    "description": "What it means, for people; it becomes a docstring.",
    "else": "The schema that applies when `if` does not.",
    "enum": "All values that are allowed.",
    "examples": "Values that are valid; they are checked.",
    "exclusiveMaximum": "All numbers are below this one.",
    "exclusiveMinimum": "All numbers are above this one.",
    "format": "What the text is: date-time, date, time, uuid, email, uri, ...; it is checked.",
    "if": "The schema that decides between `then` and `else`.",
    "items": "The schema of each item (behind those of `prefixItems`).",
    "maxContains": "How many items at most `contains` is about.",
    "maxItems": "How many items at most.",
    "maxLength": "How many characters at most.",
    "maxProperties": "How many properties at most.",
    "maximum": "The largest number.",
    "minContains": "How many items at least `contains` is about.",
    "minItems": "How many items at least.",
    "minLength": "How many characters at least.",
    "minProperties": "How many properties at least.",
    "minimum": "The smallest number.",
    "multipleOf": "All numbers are multiples of this one.",
    "not": "The schema that must not apply.",
    "oneOf": "Schemas of which exactly one applies.",
    "pattern": "A regular expression that is found in the text; ^ and $ bind it to both ends.",
    "patternProperties": "Schemas of properties whose names match a regular expression.",
    "prefixItems": "The schemas of the first items, one each.",
    "properties": "The properties, by name.",
    "propertyNames": "The schema of the names of properties.",
    "readOnly": "Whether only its owner sets it.",
    "required": "Names of the properties that are always there.",
    "then": "The schema that applies when `if` does.",
    "title": "Its name for people; a nested type's class is called after it.",
    "type": 'Its type or types in JSON; a list with "null" also allows null.',
    "unevaluatedItems": "The schema of items that no other keyword is about.",
    "unevaluatedProperties": "The schema of properties that no other keyword is about.",
    "uniqueItems": "Whether no item occurs twice.",
    "writeOnly": "Whether it is set and never shown.",
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
        each["patternProperties"] = {"^x-": {"description": "A note of yours; lbgen ignores it."}}
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
