"""`fire` and `listen` of one event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from .entry import entry_fields, new_event_id, stream_key
from .errors import (
    FireRejected,
    FireUnconfirmed,
    NotAuthoritative,
    ServerUnreachable,
)
from .event import Event
from .firing import Fire, Problem
from .handler import shape_of
from .listener import Listener

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .bus import Bus
    from .contract import EventContract
    from .delivery import Delivery
    from .handler import Handler

__all__ = ["EventEndpoint", "ListenDecorator"]

E = TypeVar("E", bound=Event)
R = TypeVar("R", bound="Awaitable[None] | None")


class EventEndpoint(Generic[E]):
    """One event of one bus: generated code gives each event's endpoint its typed `fire`."""

    __slots__ = ("_bus", "_contract", "_stream")

    def __init__(self, bus: Bus, contract: EventContract[E]) -> None:
        self._bus = bus
        self._contract = contract
        self._stream = stream_key(contract.api, contract.name)

    def fire_event(self, event: E, *, event_id: str | None = None) -> str:
        """Place an event on the bus.

        Args:
            event: the event.
            event_id: the id of an event that was or may have been fired before (an outbox's row,
                `FireUnconfirmed.event_id`): the bus holds it once, however often it is fired
                within `event_id_memory` seconds. Without it the event gets a new id.

        Returns:
            The event's id.

        Raises:
            NotAuthoritative: this service may not fire the API's events.
            InvalidParameters: the event is not what its schema accepts.
            FireUnconfirmed: the event may or may not be on the bus.
            NotFired: the event is not on the bus; its subclasses say why.
        """
        fire = self._fire(event, event_id)
        self._bus.__lbgen__.sync_firer.fire((fire,))
        return self._outcome(fire, event)

    async def fire_event_async(self, event: E, *, event_id: str | None = None) -> str:
        """As `fire_event`, for async code."""
        fire = self._fire(event, event_id)
        await self._bus.__lbgen__.async_firer.fire((fire,))
        return self._outcome(fire, event)

    def _fire(self, event: E, event_id: str | None) -> Fire:
        core = self._bus.__lbgen__
        api = self._contract.api
        if api.authoritative is not None and core.settings.service_name not in api.authoritative:
            raise NotAuthoritative(
                f"events of {api.name} are fired by {', '.join(api.authoritative)}, "
                f"not by {core.settings.service_name or 'a bus without a service name'}"
            )
        _given, event_id = event_id, event_id or new_event_id()
        fields = entry_fields(self._contract, event_id, self._contract.encode(event))
        return Fire(self._stream, event_id, fields, deadline=core.settings.fire_deadline)

    def _outcome(self, fire: Fire, event: E) -> str:
        if fire.problem is None:
            return fire.event_id
        name, event_id = self._contract.full_name, fire.event_id
        about: dict[str, Any] = {"event_id": event_id, "event": event, "again": self}
        match fire.problem:
            case Problem.UNCONFIRMED:
                raise FireUnconfirmed(
                    f"{name} {event_id} may or may not be on the bus ({fire.detail}); "
                    "fire it again with this event id",
                    **about,
                )
            case Problem.UNREACHABLE:
                raise ServerUnreachable(f"{name} {event_id} was not fired: {fire.detail}", **about)
            case _:
                raise FireRejected(f"{name} {event_id} was refused: {fire.detail}", **about)

    @overload
    def listen(self, /, *, listener_name: str) -> ListenDecorator[E]: ...

    @overload
    def listen(self, handler: Handler[E], /, *, listener_name: str) -> None: ...

    def listen(self, handler: Any = None, /, *, listener_name: str) -> ListenDecorator[E] | None:
        """Have a function handle every event of this kind, as call or as decorator.

        Args:
            handler: takes the event, or the event and a `Delivery`; returns `None`. A sync one
                runs in a thread, an async one on the event loop. Left out: `listen` returns a
                decorator.
            listener_name: with the service's name, the consumer group: keep it over restarts.

        Raises:
            InvalidSettings: the bus has no service name.
            InvalidHandler: the handler takes something else.
            DuplicateListenerName: the service has a listener of this name on this API.
        """
        options: dict[str, object] = {}
        if handler is None:
            return ListenDecorator(self, listener_name, options)
        self.register_handler(handler, listener_name, options)
        return None

    def register_handler(
        self, handler: Handler[E], listener_name: str, options: dict[str, object]
    ) -> None:
        """What `listen` does once it has the handler."""
        core = self._bus.__lbgen__
        core.register(
            Listener(
                contract=self._contract,
                handler=handler,
                shape=shape_of(handler, self._contract.event_type),
                service=core.service_name_for_listening(),
                name=core.checked_listener_name(listener_name),
                settings=core.settings.for_listener(options),
            )
        )


class ListenDecorator(Generic[E]):
    """What `listen` without a handler returns: registers the function and returns it."""

    __slots__ = ("_endpoint", "_listener_name", "_options")

    def __init__(
        self, endpoint: EventEndpoint[E], listener_name: str, options: dict[str, object]
    ) -> None:
        self._endpoint = endpoint
        self._listener_name = listener_name
        self._options = options

    @overload
    def __call__(self, handler: Callable[[E], R], /) -> Callable[[E], R]: ...

    @overload
    def __call__(self, handler: Callable[[E, Delivery], R], /) -> Callable[[E, Delivery], R]: ...

    def __call__(self, handler: Any, /) -> Any:
        """Register the handler and return it unchanged."""
        self._endpoint.register_handler(handler, self._listener_name, self._options)
        return handler
