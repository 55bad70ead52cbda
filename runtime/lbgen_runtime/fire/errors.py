"""The exceptions of `fire`: an event that is not on the bus, or may not be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ..errors import LbgenError

if TYPE_CHECKING:
    from ..events.event import Event

__all__ = [
    "BusFull",
    "EventTooLarge",
    "FireRejected",
    "FireUnconfirmed",
    "NotFired",
    "ServerUnreachable",
]


class FireAgain(Protocol):
    """What fires an event under an id that it had before."""

    def fire_event(self, event: Any, *, event_id: str | None = None) -> str: ...

    async def fire_event_async(self, event: Any, *, event_id: str | None = None) -> str: ...


class _UnfinishedFire(LbgenError):
    """An event that can be fired again with the same id.

    Attributes:
        event_id: id of the event.
        event: the event.
    """

    def __init__(self, message: str, *, event_id: str, event: Event, again: FireAgain) -> None:
        super().__init__(message)
        self.event_id = event_id
        self.event = event
        self._again = again

    def fire_again(self) -> str:
        """Fire the event again with its id; the bus keeps it only once.

        Returns:
            The id of the event.

        Raises:
            FireUnconfirmed: the outcome is still unknown.
            NotFired: the event is not on the bus.
        """
        return self._again.fire_event(self.event, event_id=self.event_id)

    async def fire_again_async(self) -> str:
        """Like `fire_again`, for async code."""
        return await self._again.fire_event_async(self.event, event_id=self.event_id)

    def __reduce__(self) -> tuple[Any, ...]:
        # The bus that would fire again stays in its process: another has the message and the id.
        return LbgenError, (str(self),)


class FireUnconfirmed(_UnfinishedFire):
    """The deadline has passed, and the event may or may not be on the bus.

    Firing it again with `event_id` is safe: the bus searches for the id first.
    """


class NotFired(_UnfinishedFire):
    """The event is not on the bus."""


class ServerUnreachable(NotFired, ConnectionError):
    """No server accepted the event before the deadline."""


class FireRejected(NotFired):
    """The server refused the event (no memory, no permission, a key of another type)."""


class EventTooLarge(NotFired, ValueError):
    """The event is larger than `max_event_size`, or has too many parameters."""


class BusFull(NotFired):
    """The stream has `max_stream_length` events that not every listener has handled."""
