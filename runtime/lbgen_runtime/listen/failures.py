"""What becomes of an event whose handler raised, and of one that cannot be handled."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import TYPE_CHECKING, Final

from ..errors import ListenerFailed
from ..printable import printable
from ..wire import clock
from ..wire.answers import Outcome
from ..wire.dead_letter_entry import DeadLetterReason
from ..wire.keys import dead_key
from ..wire.refusals import NoGroup, Refusal, WrongType
from .acceptance import Invalid
from .release import release

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ..wire.requests import Request
    from .claims import Claim, Claims
    from .listener import Listener
    from .process import Process
    from .retries import Retries

__all__ = ["Failures"]

_log = logging.getLogger("lbgen")

_REFUSED_PAUSE: Final = 1.0
"""Seconds after which a step is tried again that the server refused (no memory, a failover)."""


class Failures:
    """Retries and dead-letters for one listener, without keeping its other events waiting.

    Args:
        listener: whose events.
        process: this process.
        claims: what is held; an event that waits for its dead letter stays held.
        retries: get what is to be delivered again.
    """

    __slots__ = ("_claims", "_listener", "_process", "_retries", "_under_way")

    def __init__(
        self, listener: Listener, process: Process, claims: Claims, retries: Retries
    ) -> None:
        self._listener = listener
        self._process = process
        self._claims = claims
        self._retries = retries
        self._under_way: set[asyncio.Task[None]] = set()

    def failed(self, claim: Claim, error: BaseException) -> None:
        """The handler raised, or was never called because the entry is invalid."""
        delivery, settings = claim.delivery, self._listener.settings
        if isinstance(error, Invalid):
            self.dead_letter(claim, "invalid", str(error))
            return
        last = delivery.times_delivered >= settings.max_deliveries
        _log.error(
            "%s: the handler failed for event %s (delivery %d of %d)",
            self._listener,
            printable(delivery.event_id),
            delivery.times_delivered,
            settings.max_deliveries,
            exc_info=error,
        )
        if settings.on_error == "ACKNOWLEDGE_AND_LOG":
            return
        if settings.on_error == "SHUTDOWN":
            self._claims.give_up(claim)
            self._claims.drop(claim)
            claim.settle()
            self._process.fail(
                ListenerFailed(
                    f"{self._listener}: the handler failed for event "
                    f"{printable(delivery.event_id)}: "
                    + printable("".join(traceback.format_exception_only(error)).strip(), 1000)
                )
            )
        elif last:
            detail = "".join(traceback.format_exception(error))
            self.dead_letter(claim, "failed", detail)
        else:
            self._retries.add(claim)
            claim.settle()

    def ask_again(self, claim: Claim) -> None:
        """Let an entry run, if it is still this process's after the process stood still."""
        self._start(self._run_if_held(claim, claim.delivery.times_delivered))

    def release(self, claims: list[Claim]) -> None:
        """Let the next look of any process take entries that are given up here."""
        if claims:
            self._start(self._release(claims))

    async def _release(self, claims: list[Claim]) -> None:
        counted = [(claim, claim.count) for claim in claims]
        await release(self._listener, self._process, counted)
        for claim in claims:  # held until now, so that this process does not take it over too early
            self._claims.drop(claim)
            claim.settle()

    async def _run_if_held(self, claim: Claim, count: int) -> None:
        expires = clock.now() + self._listener.settings.acknowledgement_timeout
        group = self._process.on(claim.stream, self._listener.group)
        if await self._if_held(claim, lambda _: group.retry(claim.entry_id, count)):
            claim.expires = expires
        self._claims.asked(claim)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self._process.supervisor.start(work, f"failures of {self._listener.group}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def dead_letter(self, claim: Claim, reason: str, detail: str) -> None:
        """Move an event to the dead letters and acknowledge it, in one step.

        Args:
            claim: what is held.
            reason: `failed`, `crashed` or `invalid`.
            detail: a traceback, or what is invalid.
        """
        self._start(self._dead_letter(claim, reason, detail))

    async def _dead_letter(self, claim: Claim, reason: str, detail: str) -> None:
        death = DeadLetterReason.now(
            reason,
            detail,
            stream_id=claim.delivery.stream_id,
            deliveries=claim.delivery.times_delivered,
            process=claim.delivery.process,
        )
        group = self._process.on(claim.stream, self._listener.group)

        def to_dead_letter(copy: list[bytes] | None) -> Request[Outcome]:
            return group.dead_letter(
                claim.entry_id, claim.fence, death, original=self._listener.stream, copy=copy
            )

        self._claims.retrying += 1  # it is held for as long as the server takes it from nobody
        self._claims.dead_letter_bytes += claim.size
        try:
            done = await self._if_held(claim, to_dead_letter)
        finally:
            self._claims.retrying -= 1
            self._claims.dead_letter_bytes -= claim.size
        if done:
            _log.error(
                "%s: event %s became a dead letter: %s: %s",
                self._listener,
                printable(claim.delivery.event_id or claim.entry_id),
                reason,
                printable(detail.strip().rpartition("\n")[2]),
            )
        self._claims.drop(claim)
        claim.settle()

    async def _if_held(
        self, claim: Claim, step: Callable[[list[bytes] | None], Request[Outcome]]
    ) -> bool:
        """Do a step with an entry that this process holds, as soon as the server lets it.

        Args:
            claim: the entry.
            step: what to do; gets the entry's fields and values where the server has them no more.
        """
        listener, process = self._listener, self._process
        copy: list[bytes] | None = None
        while not claim.given_up:
            try:
                outcome = await process.commands.ask(step(copy))
            except (NoGroup, WrongType):
                break
            except Refusal as error:
                process.repeats.log(
                    logging.WARNING,
                    (str(listener), error.code),
                    "%s: the server refused the command (%s); retrying",
                    listener,
                    error,
                )
                await asyncio.sleep(_REFUSED_PAUSE)
            else:
                if outcome is Outcome.DONE:
                    return True
                if outcome is Outcome.COPY_NEEDED:
                    copy = claim.fields
                    continue
                if outcome is Outcome.NOT_A_STREAM:
                    process.repeats.log(
                        logging.ERROR,
                        (str(listener), "dead letters"),
                        "%s: cannot write dead letters, because the key %s is not a stream; "
                        "rename or delete the key (failed events wait until then)",
                        listener,
                        printable(dead_key(listener.stream, listener.group)),
                    )
                    await asyncio.sleep(_REFUSED_PAUSE)
                    continue
                if outcome is Outcome.REMOVED or claim.removed:
                    _log.error(
                        "%s: entry %s was removed from the stream before it was handled, and "
                        "is lost",
                        listener,
                        claim.entry_id.decode(),
                    )
                break
        self._claims.drop(claim)
        claim.settle()
        return False

    async def stop(self) -> None:
        """Begin no more retries; let what is being dead-lettered come to its end, shortly."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=0.1)
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)
