"""A listener as its service declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..wire.keys import stream_key

if TYPE_CHECKING:
    from ..events.contract import EventContract
    from ..settings.scopes import ListenerSettings
    from .handler import Handler, Shape

__all__ = ["Listener"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One handler of one event, under its name.

    Attributes:
        contract: the event.
        handler: the function that handles it.
        shape: how the function is called.
        service: the service's name.
        name: the listener's name.
        settings: what holds for this listener.
    """

    contract: EventContract[Any]
    handler: Handler[Any]
    shape: Shape
    service: str
    name: str
    settings: ListenerSettings

    @property
    def group(self) -> str:
        """The consumer group."""
        return f"{self.service}-{self.name}"

    @property
    def stream(self) -> bytes:
        """The key of the stream that is read."""
        return stream_key(self.contract.api, self.contract.name)

    def __str__(self) -> str:
        return f"{self.contract.full_name} for {self.group}"
