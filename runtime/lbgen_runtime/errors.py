"""The exceptions of the runtime, all below `LbgenError`; those of `fire` are in `fire/errors`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DuplicateListenerName",
    "DuplicateProcessName",
    "IncompatibleGeneratedCode",
    "InvalidHandler",
    "InvalidParameters",
    "InvalidSettings",
    "LbgenError",
    "ListenerFailed",
    "NotAuthoritative",
    "ServerRefused",
    "Violation",
    "WorkerFailed",
]


_LONGEST = 2_000
"""Characters of a pointer, and of a message, that are shown: both may hold parts of a value."""


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
        return f"{self.event}: the parameters do not match the schema{lines}"

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
