"""Users of the server that may do only what delivery cannot do without."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen_runtime.listen import heartbeat
from tests.delivery.live import running, until
from tests.delivery.notes import Bus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Server


@pytest.fixture(params=["-client", "-client|list", "-client|setname", "-client|info"])
def url(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The server for a user that may not ask or tell about connections."""
    server.client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", request.param]
    )
    yield server.url.replace("//", "//limited:any@")
    server.client.acl_deluser("limited")


@pytest.fixture(autouse=True)
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a lease's time takes less."""
    monkeypatch.setattr(heartbeat, "_LEASE", 1.5)


def bus_of(url: str, **options: Any) -> Bus:
    bus = Bus(service_name="library", redis_url=url, process_name="p1", reclaim_interval=0.1)
    bus.notes.noted.listen(lambda event: options["got"].append(event.number), listener_name="shelf")
    return bus


async def test_events_are_fired_and_run(url: str) -> None:
    got: list[int] = []
    bus = bus_of(url, got=got)
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await asyncio.to_thread(bus.notes.noted.fire, number=2)
        await until(lambda: got == [1, 2])


async def test_the_second_process_of_a_name_still_refuses_to_start(url: str) -> None:
    got: list[int] = []
    first, second = bus_of(url, got=got), bus_of(url, got=got)
    async with running(first) as task:
        with pytest.raises(lbgen_runtime.DuplicateProcessName):
            await second.run_async()
        await first.notes.noted.fire_async(number=1)
        await until(lambda: got == [1])
        assert not task.done(), "the first one keeps its name"


async def test_the_name_of_a_process_that_was_killed_is_free_when_its_lease_has_run_out(
    url: str, server: Server
) -> None:
    server.client.set("lbgen:process:library:p1", "0123456789abcdef  ", px=1500)
    got: list[int] = []
    bus = bus_of(url, got=got)
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: got == [1])


async def test_a_name_that_no_connection_can_have_is_no_obstacle(server: Server) -> None:
    bus = Bus(service_name="bücherei", redis_url=server.url, process_name="p1")
    got: list[int] = []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: got == [1])


FORBIDDEN = ["evalsha", "xgroup", "xreadgroup", "hset", "xack", "set", "xpending"]


@pytest.mark.parametrize("command", FORBIDDEN)
async def test_a_worker_whose_user_may_not_do_what_it_needs_ends_with_the_command(
    server: Server, command: str
) -> None:
    """Also where a script runs the command, and where only an event needs it."""
    server.client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", f"-{command}"]
    )
    try:
        got: list[int] = []
        bus = bus_of(server.url.replace("//", "//limited:any@"), got=got)
        task = asyncio.create_task(bus.run_async())
        core = bus.__lbgen__
        await until(lambda: task.done() or (core.worker is not None and core.worker.listening))
        await asyncio.to_thread(Bus(redis_url=server.url).notes.noted.fire, number=1)
        with pytest.raises(lbgen_runtime.ServerRefused, match=rf"\+{command}\b"):
            await asyncio.wait_for(task, 20)
        await bus.close_async()
    finally:
        server.client.acl_deluser("limited")
