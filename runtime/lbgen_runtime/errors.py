"""Every exception of the runtime, all below `LbgenError`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DuplicateListenerName",
    "IncompatibleGeneratedCode",
    "InvalidHandler",
    "InvalidParameters",
    "InvalidSettings",
    "LbgenError",
    "NotAuthoritative",
    "Violation",
]


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
        rule: the JSON Schema keyword that is violated (`minLength`), or `unknown parameter`
            where a writer sends what its schema does not declare.
        message: what is wrong, in words.
        location: the location of the rule, `lbgen:///file.yaml#/json/pointer`.
    """

    pointer: str
    rule: str
    message: str
    location: str

    def __str__(self) -> str:
        return f"{self.pointer or 'the whole value'}: {self.message} ({self.rule})"


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
