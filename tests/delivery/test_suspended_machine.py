"""P1, P3: a machine that slept goes on with clocks that disagree about how long it slept.

The server's clock went on, and so must the one by which this process knows what it still holds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

import pytest

from lbgen_runtime.listen.renewals import Renewals
from lbgen_runtime.wire import clock
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"


class Suspended:
    """The machine's clock; `sleep` lets it jump, as it does when a machine wakes up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._slept = 0.0
        awake = clock.now
        monkeypatch.setattr(clock, "now", lambda: awake() + self._slept)

    def sleep(self, seconds: float) -> None:
        self._slept += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Suspended:
    return Suspended(monkeypatch)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other clocks for it")
def test_the_clock_of_claims_counts_the_time_in_which_the_machine_sleeps() -> None:
    """D11."""
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= clock.now() <= time.clock_gettime(time.CLOCK_BOOTTIME)


async def test_what_was_taken_over_while_the_machine_slept_is_not_begun(
    server: Server, machine: Suspended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D11."""
    monkeypatch.setattr(Renewals, "_renew", lambda self, consumer: None)
    bus = Bus(service_name="library", redis_url=server.url, reclaim_interval=60)
    ran, go_on = list[int](), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf", acknowledgement_timeout=60)
    async def shelf(event: Noted) -> None:
        ran.append(event.number)
        if event.number == 1:
            await go_on.wait()

    def pending() -> list[bytes]:
        found = server.client.xpending_range(STREAM, GROUP, "-", "+", 10)
        return [each["message_id"] for each in found if each["consumer"] != b"other"]

    async with running(bus):
        await bus.notes.noted.fire_async(number=0)
        await until(lambda: ran and not pending())
        for number in (1, 2):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: ran == [0, 1] and len(pending()) == 2)
        machine.sleep(100)
        server.client.xclaim(STREAM, GROUP, "other", 0, [pending()[1]])
        go_on.set()
        await bus.notes.noted.fire_async(number=3)
        await until(lambda: 3 in ran)
        await until(lambda: not pending())
    assert ran == [0, 1, 3]


async def test_what_was_fired_before_the_machine_slept_is_not_written_again(
    server: Server, machine: Suspended
) -> None:
    """D11: its reply was lost, and the server's clock went on for longer than this process knew."""
    proxy = Proxy(server.port)
    bus = Bus(redis_url=proxy.url, fire_deadline=3600)
    await bus.notes.noted.fire_async(number=0)
    proxy.mode = "drop_replies"
    firing = asyncio.create_task(bus.notes.noted.fire_async(number=1))
    await until(lambda: server.client.xlen(STREAM) == 2)
    _, fields = server.client.xrange(STREAM)[1]
    server.client.delete(STREAM)
    server.client.xadd(STREAM, fields, id=f"{int((time.time() - 100) * 1000)}-0")
    machine.sleep(100)
    proxy.mode = "pass"
    proxy.reset()
    assert (await firing).encode() == fields[b"id"]
    assert server.client.xlen(STREAM) == 1
    await bus.close_async()
    proxy.close()
