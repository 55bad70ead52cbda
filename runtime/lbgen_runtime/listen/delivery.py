"""What a handler may know about the delivery that it handles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..printable import printable
from ..wire.entry import fired_at

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Delivery"]


class Delivery:
    """One delivery of one event to one listener.

    Attributes:
        event_id: the event's id: the same in every delivery, to every listener. What a handler
            stores to be idempotent.
        stream_id: the id of the event's entry in its stream.
        times_delivered: 1 for the first delivery to this listener; counts retries, and deliveries
            to processes that ended before they were done.
        api: the API's name.
        event: the event's name in the API.
        service: this service's name.
        listener: the listener's name.
        process: this process's name.
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
        """When the bus took the event, by the server's clock."""
        return fired_at(self.stream_id)

    @property
    def lost(self) -> bool:
        """Whether another process has taken the event over, or may.

        Happens when this process could not renew its claim in time (no connection, a stopped
        process), when the handler took longer than `max_processing`, or longer than `grace` while
        the process stops. A long sync handler should look here before it does something that must
        not be done twice; an async one is cancelled. How the handler ends after that, by returning
        or by raising, changes nothing for the event.
        """
        return self._lost

    def __repr__(self) -> str:
        return (
            f"Delivery({printable(self.api)}.{printable(self.event)} {printable(self.event_id)}, "
            f"stream_id={self.stream_id!r}, "
            f"times_delivered={self.times_delivered}, listener={self.service}-{self.listener})"
        )
