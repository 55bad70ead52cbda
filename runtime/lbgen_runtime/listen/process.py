"""What all listeners of one process share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..wire.repeats import Repeats
from ..wire.stream import GroupStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire.outage import Outage
    from .commands import Commands
    from .supervisor import Supervisor

__all__ = ["Process"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of a service.

    Attributes:
        name: the process's name: the consumer's name in every group.
        commands: sends everything but the blocking reads.
        outage: what is told when a connection fails and when it works.
        supervisor: starts every task and thread of the worker.
        fail: stops the process, after a drain, with an error.
        opening: how many connections may be opened at the same moment.
        repeats: log lines that would repeat themselves.
        alone: held by what may be killing processes, so that it dies alone.
    """

    name: str
    commands: Commands
    outage: Outage
    supervisor: Supervisor
    fail: Callable[[Exception], None]
    opening: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(16))
    repeats: Repeats = field(default_factory=lambda: Repeats(60.0))
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    def on(self, stream: bytes, group: str) -> GroupStream:
        """A consumer group on a stream, as this process uses it."""
        return GroupStream(stream, group, self.name)
