"""The JSON Schema of a contract file. `lbgen schema` prints it, and the compiler checks by it."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["API_NAME", "CONTRACT_SCHEMA", "EVENT_NAME"]

API_NAME: Final = r"^(?=.{1,200}$)[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$"
EVENT_NAME: Final = r"^[A-Za-z][A-Za-z0-9_]{0,199}$"

CONTRACT_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://lbgen.dev/schema/contract-1.json",
    "title": "lbgen contract",
    "description": "An API: the events that a group of services exchanges.",
    "type": "object",
    "required": ["lbgen", "api", "events"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {"description": "Your own extension; lbgen ignores it."}},
    "properties": {
        "lbgen": {"description": "Version of the file format.", "const": 1},
        "api": {
            "description": "Name of the API; can have dots: shop.orders.",
            "type": "string",
            "pattern": API_NAME,
        },
        "title": {"description": "Display name of the API.", "type": "string"},
        "description": {"description": "Purpose of the API.", "type": "string"},
        "stream": {
            "description": (
                "per_api: one stream for all events, in order. per_event: one stream for each "
                "event."
            ),
            "enum": ["per_api", "per_event"],
            "default": "per_api",
        },
        "authoritative": {
            "description": "Names of the services that may fire the events of the API.",
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "uniqueItems": True,
        },
        "lightbus": {
            "description": (
                "Lightbus services also fire or listen: entries have the format that they "
                "read, and the schema of the API is published for them."
            ),
            "type": "boolean",
            "default": False,
        },
        "assume_timezone": {
            "description": (
                "Time zone of date-times without an offset, such as UTC. By default they are "
                "refused."
            ),
            "type": "string",
            "minLength": 1,
        },
        "events": {
            "description": "The events of the API, by name. Names are in the past tense.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": EVENT_NAME},
            "additionalProperties": {"$ref": "#/$defs/event"},
        },
        "$schema": {
            "description": "Draft of the schemas in this file.",
            "type": "string",
            "format": "uri",
        },
        "$defs": {
            "description": "Types that this file and others refer to.",
            "type": "object",
        },
        "definitions": {
            "description": "Types that this file and others refer to, in drafts before 2019-09.",
            "type": "object",
        },
    },
    "$defs": {
        "event": {
            "type": "object",
            "required": ["parameters"],
            "additionalProperties": False,
            "patternProperties": {"^x-": True},
            "properties": {
                "title": {"description": "Display name of the event.", "type": "string"},
                "description": {
                    "description": "What has happened when this event is fired.",
                    "type": "string",
                },
                "version": {
                    "description": (
                        "Version of the event, written to the field `version` of the entry."
                    ),
                    "type": "integer",
                    "minimum": 1,
                    "default": 1,
                },
                "parameters": {
                    "description": "JSON Schema of the parameters of the event.",
                    "type": ["object", "boolean"],
                },
            },
        }
    },
}
"""JSON Schema 2020-12 of a contract file, without the schemas inside it."""
