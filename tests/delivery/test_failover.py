"""P1, P10: a server that loads, a cluster that is down, a replica that takes over."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest
import redis

from lbgen_runtime import FireUnconfirmed, ServerUnreachable
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.support import servers
from tests.support.proxy import Proxy
from tests.support.servers import Server, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAM = "notes.*:stream"


@pytest.fixture(params=servers.KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    if reason := servers.missing(request.param):
        pytest.skip(reason)
    return request.param


def ids_in_stream(server: Server) -> list[str]:
    return [fields[b"id"].decode() for _, fields in server.client.xrange(STREAM)]


@pytest.fixture
def slow_to_load(kind: str) -> Iterator[Server]:
    """A server that takes a second to load its data, and answers LOADING meanwhile."""
    server = Server(
        kind,
        enable_debug_command="yes",
        key_load_delay="10000",
        loading_process_events_interval_bytes="1024",
    )
    for number in range(100):
        server.client.set(f"k{number}", "x" * 2000)
    server.client.config_set("rdbcompression", "no")
    yield server
    server.stop()


def reload(server: Server) -> threading.Thread:
    """Have the server load its data, in a thread; returns once it answers LOADING."""
    client = server.connect()
    client.connection_pool.connection_kwargs["socket_timeout"] = 60
    thread = threading.Thread(target=client.execute_command, args=("DEBUG", "RELOAD"))
    thread.start()

    def loading() -> bool:
        try:
            server.client.get("k1")
        except redis.BusyLoadingError:
            return True
        return False

    wait_for(loading)
    return thread


def test_a_fire_waits_until_the_server_has_loaded(slow_to_load: Server) -> None:
    old, new = Bus(redis_url=slow_to_load.url), Bus(redis_url=slow_to_load.url)
    event_ids = [old.notes.noted.fire(number=1)]  # over a connection that is there already
    for bus in (old, new):
        thread = reload(slow_to_load)
        event_ids.append(bus.notes.noted.fire(number=2))
        thread.join()
        bus.close()
    assert ids_in_stream(slow_to_load) == event_ids


async def test_a_listener_waits_until_the_server_has_loaded(slow_to_load: Server) -> None:
    bus, got = Bus(service_name="library", redis_url=slow_to_load.url), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: got == [1])
        reload(slow_to_load).join()
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: got == [1, 2])


def test_a_fire_waits_until_the_cluster_is_up(kind: str) -> None:
    server = Server(kind, cluster_enabled="yes")
    try:
        hasty = Bus(redis_url=server.url, fire_deadline=0.3)
        with pytest.raises(ServerUnreachable, match="CLUSTERDOWN"):
            hasty.notes.noted.fire(number=1)
        up = threading.Timer(
            0.3, server.client.execute_command, ("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        )
        up.start()
        bus = Bus(redis_url=server.url)
        event_id = bus.notes.noted.fire(number=1)
        up.join()
        assert ids_in_stream(server) == [event_id]
        for each in (bus, hasty):
            each.close()
    finally:
        server.stop()


def test_a_fire_waits_until_a_slot_has_moved(kind: str) -> None:
    """A script that touches keys of a slot that is moving is answered by TRYAGAIN."""
    here, there = Server(kind, cluster_enabled="yes"), Server(kind, cluster_enabled="yes")
    try:
        here.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        here.client.execute_command("CLUSTER", "MEET", "127.0.0.1", there.port)
        target = there.client.execute_command("CLUSTER", "MYID")
        slot = here.client.execute_command("CLUSTER", "KEYSLOT", STREAM)

        def moving() -> bool:
            try:
                here.client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", target)
            except redis.ResponseError:
                return False
            return True

        bus, hasty = Bus(redis_url=here.url), Bus(redis_url=here.url, fire_deadline=0.3)
        first = bus.notes.noted.fire(number=1)
        wait_for(moving)
        with pytest.raises(ServerUnreachable, match="TRYAGAIN"):
            hasty.notes.noted.fire_event(Noted(number=2), event_id="once")
        moved = threading.Timer(
            0.3, here.client.execute_command, ("CLUSTER", "SETSLOT", slot, "STABLE")
        )
        moved.start()
        assert bus.notes.noted.fire_event(Noted(number=2), event_id="once") == "once"
        moved.join()
        assert ids_in_stream(here) == [first, "once"]
        for each in (bus, hasty):
            each.close()
    finally:
        here.stop()
        there.stop()


def test_a_fire_waits_until_a_script_of_somebody_else_is_done(kind: str) -> None:
    server = Server(kind, busy_reply_threshold="10")
    try:
        bus, hasty = Bus(redis_url=server.url), Bus(redis_url=server.url, fire_deadline=0.3)
        first = bus.notes.noted.fire(number=1)
        client, killer = server.connect(), server.connect()

        def endless() -> None:
            with contextlib.suppress(redis.ResponseError):
                client.eval("while true do end", 0)

        thread = threading.Thread(target=endless)
        thread.start()

        def busy() -> bool:
            try:
                killer.get("key")
            except redis.ResponseError as error:
                return str(error).startswith("BUSY")
            return False

        wait_for(busy)
        with pytest.raises(ServerUnreachable, match="BUSY"):
            hasty.notes.noted.fire(number=2)
        threading.Timer(0.3, killer.script_kill).start()
        assert bus.notes.noted.fire_event(Noted(number=2), event_id="once") == "once"
        assert ids_in_stream(server) == [first, "once"]
        thread.join()
        for each in (bus, hasty):
            each.close()
    finally:
        server.stop()


def test_a_server_without_enough_replicas_is_waited_for(kind: str) -> None:
    server = Server(kind, min_replicas_to_write="1")
    try:
        bus = Bus(redis_url=server.url)
        allowed = threading.Timer(0.3, server.client.config_set, ("min-replicas-to-write", 0))
        allowed.start()
        event_id = bus.notes.noted.fire(number=1)
        allowed.join()
        assert ids_in_stream(server) == [event_id]
        bus.close()
    finally:
        server.stop()


@pytest.fixture
def replicated(kind: str) -> Iterator[tuple[Server, Server]]:
    """A server and its replica."""
    primary, replica = Server(kind, repl_diskless_sync_delay="0"), Server(kind)
    replica.client.replicaof("127.0.0.1", primary.port)
    wait_for(lambda: replica.client.info("replication")["master_link_status"] == "up", 30)
    yield primary, replica
    primary.stop()
    replica.stop()


def test_what_durability_replicas_confirms_survives_a_failover(
    replicated: tuple[Server, Server],
) -> None:
    primary, replica = replicated
    proxy = Proxy(primary.port)
    bus = Bus(redis_url=proxy.url, durability="replicas:1")
    confirmed = [bus.notes.noted.fire(number=number) for number in range(20)]
    assert set(confirmed) <= set(ids_in_stream(replica)), "at the moment of the confirmation"
    primary.kill()
    proxy.server_port = replica.port
    replica.client.replicaof("NO", "ONE")
    many = Bus(redis_url=proxy.url, durability="replicas:2", fire_deadline=0.5)
    with pytest.raises(FireUnconfirmed, match="only 0 of 2 required copies are durable") as raised:
        many.notes.noted.fire(number=21)
    with pytest.raises(FireUnconfirmed):
        raised.value.fire_again()
    assert ids_in_stream(replica) == [*confirmed, raised.value.event_id]
    for each in (bus, many):
        each.close()
    proxy.close()


def test_durability_replicas_counts_replicas_and_does_not_say_which(
    replicated: tuple[Server, Server], kind: str
) -> None:
    """As the page on production says: with two replicas, one of them may lack a confirmed event."""
    primary, replica = replicated
    behind = Server(kind)
    try:
        behind.client.replicaof("127.0.0.1", primary.port)
        wait_for(lambda: behind.client.info("replication")["master_link_status"] == "up", 30)
        one = Bus(redis_url=primary.url, durability="replicas:1")
        two = Bus(redis_url=primary.url, durability="replicas:2")
        both = two.notes.noted.fire(number=0)
        behind.client.replicaof("NO", "ONE")  # it gets nothing more, as if the network were gone
        confirmed = one.notes.noted.fire(number=1)
        soon = Bus(redis_url=primary.url, durability="replicas:2", fire_deadline=0.5)
        with pytest.raises(FireUnconfirmed, match="only 1 of 2 required copies are durable"):
            soon.notes.noted.fire(number=2)
        assert confirmed in ids_in_stream(replica)
        assert ids_in_stream(behind) == [both], "promoted, it lacks what was confirmed"
        for each in (one, two, soon):
            each.close()
    finally:
        behind.stop()


async def test_listeners_go_on_at_the_replica_that_takes_over(
    replicated: tuple[Server, Server],
) -> None:
    primary, replica = replicated
    proxy = Proxy(primary.port)
    bus, got = Bus(service_name="library", redis_url=proxy.url), set()
    bus.notes.noted.listen(lambda event: got.add(event.number), listener_name="shelf")
    async with running(bus):
        for number in range(20):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: got == set(range(20)))
        proxy.server_port = replica.port  # a replica refuses to write: READONLY
        primary.kill()
        proxy.reset()
        firing = [bus.notes.noted.fire_async(number=number) for number in range(20, 30)]
        promoted = threading.Timer(0.5, replica.client.replicaof, ("NO", "ONE"))
        promoted.start()
        for fire in firing:
            await fire
        await until(lambda: got == set(range(30)), 20)
        promoted.join()
    proxy.close()
