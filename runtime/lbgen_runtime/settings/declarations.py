"""Every setting of a bus and of its listeners: name, environment variable, default, unit, reason.

`SETTINGS` is the one list; `docs/reference/settings.md` is generated from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..errors import InvalidSettings
from ..printable import printable
from .values import (
    a_beginning,
    a_durability,
    a_function,
    a_name,
    a_process_name,
    a_retention,
    a_url,
    an_address_map,
    one_of,
    seconds,
    seconds_or_none,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["SETTINGS", "Setting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    Attributes:
        name: the keyword of `Bus(...)`, and of `listen(...)` where `per_listener` is true.
        default: the value where neither the call nor the environment has one.
        unit: what a number counts (seconds, bytes, events).
        reason: why the default is what it is.
        parse: makes the value from a call's argument or an environment variable's text; raises
            `ValueError` with words that complete "NAME must be ...".
        per_listener: `listen(...)` may override it.
        secret: no message shows a value.
    """

    name: str
    default: object
    unit: str
    reason: str
    parse: Callable[[object], object]
    per_listener: bool = False
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that holds the value."""
        return f"LBGEN_{self.name.upper()}"

    def value(self, given: object, environment: Mapping[str, str]) -> Any:
        """What holds: the given value unless it is `None`, the environment's, the default.

        Raises:
            InvalidSettings: the value is not one that the setting can have.
        """
        source = self.name
        if given is None and (text := environment.get(self.variable)):
            given, source = text, self.variable
        if given is None:
            return self.default
        try:
            return self.parse(given)
        except (ValueError, TypeError) as error:
            shown = "" if self.secret else f"; it is {printable(repr(given))}"
            raise InvalidSettings(f"{source} must be {error}{shown}") from None


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        name="service_name",
        default=None,
        unit="name",
        reason="Part of the name of every consumer group. Required to listen. It must stay the "
        "same across restarts, so there is no default.",
        parse=a_name,
    ),
    Setting(
        name="process_name",
        default="{random4}",
        unit="name",
        reason="Two processes rarely get the same name; if they do, the second one does not start. "
        "With a fixed name, a restarted process continues with its own events immediately, instead "
        "of after acknowledgement_timeout.",
        parse=a_process_name,
    ),
    Setting(
        name="redis_url",
        default="redis://localhost:6379/0",
        unit="URL",
        reason="The usual address of a server on a development machine.",
        parse=a_url,
        secret=True,
    ),
    Setting(
        name="credentials",
        default=None,
        unit="function",
        reason="For passwords that rotate. The function is called for every connection and returns "
        "the password, or the user name and the password; they replace those of redis_url. In the "
        "environment, the function is written as module:function.",
        parse=a_function,
        secret=True,
    ),
    Setting(
        name="address_map",
        default={},
        unit="addresses",
        reason="Only needed where servers announce addresses that this process cannot reach, as "
        "behind NAT: maps each announced host:port to one that can be reached. In the environment, "
        "the pairs are written as announced=reachable, separated by commas.",
        parse=an_address_map,
    ),
    Setting(
        name="fire_deadline",
        default=10.0,
        unit="seconds",
        reason="How long fire tries. Long enough for a restart of the server, short enough for a "
        "web request that still has to answer.",
        parse=seconds,
    ),
    Setting(
        name="durability",
        default="memory",
        unit="memory, disk or replicas:N",
        reason="What fire waits for. memory: the reply of the server. disk: fsync (WAITAOF). "
        "replicas:N: N replicas have the event (WAIT). The last two cost a round trip for every "
        "fire. See [in production](../howto/production.md#replicas) for the failovers that an "
        "event survives.",
        parse=a_durability,
    ),
    Setting(
        name="max_event_size",
        default=1_048_576,
        unit="bytes",
        reason="Streams are for events, not for files. The size of all fields together, checked "
        "before the event is sent.",
        parse=whole_number(1),
    ),
    Setting(
        name="event_id_memory",
        default=86_400.0,
        unit="seconds",
        reason="How long the server remembers ids to detect duplicates. An outbox that was stuck "
        "for a day can still repeat an event. Costs about 150 bytes on the server for each event "
        "that is fired again or with an id of your own.",
        parse=seconds,
    ),
    Setting(
        name="retention",
        default=3600.0,
        unit="seconds, forever, or N events",
        reason="How long events are kept after every group has acknowledged them. Long enough to "
        "inspect them, short enough that they do not fill the memory of the server.",
        parse=a_retention,
    ),
    Setting(
        name="trim_interval",
        default=60.0,
        unit="seconds",
        reason="How often a process trims a stream. Events may stay that much longer.",
        parse=seconds,
    ),
    Setting(
        name="max_stream_length",
        default=0,
        unit="events; 0 means unlimited",
        reason="Off by default: any limit makes fire fail or drops events. With a limit, a script "
        "writes each event.",
        parse=whole_number(0),
    ),
    Setting(
        name="on_full",
        default="raise",
        unit="raise or drop_oldest",
        reason="What happens at max_stream_length. raise: fire raises BusFull. drop_oldest: drops "
        "and counts the oldest events, even if they were not handled.",
        parse=one_of("raise", "drop_oldest"),
    ),
    Setting(
        name="reclaim_interval",
        default=1.0,
        unit="seconds",
        reason="How often a process looks for events to take over. Events that a stopping process "
        "releases run elsewhere within a second.",
        parse=seconds,
    ),
    Setting(
        name="consumer_memory",
        default=86_400.0,
        unit="seconds",
        reason="A consumer that was idle for this long and has no pending events is removed from "
        "its group.",
        parse=seconds,
    ),
    Setting(
        name="concurrency",
        default=1,
        unit="events",
        reason="How many handlers run at once in a process. With 1 and a single process, events "
        "run in the order of their stream, within the limits in docs/design/delivery.md. With a "
        "higher value or several processes, there is no order.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="read_ahead",
        default=100,
        unit="events",
        reason="The maximum. A process only reads ahead the events that its handler completes in a "
        "second, so that slow handlers leave events to other processes.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="read_ahead_bytes",
        default=16 * 2**20,
        unit="bytes",
        reason="The maximum size of the events that are read ahead and kept in memory. A larger "
        "event is read on its own.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="acknowledgement_timeout",
        default=30.0,
        unit="seconds",
        reason="After this time, other processes take over the events of a dead process. The "
        "heartbeat renews its events three times as often, so a process can miss two heartbeats.",
        parse=seconds,
        per_listener=True,
    ),
    Setting(
        name="max_processing",
        default=900.0,
        unit="seconds",
        reason="A handler that runs for longer than this is considered stuck, and its event goes "
        "to another process.",
        parse=seconds,
        per_listener=True,
    ),
    Setting(
        name="max_deliveries",
        default=5,
        unit="deliveries",
        reason="How often an event is delivered before it becomes a dead letter. Four retries take "
        "about 15 seconds, enough for most services to restart.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="retry_delay",
        default=1.0,
        unit="seconds",
        reason="The delay before the first retry. It doubles with every retry. Half of each delay "
        "is random.",
        parse=seconds_or_none,
        per_listener=True,
    ),
    Setting(
        name="max_retry_delay",
        default=60.0,
        unit="seconds",
        reason="The maximum delay between retries.",
        parse=seconds_or_none,
        per_listener=True,
    ),
    Setting(
        name="on_error",
        default="RETRY",
        unit="RETRY, SHUTDOWN or ACKNOWLEDGE_AND_LOG",
        reason="What happens if a handler fails. RETRY: retries the event. SHUTDOWN: leaves the "
        "event pending and stops the worker. ACKNOWLEDGE_AND_LOG: acknowledges the event.",
        parse=one_of("RETRY", "SHUTDOWN", "ACKNOWLEDGE_AND_LOG"),
        per_listener=True,
    ),
    Setting(
        name="since",
        default="new",
        unit="new, beginning, an entry id or a time",
        reason="Where a new listener starts. new: with the events fired after its first "
        "registration.",
        parse=a_beginning,
        per_listener=True,
    ),
    Setting(
        name="grace",
        default=25.0,
        unit="seconds",
        reason="How long running handlers can continue after SIGTERM. The process exits at most 4 "
        "seconds later, before the 30 seconds after which container platforms kill it.",
        parse=seconds_or_none,
        per_listener=True,
    ),
)
