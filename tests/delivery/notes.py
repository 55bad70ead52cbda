"""A small contract for tests of delivery, as generated code has it."""

from __future__ import annotations

import json
from typing import Any

import lbgen_runtime
from lbgen_runtime import ApiContract, Event, EventContract, EventEndpoint, Schemas, codecs

_PARAMETERS = {
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "integer", "minimum": 0},
        "text": {"type": "string", "default": ""},
    },
}
_SCHEMA = Schemas({"lbgen:///notes.yaml": json.dumps(_PARAMETERS)}).at("lbgen:///notes.yaml#")


class Noted(Event):
    """Somebody noted something."""

    number: int
    text: str = ""

    __lbgen_event__ = "notes.noted"
    __lbgen_schema__ = _SCHEMA

    @classmethod
    def __lbgen_codecs__(cls) -> dict[str, codecs.Codec]:
        return {"number": codecs.INTEGER}


class Erased(Event):
    """Somebody erased something."""

    number: int
    text: str = ""

    __lbgen_event__ = "notes.erased"
    __lbgen_schema__ = _SCHEMA

    @classmethod
    def __lbgen_codecs__(cls) -> dict[str, codecs.Codec]:
        return {"number": codecs.INTEGER}


class _NotedEndpoint(EventEndpoint[Noted]):
    __slots__ = ()

    def fire(self, *, number: int, text: str = "") -> str:
        return self.fire_event(Noted(number=number, text=text))

    async def fire_async(self, *, number: int, text: str = "") -> str:
        return await self.fire_event_async(Noted(number=number, text=text))


class _ErasedEndpoint(EventEndpoint[Erased]):
    __slots__ = ()

    def fire(self, *, number: int, text: str = "") -> str:
        return self.fire_event(Erased(number=number, text=text))


class _Api:
    def __init__(self, bus: lbgen_runtime.Bus, api: ApiContract) -> None:
        self.noted = _NotedEndpoint(bus, EventContract(api=api, name="noted", event_type=Noted))
        self.erased = _ErasedEndpoint(bus, EventContract(api=api, name="erased", event_type=Erased))


class Bus(lbgen_runtime.Bus):
    """A bus with the APIs `notes`, `desk` (a stream per API) and `office.paper` (per event)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.notes = _Api(self, ApiContract(name="notes"))
        self.paper = _Api(self, ApiContract(name="office.paper", stream="per_event"))
        self.desk = _Api(self, ApiContract(name="desk", authoritative=("reception", "office")))
