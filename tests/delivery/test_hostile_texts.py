"""S7: what others have written is escaped and cut before it reaches a log line or a message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen_runtime import FireRejected, InvalidSettings, ListenerFailed
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted

if TYPE_CHECKING:
    from tests.support.servers import Server

STREAM = "notes.*:stream"
HOSTILE = "id\x1b[31m\n2026 ERROR forged\u202e" + "x" * 200_000


def entry(**changed: Any) -> dict[Any, Any]:
    fields = {"id": HOSTILE, "api_name": "notes", "event_name": "noted", "version": 1}
    return {**fields, ":number": 1, **changed}


def assert_fit_to_print(text: str) -> None:
    assert text.isprintable(), ascii(text[:200])
    assert len(text) < 2_000


def check(caplog: pytest.LogCaptureFixture) -> None:
    assert caplog.records
    for record in caplog.records:
        assert_fit_to_print(record.getMessage())


@pytest.mark.parametrize(
    "fields",
    [
        entry(),
        entry(**{":number": -1}),
        entry(**{":number": "[" + "\x1b" * 9}),
        entry(version="\x1b"),
    ],
    ids=["failing", "invalid", "broken", "malformed"],
)
async def test_no_log_line_shows_an_entry_raw(
    server: Server, caplog: pytest.LogCaptureFixture, fields: dict[Any, Any]
) -> None:
    bus = Bus(service_name="library", redis_url=server.url, max_deliveries=1)

    def fail(event: Noted) -> None:
        raise ValueError(HOSTILE)

    bus.notes.noted.listen(fail, listener_name="shelf")
    async with running(bus):
        server.client.xadd(STREAM, fields)
        await until(lambda: "dead letter" in caplog.text)
    check(caplog)


async def test_what_stops_a_worker_shows_no_event_raw(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus = Bus(service_name="library", redis_url=server.url, on_error="SHUTDOWN")

    def fail(event: Noted) -> None:
        raise ValueError(HOSTILE)

    bus.notes.noted.listen(fail, listener_name="shelf")
    task = asyncio.create_task(bus.run_async())
    await until(lambda: bus.__lbgen__.worker is not None and bus.__lbgen__.worker.listening)
    server.client.xadd(STREAM, entry())
    with pytest.raises(ListenerFailed) as raised:
        await asyncio.wait_for(task, 20)
    assert_fit_to_print(str(raised.value))
    check(caplog)


def test_no_exception_of_a_fire_shows_an_id_raw(server: Server) -> None:
    server.client.set(STREAM, "no stream")
    bus = Bus(redis_url=server.url)
    with pytest.raises(FireRejected) as rejected:
        bus.notes.noted.fire_event(Noted(number=1), event_id=HOSTILE)
    assert rejected.value.event_id == HOSTILE
    assert_fit_to_print(str(rejected.value))
    small = Bus(redis_url=server.url, max_event_size=10)
    with pytest.raises(lbgen_runtime.EventTooLarge) as large:
        small.notes.noted.fire_event(Noted(number=1), event_id=HOSTILE)
    assert_fit_to_print(str(large.value))
    bus.close()


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\u202eb", "a\x00b"])
def test_a_name_that_cannot_be_printed_is_refused(name: str) -> None:
    for names in ({"service_name": name}, {"process_name": name}):
        with pytest.raises(InvalidSettings) as raised:
            Bus(**names)
        assert_fit_to_print(str(raised.value))
