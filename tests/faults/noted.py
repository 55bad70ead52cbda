"""The event of the fault tests: its handlers do what its text says; it has few fields or many."""

from __future__ import annotations

import json
from typing import Any

import lbgen_runtime
from lbgen_runtime import ApiContract, Event, EventContract, EventEndpoint, Schemas, codecs

__all__ = ["WIDE", "Bus", "Noted"]

WIDE = {f"field_{index}": index for index in range(58)}
"""The fields that only wide events have, each with a value."""

_PARAMETERS = {
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "integer", "minimum": 0},
        "text": {"type": "string", "default": ""},
        **{name: {"type": "integer"} for name in WIDE},
    },
}


def _codecs(cls: type[Event]) -> dict[str, codecs.Codec]:
    return dict.fromkeys(["number", *WIDE], codecs.INTEGER)


_FIELDS: dict[str, Any] = {
    "__annotations__": {"number": int, "text": str, **dict.fromkeys(WIDE, int)},
    "__lbgen_event__": "notes.noted",
    "__lbgen_schema__": Schemas({"lbgen:///noted.yaml": json.dumps(_PARAMETERS)}).at(
        "lbgen:///noted.yaml#"
    ),
    "__lbgen_codecs__": classmethod(_codecs),
    "__module__": __name__,
    "text": "",
    **dict.fromkeys(WIDE),
}
Noted: Any = type("Noted", (Event,), _FIELDS)


class _Api:
    def __init__(self, bus: lbgen_runtime.Bus) -> None:
        contract = EventContract(api=ApiContract(name="notes"), name="noted", event_type=Noted)
        self.noted: EventEndpoint[Any] = EventEndpoint(bus, contract)


class Bus(lbgen_runtime.Bus):
    """A bus with the API `notes`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.notes = _Api(self)
