"""`fire` and `listen` of one event."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack, overload

from .errors import NotAuthoritative
from .events.codecs.json_limits import is_unicode
from .events.event import Event
from .events.naive_times import read_zone
from .fire.errors import (
    BusFull,
    EventTooLarge,
    FireRejected,
    FireUnconfirmed,
    NotFired,
    ServerUnreachable,
)
from .fire.outgoing import Fire, Problem
from .fire.results import FiredMany
from .listen.handler import shape_of
from .listen.listener import Listener
from .printable import printable
from .wire.entry import MOST_PARAMETERS, EntryForm, age_of, new_event_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .bus import Bus
    from .events.contract import EventContract
    from .listen.delivery import Delivery
    from .listen.handler import Handler
    from .settings.scopes import ListenerOptions

__all__ = ["EventEndpoint", "ListenDecorator"]

E = TypeVar("E", bound=Event)
R = TypeVar("R", bound="Awaitable[None] | None")


class EventEndpoint(Generic[E]):
    """An event of a bus. Generated code adds a typed `fire` for each event."""

    __slots__ = ("_bus", "_contract", "_form")

    def __init__(self, bus: Bus, contract: EventContract[E]) -> None:
        self._bus = bus
        self._contract = contract
        self._form = EntryForm(contract)

    def fire_event(self, event: E, *, event_id: str | None = None) -> str:
        """Fire an event.

        Args:
            event: the event.
            event_id: id of an event that was fired before, or may have been (the row of an
                outbox, `FireUnconfirmed.event_id`). The bus keeps one event with this id, however
                often it is fired within `event_id_memory` seconds. By default the event gets a
                new id.

        Returns:
            The id of the event.

        Raises:
            NotAuthoritative: this service may not fire events of the API.
            InvalidParameters: the event does not match its schema.
            TypeError: `event` is an event of another type, or `event_id` is not a string.
            ValueError: the id contains an unpaired surrogate.
            FireUnconfirmed: the event may or may not be on the bus.
            NotFired: the event is not on the bus; the subclass gives the reason.
        """
        fire = self._fire(event, event_id)
        self._bus.__lbgen__.sync_firer.fire((fire,))
        return self._outcome(fire, event)

    async def fire_event_async(self, event: E, *, event_id: str | None = None) -> str:
        """Like `fire_event`, for async code."""
        fire = self._fire(event, event_id)
        await self._bus.__lbgen__.async_firer.fire((fire,))
        return self._outcome(fire, event)

    def fire_many(self, events: Iterable[E]) -> FiredMany:
        """Fire events in order, in as few writes as possible.

        Args:
            events: the events; all are validated before the first one is written.

        Returns:
            The events that are on the bus, and an error for each of the others; this method does
            not raise these errors.

        Raises:
            NotAuthoritative: this service may not fire events of the API.
            InvalidParameters: an event does not match its schema; no event was written.
            EventTooLarge: an event is too large; no event was written.
        """
        pairs = [(event, self._fire(event, None)) for event in events]
        self._bus.__lbgen__.sync_firer.fire([fire for _, fire in pairs])
        return self._outcomes(pairs)

    async def fire_many_async(self, events: Iterable[E]) -> FiredMany:
        """Like `fire_many`, for async code."""
        pairs = [(event, self._fire(event, None)) for event in events]
        await self._bus.__lbgen__.async_firer.fire([fire for _, fire in pairs])
        return self._outcomes(pairs)

    def _fire(self, event: E, event_id: str | None) -> Fire:
        core = self._bus.__lbgen__
        api, settings = self._contract.api, core.settings
        if api.authoritative is not None and settings.service_name not in api.authoritative:
            raise NotAuthoritative(
                f"only {', '.join(api.authoritative)} may fire events of {api.name}, not "
                f"{settings.service_name or 'a bus without a service name'}"
            )
        if api.lightbus:
            core.schema_publisher.announce(self._contract)
        if not isinstance(event, self._contract.event_type):
            raise TypeError(
                f"{self._contract.full_name} needs an event of type "
                f"{self._contract.event_type.__name__}, not {type(event).__name__}"
            )
        given: Any = event_id
        if event_id is None:
            event_id = new_event_id()
        elif not isinstance(given, str) or not given:
            raise TypeError(
                f"event_id must be a string that is not empty, not {printable(repr(event_id))}"
            )
        elif not is_unicode(event_id):
            raise ValueError(
                f"event_id {printable(event_id)} has an unpaired surrogate, which is not a "
                "character; use another id"
            )
        parameters = self._contract.encode(event)
        xadd = self._form.xadd(event_id, parameters)
        fields = partial(self._form.fields, event_id, parameters)
        if len(xadd) > settings.max_event_size:  # more than the fields alone
            self._check_size(fields(), event, event_id)
        if len(parameters) > MOST_PARAMETERS:
            raise EventTooLarge(
                f"{self._contract.full_name} {printable(event_id)} has {len(parameters):,} "
                f"parameters; the limit is {MOST_PARAMETERS:,}",
                event_id=event_id,
                event=event,
                again=self,
            )
        fire = Fire(self._form.stream, event_id, xadd, fields, deadline=settings.fire_deadline)
        if given is not None:
            fire.again = True
            fire.remember = settings.event_id_memory
            fire.search = core.rules.searches.take(fire.stream, given)
            if fire.search is None and (age := age_of(given)) is not None:
                # An id that `fire` made; of the attempts under it this process knows nothing.
                fire.searched().fired_elsewhere(age, settings.fire_deadline)
        return fire

    def _check_size(self, fields: list[bytes], event: E, event_id: str) -> None:
        size, largest = sum(map(len, fields)), self._bus.__lbgen__.settings.max_event_size
        if size > largest:
            raise EventTooLarge(
                f"{self._contract.full_name} {printable(event_id)} has {size:,} bytes; "
                f"max_event_size is {largest:,}",
                event_id=event_id,
                event=event,
                again=self,
            )

    def _outcomes(self, pairs: list[tuple[E, Fire]]) -> FiredMany:
        errors = {
            index: error
            for index, (event, fire) in enumerate(pairs)
            if (error := self._error(fire, event)) is not None
        }
        return FiredMany(event_ids=tuple(fire.event_id for _, fire in pairs), errors=errors)

    def _outcome(self, fire: Fire, event: E) -> str:
        if fire.problem is not None:
            error = self._error(fire, event)
            assert error is not None
            raise error
        return fire.event_id

    def _error(self, fire: Fire, event: E) -> FireUnconfirmed | NotFired | None:
        name, event_id, why = self._contract.full_name, printable(fire.event_id), fire.detail
        about: dict[str, Any] = {"event_id": fire.event_id, "event": event, "again": self}
        if fire.problem is not None:
            self._bus.__lbgen__.rules.searches.keep(fire.searched())
        match fire.problem:
            case None:
                return None
            case Problem.UNCONFIRMED:
                return FireUnconfirmed(
                    f"{name} {event_id} may or may not be on the bus ({why}); fire it again "
                    "with this id",
                    **about,
                )
            case Problem.UNREACHABLE:
                where = self._bus.__lbgen__.outage.where
                return ServerUnreachable(
                    f"{name} {event_id} was not fired: no server accepted it at {where} "
                    f"({why}); start a server there, or set redis_url (LBGEN_REDIS_URL) to the "
                    "address of your server",
                    **about,
                )
            case Problem.FULL:
                limit = self._bus.__lbgen__.settings.max_stream_length
                by = f"consumer group {printable(why)} has not" if why else "not every listener has"
                return BusFull(
                    f"{name} {event_id} was not fired: the stream holds {limit} events that "
                    f"{by} handled",
                    **about,
                )
            case Problem.REJECTED:
                return FireRejected(f"{name} {event_id} was refused: {why}", **about)

    @overload
    def listen(
        self,
        /,
        *,
        listener_name: str,
        **options: Unpack[ListenerOptions],
    ) -> ListenDecorator[E]: ...

    @overload
    def listen(
        self,
        handler: Handler[E],
        /,
        *,
        listener_name: str,
        **options: Unpack[ListenerOptions],
    ) -> None: ...

    def listen(  # noqa: D417 - the options are those of the overloads
        self,
        handler: Any = None,
        /,
        *,
        listener_name: str,
        **options: object,
    ) -> ListenDecorator[E] | None:
        """Add a handler for this event. You can call it, or use it as a decorator.

        Options that you leave out have the value of the bus; see `docs/reference/settings.md`.

        Args:
            handler: function that takes the event, or the event and a `Delivery`, and returns
                `None`. A sync handler runs in a thread, an async handler on the event loop. Without
                a handler, `listen` returns a decorator.
            listener_name: part of the name of the consumer group, together with the service name.
                Do not change it between restarts.
            concurrency: how many events run at once in this process.
            read_ahead: maximum number of events to read ahead.
            read_ahead_bytes: maximum size of these events in bytes.
            acknowledgement_timeout: seconds after which other processes take over the events of a
                dead process.
            max_processing: seconds after which a handler is considered stuck.
            max_deliveries: number of deliveries before an event becomes a dead letter.
            retry_delay: seconds before the first retry; doubles with every retry.
            max_retry_delay: maximum seconds between retries.
            on_error: `RETRY`, `SHUTDOWN` or `ACKNOWLEDGE_AND_LOG`.
            since: where a new listener starts: `new`, `beginning`, an entry id, or a time.
            grace: seconds that running handlers get when the process stops.

        Raises:
            InvalidSettings: the bus has no service name, an option has an invalid value, the
                machine does not know the `assume_timezone` of the API, or the bus is already
                running.
            TypeError: an option does not exist.
            InvalidHandler: the handler has the wrong parameters.
            DuplicateListenerName: the service already has a listener with this name on this API.
        """
        if handler is None:
            return ListenDecorator(self, listener_name, options)
        self.register_handler(handler, listener_name, options)
        return None

    def register_handler(
        self, handler: Handler[E], listener_name: str, options: dict[str, object]
    ) -> None:
        """What `listen` does once it has the handler."""
        core = self._bus.__lbgen__
        if self._contract.api.assume_timezone is not None:
            read_zone(self._contract.api.assume_timezone)
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
