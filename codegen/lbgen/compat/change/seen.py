"""An edit as a change from the old contract to the new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .edit import Edit

__all__ = ["Seen", "Words"]

Words: TypeAlias = tuple[str, str, tuple[str, ...]]
"""The rule that names a kind of change, what changed, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An edit from the old to the new contract."""

    edit: Edit
    old: Any
    new: Any
    backward: bool

    @property
    def subject(self) -> str:
        """What changed, as a message begins."""
        return f'parameter "{self.edit.path}"' if self.edit.path else "the event"
