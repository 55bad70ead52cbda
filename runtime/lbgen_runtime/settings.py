"""Every setting of a bus and of its listeners: name, environment variable, default, unit, reason.

A value is taken from the call (`Bus(...)`, `listen(...)`), else from the environment, else the
default holds. `SETTINGS` is the one list; `docs/reference/settings.md` is generated from it.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from .errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "SETTINGS",
    "ListenerSettings",
    "OnError",
    "OnFull",
    "Setting",
    "Settings",
    "check_name",
]

OnFull = Literal["raise", "drop_oldest"]
OnError = Literal["RETRY", "SHUTDOWN", "ACKNOWLEDGE_AND_LOG"]

_NAME = re.compile(r"[^\s{}*]+")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_EVENTS = re.compile(r"[0-9]{1,15} events")
_ENTRY_ID = re.compile(r"[0-9]{1,20}(-[0-9]{1,20})?")
_DURABILITY = re.compile(r"memory|disk|replicas:[1-9][0-9]*")


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
    """

    name: str
    default: object
    unit: str
    reason: str
    parse: Callable[[object], object]
    per_listener: bool = False

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
            raise InvalidSettings(f"{source} must be {error}; it is {given!r}") from None


def _number(words: str, minimum: float, *, zero: bool = True) -> Callable[[object], float]:
    def parse(given: object) -> float:
        try:
            number = float(cast("str", given))
        except (ValueError, TypeError):
            raise ValueError(words) from None
        if isinstance(given, bool) or not minimum <= number < float("inf"):
            raise ValueError(words)
        if number == 0 and not zero:
            raise ValueError(words)
        return number

    return parse


def _count(minimum: int) -> Callable[[object], int]:
    words = f"a whole number, {minimum} or more"

    def parse(given: object) -> int:
        if isinstance(given, bool) or not isinstance(given, (int, str)):
            raise ValueError(words)
        try:
            number = int(given)
        except ValueError:
            raise ValueError(words) from None
        if number < minimum:
            raise ValueError(words)
        return number

    return parse


def _one_of(*choices: str) -> Callable[[object], str]:
    def parse(given: object) -> str:
        if given not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return str(given)

    return parse


def _name(given: object) -> str:
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise ValueError("a name without spaces, braces or asterisks")
    return given


def check_name(what: str, given: object) -> str:
    """The name, if it can be part of a consumer group's name.

    Raises:
        InvalidSettings: it cannot.
    """
    try:
        return _name(given)
    except ValueError as error:
        raise InvalidSettings(f"{what} must be {error}; it is {given!r}") from None


def _template(given: object) -> str:
    """A process name in which `{hostname}` and the like are replaced."""
    values = {
        "hostname": socket.gethostname(),
        "pid": str(os.getpid()),
        "random4": secrets.token_hex(2),
        "random8": secrets.token_hex(4),
        "random16": secrets.token_hex(8),
    }

    def replace(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ValueError(f"made of {', '.join(f'{{{name}}}' for name in values)} and text")
        return values[match[1]]

    if not isinstance(given, str):
        raise ValueError("text")
    return _name(_PLACEHOLDER.sub(replace, given))


def _url(given: object) -> str:
    if not isinstance(given, str) or not given.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("a URL that starts with redis://, rediss:// or unix://")
    return given


def _durability(given: object) -> str:
    if not isinstance(given, str) or not _DURABILITY.fullmatch(given):
        raise ValueError("memory, disk, or replicas:N")
    return given


_seconds = _number("a number of seconds above 0", 0, zero=False)
_seconds_or_none = _number("a number of seconds, 0 or more", 0)


def _retention(given: object) -> float | str:
    if isinstance(given, str) and (given == "forever" or _EVENTS.fullmatch(given)):
        return given
    try:
        return _seconds_or_none(given)
    except ValueError:
        raise ValueError('a number of seconds, "forever", or "N events"') from None


def _since(given: object) -> str | datetime:
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError("a time with its offset from UTC")
        return given
    if isinstance(given, str):
        if given in ("new", "beginning") or _ENTRY_ID.fullmatch(given):
            return given
        try:
            return _since(datetime.fromisoformat(given))
        except ValueError:
            pass
    raise ValueError('"new", "beginning", an entry id, or a time with its offset from UTC')


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        name="service_name",
        default=None,
        unit="name",
        reason="Part of every consumer group's name. Listening needs one that stays the same over "
        "restarts, so there is no default to listen with.",
        parse=_name,
    ),
    Setting(
        name="process_name",
        default="{random4}",
        unit="name",
        reason="Two processes rarely collide, and where they do the second does not start. A name "
        "that stays lets a restarted process work off its own events at once, instead of after "
        "acknowledgement_timeout.",
        parse=_template,
    ),
    Setting(
        name="redis_url",
        default="redis://localhost:6379/0",
        unit="URL",
        reason="Where a developer's server usually is.",
        parse=_url,
    ),
    Setting(
        name="fire_deadline",
        default=10.0,
        unit="seconds",
        reason="A server restarts within it, and a web request can still answer after it.",
        parse=_seconds,
    ),
    Setting(
        name="durability",
        default="memory",
        unit="memory, disk or replicas:N",
        reason="What the server's own persistence gives. disk waits for fsync (WAITAOF), "
        "replicas:N for N replicas (WAIT): each costs its round trip on every fire.",
        parse=_durability,
    ),
    Setting(
        name="max_event_size",
        default=1_048_576,
        unit="bytes",
        reason="A stream is for events, not for files. Counted over all fields, before the socket.",
        parse=_count(1),
    ),
    Setting(
        name="event_id_memory",
        default=86_400.0,
        unit="seconds",
        reason="An outbox that was stuck for a day may still repeat itself. Costs the server some "
        "150 bytes for each event that is fired with an id of the caller's.",
        parse=_seconds,
    ),
    Setting(
        name="retention",
        default=3600.0,
        unit="seconds, forever, or N events",
        reason="How long events stay that every group has acknowledged: long enough to look at "
        "them, short enough to forget about the server's memory.",
        parse=_retention,
    ),
    Setting(
        name="trim_interval",
        default=60.0,
        unit="seconds",
        reason="Between two times that a process trims a stream; events may stay that much longer.",
        parse=_seconds,
    ),
    Setting(
        name="max_stream_length",
        default=0,
        unit="events; 0 is no limit",
        reason="A limit means to refuse or to lose events: it is the user's to set. With a limit "
        "each event is written by a script.",
        parse=_count(0),
    ),
    Setting(
        name="on_full",
        default="raise",
        unit="raise or drop_oldest",
        reason="At max_stream_length fire raises BusFull. drop_oldest loses events that were not "
        "handled, and counts them.",
        parse=_one_of("raise", "drop_oldest"),
    ),
    Setting(
        name="reclaim_interval",
        default=1.0,
        unit="seconds",
        reason="What a stopping process hands back runs elsewhere within a second.",
        parse=_seconds,
    ),
    Setting(
        name="consumer_memory",
        default=86_400.0,
        unit="seconds",
        reason="After that a consumer with nothing pending is removed from its group.",
        parse=_seconds,
    ),
    Setting(
        name="concurrency",
        default=1,
        unit="events",
        reason="Events of a stream run in their order.",
        parse=_count(1),
        per_listener=True,
    ),
    Setting(
        name="read_ahead",
        default=100,
        unit="events",
        reason="At most; a process reads ahead what its handler gets through in a second, so that "
        "slow handlers leave events to other processes.",
        parse=_count(1),
        per_listener=True,
    ),
    Setting(
        name="acknowledgement_timeout",
        default=30.0,
        unit="seconds",
        reason="A dead process's events move on after it. The heartbeat renews every third of it, "
        "so a process may miss two.",
        parse=_seconds,
        per_listener=True,
    ),
    Setting(
        name="max_processing",
        default=900.0,
        unit="seconds",
        reason="After that a handler is taken to hang, and its event goes to another process.",
        parse=_seconds,
        per_listener=True,
    ),
    Setting(
        name="max_deliveries",
        default=5,
        unit="deliveries",
        reason="Four retries over a quarter of a minute get through a restart of most things.",
        parse=_count(1),
        per_listener=True,
    ),
    Setting(
        name="retry_delay",
        default=1.0,
        unit="seconds",
        reason="Before the first retry; doubles with each. Half of every wait is random.",
        parse=_seconds_or_none,
        per_listener=True,
    ),
    Setting(
        name="max_retry_delay",
        default=60.0,
        unit="seconds",
        reason="Where the doubling ends.",
        parse=_seconds_or_none,
        per_listener=True,
    ),
    Setting(
        name="on_error",
        default="RETRY",
        unit="RETRY, SHUTDOWN or ACKNOWLEDGE_AND_LOG",
        reason="SHUTDOWN leaves the event pending and stops the worker; ACKNOWLEDGE_AND_LOG "
        "forgets the event.",
        parse=_one_of("RETRY", "SHUTDOWN", "ACKNOWLEDGE_AND_LOG"),
        per_listener=True,
    ),
    Setting(
        name="since",
        default="new",
        unit="new, beginning, an entry id or a time",
        reason="Where a listener begins that was never there before. new: with the events fired "
        "after its first registration.",
        parse=_since,
        per_listener=True,
    ),
    Setting(
        name="grace",
        default=25.0,
        unit="seconds",
        reason="Below the 30 seconds after which container platforms kill.",
        parse=_seconds_or_none,
        per_listener=True,
    ),
)
_BY_NAME: Final = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerSettings:
    """What holds for one listener; each field is a setting of that name."""

    concurrency: int
    read_ahead: int
    acknowledgement_timeout: float
    max_processing: float
    max_deliveries: int
    retry_delay: float
    max_retry_delay: float
    on_error: OnError
    since: str | datetime
    grace: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for one bus; each field is a setting of that name."""

    service_name: str | None
    process_name: str
    redis_url: str
    fire_deadline: float
    durability: str
    max_event_size: int
    event_id_memory: float
    retention: float | str
    trim_interval: float
    max_stream_length: int
    on_full: OnFull
    reclaim_interval: float
    consumer_memory: float
    listener: ListenerSettings

    @classmethod
    def read(
        cls, given: Mapping[str, object], environment: Mapping[str, str] | None = None
    ) -> Settings:
        """The settings of a bus whose call gave these values.

        Raises:
            InvalidSettings: one of them is not what it can be.
        """
        environment = os.environ if environment is None else environment
        values = {
            setting.name: setting.value(given.get(setting.name), environment)
            for setting in SETTINGS
        }
        if values["process_name"] == _BY_NAME["process_name"].default:
            values["process_name"] = _template(values["process_name"])
        listener = {s.name: values.pop(s.name) for s in SETTINGS if s.per_listener}
        return cls(listener=ListenerSettings(**listener), **values)

    def for_listener(self, given: Mapping[str, object]) -> ListenerSettings:
        """The settings of a listener whose call gave these values; the bus's hold for the rest.

        Raises:
            InvalidSettings: one of them is not what it can be.
        """
        values = {
            setting.name: getattr(self.listener, setting.name)
            if given.get(setting.name) is None
            else setting.value(given[setting.name], {})
            for setting in SETTINGS
            if setting.per_listener
        }
        return ListenerSettings(**values)
