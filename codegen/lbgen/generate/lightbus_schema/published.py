"""The schema of an API as Lightbus publishes it under `schema:{api}`.

Per event a draft-07 schema of its parameters, closed as Lightbus's own are; no RPCs. It is given
to Lightbus's validator, so it accepts at least what the contract accepts (`losses` says where it
accepts more).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...schema.drafts import DRAFT_07
from ...source.document import Location
from ...source.json_types import is_array, is_object
from .draft07 import Draft07

if TYPE_CHECKING:
    from ...analysis.references import References
    from ...contract.contract import Api, DeclaredEvent
    from ...model import Modeller
    from ...model.types import RecordType

__all__ = ["PUBLISHED_BY", "event_records", "published_schema"]

PUBLISHED_BY: Final = "published by lbgen"
"""The comment by which the runtime and `lbgen import` know schemas of lbgen's."""

_ANNOTATIONS: Final = frozenset({"title", "description", "$comment", "examples"})


def event_records(modeller: Modeller, api: Api) -> dict[str, RecordType]:
    """The class of each event of an API, by the event's name, as the modeller has found them."""
    by_start = {parts[0].location: record for parts, record in modeller.records.items() if parts}
    starts = {
        parts[0].location
        for parts in modeller.records
        if parts and parts[0].without == frozenset({"event"})
    }
    return {
        event.name: by_start[event.location] for event in api.events if event.location in starts
    }


def published_schema(api: Api, modeller: Modeller) -> dict[str, Any]:
    """The value of `schema:{api}`.

    Args:
        api: the API.
        modeller: of its contract; it has seen every event.
    """
    records = event_records(modeller, api)
    return {
        "events": {
            event.name: {
                "parameters": _parameters(
                    api, event, records[event.name], modeller.reader.references
                )
            }
            for event in api.events
        },
        "rpcs": {},
    }


def _parameters(
    api: Api, event: DeclaredEvent, record: RecordType, references: References
) -> dict[str, Any]:
    draft07 = Draft07(references)
    start = _behind_references(event.location, references)
    found = draft07.schema(start)
    schema: dict[str, Any] = found if is_object(found) else {}
    properties: dict[str, Any] = {field.key: {} for field in record.fields}
    properties.update(schema.get("properties", {}))
    result: dict[str, Any] = {
        "$schema": f"{DRAFT_07.uri}#",
        "$comment": "",
        **schema,
        "title": f"Event {api.name}.{event.name} parameters",
        "type": "object",
        "properties": properties,
    }
    result["$comment"] = PUBLISHED_BY
    if event.description is not None:
        result["description"] = event.description
    if record.additional is None:
        result["additionalProperties"] = False
    else:
        result.setdefault("additionalProperties", True)
    with_default = {field.key for field in record.fields if field.has_default}
    required = result.pop("required", None)
    needed = [name for name in required if name not in with_default] if is_array(required) else []
    if needed:
        result["required"] = needed
    if draft07.definitions:
        result["definitions"] = draft07.definitions
    return result


def _behind_references(location: Location, references: References) -> Location:
    """The schema that a schema stands for which says nothing but `$ref`."""
    seen: set[Location] = set()
    while location not in seen:
        seen.add(location)
        schema = references.schema(location)
        if not is_object(schema) or not isinstance(schema.get("$ref"), str):
            break
        if schema.keys() - _ANNOTATIONS - {"$ref"} and not references.draft(location).ref_alone:
            break
        target = references.resolve(location, schema["$ref"])
        if not isinstance(target, Location):
            break
        location = target
    return location
