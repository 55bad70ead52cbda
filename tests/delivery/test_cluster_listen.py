"""P2 to P9 on a cluster and behind Sentinel: every event is handled, whatever its node does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from lbgen.cli.app import app
from lbgen_runtime import DuplicateProcessName
from tests.delivery.live import running, until
from tests.delivery.notes import Noted
from tests.support import servers
from tests.support.many_apis import ManyBus
from tests.support.servers import wait_for
from tests.support.topologies import Cluster, SentinelSet

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster
APIS = 8


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


def listening(url: str, got: list[tuple[int, int]], **options: object) -> ManyBus:
    """A bus that notes (stream, number) of each event that it handles."""
    bus = ManyBus(APIS, service_name="library", redis_url=url, **options)
    for stream, each in enumerate(bus.noted):

        def note(event: Noted, stream: int = stream) -> None:
            got.append((stream, event.number))

        each.listen(lambda event, note=note: note(event), listener_name="shelf")
    return bus


async def fire_all(bus: ManyBus, number: int) -> None:
    await asyncio.gather(*(each.fire_event_async(Noted(number=number)) for each in bus.noted))


def everything(*numbers: int) -> set[tuple[int, int]]:
    return {(stream, number) for stream in range(APIS) for number in numbers}


async def pending(cluster: Cluster, bus: ManyBus) -> int:
    """How many events of all streams are pending."""

    def count() -> int:
        total = 0
        for stream in bus.streams:
            master = cluster.master_of(cluster.slot_of(stream))
            total += master.client.xpending(stream, "library-shelf")["pending"]
        return total

    return await asyncio.to_thread(count)


async def test_events_of_every_master_are_handled_and_acknowledged(cluster: Cluster) -> None:
    got: list[tuple[int, int]] = []
    bus = listening(cluster.url, got)
    async with running(bus):
        for number in range(20):
            await fire_all(bus, number)
        await until(lambda: set(got) == everything(*range(20)))
    assert len(got) == 20 * APIS
    assert await pending(cluster, bus) == 0


async def test_a_plain_url_of_one_node_leads_to_the_whole_cluster(cluster: Cluster) -> None:
    got: list[tuple[int, int]] = []
    bus = listening(cluster.nodes[-1].url, got)
    async with running(bus):
        await fire_all(bus, 1)
        await until(lambda: set(got) == everything(1))


async def test_nothing_is_lost_while_slots_move(cluster: Cluster) -> None:
    got: list[tuple[int, int]] = []
    bus = listening(cluster.url, got)
    async with running(bus):
        await fire_all(bus, 0)
        for number, stream in enumerate(bus.streams, start=1):
            slot = await asyncio.to_thread(cluster.slot_of, stream)
            of = await asyncio.to_thread(cluster.master_of, slot)
            target = next(node for node in cluster.masters if node is not of)
            await asyncio.gather(
                asyncio.to_thread(cluster.move_slot, slot, target), fire_all(bus, number)
            )
        await until(lambda: set(got) == everything(*range(APIS + 1)), 30)
    assert await pending(cluster, bus) == 0


@pytest.mark.parametrize("planned", [True, False], ids=["planned", "killed"])
async def test_nothing_is_lost_where_a_master_is_replaced(cluster: Cluster, planned: bool) -> None:
    got: list[tuple[int, int]] = []
    bus = listening(cluster.url, got, durability="replicas:1", fire_deadline=30)
    async with running(bus):
        await fire_all(bus, 0)
        slot = await asyncio.to_thread(cluster.slot_of, bus.streams[0])
        victim = await asyncio.to_thread(cluster.master_of, slot)
        replica = await asyncio.to_thread(cluster.replica_of, victim)
        fires = asyncio.create_task(fire_all(bus, 1))
        if planned:
            await asyncio.to_thread(cluster.fail_over, replica)
        else:
            await asyncio.to_thread(victim.kill)
            await asyncio.to_thread(cluster.master_of, slot)
            await asyncio.to_thread(victim.start)
        await fires
        await fire_all(bus, 2)
        await until(lambda: set(got) == everything(0, 1, 2), 30)


async def test_a_process_name_is_held_on_a_cluster(cluster: Cluster) -> None:
    first, second = (listening(cluster.url, [], process_name="one") for _ in range(2))
    async with running(first):
        with pytest.raises(DuplicateProcessName):
            await second.run_async()


async def test_what_a_dead_process_held_on_every_master_is_taken_over(cluster: Cluster) -> None:
    got: list[tuple[int, int]] = []
    dying = listening(cluster.url, [], process_name="dying")
    async with running(dying):
        pass  # its groups exist
    await fire_all(dying, 1)
    for stream in dying.streams:
        master = cluster.master_of(cluster.slot_of(stream))
        master.client.xreadgroup("library-shelf", "dying", {stream: ">"})
    living = listening(cluster.url, got, acknowledgement_timeout=0.5, reclaim_interval=0.1)
    async with running(living):
        await until(lambda: set(got) == everything(1))


async def test_what_is_handled_for_long_is_renewed_on_every_master(cluster: Cluster) -> None:
    bus = ManyBus(APIS, service_name="library", redis_url=cluster.url, acknowledgement_timeout=1.5)
    began: list[int] = []
    done = asyncio.Event()

    async def work(event: Noted) -> None:
        began.append(event.number)
        await done.wait()

    for each in bus.noted:
        each.listen(work, listener_name="shelf")
    async with running(bus):
        await fire_all(bus, 1)
        await until(lambda: len(began) == APIS)
        masters = {stream: cluster.master_of(cluster.slot_of(stream)) for stream in bus.streams}

        def idle(stream: str) -> int:
            client = masters[stream].client
            [entry] = client.xpending_range(stream, "library-shelf", "-", "+", 1)
            return int(entry["time_since_delivered"])

        before = dict.fromkeys(bus.streams, 0)
        renewed = dict.fromkeys(bus.streams, 0)

        def all_renewed() -> bool:
            for stream in bus.streams:
                now = idle(stream)
                renewed[stream] += now < before[stream]
                before[stream] = now
            return min(renewed.values()) >= 2

        await until(all_renewed, 20)
        done.set()
    assert len(began) == APIS


async def test_the_commands_look_at_every_master(cluster: Cluster) -> None:
    bus = ManyBus(
        APIS, service_name="library", redis_url=cluster.url, max_deliveries=1, retry_delay=0.01
    )
    dead: list[int] = []

    def refuse(event: Noted) -> None:
        dead.append(event.number)
        raise ValueError("no")

    for each in bus.noted:
        each.listen(refuse, listener_name="shelf")
    run = CliRunner().invoke
    async with running(bus):
        await fire_all(bus, 1)
        await until(lambda: len(dead) == APIS)
        for url in (cluster.url, cluster.nodes[0].url):
            at = ["--redis-url", url]
            groups = await asyncio.to_thread(run, app, ["group", "list", *at])
            assert groups.exit_code == 0, groups.output
            assert all(stream in groups.output for stream in bus.streams), groups.output

            def letters(at: list[str] = at) -> bool:
                listed = run(app, ["dead", "list", "library", "shelf", *at])
                return all(f"notes{number}.noted" in listed.output for number in range(APIS))

            await asyncio.to_thread(wait_for, letters)
        replayed = await asyncio.to_thread(
            run, app, ["dead", "replay", "library", "shelf", "--all", "--redis-url", cluster.url]
        )
        assert replayed.exit_code == 0, replayed.output
        await until(lambda: len(dead) == 2 * APIS)


async def test_behind_sentinels_nothing_is_lost_where_the_master_is_replaced(kind: str) -> None:
    watched = SentinelSet(kind, replicas=1)
    got: list[tuple[int, int]] = []
    bus = listening(watched.url, got, durability="replicas:1", fire_deadline=30)
    try:
        async with running(bus):
            await fire_all(bus, 0)
            await asyncio.to_thread(watched.fail_over)
            await fire_all(bus, 1)
            await asyncio.to_thread(wait_for, watched.is_calm, 60)
            victim = watched.master
            await asyncio.to_thread(victim.kill)
            await asyncio.to_thread(wait_for, lambda: watched.master is not victim, 30)
            await asyncio.to_thread(victim.start)
            await fire_all(bus, 2)
            await until(lambda: set(got) == everything(0, 1, 2), 30)
    finally:
        watched.stop()
