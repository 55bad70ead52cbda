"""Events that wait for their retry: held, without their fields, and delivered again when due."""

from __future__ import annotations

import asyncio
import heapq
import logging
from itertools import count
from typing import TYPE_CHECKING, Final

from ..printable import printable
from ..wire import clock
from ..wire.answers import Delivered, NotClaimed
from ..wire.backoff import backoff
from ..wire.refusals import NoGroup, Refusal, WrongType
from .acceptance import event_fields

if TYPE_CHECKING:
    from .claims import Claim, Claims
    from .listener import Listener
    from .process import Process
    from .room import Room

__all__ = ["Retries"]

_log = logging.getLogger("lbgen")

_REFUSED_PAUSE: Final = 1.0
"""Seconds after which the server is asked again that has refused (no memory, a failover)."""
_MOST_AT_ONCE: Final = 100


class Retries:
    """Delivers the failed events of one listener again, each when it is due and there is room.

    Args:
        listener: whose events.
        process: this process.
        claims: what is held; what waits for its retry stays held.
        room: says how much is delivered again.
    """

    __slots__ = (
        "_added",
        "_claims",
        "_listener",
        "_numbers",
        "_process",
        "_room",
        "_task",
        "_waiting",
    )

    def __init__(self, listener: Listener, process: Process, claims: Claims, room: Room) -> None:
        self._listener = listener
        self._process = process
        self._claims = claims
        self._room = room
        self._waiting: list[tuple[float, int, Claim]] = []
        self._numbers = count()
        self._added = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, claim: Claim) -> None:
        """Deliver an event again after a pause that grows with its deliveries."""
        settings = self._listener.settings
        pause = backoff(
            claim.delivery.times_delivered,
            first=settings.retry_delay,
            longest=settings.max_retry_delay,
        )
        claim.fields = []  # they are read once more when it is due
        self._claims.retrying += 1
        self._wait(claim, asyncio.get_running_loop().time() + pause)
        if self._task is None:
            name = f"retries of {self._listener.group}"
            self._task = self._process.supervisor.start(self._run(), name)

    def _wait(self, claim: Claim, due: float) -> None:
        heapq.heappush(self._waiting, (due, next(self._numbers), claim))
        self._added.set()

    async def _run(self) -> None:
        while True:
            await self._until_due()
            room = min(await self._room.to_take_back(), _MOST_AT_ONCE)
            if not room:
                return  # nothing more will begin
            due: list[Claim] = []
            while self._is_due() and len(due) < room:
                due.append(heapq.heappop(self._waiting)[-1])
            for stream in {claim.stream for claim in due}:
                await self._deliver(stream, [c for c in due if c.stream == stream])

    def _is_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= asyncio.get_running_loop().time()

    async def _until_due(self) -> None:
        while not self._is_due():
            self._added.clear()
            pause = None
            if self._waiting:
                pause = max(self._waiting[0][0] - asyncio.get_running_loop().time(), 0)
            try:
                async with asyncio.timeout(pause):
                    await self._added.wait()
            except TimeoutError:
                return

    async def _deliver(self, stream: bytes, claims: list[Claim]) -> None:
        """Deliver what this process still holds once more."""
        listener, own = self._listener, self._process.name.encode()
        claims = self._still_held(claims)
        if not claims:
            return
        expires = clock.now() + listener.settings.acknowledgement_timeout
        request = self._process.on(stream, listener.group).claim(
            (
                (
                    Delivered(claim.entry_id, own, 0, claim.fence),
                    claim.delivery.times_delivered + 1,
                )
                for claim in claims
            ),
            idle=0,
            most_bytes=self._room.bytes_left(),
        )
        try:
            replies = await self._process.commands.ask(request)
        except (NoGroup, WrongType):
            replies = [NotClaimed.MOVED] * len(claims)
        except Refusal as error:
            self._process.repeats.log(
                logging.WARNING,
                (str(listener), error.code),
                "%s: the server refused the command (%s); retrying",
                listener,
                error,
            )
            await self._later(claims)
            return
        ready: list[Claim] = []
        for claim, reply in zip(claims, replies, strict=True):
            if reply is NotClaimed.FULL:
                self._wait(claim, 0)
            elif isinstance(reply, NotClaimed):
                self._gone(claim, removed=reply is NotClaimed.GONE)
            else:
                claim.fields = event_fields(listener, stream, reply)
                claim.expires = expires
                claim.fence = claim.delivery.times_delivered + 1
                claim.delivery = claim.delivery.again(claim.fence)
                claim.counted = False
                self._claims.retrying -= 1
                ready.append(claim)
        ready = [claim for claim in ready if not claim.given_up]
        self._room.come_back(ready)
        self._claims.make_ready(ready)

    def _still_held(self, claims: list[Claim]) -> list[Claim]:
        find = self._claims.find
        held = [claim for claim in claims if find(claim.stream, claim.entry_id) is claim]
        self._claims.retrying -= len(claims) - len(held)
        return held

    def _gone(self, claim: Claim, *, removed: bool) -> None:
        if removed or claim.removed:
            _log.error(
                "%s: entry %s was removed from the stream before it was handled, and is lost",
                self._listener,
                printable(claim.entry_id),
            )
        self._claims.retrying -= 1
        self._claims.drop(claim)

    async def _later(self, claims: list[Claim]) -> None:
        due = asyncio.get_running_loop().time() + _REFUSED_PAUSE
        for claim in claims:
            self._wait(claim, due)
        await asyncio.sleep(_REFUSED_PAUSE)

    async def stop(self) -> None:
        """Deliver nothing more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
