"""What generated code declares about an API and its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast

from .codecs import exact_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .event import Event

__all__ = ["ApiContract", "EventContract"]

E = TypeVar("E", bound="Event")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiContract:
    """An API, as its contract file declares it.

    Attributes:
        name: name of the API; can have dots (`shop.orders`).
        stream: `per_api`: all events of the API share one stream, in order; `per_event`: each
            event has its own stream.
        authoritative: names of the services that may fire; `None` means any service.
        lightbus: whether entries have exactly the fields that Lightbus knows.
        assume_timezone: time zone of date-times without an offset on the wire; `None` refuses
            them.
    """

    name: str
    stream: Literal["per_api", "per_event"] = "per_api"
    authoritative: tuple[str, ...] | None = None
    lightbus: bool = False
    assume_timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContract(Generic[E]):
    """An event, as its contract file declares it, and its class.

    Attributes:
        api: the API of the event.
        name: name of the event in the API (`order_placed`).
        event_type: the generated class.
        version: the integer in the `version` field of the entry.
        full_name: name of the API and the event (`shop.orders.order_placed`).
    """

    api: ApiContract
    name: str
    event_type: type[E]
    version: int = field(default=1)
    full_name: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "full_name", f"{self.api.name}.{self.name}")

    def encode(self, event: E) -> dict[str, bytes]:
        """Return the JSON text of each parameter, in the order of the contract.

        Raises:
            InvalidParameters: the event does not match its schema.
        """
        codec = self.event_type.__lbgen_codec__
        if self.api.lightbus:
            with exact_values.written_plainly():
                return codec.encode_parameters(event, self.full_name)
        return codec.encode_parameters(event, self.full_name)

    def decode(self, parameters: Mapping[str, bytes]) -> E:
        """Create the event from the JSON text of each parameter.

        Raises:
            InvalidParameters: the parameters do not match the schema of the event, or one of them
                is not JSON.
        """
        codec, zone = self.event_type.__lbgen_codec__, self.api.assume_timezone
        if zone is None:
            return cast("E", codec.decode_parameters(parameters, self.full_name))
        event = codec.decode_parameters(parameters, self.full_name, assume_timezone=zone)
        return cast("E", event)
