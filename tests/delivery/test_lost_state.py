"""P8: what a group needs after the server lost its state, whoever registers first."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.wire.keys import registered_key
from lbgen_runtime.wire.scripts import REGISTER
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
QUICK: dict[str, Any] = {"acknowledgement_timeout": 0.6, "reclaim_interval": 0.1}


class Service:
    """One process of the service, behind a network of its own.

    Args:
        server: where it listens.
        got: gets the numbers of the events that its handler is given.
        options: of its bus.
    """

    def __init__(self, server: Server, got: list[int], **options: Any) -> None:
        self._proxy = Proxy(server.port)
        url = self._proxy.url
        self._bus = Bus(**{"service_name": "library", "redis_url": url, **QUICK, **options})
        self._bus.notes.noted.listen(
            lambda event: got.append(event.number), listener_name="shelf", concurrency=1
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        try:
            async with running(self._bus):
                yield
                await self.back()  # to leave in order
        finally:
            self._proxy.close()

    async def away(self) -> None:
        """The network is gone."""
        self._proxy.mode = "blackhole"
        self._proxy.reset()

    async def back(self) -> None:
        """The network is there again."""
        self._proxy.mode = "pass"
        self._proxy.reset()


def last(server: Server) -> str:
    """The id of the last entry of the stream."""
    return server.client.xrevrange(STREAM, count=1)[0][0].decode()


def registrations(server: Server) -> list[bytes]:
    return server.client.hvals("{" + STREAM + "}:groups")


async def caught_up(server: Server) -> None:
    """Wait until the group has nothing pending and nothing undelivered."""

    def done() -> bool:
        [group] = server.client.xinfo_groups(STREAM)
        return not group["pending"] and group["last-delivered-id"].decode() == last(server)

    await until(done)


SINCE: dict[str, Any] = {
    "new": lambda server: "new",
    "an id": last,
    "a time": lambda server: datetime.datetime.now(datetime.UTC),
}


@pytest.mark.parametrize("since", SINCE)
async def test_no_event_is_lost_although_a_newcomer_registers_first(
    server: Server, since: str
) -> None:  # D4
    """The newcomer does not know that there was a listener before."""
    firing, got = Bus(redis_url=server.url), list[int]()
    first = Service(server, got)
    async with first.running():
        await firing.notes.noted.fire_async(number=0)
        await until(lambda: got == [0])
        await first.away()
        server.client.flushall()
        for number in range(1, 11):
            await firing.notes.noted.fire_async(number=number)
        newcomer = Service(server, got, since=SINCE[since](server))
        async with newcomer.running():
            await firing.notes.noted.fire_async(number=11)
            await until(lambda: 11 in got)
            await first.back()
            await until(lambda: set(got) == set(range(12)))
            await caught_up(server)


async def test_a_process_that_never_lost_its_connection_finds_out_too(server: Server) -> None:
    """It was in a handler while the state was lost, and reads from the group that it finds."""
    firing, got, go_on = Bus(redis_url=server.url), list[int](), asyncio.Event()
    busy = Bus(service_name="library", redis_url=server.url, **QUICK)

    @busy.notes.noted.listen(listener_name="shelf", read_ahead=1)
    async def shelf(event: Noted) -> None:
        got.append(event.number)
        if event.number == 0:
            await go_on.wait()

    async with running(busy):
        await firing.notes.noted.fire_async(number=0)
        await until(lambda: got == [0])
        # What a newcomer does first, in the moment in which nobody else looks.
        loss = server.client.pipeline(transaction=True)
        loss.flushall()
        for number in range(1, 4):
            loss.xadd(STREAM, _fields(number))
        register = REGISTER.call(
            [STREAM.encode(), registered_key(STREAM.encode())],
            [GROUP, "$", "", "newcomer", "library", "token"],
        )
        loss.execute_command(*REGISTER.call_in_full(register))
        loss.execute()
        go_on.set()
        await until(lambda: {1, 2, 3} <= set(got))


def _fields(number: int) -> dict[str, str]:
    return {
        "id": f"id-{number}",
        "api_name": "notes",
        "event_name": "noted",
        "version": "1",
        ":number": str(number),
    }


async def test_what_a_newcomer_has_handled_is_not_all_run_again(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Only what it could not know of, and what is read until that is noticed; and once only.

    Two processes come back one after the other, each knows the group from before.
    """
    caplog.set_level(logging.WARNING, "lbgen")
    firing, got = Bus(redis_url=server.url), list[int]()
    first, second = Service(server, got), Service(server, got)
    async with first.running(), second.running():
        await first.away()
        await second.away()
        server.client.flushall()
        await firing.notes.noted.fire_async(number=0)
        newcomer = Service(server, got, read_ahead=10)
        async with newcomer.running():
            await asyncio.to_thread(
                firing.notes.noted.fire_many, [Noted(number=n) for n in range(1, 5000)]
            )
            await until(lambda: len(got) == 4999, 60)
            await first.back()
            await until(lambda: 0 in got)
            await until(lambda: registrations(server)[0].count(b" ") == 2)
            await caught_up(server)
            again = len(got) - 5000
            assert again < 4999
            await second.back()
            await until(lambda: caplog.text.count("reconnected to") == 2)
            await firing.notes.noted.fire_async(number=5000)
            await until(lambda: 5000 in got)
            await caught_up(server)
            assert len(got) == 5001 + again
    assert caplog.text.count("the consumer group was lost") == 1


async def test_nothing_runs_again_where_the_newcomer_was_there_before_the_first_event(
    server: Server,
) -> None:
    firing, got = Bus(redis_url=server.url), list[int]()
    first = Service(server, got)
    async with first.running():
        [known] = registrations(server)
        await first.away()
        server.client.flushall()
        newcomer = Service(server, got)
        async with newcomer.running():
            for number in range(10):
                await firing.notes.noted.fire_async(number=number)
            await until(lambda: len(got) == 10)
            await first.back()
            await until(lambda: len(server.client.xinfo_consumers(STREAM, GROUP)) == 2)
            assert registrations(server) != [known]
            await firing.notes.noted.fire_async(number=10)
            await until(lambda: 10 in got)
            await caught_up(server)
    assert sorted(got) == list(range(11))


async def test_a_group_that_another_process_made_again_after_it_was_destroyed_misses_nothing(
    server: Server,
) -> None:
    firing, got = Bus(redis_url=server.url), list[int]()
    first = Service(server, got)
    async with first.running():
        await first.away()
        server.client.xgroup_destroy(STREAM, GROUP)
        for number in range(10):
            await firing.notes.noted.fire_async(number=number)
        newcomer = Service(server, got)
        async with newcomer.running():
            await until(lambda: set(got) == set(range(10)))
            await first.back()
            await until(lambda: len(server.client.xinfo_consumers(STREAM, GROUP)) == 2)
            await firing.notes.noted.fire_async(number=10)
            await until(lambda: 10 in got)
            await caught_up(server)
    assert sorted(got) == list(range(11)), "the process that comes back does not move the group"


async def test_a_group_of_lightbus_is_taken_over_where_it_is(server: Server) -> None:
    """Nothing is registered of it; what it has acknowledged is not run again."""
    firing, got = Bus(redis_url=server.url), list[int]()
    await firing.notes.noted.fire_async(number=0)
    server.client.xgroup_create(STREAM, GROUP, "$")
    await firing.notes.noted.fire_async(number=1)
    async with Service(server, got).running():
        await until(lambda: got)
        await caught_up(server)
    assert got == [1]


async def test_what_runs_is_not_begun_again_in_its_process_when_its_group_begins_again(
    server: Server,
) -> None:
    bus, got, go_on = (
        Bus(service_name="library", redis_url=server.url, **QUICK),
        [],
        asyncio.Event(),
    )

    @bus.notes.noted.listen(listener_name="shelf", concurrency=2)
    async def shelf(event: Noted) -> None:
        got.append(event.number)
        if event.number == 0:
            await go_on.wait()

    async with running(bus):
        await bus.notes.noted.fire_async(number=0)
        await until(lambda: got == [0])
        server.client.xgroup_destroy(STREAM, GROUP)
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: 1 in got)
        go_on.set()
        await caught_up(server)
    assert got == [0, 1]


async def test_another_event_under_an_entry_id_that_is_held_is_run(server: Server) -> None:
    """A new stream may give an id again that its process still works on."""
    bus = Bus(service_name="library", redis_url=server.url, **QUICK)
    got, go_on = list[int](), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf", concurrency=2)
    async def shelf(event: Noted) -> None:
        got.append(event.number)
        if event.number == 1:
            await go_on.wait()

    async with running(bus):
        server.client.xadd(STREAM, _fields(1), id="9999999999999-1")
        await until(lambda: got == [1])
        server.client.flushall()
        server.client.xadd(STREAM, _fields(2), id="9999999999999-1")
        await until(lambda: 2 in got)
        go_on.set()
