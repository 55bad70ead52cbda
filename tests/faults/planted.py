"""Runtimes with a fault in them: what the ledger must catch."""

from __future__ import annotations

import asyncio
from typing import Any

from lbgen_runtime.events.codecs import record_codec
from lbgen_runtime.fire import attempt, search
from lbgen_runtime.listen import (
    claims,
    commands,
    consumer,
    pending,
    recovery,
    renewals,
    runners,
)
from lbgen_runtime.listen.acceptance import Invalid
from lbgen_runtime.wire import async_connection, scripts, stream, sync_connection, writes
from lbgen_runtime.wire.refusals import Refusal

__all__ = ["FAULTS", "plant"]


def _acknowledge_before_handling() -> None:
    received = consumer.Consumer.received

    def early(self: Any, stream: bytes, entries: list[Any], asked: float) -> None:
        for entry_id, _ in entries:
            self.pass_over(stream, entry_id, 1)
        received(self, stream, entries, asked)

    consumer.Consumer.received = early


def _fire_with_blind_retries() -> None:
    kind: Any = attempt.Attempt

    def never_unsure(self: Any, answered: int) -> None: ...

    kind.outcome_unknown = never_unsure


def _send_no_heartbeat() -> None:
    def none(self: Any, consumer: Any) -> None: ...

    renewals.Renewals._renew = none


def _renew_unfenced() -> None:
    source = b"""
    local ids = {}
    for i = 5, #ARGV do ids[#ids + 1] = ARGV[i] end
    ids[#ids + 1] = 'JUSTID'
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, unpack(ids))
    ids[#ids] = nil
    return { {}, ids, {} }
    """
    stream.RENEW = scripts.Script(source, b"0" * 40)


def _recreate_groups_at_the_end() -> None:
    _replace_in_register(b"result == 'lost' and '0' or", b"result == 'lost' and '$' or")
    _keep_the_group_of_a_newcomer()


def _keep_the_group_of_a_newcomer() -> None:
    _replace_in_register(b"local unknown =", b"local unknown = false and")


def _replace_in_register(part: bytes, other: bytes) -> None:
    source = stream.REGISTER.source
    assert part in source, "the plant fits the script no more"
    stream.REGISTER = scripts.Script(source.replace(part, other), b"1" * 40)


def _trim_by_length() -> None:
    source = b"return { redis.call('XTRIM', KEYS[1], 'MAXLEN', 20) }"
    from lbgen_runtime.wire import trimming

    trimming.TRIM = scripts.Script(source, b"2" * 40)


def _take_codecs_for_made() -> None:
    settle, event_of = record_codec.RecordCodec.settle, runners.event_of

    def settle_once(self: Any, *around: Any) -> None:
        if not self.__dict__.setdefault("begun", False):
            self.begun = True
            settle(self, *around)

    def event_or_invalid(*arguments: Any) -> Any:
        try:
            return event_of(*arguments)
        except RecursionError as error:
            raise Invalid(str(error)) from error

    record_codec.RecordCodec.settle = settle_once
    runners.event_of = event_or_invalid


def _stay_with_a_demoted_server() -> None:
    class Never(Refusal):
        """What no reply is."""

    sync_connection.AskElsewhere = Never
    async_connection.AskElsewhere = Never
    commands.AskElsewhere = Never


def _acknowledge_what_is_lost() -> None:
    ended = claims.Claims.ended

    def ended_or_lost(self: Any, claim: Any, *, handled: bool) -> bool:
        return ended(self, claim, handled=handled) or handled

    claims.Claims.ended = ended_or_lost
    source = b"""
    for i = 4, #ARGV, 2 do redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) end
    return {}
    """
    stream.ACKNOWLEDGE = scripts.Script(source, b"4" * 40)


def _look_through_the_whole_stream() -> None:
    budget = b"local left = 2500000"
    assert budget in scripts.FIRE.source, "the plant fits the script no more"
    source = scripts.FIRE.source.replace(budget, b"local left = 1e18")
    writes.FIRE = scripts.Script(source, b"5" * 40)
    # No page is asked for: the step that writes looks at all.
    search.EventSearch.next = property(lambda self: None)


def _run_first_what_comes_back() -> None:
    recovered: set[tuple[str, bytes]] = set()
    take, make_ready = pending.PendingEntries.take, claims.Claims.make_ready

    async def taken(self: Any, stream: bytes, wanted: Any) -> Any:
        found, settled = await take(self, stream, wanted)
        recovered.update((claim.delivery.listener, claim.entry_id) for claim in found)
        return found, settled

    def ready(self: Any, some: list[Any], *, first: bool = False) -> None:
        again = any((claim.delivery.listener, claim.entry_id) in recovered for claim in some)
        make_ready(self, some, first=first or again)

    claims.Claims.make_ready = ready
    pending.PendingEntries.take = taken


def _wait_for_what_is_recovered() -> None:
    async def one_at_a_time(
        self: Any, stream: bytes, found: list[Any], *, patience: float = 0
    ) -> list[Any]:
        for each in found:
            ended = asyncio.Event()
            some, _ = await self._pending.take(stream, [each])
            for claim in some:
                claim.settled = ended.set
                self._claims.make_ready(some, first=True)
                await ended.wait()
        return []

    recovery.Recovery._take_over = one_at_a_time


FAULTS = {
    "acknowledges before handling": _acknowledge_before_handling,
    "fires with blind retries": _fire_with_blind_retries,
    "sends no heartbeat": _send_no_heartbeat,
    "renews unfenced": _renew_unfenced,
    "recreates groups at the end": _recreate_groups_at_the_end,
    "trims by length": _trim_by_length,
    "acknowledges what it has lost": _acknowledge_what_is_lost,
    "takes codecs for made before they are": _take_codecs_for_made,
    "keeps the group of a newcomer": _keep_the_group_of_a_newcomer,
    "stays with a demoted server": _stay_with_a_demoted_server,
    "looks through the whole stream": _look_through_the_whole_stream,
    "runs first what comes back": _run_first_what_comes_back,
    "waits for what it has recovered": _wait_for_what_is_recovered,
}


def plant(fault: str) -> None:
    """Put a fault into this process's runtime; none where the name is empty."""
    if fault:
        FAULTS[fault]()
