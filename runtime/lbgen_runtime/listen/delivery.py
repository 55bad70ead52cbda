"""What a handler can know about its delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..printable import printable
from ..wire.entry import fired_at

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Delivery"]


class Delivery:
    """A delivery of an event to a listener.

    Attributes:
        event_id: id of the event, the same in every delivery to every listener. Store it to make
            a handler idempotent.
        stream_id: id of the entry of the event in its stream.
        times_delivered: 1 for the first delivery to this listener. Counts retries, and deliveries
            to processes that ended before the handler was done.
        api: name of the API.
        event: name of the event in the API.
        service: name of this service.
        listener: name of the listener.
        process: name of this process.
    """

    __slots__ = (
        "_lost",
        "api",
        "event",
        "event_id",
        "listener",
        "process",
        "service",
        "stream_id",
        "times_delivered",
    )

    def __init__(
        self,
        *,
        event_id: str,
        stream_id: str,
        times_delivered: int,
        api: str,
        event: str,
        service: str,
        listener: str,
        process: str,
    ) -> None:
        self.event_id = event_id
        self.stream_id = stream_id
        self.times_delivered = times_delivered
        self.api = api
        self.event = event
        self.service = service
        self.listener = listener
        self.process = process
        self._lost = False

    def again(self, times_delivered: int) -> Delivery:
        """The next delivery of the same event in the same process."""
        return Delivery(
            event_id=self.event_id,
            stream_id=self.stream_id,
            times_delivered=times_delivered,
            api=self.api,
            event=self.event,
            service=self.service,
            listener=self.listener,
            process=self.process,
        )

    def lose(self) -> None:
        """Another process has the event, or may get it."""
        self._lost = True

    @property
    def group(self) -> str:
        """The consumer group that received the event: `{service}-{listener}`."""
        return f"{self.service}-{self.listener}"

    @property
    def fired_at(self) -> datetime:
        """When the event was written to its stream, by the clock of the server."""
        return fired_at(self.stream_id)

    @property
    def lost(self) -> bool:
        """Whether another process has taken over the event, or may do so.

        This happens if this process could not renew its claim in time (no connection, or a frozen
        process), or if the handler exceeded `max_processing`, or `grace` while the process stops. A
        long sync handler should check this before it does something that must not be done twice. An
        async handler is cancelled. From then on, it does not matter for the event how the handler
        ends.
        """
        return self._lost

    def __repr__(self) -> str:
        return (
            f"Delivery({printable(self.api)}.{printable(self.event)} {printable(self.event_id)}, "
            f"stream_id={self.stream_id!r}, "
            f"times_delivered={self.times_delivered}, listener={self.service}-{self.listener})"
        )
