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
    a_name,
    a_process_name,
    a_retention,
    a_url,
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
        reason="Part of every consumer group's name. Listening needs one that stays the same over "
        "restarts, so there is no default to listen with.",
        parse=a_name,
    ),
    Setting(
        name="process_name",
        default="{random4}",
        unit="name",
        reason="Two processes rarely collide, and where they do the second does not start. A name "
        "that stays lets a restarted process work off its own events at once, instead of after "
        "acknowledgement_timeout.",
        parse=a_process_name,
    ),
    Setting(
        name="redis_url",
        default="redis://localhost:6379/0",
        unit="URL",
        reason="Where a developer's server usually is.",
        parse=a_url,
        secret=True,
    ),
    Setting(
        name="fire_deadline",
        default=10.0,
        unit="seconds",
        reason="A server restarts within it, and a web request can still answer after it.",
        parse=seconds,
    ),
    Setting(
        name="durability",
        default="memory",
        unit="memory, disk or replicas:N",
        reason="What the server's own persistence gives. disk waits for fsync (WAITAOF), "
        "replicas:N until N replicas have it (WAIT): each costs its round trip on every fire. "
        "Which failovers an event survives with N of several replicas: "
        "[in production](../howto/production.md#replicas).",
        parse=a_durability,
    ),
    Setting(
        name="max_event_size",
        default=1_048_576,
        unit="bytes",
        reason="A stream is for events, not for files. Counted over all fields, before the socket.",
        parse=whole_number(1),
    ),
    Setting(
        name="event_id_memory",
        default=86_400.0,
        unit="seconds",
        reason="An outbox that was stuck for a day may still repeat itself. Costs the server some "
        "150 bytes for each event that is fired again or with an id of the caller's.",
        parse=seconds,
    ),
    Setting(
        name="retention",
        default=3600.0,
        unit="seconds, forever, or N events",
        reason="How long events stay that every group has acknowledged: long enough to look at "
        "them, short enough to forget about the server's memory.",
        parse=a_retention,
    ),
    Setting(
        name="trim_interval",
        default=60.0,
        unit="seconds",
        reason="Between two times that a process trims a stream; events may stay that much longer.",
        parse=seconds,
    ),
    Setting(
        name="max_stream_length",
        default=0,
        unit="events; 0 is no limit",
        reason="A limit means to refuse or to lose events: it is the user's to set. With a limit "
        "each event is written by a script.",
        parse=whole_number(0),
    ),
    Setting(
        name="on_full",
        default="raise",
        unit="raise or drop_oldest",
        reason="At max_stream_length fire raises BusFull. drop_oldest loses events that were not "
        "handled, and counts them.",
        parse=one_of("raise", "drop_oldest"),
    ),
    Setting(
        name="reclaim_interval",
        default=1.0,
        unit="seconds",
        reason="What a stopping process hands back runs elsewhere within a second.",
        parse=seconds,
    ),
    Setting(
        name="consumer_memory",
        default=86_400.0,
        unit="seconds",
        reason="After that a consumer with nothing pending is removed from its group.",
        parse=seconds,
    ),
    Setting(
        name="concurrency",
        default=1,
        unit="events",
        reason="One process runs the events of a stream in their order, as far as "
        "docs/design/delivery.md says. Above 1, and with several processes, no order is kept.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="read_ahead",
        default=100,
        unit="events",
        reason="At most; a process reads ahead what its handler gets through in a second, so that "
        "slow handlers leave events to other processes.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="read_ahead_bytes",
        default=16 * 2**20,
        unit="bytes",
        reason="Events that are read ahead are kept in memory. One event is read in any case.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="acknowledgement_timeout",
        default=30.0,
        unit="seconds",
        reason="A dead process's events move on after it. The heartbeat renews every third of it, "
        "so a process may miss two.",
        parse=seconds,
        per_listener=True,
    ),
    Setting(
        name="max_processing",
        default=900.0,
        unit="seconds",
        reason="After that a handler is taken to hang, and its event goes to another process.",
        parse=seconds,
        per_listener=True,
    ),
    Setting(
        name="max_deliveries",
        default=5,
        unit="deliveries",
        reason="Four retries over a quarter of a minute get through a restart of most things.",
        parse=whole_number(1),
        per_listener=True,
    ),
    Setting(
        name="retry_delay",
        default=1.0,
        unit="seconds",
        reason="Before the first retry; doubles with each. Half of every wait is random.",
        parse=seconds_or_none,
        per_listener=True,
    ),
    Setting(
        name="max_retry_delay",
        default=60.0,
        unit="seconds",
        reason="Where the doubling ends.",
        parse=seconds_or_none,
        per_listener=True,
    ),
    Setting(
        name="on_error",
        default="RETRY",
        unit="RETRY, SHUTDOWN or ACKNOWLEDGE_AND_LOG",
        reason="SHUTDOWN leaves the event pending and stops the worker; ACKNOWLEDGE_AND_LOG "
        "forgets the event.",
        parse=one_of("RETRY", "SHUTDOWN", "ACKNOWLEDGE_AND_LOG"),
        per_listener=True,
    ),
    Setting(
        name="since",
        default="new",
        unit="new, beginning, an entry id or a time",
        reason="Where a listener begins that was never there before. new: with the events fired "
        "after its first registration.",
        parse=a_beginning,
        per_listener=True,
    ),
    Setting(
        name="grace",
        default=25.0,
        unit="seconds",
        reason="The process has left 4 seconds later: below the 30 after which container "
        "platforms kill.",
        parse=seconds_or_none,
        per_listener=True,
    ),
)
