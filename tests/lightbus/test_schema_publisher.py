"""The schema of an API that Lightbus reads, on the bus for as long as a process of ours lives."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime.lightbus
from lbgen.compiler import build
from tests.support.packages import contract_of, imported, write_package
from tests.support.servers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.support.servers import Server

KEY = "schema:shop"
THEIRS = json.dumps({"events": {}, "rpcs": {"pay": {}}})


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    parameters = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    documents: dict[str, Any] = {
        "shop.json": {**contract_of("shop", order_placed=parameters), "lightbus": True},
        "desk.json": contract_of("desk", order_placed=parameters),
    }
    folder = tmp_path_factory.mktemp("published") / "published_package"
    built = build({file: json.dumps(value).encode() for file, value in documents.items()})
    write_package(built, folder)
    with imported(folder) as module:
        yield module


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lbgen_runtime.lightbus, "_AGAIN", 0.05)


def published(server: Server) -> dict[str, Any]:
    return json.loads(server.client.get(KEY) or "{}")


def test_a_process_that_fires_publishes_the_schema(server: Server, package: ModuleType) -> None:
    bus = package.Bus(redis_url=server.url)
    bus.shop.order_placed.fire(a="x")
    bus.close()  # waits for it
    schema = published(server)
    assert schema["rpcs"] == {}
    assert schema["events"]["order_placed"]["parameters"]["required"] == ["a"]
    assert server.client.smembers("schemas") == {b"shop"}
    assert 50 <= server.client.ttl(KEY) <= 60


async def test_a_process_that_listens_publishes_the_schema(
    server: Server, package: ModuleType
) -> None:
    bus = package.Bus(service_name="s", redis_url=server.url)
    bus.shop.order_placed.listen(lambda event: None, listener_name="shelf")
    task = asyncio.create_task(bus.run_async())
    await asyncio.to_thread(wait_for, lambda: published(server))
    await bus.close_async()
    await task
    assert not [each for each in threading.enumerate() if "Lightbus" in each.name]


def test_an_api_that_lightbus_does_not_read_is_not_published(
    server: Server, package: ModuleType
) -> None:
    bus = package.Bus(redis_url=server.url)
    bus.desk.order_placed.fire(a="x")
    bus.close()
    assert server.client.keys("schema*") == []
    assert not [each for each in threading.enumerate() if "Lightbus" in each.name]


@pytest.mark.usefixtures("soon")
def test_the_schema_is_written_again_and_again(server: Server, package: ModuleType) -> None:
    bus = package.Bus(redis_url=server.url)
    bus.shop.order_placed.fire(a="x")
    for _ in range(2):
        wait_for(lambda: server.client.exists(KEY))
        server.client.flushall()
    server.client.client_kill_filter(_type="normal", skipme=True)
    wait_for(lambda: server.client.exists(KEY))
    server.client.script_flush()
    server.client.expire(KEY, 5)
    wait_for(lambda: server.client.ttl(KEY) > 50)
    bus.close()


@pytest.mark.usefixtures("soon")
def test_the_schema_of_a_lightbus_process_stays_until_it_expires(
    server: Server, package: ModuleType
) -> None:
    server.client.set(KEY, THEIRS)
    bus = package.Bus(redis_url=server.url)
    bus.shop.order_placed.fire(a="x")
    wait_for(lambda: server.client.sismember("schemas", "shop"))
    assert published(server)["rpcs"] == {"pay": {}}
    server.client.delete(KEY)
    wait_for(lambda: published(server).get("rpcs") == {})
    server.client.set(KEY, THEIRS)  # it is back
    wait_for(lambda: server.client.sismember("schemas", "shop"))
    assert published(server)["rpcs"] == {"pay": {}}
    bus.close()


def test_a_forked_process_publishes_too(server: Server, package: ModuleType) -> None:
    bus = package.Bus(redis_url=server.url)
    bus.shop.order_placed.fire(a="x")
    wait_for(lambda: server.client.exists(KEY))
    bus.close()
    bus.shop.order_placed.fire(a="x")
    wait_for(lambda: server.client.exists(KEY))
    server.client.delete(KEY)
    child = os.fork()
    if child == 0:
        try:
            bus.shop.order_placed.fire(a="y")
            bus.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert server.client.exists(KEY)
    bus.close()
