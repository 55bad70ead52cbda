"""A small contract for tests of delivery, written by hand as generated code has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import lbgen_runtime
from lbgen_runtime import (
    ApiContract,
    Event,
    EventContract,
    EventEndpoint,
    InvalidParameters,
    Violation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Codec:
    """The two functions of a codec that delivery needs: `number` must not be negative."""

    def encode_parameters(self, event: Any, name: str) -> dict[str, bytes]:
        parameters = {"number": event.number, "text": event.text}
        self._check(parameters)
        return {name: json.dumps(value).encode() for name, value in parameters.items()}

    def decode_parameters(self, parameters: Mapping[str, bytes], name: str) -> Any:
        try:
            values = {name: json.loads(text) for name, text in parameters.items()}
        except ValueError as error:
            raise InvalidParameters("notes", [_violation("", str(error))]) from None
        self._check(values)
        return Noted.model_construct(number=values["number"], text=values.get("text", ""))

    def _check(self, values: Mapping[str, Any]) -> None:
        if not isinstance(values.get("number"), int) or values["number"] < 0:
            raise InvalidParameters("notes", [_violation("/number", "not 0 or more")])


def _violation(pointer: str, message: str) -> Violation:
    return Violation(pointer=pointer, rule="minimum", message=message, location="lbgen:///notes")


class Noted(Event):
    """Somebody noted something."""

    __lbgen_event__: ClassVar[str] = "notes.noted"
    __lbgen_codec__: ClassVar[Any] = _Codec()
    number: int
    text: str = ""


class Erased(Event):
    """Somebody erased something."""

    __lbgen_event__: ClassVar[str] = "notes.erased"
    __lbgen_codec__: ClassVar[Any] = _Codec()
    number: int
    text: str = ""


class _NotedEndpoint(EventEndpoint[Noted]):
    __slots__ = ()

    def fire(self, *, number: int, text: str = "") -> str:
        return self.fire_event(Noted.model_construct(number=number, text=text))

    async def fire_async(self, *, number: int, text: str = "") -> str:
        return await self.fire_event_async(Noted.model_construct(number=number, text=text))


class _ErasedEndpoint(EventEndpoint[Erased]):
    __slots__ = ()

    def fire(self, *, number: int, text: str = "") -> str:
        return self.fire_event(Erased.model_construct(number=number, text=text))


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
