"""U18: a server that removes keys when its memory runs out is told of, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.delivery.live import running, until
from tests.delivery.notes import Bus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Server

POLICIES = {
    "allkeys-lru": "deletes whole streams",
    "volatile-ttl": "the event ids that it remembers",
    "noeviction": "",
}


@pytest.fixture(params=POLICIES)
def words(request: pytest.FixtureRequest, server: Server) -> Iterator[str]:
    server.client.config_set("maxmemory-policy", request.param)
    yield POLICIES[request.param]
    server.client.config_set("maxmemory-policy", "noeviction")


async def test_a_worker_tells_at_its_start(
    server: Server, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    bus = Bus(service_name="library", redis_url=server.url)
    got: list[int] = []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: got == [1])
    assert caplog.text.count("maxmemory-policy of the server is") == bool(words)
    assert words in caplog.text


async def test_a_bus_tells_at_its_first_fire(
    server: Server, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    bus = Bus(redis_url=server.url)
    for number in range(3):
        bus.notes.noted.fire(number=number)
        await bus.notes.noted.fire_async(number=number)
    assert caplog.text.count("maxmemory-policy of the server is") == bool(words)
    assert words in caplog.text
    await bus.close_async()


def test_a_user_that_may_not_ask_fires_all_the_same(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-info"]
    )
    bus = Bus(redis_url=server.url.replace("//", "//limited:any@"))
    assert bus.notes.noted.fire(number=1)
    assert caplog.text == ""
    bus.close()
    server.client.acl_deluser("limited")
