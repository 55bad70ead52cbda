"""P1, P3, P10: a master is demoted while its connections live on, and its name leads elsewhere."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from lbgen_runtime.listen import heartbeat
from tests.delivery.live import running, until
from tests.delivery.notes import Bus
from tests.support import servers
from tests.support.proxy import Proxy
from tests.support.servers import Client, Server, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator


STREAM = "notes.*:stream"


class Pair:
    """A master, its replica, and a name that leads new connections to the one or the other."""

    def __init__(self, kind: str) -> None:
        self.old = Server(kind, repl_diskless_sync_delay="0")
        self.new = Server(kind, repl_diskless_sync_delay="0")
        self._follow(self.new, self.old)
        self.name = Proxy(self.old.port)

    @property
    def url(self) -> str:
        return self.name.url

    def _follow(self, replica: Server, master: Server) -> None:
        replica.client.replicaof("127.0.0.1", master.port)
        wait_for(lambda: replica.client.info("replication")["master_link_status"] == "up", 30)

    def _offset(self, server: Server, role: str) -> int:
        return int(server.client.info("replication")[f"{role}_repl_offset"])

    def demote(self) -> None:
        """Let the two change places; connections to the old master stay as they are."""
        wait_for(lambda: self._offset(self.new, "slave") >= self._offset(self.old, "master"))
        self.name.server_port = self.new.port
        self.new.client.replicaof("NO", "ONE")
        self._follow(self.old, self.new)

    def close(self) -> None:
        self.name.close()
        self.old.stop()
        self.new.stop()


@pytest.fixture(params=servers.KINDS)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    if reason := servers.missing(request.param):
        pytest.skip(reason)
    pair = Pair(request.param)
    yield pair
    pair.close()


def ids_in_stream(client: Client) -> list[str]:
    return [fields[b"id"].decode() for _, fields in client.xrange(STREAM)]


def test_a_fire_goes_on_at_the_new_master(pair: Pair) -> None:
    """D3."""
    bus = Bus(redis_url=pair.url)
    fired = [bus.notes.noted.fire(number=1)]
    pair.demote()
    fired.append(bus.notes.noted.fire(number=2))
    assert ids_in_stream(pair.new.client) == fired
    bus.close()


async def test_an_async_fire_goes_on_at_the_new_master(pair: Pair) -> None:
    """D3."""
    bus = Bus(redis_url=pair.url)
    fired = [await bus.notes.noted.fire_async(number=1)]
    pair.demote()
    fired.append(await bus.notes.noted.fire_async(number=2))
    assert ids_in_stream(pair.new.client) == fired
    await bus.close_async()


def test_a_fire_waits_until_the_name_leads_to_the_new_master(pair: Pair) -> None:
    """D3: the name is resolved at every attempt, also where the first leads to a replica still."""
    bus = Bus(redis_url=pair.url)
    fired = [bus.notes.noted.fire(number=1)]
    pair.demote()
    pair.name.server_port = pair.old.port
    later = threading.Timer(0.5, setattr, (pair.name, "server_port", pair.new.port))
    later.start()
    fired.append(bus.notes.noted.fire(number=2))
    later.join()
    assert ids_in_stream(pair.new.client) == fired
    bus.close()


def test_an_event_with_an_id_of_its_own_goes_on_at_the_new_master(pair: Pair) -> None:
    """D3: what is written by a script."""
    bus = Bus(redis_url=pair.url)
    endpoint = bus.notes.noted
    event = endpoint._contract.event_type(number=1)
    endpoint.fire_event(event, event_id="first")
    pair.demote()
    endpoint.fire_event(event, event_id="second")
    endpoint.fire_event(event, event_id="first")
    assert ids_in_stream(pair.new.client) == ["first", "second"]
    bus.close()


@pytest.mark.parametrize("durability", ["disk", "replicas:1"])
def test_durable_writes_go_on_at_the_new_master(pair: Pair, durability: str) -> None:
    """D3: also where the first thing that is asked of a server is whether it can be durable."""
    if durability == "disk" and pair.old.kind == "redis":
        pytest.skip("Redis 7.0 has no WAITAOF")
    for server in (pair.old, pair.new):
        server.client.config_set("appendonly", "yes")
    bus, fresh = (Bus(redis_url=pair.url, durability=durability) for _ in range(2))
    fired = [bus.notes.noted.fire(number=1)]
    pair.demote()
    pair.name.server_port = pair.old.port
    later = threading.Timer(0.5, setattr, (pair.name, "server_port", pair.new.port))
    later.start()
    fired.append(fresh.notes.noted.fire(number=2))
    fired.append(bus.notes.noted.fire(number=3))
    later.join()
    assert ids_in_stream(pair.new.client) == fired
    for each in (bus, fresh):
        each.close()


async def test_listeners_read_and_acknowledge_at_the_new_master(pair: Pair) -> None:
    """D3."""
    bus, got = Bus(service_name="library", redis_url=pair.url), []
    running_now, may_end = asyncio.Event(), asyncio.Event()

    async def handler(event: object) -> None:
        if event.number == 0:  # type: ignore[attr-defined]
            running_now.set()
            await may_end.wait()
        got.append(event.number)  # type: ignore[attr-defined]

    bus.notes.noted.listen(handler, listener_name="shelf", concurrency=2)
    async with running(bus):
        await bus.notes.noted.fire_async(number=0)
        await running_now.wait()
        await asyncio.to_thread(pair.demote)
        may_end.set()  # its acknowledgement is the first that the new master gets
        for number in range(1, 11):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: sorted(got) == list(range(11)), 20)
        await until(lambda: pair.new.client.xpending(STREAM, "library-shelf")["pending"] == 0, 20)


async def test_claims_and_lease_are_renewed_at_the_new_master(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3."""
    monkeypatch.setattr(heartbeat, "_LEASE", 1.5)
    ran: list[str] = []
    began, may_end = asyncio.Event(), asyncio.Event()

    def bus_of(name: str) -> Bus:
        bus = Bus(
            service_name="library",
            process_name=name,
            redis_url=pair.url,
            acknowledgement_timeout=3,
            reclaim_interval=0.1,
        )

        async def handler(event: object) -> None:
            ran.append(name)
            began.set()
            await may_end.wait()

        bus.notes.noted.listen(handler, listener_name="shelf")
        return bus

    def lease_is_held() -> bool:
        lease = pair.new.client.get("lbgen:process:library:first") or b""
        _, client_id, address = (*lease.split(b" "), b"", b"")[:3]
        connected = {(each["id"], each["addr"]) for each in pair.new.client.client_list()}
        return (client_id.decode(), address.decode()) in connected

    def idle() -> int:
        [entry] = pair.new.client.xpending_range(STREAM, "library-shelf", "-", "+", 10)
        assert entry["consumer"] == b"first"
        return int(entry["time_since_delivered"])

    async def until_renewed() -> None:
        longest = 0

        def is_younger() -> bool:
            nonlocal longest
            before, now = longest, idle()
            longest = max(before, now)
            return now < before

        await until(is_younger)

    first, second = bus_of("first"), bus_of("second")
    async with running(first):
        await first.notes.noted.fire_async(number=1)
        await began.wait()
        await asyncio.to_thread(pair.demote)
        async with running(second):
            await until(lease_is_held)
            for _ in range(4):  # together longer than the timeout
                await until_renewed()
            assert ran == ["first"]
            may_end.set()
            await until(
                lambda: pair.new.client.xpending(STREAM, "library-shelf")["pending"] == 0, 20
            )
    assert ran == ["first"]
