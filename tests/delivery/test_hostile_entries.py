"""P6: entries of strangers, built to break what reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.admin.dead_letters import DeadLetterBox, DeadLetterQuery
from tests.delivery.live import running, until
from tests.delivery.notes import Bus

if TYPE_CHECKING:
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
DEAD, REPLAY = "{notes.*:stream}:dead:library-shelf", "{notes.*:stream}:replay:library-shelf"
WHOLE = {"id": "x", "api_name": "notes", "event_name": "noted", "version": "1", ":number": "1"}
DEEP = "[" * 1_000_000


def bus_of(server: Server) -> Bus:
    return Bus(service_name="library", redis_url=server.url, reclaim_interval=0.1)


def pending(server: Server, stream: str = STREAM) -> int:
    return server.client.xpending(stream, GROUP)["pending"]


def reasons(server: Server) -> list[str]:
    box = DeadLetterBox(server.url, service="library", listener="shelf")
    found = [letter.reason for letter in box.letters(DeadLetterQuery())]
    box.close()
    return found


@pytest.mark.parametrize(
    "death",
    [DEEP, "", "[]", "null", '{"stream_id": {}}', '{"stream_id": "yesterday"}', "\x00"],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("stream", [STREAM, REPLAY])
async def test_a_forged_death_does_not_stop_a_listener(
    server: Server, stream: str, death: str
) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        server.client.xadd(stream, {"lbgen": death, **WHOLE, ":number": "-1"})
        server.client.xadd(stream, {"lbgen": death, **WHOLE})
        if stream == REPLAY:
            server.client.xgroup_create(REPLAY, GROUP, "0")
        await until(lambda: got == [1])
        await until(lambda: reasons(server) == ["invalid"] and not pending(server, stream))


async def test_an_id_of_the_far_future_does_not_stop_a_listener(server: Server) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(
        lambda event, delivery: got.append(delivery.fired_at.year), listener_name="shelf"
    )
    async with running(bus):
        server.client.xadd(STREAM, WHOLE, id=f"{2**64 - 2}-1")
        await bus.notes.noted.fire_async(number=1)
        server.client.xadd(STREAM, {**WHOLE, ":number": "-1"})
        await until(lambda: reasons(server) == ["invalid"])
        await until(lambda: not pending(server))
    assert got == [9999, 9999]


async def test_an_entry_with_more_fields_than_a_script_can_pass_on_becomes_a_dead_letter(
    server: Server,
) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    wide: dict[Any, Any] = {**WHOLE, ":number": "-1", b":\xff": b"\xff"}
    wide |= {f":p{number}": json.dumps(number) for number in range(10_000)}
    async with running(bus):
        server.client.xadd(STREAM, wide)
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: got == [2])
        await until(lambda: reasons(server) == ["invalid"])
        await until(lambda: not pending(server))
        box = DeadLetterBox(server.url, service="library", listener="shelf")
        [letter] = box.letters(DeadLetterQuery())
        assert letter.event_id == "x"
        assert dict(letter.fields) == {
            (name if isinstance(name, bytes) else name.encode()): (
                value if isinstance(value, bytes) else value.encode()
            )
            for name, value in wide.items()
        }
        box.replay(letter)
        await until(lambda: not server.client.xlen(REPLAY) and reasons(server) == ["invalid"])
        [again] = box.letters(DeadLetterQuery())
        assert again.fields == letter.fields
        box.close()
