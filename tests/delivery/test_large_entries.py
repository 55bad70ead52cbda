"""Entries of hundreds of megabytes, which others have written, cost no connection."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.admin.dead_letters import DeadLetterBox, DeadLetterQuery
from lbgen_runtime.wire.async_connection import AsyncConnection
from lbgen_runtime.wire.connection_failures import ConnectionFailed
from lbgen_runtime.wire.topology import Topology
from tests.delivery.live import running, until
from tests.delivery.notes import Bus
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
MEGABYTE = 2**20


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


async def test_a_reply_that_comes_slowly_is_waited_for(server: Server, proxy: Proxy) -> None:
    """S10: however long it takes, as long as something comes."""
    server.client.set("large", b"x" * 2 * MEGABYTE)
    connection = AsyncConnection(Topology.of(proxy.url), name="test")
    await connection.open()
    proxy.mode, proxy.delay = "delay", 0.05
    before = asyncio.get_running_loop().time()
    [large, pong] = await connection.exchange([(b"GET", b"large"), (b"PING",)], timeout=0.5)
    assert asyncio.get_running_loop().time() - before > 1, "nothing is shown"
    assert (len(large), pong) == (2 * MEGABYTE, b"PONG")
    await connection.close()


async def test_a_reply_that_stops_in_its_middle_ends_the_exchange(
    server: Server, proxy: Proxy
) -> None:
    server.client.set("large", b"x" * 8 * MEGABYTE)
    connection = AsyncConnection(Topology.of(proxy.url), name="test")
    await connection.open()
    proxy.mode, proxy.delay = "delay", 0.05
    exchange = asyncio.create_task(connection.exchange([(b"GET", b"large")], timeout=0.5))
    heard = connection.heard
    await until(lambda: connection.heard > heard)
    proxy.mode = "blackhole"
    with pytest.raises(ConnectionFailed) as raised:
        await exchange
    assert raised.value.timed_out


async def test_a_fire_waits_no_longer_where_replies_come_slowly(
    server: Server, proxy: Proxy
) -> None:
    server.client.set("large", b"x" * 8 * MEGABYTE)
    connection = AsyncConnection(Topology.of(proxy.url), name="test")
    await connection.open()
    proxy.mode, proxy.delay = "delay", 0.05
    with pytest.raises(ConnectionFailed) as raised:
        await connection.exchange([(b"GET", b"large")], within=0.5)
    assert raised.value.timed_out


async def test_the_server_copies_a_large_entry_to_the_dead_letters(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """S10: it travels to the process that gives it up, and not back."""
    caplog.set_level(logging.WARNING)
    bus = Bus(service_name="library", redis_url=server.url)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")

    def received() -> int:
        return server.client.info("stats")["total_net_input_bytes"]

    async with running(bus):
        await asyncio.to_thread(write_large, server, 20)
        before = received()
        await until(lambda: not pending_or_unread(server))
        assert received() - before < MEGABYTE
    assert sizes_of_letters(server) == [("invalid", 20 * MEGABYTE)]
    [line] = caplog.messages
    assert "became a dead letter: invalid" in line


@pytest.mark.thorough  # half a minute
async def test_a_large_entry_over_a_slow_connection_is_handled_once(
    server: Server, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    """S10: the connection does not break, so the entry is not delivered again and again."""
    caplog.set_level(logging.WARNING)
    bus, ran = Bus(service_name="library", redis_url=proxy.url), list[tuple[int, int]]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Any, delivery: Any) -> None:
        ran.append((event.number, delivery.times_delivered))

    async with running(bus):
        proxy.mode, proxy.delay = "delay", 0.006
        await asyncio.to_thread(write_large, server, 120)
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: ran == [(2, 1)], 60)
        await until(lambda: not pending_or_unread(server), 60)
    assert sizes_of_letters(server) == [("invalid", 120 * MEGABYTE)]
    [line] = caplog.messages
    assert "became a dead letter: invalid" in line


def write_large(server: Server, megabytes: int) -> None:
    entry: Any = {"id": "x", "api_name": "notes", "event_name": "noted", "version": "1"}
    entry |= {":number": "-1", ":text": b'"' + b"x" * (megabytes * MEGABYTE - 2) + b'"'}
    server.client.xadd(STREAM, entry)


def pending_or_unread(server: Server) -> int:
    [group] = server.client.xinfo_groups(STREAM)
    return int(group["pending"]) + int(group["lag"] or 0)


def sizes_of_letters(server: Server) -> list[tuple[str, int]]:
    box = DeadLetterBox(server.url, service="library", listener="shelf")
    letters = [
        (letter.reason, len(dict(letter.fields)[b":text"]))
        for letter in box.letters(DeadLetterQuery())
    ]
    box.close()
    return letters
