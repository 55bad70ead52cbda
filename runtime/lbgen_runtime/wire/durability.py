"""Waiting until what a connection has written is durable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .requests import Request

if TYPE_CHECKING:
    from .resp import Reply

__all__ = ["Durability"]

_LONGEST: Final = 2_000
"""Milliseconds that the server may take, per attempt; less than its reply may take."""


@dataclass(frozen=True, slots=True)
class Durability:
    """Where a write must be before `fire` confirms it.

    Attributes:
        copies: in how many places.
        on_disk: on the server's disk; else in the memory of its replicas.
    """

    copies: int
    on_disk: bool

    @classmethod
    def read(cls, text: str) -> Durability | None:
        """What `disk` or `replicas:N` asks for; `None` where `memory` is enough."""
        kind, _, count = text.partition(":")
        if kind == "memory":
            return None
        return cls(int(count or 1), kind == "disk")

    def wait(self, milliseconds: int = _LONGEST) -> Request[int]:
        """Wait for what the connection has written.

        Args:
            milliseconds: for which the server waits, at most.

        Returns:
            In how many places it is then.
        """
        milliseconds = min(milliseconds, _LONGEST)
        if self.on_disk:
            return Request((b"WAITAOF", self.copies, 0, milliseconds), _of_disk)
        return Request((b"WAIT", self.copies, milliseconds), int)


def _of_disk(reply: Reply) -> int:
    on_disk, _ = reply
    return int(on_disk)
