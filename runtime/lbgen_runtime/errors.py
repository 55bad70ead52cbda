"""Every exception of the runtime, all below `LbgenError`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events.event import Event

__all__ = [
    "BusFull",
    "DuplicateListenerName",
    "DuplicateProcessName",
    "EventTooLarge",
    "FireRejected",
    "FireUnconfirmed",
    "IncompatibleGeneratedCode",
    "InvalidHandler",
    "InvalidParameters",
    "InvalidSettings",
    "LbgenError",
    "ListenerFailed",
    "NotAuthoritative",
    "NotFired",
    "ServerRefused",
    "ServerUnreachable",
    "Violation",
    "WorkerFailed",
]


_LONGEST = 2_000
"""Characters of a pointer, and of a message, that are shown: both may hold parts of a value."""


class FireAgain(Protocol):
    """What fires an event under an id that it had before."""

    def fire_event(self, event: Any, *, event_id: str | None = None) -> str: ...

    async def fire_event_async(self, event: Any, *, event_id: str | None = None) -> str: ...


class LbgenError(Exception):
    """The base of every error that lbgen raises on purpose."""


class InvalidSettings(LbgenError, ValueError):
    """A setting is missing or has a value that it cannot have; the message names it."""


class IncompatibleGeneratedCode(LbgenError, ImportError):
    """A generated package was made by a compiler that this runtime does not fit."""


class DuplicateListenerName(LbgenError, ValueError):
    """Two listeners of one service have the same listener name on one API."""


class InvalidHandler(LbgenError, TypeError):
    """A handler takes neither the event nor the event and a `Delivery`."""


class NotAuthoritative(LbgenError, PermissionError):
    """A service fired an event of an API for which it is not authoritative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One place of a value that breaks one rule of its schema.

    Attributes:
        pointer: JSON pointer (RFC 6901) into the value; `""` is the whole value.
        rule: the JSON Schema keyword that is violated (`minLength`); `unknown parameter` where a
            writer sends what its schema does not declare; `schema` where no single keyword can be
            named, or where a value is too large to be looked at as a whole.
        message: what is wrong, and what to write instead.
        location: the location of the rule, `lbgen:///file.yaml#/json/pointer`.
    """

    pointer: str
    rule: str
    message: str
    location: str

    def __str__(self) -> str:
        return self.text()

    def text(self, where: str = "") -> str:
        """The violation as a line of text.

        Args:
            where: what follows the name of the rule, such as the place of the rule.
        """
        pointer = printable(self.pointer, _LONGEST) or "the whole value"
        return f"{pointer}: {printable(self.message, _LONGEST)} ({self.rule}{where})"


class InvalidParameters(LbgenError, ValueError):
    """A value is not what the event's schema accepts.

    Attributes:
        event: full name of the event (`shop.orders.order_placed`).
        violations: every violation, in the order in which the validator found them.
    """

    def __init__(self, event: str, violations: Sequence[Violation]) -> None:
        self.event = event
        self.violations = tuple(violations)
        super().__init__(event, self.violations)

    def __str__(self) -> str:
        lines = "".join(f"\n  {violation}" for violation in self.violations)
        return f"{self.event}: the parameters do not fit the schema{lines}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.event, self.violations)


class DuplicateProcessName(LbgenError, RuntimeError):
    """Another live process of the service has the same process name."""


class ListenerFailed(LbgenError, RuntimeError):
    """A handler raised, and its listener's `on_error` is `SHUTDOWN`."""


class WorkerFailed(LbgenError, RuntimeError):
    """A part of lbgen's own that a worker cannot do without has ended; `__cause__` says why."""


class ServerRefused(LbgenError, ConnectionError):
    """The server refused the credentials or a command that listening cannot do without."""


class _UnfinishedFire(LbgenError):
    """An event that may be fired again under the same id.

    Attributes:
        event_id: the event's id.
        event: the event.
    """

    def __init__(self, message: str, *, event_id: str, event: Event, again: FireAgain) -> None:
        super().__init__(message)
        self.event_id = event_id
        self.event = event
        self._again = again

    def fire_again(self) -> str:
        """Fire the event once more under its id; the bus will hold it once.

        Returns:
            The event's id.

        Raises:
            FireUnconfirmed: the outcome is unknown still.
            NotFired: the event is not on the bus.
        """
        return self._again.fire_event(self.event, event_id=self.event_id)

    async def fire_again_async(self) -> str:
        """As `fire_again`, for async code."""
        return await self._again.fire_event_async(self.event, event_id=self.event_id)

    def __reduce__(self) -> tuple[Any, ...]:
        # The bus that would fire again stays in its process: another has the message and the id.
        return LbgenError, (str(self),)


class FireUnconfirmed(_UnfinishedFire):
    """The deadline passed and the event may or may not be on the bus.

    Firing again with `event_id` is safe: the bus looks for the id first.
    """


class NotFired(_UnfinishedFire):
    """The event is not on the bus."""


class ServerUnreachable(NotFired, ConnectionError):
    """No server took the event before the deadline."""


class FireRejected(NotFired):
    """The server refused the event (no memory, no permission, a key of another type)."""


class EventTooLarge(NotFired, ValueError):
    """The event has more bytes than `max_event_size` allows, or thousands of parameters."""


class BusFull(NotFired):
    """The stream holds `max_stream_length` events that not every listener has worked off."""
