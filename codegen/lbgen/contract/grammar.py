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
    "description": "One API: the events that a group of services exchanges.",
    "type": "object",
    "required": ["lbgen", "api", "events"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {"description": "An extension of yours; lbgen ignores it."}},
    "properties": {
        "lbgen": {"description": "Version of this file format.", "const": 1},
        "api": {
            "description": "Name of the API; may be dotted: shop.orders.",
            "type": "string",
            "pattern": API_NAME,
        },
        "title": {"description": "Name of the API for people.", "type": "string"},
        "description": {"description": "What the API is about.", "type": "string"},
        "stream": {
            "description": "per_api: all events in one stream, in order."
            " per_event: a stream for each event.",
            "enum": ["per_api", "per_event"],
            "default": "per_api",
        },
        "authoritative": {
            "description": "Names of the services that may fire the API's events.",
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "uniqueItems": True,
        },
        "lightbus": {
            "description": "Lightbus services fire or listen too: entries hold what they read,"
            " and the API's schema is published for them.",
            "type": "boolean",
            "default": False,
        },
        "assume_timezone": {
            "description": "Time zone of date-times that come without an offset, such as UTC."
            " Without it they are refused.",
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
                "title": {"description": "Name of the event for people.", "type": "string"},
                "description": {
                    "description": "What has happened when this event is fired.",
                    "type": "string",
                },
                "version": {
                    "description": "The number in the entry's field `version`.",
                    "type": "integer",
                    "minimum": 1,
                    "default": 1,
                },
                "parameters": {
                    "description": "JSON Schema of the event's parameters.",
                    "type": ["object", "boolean"],
                },
            },
        }
    },
}
"""JSON Schema 2020-12 of a contract file, without the schemas inside it."""
