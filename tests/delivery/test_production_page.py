"""The how-to on production: its user may do enough, and its commands do what it says."""

from __future__ import annotations

import asyncio
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
from typer.testing import CliRunner

from lbgen.cli.app import app
from lbgen_runtime import FireUnconfirmed
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.support import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Client, Server

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "production.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("lbgen ")]
DEAD = "{notes.*:stream}:dead:billing-book_payment"


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    """The server for the user that the page describes."""
    [rules] = re.findall(r"```acl\n(.*?)```", PAGE, re.DOTALL)
    server.client.execute_command("ACL", "SETUSER", "page", "reset", *rules.split())
    yield server.url.replace("//", "//page:secret@")
    server.client.acl_deluser("page")


def lbgen(url: str, command: str) -> tuple[int, str]:
    program, *arguments = shlex.split(command)
    assert program == "lbgen"
    result = CliRunner().invoke(app, [*arguments, "--redis-url", url])
    return result.exit_code, result.output


def bus_of(url: str, **options: object) -> Bus:
    settings = {"service_name": "billing", "redis_url": url, "max_deliveries": 1}
    return Bus(**{**settings, "reclaim_interval": 0.1, **options})


def test_the_commands_do_what_the_page_says(server: Server, url: str) -> None:
    bus, fail, got = bus_of(url), True, list[int]()

    @bus.notes.noted.listen(listener_name="book_payment")
    async def book_payment(event: Noted) -> None:
        if fail:
            raise RuntimeError("no account")
        got.append(event.number)

    async def handle(letters: int, numbers: list[int], command: str = "") -> tuple[int, str]:
        """Have a process of the listener live until all is handled; run a command meanwhile."""
        async with running(bus):
            said = await asyncio.to_thread(lbgen, url, command) if command else (0, "")
            await until(lambda: server.client.xlen(DEAD) == letters and got == numbers)
        return said

    bus.notes.noted.fire(number=0)
    asyncio.run(handle(0, []))
    bus.notes.noted.fire(number=1)
    asyncio.run(handle(1, []))
    fail = False
    said: list[str] = []
    for command in COMMANDS:
        command = command.replace("order_paid", "noted")
        if "replay" not in command:
            status, out = lbgen(url, command)
        elif "--dry-run" in command:
            status, out = asyncio.run(handle(1, [], command))
        else:
            status, out = asyncio.run(handle(0, [1], command))
        assert status == 0, out
        said.append(out.splitlines()[-1])
    assert said[0].startswith("  billing-book_payment  0 undelivered  0 pending  1 process")
    assert said[1:] == [
        "1 dead letter of billing-book_payment",
        "1 dead letter of billing-book_payment",
        "would replay 1 dead letter of billing-book_payment",
        "replayed 1 dead letter of billing-book_payment",
        "dropped 0 dead letters of billing-book_payment",
        "would remove 1 group of billing-book_payment",
        "removed 1 group of billing-book_payment",
    ]
    assert server.client.xinfo_groups("notes.*:stream") == []
    bus.close()


def test_the_user_may_do_all_that_firing_needs(server: Server, url: str) -> None:
    bus = bus_of(url, retention=0, trim_interval=0.01)
    for number in range(300):
        bus.notes.noted.fire(number=number)
    bus.notes.noted.fire_event(Noted(number=1), event_id="from-an-outbox")

    def trimmed() -> bool:
        bus.notes.noted.fire_many(Noted(number=1) for _ in range(100))
        return server.client.xlen("notes.*:stream") < 300

    servers.wait_for(trimmed)
    bus.close()
    limited = bus_of(url, max_stream_length=10_000)
    limited.notes.noted.fire(number=1)
    limited.close()
    durable = bus_of(url, durability="replicas:1", fire_deadline=0.2)
    with pytest.raises(FireUnconfirmed):
        durable.notes.noted.fire(number=1)
    durable.close()
    assert [each for each in server.client.acl_log() if each["username"] == "page"] == []


@pytest.fixture
def billing(server: Server) -> Iterator[str]:
    """The server for the user of one service that the page describes."""
    [rules] = re.findall(r"```acl-of-one-service\n(.*?)```", PAGE, re.DOTALL)
    words = re.findall(r"\(.*?\)|\S+", rules)
    server.client.execute_command("ACL", "SETUSER", "billing", "reset", *words)
    server.client.execute_command("ACL", "LOG", "RESET")
    yield server.url.replace("//", "//billing:secret@")
    server.client.acl_deluser("billing")


def refused(server: Server) -> list[dict[str, object]]:
    return [each for each in server.client.acl_log() if each["username"] == "billing"]


async def test_a_user_of_one_service_may_do_all_that_it_needs(server: Server, billing: str) -> None:
    """S10."""
    got: list[int] = []
    bus = bus_of(
        billing, process_name="one", retention=0, trim_interval=0.05, max_stream_length=10_000
    )

    def handle(event: Noted) -> None:
        if event.number == 13:
            raise RuntimeError("no account")
        got.append(event.number)

    bus.notes.noted.listen(handle, listener_name="book_payment")
    async with running(bus):
        for number in (12, 13, 14):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: got == [12, 14])
        await until(lambda: server.client.xlen(DEAD) == 1)
        fire_event = Bus(redis_url=billing, service_name="office", retention=0, trim_interval=0.05)
        for number in range(20):
            await asyncio.to_thread(fire_event.desk.noted.fire, number=number)
            await asyncio.to_thread(
                fire_event.desk.noted.fire_event, Noted(number=number), event_id=f"id-{number}"
            )
        fire_event.close()
    assert refused(server) == []


FOREIGN: list[tuple[object, ...]] = [
    ("XGROUP", "DESTROY", "desk.*:stream", "reception-inbox"),
    ("XGROUP", "SETID", "desk.*:stream", "reception-inbox", "$"),
    ("XGROUP", "DELCONSUMER", "desk.*:stream", "reception-inbox", "theirs"),
    ("XREADGROUP", "GROUP", "reception-inbox", "me", "STREAMS", "desk.*:stream", ">"),
    ("XACK", "desk.*:stream", "reception-inbox", "1-0"),
    ("XCLAIM", "desk.*:stream", "reception-inbox", "me", 0, "1-0"),
    ("XDEL", "desk.*:stream", "1-0"),
    ("DEL", "desk.*:stream"),
    ("HDEL", "{desk.*:stream}:groups", "reception-inbox"),
    ("HSET", "{desk.*:stream}:groups", "reception-inbox", "billing"),
    ("SET", "{desk.*:stream}:groups", "gone"),
    ("DEL", "{desk.*:stream}:groups"),
    ("DEL", "{notes.*:stream}:groups"),
    ("XRANGE", "{notes.*:stream}:dead:reception-inbox", "-", "+"),
    ("XADD", "{notes.*:stream}:replay:reception-inbox", "*", "a", "b"),
    ("SET", "lbgen:process:reception:one", "mine"),
    ("XADD", "other.*:stream", "*", "a", "b"),
    ("XADD", "notes.x:stream", "*", "a", "b"),
]


@pytest.mark.parametrize("command", FOREIGN, ids=lambda command: " ".join(map(str, command[:3])))
def test_a_user_of_one_service_touches_nothing_of_another(
    server: Server, billing: str, command: tuple[object, ...]
) -> None:
    """S10: neither by itself nor in a script, which the user may run on the same keys."""
    server.client.xgroup_create("desk.*:stream", "reception-inbox", "0", mkstream=True)
    server.client.hset("{desk.*:stream}:groups", "reception-inbox", "reception")
    client: Client = redis.Redis.from_url(billing, protocol=2)
    with pytest.raises(redis.ResponseError, match=r"permission|can't|ACL"):
        client.execute_command(*command)
    script = "return redis.call(unpack(ARGV))"
    keys = [part for part in command if ":" in str(part) and "stream" in str(part)]
    with pytest.raises(redis.ResponseError, match=r"permission|can't|ACL"):
        client.eval(script, len(keys), *keys, *command)
    client.close()
    assert server.client.hgetall("{desk.*:stream}:groups") == {b"reception-inbox": b"reception"}
    assert len(server.client.xinfo_groups("desk.*:stream")) == 1
