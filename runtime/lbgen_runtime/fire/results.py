"""What became of events that were fired together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import FireUnconfirmed, NotFired

__all__ = ["FiredMany"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredMany:
    """What became of events that were fired together.

    Attributes:
        event_ids: the id of each event, in the order in which they were given.
        errors: by position, why an event is not confirmed; each offers `fire_again`.
    """

    event_ids: tuple[str, ...]
    errors: Mapping[int, FireUnconfirmed | NotFired]

    @property
    def confirmed(self) -> tuple[str, ...]:
        """The ids of the events that are on the bus."""
        return tuple(
            event_id for index, event_id in enumerate(self.event_ids) if index not in self.errors
        )

    def raise_for_errors(self) -> None:
        """Raise the first error, if there is one."""
        for error in self.errors.values():
            raise error
