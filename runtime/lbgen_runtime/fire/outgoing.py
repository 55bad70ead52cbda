"""One event on its way to the bus, and what became of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from ..wire import clock
from .search import EventSearch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Fire", "Problem", "give_up"]


class Problem(Enum):
    """Why an event was not confirmed."""

    UNCONFIRMED = "unconfirmed"
    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
    FULL = "full"


class Fire:
    """One event on its way to the bus.

    Attributes:
        stream: the stream's key.
        event_id: the event's id.
        xadd: the command that writes its entry, as it travels.
        fields: gives the entry's fields and values, for the rare case that the command is not it.
        began: when its first attempt began, by `clock.now`.
        deadline: when to give up, by `clock.now`.
        search: where it may be in its stream; `None` where nothing was sent that was not answered.
        again: its caller fires it again: it is written wherever it is not found.
        remember: seconds for which the server remembers the id; 0 is not at all.
        entry_id: the entry's id, once the event is in the stream.
        problem: why it is not confirmed, once it is given up.
        detail: the problem in words; of a full stream, the group that holds entries back, if any.
        settled: called once, when there is an `entry_id` or a `problem`.
    """

    __slots__ = (
        "again",
        "began",
        "deadline",
        "detail",
        "entry_id",
        "event_id",
        "fields",
        "problem",
        "remember",
        "search",
        "settled",
        "stream",
        "xadd",
    )

    def __init__(
        self,
        stream: bytes,
        event_id: str,
        xadd: bytes,
        fields: Callable[[], list[bytes]],
        *,
        deadline: float,
    ) -> None:
        self.stream = stream
        self.event_id = event_id
        self.xadd = xadd
        self.fields = fields
        self.began = clock.now()
        self.deadline = self.began + deadline
        self.search: EventSearch | None = None
        self.again = False
        self.remember = 0.0
        self.entry_id: bytes | None = None
        self.problem: Problem | None = None
        self.detail = ""
        self.settled: Callable[[], object] | None = None

    @property
    def done(self) -> bool:
        """Whether the event is confirmed or given up."""
        return self.entry_id is not None or self.problem is not None

    @property
    def maybe_written(self) -> bool:
        """Whether an attempt was made whose outcome is unknown."""
        return self.search is not None and self.search.sent

    def searched(self) -> EventSearch:
        """Where it may be in its stream; nowhere, if nothing is known yet."""
        if self.search is None:
            self.search = EventSearch(self.event_id, self.stream)
        return self.search

    def attempted(self, since: float) -> None:
        """An attempt that began then was not answered."""
        if self.remember:  # the server remembers the id, if it was written
            self.searched().sent = True
        else:
            self.searched().attempted(since)

    def confirm(self, entry_id: bytes) -> None:
        """The event is in the stream."""
        self.entry_id = entry_id
        if self.settled is not None:
            self.settled()

    def give_up(self, problem: Problem, detail: str) -> None:
        """The event is not confirmed and will not be tried again."""
        self.detail = detail
        self.problem = problem  # last: another thread may look
        if self.settled is not None:
            self.settled()


def give_up(batch: Iterable[Fire], why: str, unless_written: Problem) -> None:
    """Give events up, as unconfirmed where they may be written."""
    for fire in batch:
        fire.give_up(Problem.UNCONFIRMED if fire.maybe_written else unless_written, why)
