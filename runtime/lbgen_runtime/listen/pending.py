"""Pending entries of one listener's group: which there are, and taking them over."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from ..printable import printable
from ..wire import clock
from ..wire.answers import RELEASED, Delivered, NotClaimed
from .acceptance import accept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..wire.answers import Claimed
    from ..wire.stream import GroupStream
    from .claims import Claim, Claims
    from .listener import Listener
    from .process import Process
    from .room import Room

__all__ = ["Intake", "Pending", "PendingEntries"]

_log = logging.getLogger("lbgen")

_OWN_PAGE: Final = 500
_IDLE_PAGE: Final = 1_000
"""Pending entries that one call looks at."""
_ALONE_FROM: Final = 3
"""The delivery from which on an entry runs alone, where it may have more than one."""


class Pending(NamedTuple):
    """A pending entry that nobody runs.

    Attributes:
        entry_id: the entry's id in the stream.
        consumer: under whose name it is pending.
        times_delivered: its delivery count on the server.
        next_delivery: the count that its next delivery gets.
        suspect: it may be what ends processes: its last ones ended without giving it back.
        exhausted: it has had all its deliveries: it does not run, and becomes a dead letter.
    """

    entry_id: bytes
    consumer: bytes
    times_delivered: int
    next_delivery: int
    suspect: bool
    exhausted: bool


class Intake(Protocol):
    """What recovery works for."""

    def dead_letter(self, claim: Claim, reason: str, detail: str) -> None:
        """Begin to move an entry to the dead letters: it will not run (again)."""
        ...

    def pass_over(self, stream: bytes, entry_id: bytes, times_delivered: int) -> None:
        """Acknowledge an entry that is none of this listener's events."""
        ...


class PendingEntries:
    """Lists pending entries, and takes them over.

    Args:
        listener: whose group.
        process: this process.
        claims: what is held; gets what is taken over.
        room: says how many bytes are taken over.
        intake: gets what cannot run.
    """

    __slots__ = (
        "_claims",
        "_intake",
        "_listener",
        "_own",
        "_process",
        "_room",
        "_taking",
        "_timeout",
    )

    def __init__(
        self, listener: Listener, process: Process, claims: Claims, room: Room, intake: Intake
    ) -> None:
        self._listener = listener
        self._process = process
        self._claims = claims
        self._room = room
        self._intake = intake
        self._own = process.name.encode()
        self._timeout = int(listener.settings.acknowledgement_timeout * 1000)
        self._taking = asyncio.Lock()

    async def own(
        self, stream: bytes, first: bytes, *, inherited: bool
    ) -> tuple[list[Pending], bytes]:
        """A page of what is pending under this process's name and not held.

        Args:
            stream: where.
            first: the entry id at which the page begins.
            inherited: an earlier process of this name may have begun what is pending.

        Returns:
            The entries, and where the next page begins: nowhere if that is empty.

        Raises:
            Refusal: the group is gone.
        """
        found = await self._process.commands.ask(
            self._on(stream).own(first, _OWN_PAGE), optional=stream != self._listener.stream
        )
        after = b"(" + found[-1].entry_id if len(found) == _OWN_PAGE else b""
        return self._unheld(stream, found, inherited=inherited), after

    async def idle(self, stream: bytes, first: bytes) -> tuple[list[Pending], bytes]:
        """A page of what nobody has renewed in time, or what was released.

        The arguments, results and errors are those of `own`.
        """
        found, after = await self._process.commands.ask(
            self._on(stream).idle(self._timeout, first, _IDLE_PAGE),
            optional=stream != self._listener.stream,
        )
        return self._unheld(stream, found), after

    def _on(self, stream: bytes) -> GroupStream:
        return self._process.on(stream, self._listener.group)

    def is_own(self, pending: Pending) -> bool:
        """Whether an entry is pending under this process's name."""
        return pending.consumer == self._own

    def _unheld(
        self, stream: bytes, found: list[Delivered], *, inherited: bool = False
    ) -> list[Pending]:
        most = self._listener.settings.max_deliveries
        # In its last delivery an entry runs alone too, so that no neighbour takes it away.
        alone_from = max(min(_ALONE_FROM, most), 2)
        entries: list[Pending] = []
        for entry_id, consumer, idle, count in found:
            if self._claims.holds(stream, entry_id):
                continue
            released = idle >= RELEASED
            # A reply that never came has delivered what is this process's own, and that was the
            # first delivery; what was delivered more often, somebody has begun.
            counts = inherited or released or consumer != self._own or count > 1
            delivery = max(count + counts, 1)
            exhausted = delivery > most
            suspect = delivery >= alone_from and not released and not exhausted
            entries.append(Pending(entry_id, consumer, count, delivery, suspect, exhausted))
        return entries

    async def take(self, stream: bytes, wanted: Sequence[Pending]) -> tuple[list[Claim], int]:
        """Take entries over, each if it is still as it was seen.

        Args:
            stream: where they are.
            wanted: the entries.

        Returns:
            What is to run, held and not yet ready; and how many of the entries are settled: there
            was no room for the others.

        Raises:
            Refusal: the group is gone.
        """
        async with self._taking:
            listener = self._listener
            asked = [p for p in wanted if not self._claims.holds(stream, p.entry_id)]
            seen = [
                (
                    Delivered(each.entry_id, each.consumer, 0, each.times_delivered),
                    each.times_delivered if each.exhausted else each.next_delivery,
                )
                for each in asked
            ]
            expires = clock.now() + listener.settings.acknowledgement_timeout
            request = self._on(stream).claim(
                seen, idle=self._timeout, most_bytes=self._room.bytes_left()
            )
            replies: Claimed = []
            if asked:
                replies = await self._process.commands.ask(
                    request, optional=stream != listener.stream
                )
            claims: list[Claim] = []
            for each, reply in zip(asked, replies, strict=True):
                if reply is NotClaimed.FULL:
                    return claims, wanted.index(each)
                claim = self._taken(stream, each, reply, expires)
                if claim is not None:
                    claims.append(claim)
            return claims, len(wanted)

    def _taken(
        self, stream: bytes, pending: Pending, reply: list[bytes] | NotClaimed, expires: float
    ) -> Claim | None:
        """What becomes of one entry; it is held if it is to run."""
        listener, entry_id = self._listener, pending.entry_id
        if reply is NotClaimed.GONE:
            _log.error(
                "%s: entry %s was removed from the stream before it was handled, and is lost",
                listener,
                printable(entry_id),
            )
        if isinstance(reply, NotClaimed) or self._claims.holds(stream, entry_id):
            return None
        exhausted = pending.exhausted
        times_delivered = pending.times_delivered if exhausted else pending.next_delivery
        accepted = accept(
            listener, self._process.name, stream, entry_id, reply, times_delivered, expires
        )
        if accepted is None:
            self._intake.pass_over(stream, entry_id, times_delivered)
            return None
        claim = accepted.claim
        self._claims.hold(claim)
        if accepted.invalid is not None:
            self._intake.dead_letter(claim, "invalid", str(accepted.invalid))
            return None
        if exhausted:
            self._intake.dead_letter(
                claim,
                "crashed",
                f"{pending.times_delivered} processes or handlers did not finish it; the last "
                f"one was {printable(pending.consumer)}",
            )
            return None
        if not self.is_own(pending) and _log.isEnabledFor(logging.INFO):
            _log.info(
                "%s: took over event %s from %s",
                listener,
                printable(claim.delivery.event_id),
                printable(pending.consumer),
            )
        return claim
