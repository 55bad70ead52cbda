"""P1 on a cluster and behind Sentinel: what `fire` confirms is in the stream, once."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from lbgen_runtime import FireRejected, FireUnconfirmed, ServerUnreachable
from tests.delivery.live import until
from tests.delivery.notes import Bus, Noted
from tests.support import servers
from tests.support.many_apis import ManyBus
from tests.support.proxy import Proxy
from tests.support.servers import Server, wait_for
from tests.support.topologies import Cluster, SentinelSet

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster
APIS = 12
STREAM = "notes.*:stream"


@pytest.fixture(params=servers.KINDS, scope="module")
def kind(request: pytest.FixtureRequest) -> str:
    if reason := servers.missing(request.param):
        pytest.skip(reason)
    return str(request.param)


@pytest.fixture(scope="module")
def shared(kind: str) -> Iterator[Cluster]:
    cluster = Cluster(kind)
    yield cluster
    cluster.stop()


@pytest.fixture
def cluster(shared: Cluster) -> Cluster:
    """The shared cluster, empty and calm."""
    for node in shared.nodes:
        if not node.is_running:
            node.start()
    wait_for(shared.is_calm, 30)
    for master in shared.masters:
        master.client.flushall()
    return shared


def ids_in(cluster: Cluster, stream: str) -> list[str]:
    master = cluster.master_of(cluster.slot_of(stream))
    return [fields[b"id"].decode() for _, fields in master.client.xrange(stream)]


def test_events_of_every_stream_are_confirmed_by_its_own_master(cluster: Cluster) -> None:
    bus = ManyBus(APIS, redis_url=cluster.url)
    fired = [[each.fire_event(Noted(number=n)) for n in range(5)] for each in bus.noted]
    assert [ids_in(cluster, stream) for stream in bus.streams] == fired
    assert len({cluster.master_of(cluster.slot_of(stream)).port for stream in bus.streams}) == 3
    bus.close()


@pytest.mark.parametrize("seed", [0, 5])
def test_one_node_is_enough_to_find_the_others(cluster: Cluster, seed: int) -> None:
    for scheme in ("redis", "redis+cluster"):
        bus = ManyBus(APIS, redis_url=cluster.nodes[seed].url.replace("redis", scheme, 1))
        for each, stream in zip(bus.noted, bus.streams, strict=True):
            assert each.fire_event(Noted(number=1)) in ids_in(cluster, stream)
        bus.close()


async def test_tasks_fire_into_every_stream_at_once(cluster: Cluster) -> None:
    bus = ManyBus(APIS, redis_url=cluster.url)
    fires = [each.fire_event_async(Noted(number=n)) for n in range(50) for each in bus.noted]
    fired = await asyncio.gather(*fires)
    in_streams = [event_id for stream in bus.streams for event_id in ids_in(cluster, stream)]
    assert sorted(in_streams) == sorted(fired)
    await bus.close_async()


@contextmanager
def firing(bus: ManyBus) -> Iterator[list[list[str]]]:
    """Fire into every stream, each in a thread of its own; gives the ids, by stream."""
    fired: list[list[str]] = [[] for _ in bus.noted]
    over = threading.Event()

    def fire(number: int) -> None:
        while not over.is_set():
            fired[number].append(bus.noted[number].fire_event(Noted(number=1)))

    with ThreadPoolExecutor(len(fired)) as pool:
        threads = [pool.submit(fire, number) for number in range(len(fired))]
        try:
            yield fired
        finally:
            over.set()
        for thread in threads:
            thread.result()


def three_more(fired: list[str]) -> None:
    """Wait until three more events are confirmed."""
    before = len(fired)
    wait_for(lambda: len(fired) > before + 3, 30)


def test_threads_fire_while_slots_move(cluster: Cluster) -> None:
    """MOVED, ASK and TRYAGAIN mean 'not executed'."""
    bus = ManyBus(APIS, redis_url=cluster.url)
    with firing(bus) as fired:
        for number, stream in enumerate(bus.streams):
            slot = cluster.slot_of(stream)
            target = next(node for node in cluster.masters if node is not cluster.master_of(slot))
            of = cluster.begin_move(slot, target)
            three_more(fired[number])
            cluster.move_keys(slot, of, target)
            three_more(fired[number])
            cluster.end_move(slot, of, target)
            three_more(fired[number])
    assert [sorted(ids_in(cluster, stream)) for stream in bus.streams] == [sorted(f) for f in fired]
    bus.close()


async def test_a_slot_on_its_way_is_fired_to_from_a_plain_url_of_its_master(
    cluster: Cluster,
) -> None:
    """That node is all that the process knows, until it says where to ask."""
    slot = cluster.slot_of(STREAM)
    of = await asyncio.to_thread(cluster.master_of, slot)
    to = next(node for node in cluster.masters if node is not of)
    bus = Bus(redis_url=of.url)
    fired = [bus.notes.noted.fire(number=0), await bus.notes.noted.fire_async(number=0)]
    await asyncio.to_thread(cluster.begin_move, slot, to)
    await asyncio.to_thread(cluster.move_keys, slot, of, to)
    other = Bus(redis_url=of.url)
    fired += [bus.notes.noted.fire(number=1), await bus.notes.noted.fire_async(number=1)]
    fired += [await other.notes.noted.fire_async(number=1), other.notes.noted.fire(number=1)]
    await asyncio.to_thread(cluster.end_move, slot, of, to)
    assert ids_in(cluster, STREAM) == fired
    await bus.close_async()
    await other.close_async()


async def test_tasks_fire_while_a_master_fails_over(cluster: Cluster) -> None:
    bus = ManyBus(APIS, redis_url=cluster.url, durability="replicas:1", fire_deadline=20)
    fired: list[str] = []
    over = False

    async def fire(number: int) -> None:
        while not over:
            fired.append(await bus.noted[number].fire_event_async(Noted(number=1)))

    tasks = [asyncio.create_task(fire(number)) for number in range(APIS)]
    victim = await asyncio.to_thread(cluster.master_of, cluster.slot_of(bus.streams[0]))
    await until(lambda: len(fired) > 50)
    await asyncio.to_thread(victim.kill)
    await asyncio.to_thread(cluster.master_of, cluster.slot_of(bus.streams[0]))
    await asyncio.to_thread(victim.start)
    over = True
    await asyncio.gather(*tasks)
    in_streams = [event_id for stream in bus.streams for event_id in ids_in(cluster, stream)]
    assert set(fired) <= set(in_streams)
    assert len(in_streams) == len(set(in_streams))
    await bus.close_async()


async def test_nodes_that_announce_other_addresses_are_reached_by_the_map(
    cluster: Cluster,
) -> None:
    proxies = {node.port: Proxy(node.port) for node in cluster.nodes}
    places = {f"127.0.0.1:{port}": proxy.url[8:-2] for port, proxy in proxies.items()}
    bus = ManyBus(
        APIS, redis_url=next(iter(proxies.values())).url, address_map=places, fire_deadline=1
    )
    for each, stream in zip(bus.noted, bus.streams, strict=True):
        assert each.fire_event(Noted(number=1)) in ids_in(cluster, stream)
        assert await each.fire_event_async(Noted(number=1)) in ids_in(cluster, stream)
    for proxy in proxies.values():
        proxy.close()
    with pytest.raises((ServerUnreachable, FireUnconfirmed)):  # and not directly
        bus.noted[0].fire_event(Noted(number=1))
    await bus.close_async()


def test_a_slot_that_nobody_serves_fails_within_the_deadline(cluster: Cluster) -> None:
    slot = cluster.slot_of(STREAM)
    of = cluster.master_of(slot)
    bus, hasty = Bus(redis_url=cluster.url), Bus(redis_url=cluster.url, fire_deadline=0.5)
    for node in cluster.masters:
        node.client.execute_command("CLUSTER", "DELSLOTS", slot)
    with pytest.raises(ServerUnreachable, match="CLUSTERDOWN"):
        hasty.notes.noted.fire(number=1)
    back = threading.Timer(0.5, of.client.execute_command, ("CLUSTER", "ADDSLOTS", slot))
    back.start()
    assert bus.notes.noted.fire(number=2) in ids_in(cluster, STREAM)
    back.join()
    for each in (bus, hasty):
        each.close()


@pytest.fixture(scope="module")
def sentinels(kind: str) -> Iterator[SentinelSet]:
    watched = SentinelSet(kind, replicas=1)
    yield watched
    watched.stop()


def test_behind_sentinels_the_master_takes_what_is_fired(sentinels: SentinelSet) -> None:
    bus = ManyBus(1, redis_url=sentinels.url, durability="replicas:1", fire_deadline=30)
    with firing(bus) as [fired]:
        for end in (lambda: sentinels.fail_over(), lambda: sentinels.master.kill()):
            master = sentinels.master
            three_more(fired)
            end()
            wait_for(lambda m=master: sentinels.master is not m, 30)
            if not master.is_running:
                master.start()
            three_more(fired)
            wait_for(sentinels.is_calm, 60)
    in_stream = [f[b"id"].decode() for _, f in sentinels.master.client.xrange(bus.streams[0])]
    assert set(fired) <= set(in_stream)
    assert len(in_stream) == len(set(in_stream))
    bus.close()


def test_a_master_that_the_sentinels_do_not_know_is_named(sentinels: SentinelSet) -> None:
    bus = Bus(redis_url=sentinels.url.replace("mymaster", "theirs"), fire_deadline=0.5)
    with pytest.raises(ServerUnreachable, match="do not know a master named theirs"):
        bus.notes.noted.fire(number=1)
    bus.close()


async def test_credentials_are_asked_for_at_each_connection(kind: str) -> None:
    server = Server(kind)
    passwords = ["first"]
    server.client.execute_command("ACL", "SETUSER", "shop", "on", ">first", "~*", "+@all")
    bus = Bus(redis_url=server.url, credentials=lambda: ("shop", passwords[0]), fire_deadline=1)
    try:
        bus.notes.noted.fire(number=1)
        await bus.notes.noted.fire_async(number=1)
        server.client.execute_command("ACL", "SETUSER", "shop", "resetpass", ">second")
        server.client.execute_command("CLIENT", "KILL", "USER", "shop")
        with pytest.raises((FireRejected, FireUnconfirmed), match="invalid username-password"):
            bus.notes.noted.fire(number=2)
        passwords[0] = "second"
        bus.notes.noted.fire(number=2)
        await bus.notes.noted.fire_async(number=2)
    finally:
        await bus.close_async()
        server.stop()


def test_credentials_that_fail_are_told_by_their_kind_without_what_they_say(kind: str) -> None:
    def broken() -> str:
        raise ValueError("sesame")

    for credentials, words in (
        (broken, "credentials raised ValueError"),
        (lambda: 7, "a password"),
    ):
        bus = Bus(credentials=credentials, fire_deadline=0.2)
        with pytest.raises(ServerUnreachable, match=words) as raised:
            bus.notes.noted.fire(number=1)
        assert "sesame" not in str(raised.value)
        bus.close()
