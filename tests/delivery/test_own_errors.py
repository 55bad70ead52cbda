"""D2: an error of lbgen's own code is retried like a handler's; it makes no event invalid."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime import ApiContract, Bus, Event, EventContract, EventEndpoint, Schemas, codecs
from lbgen_runtime.admin.dead_letters import DeadLetterBox, DeadLetterQuery
from tests.delivery.live import running, until

if TYPE_CHECKING:
    from tests.support.servers import Server

PARAMETERS = {"type": "object", "properties": {"number": {"type": "integer"}}}
GROUP = ("notes.*:stream", "library-shelf")
SCHEMA = Schemas({"lbgen:///notes.yaml": json.dumps(PARAMETERS)}).at("lbgen:///notes.yaml#")


def endpoint(bus: Bus, errors: list[Exception]) -> EventEndpoint[Any]:
    """An event whose codec fails with each of some errors once."""

    def decode(value: Any) -> Any:
        if errors:
            raise errors.pop(0)
        return value

    class Noted(Event):
        number: int | None = None

        __lbgen_event__ = "notes.noted"
        __lbgen_schema__ = SCHEMA

        @classmethod
        def __lbgen_codecs__(cls) -> dict[str, codecs.Codec]:
            return {"number": codecs.Codec(decode, lambda value: value)}

    return EventEndpoint(
        bus, EventContract(api=ApiContract(name="notes"), name="noted", event_type=Noted)
    )


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_an_error_while_an_event_is_decoded_is_retried_and_logged_with_its_traceback(
    server: Server, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    bus = Bus(service_name="library", redis_url=server.url, retry_delay=0.01)
    planted = [RecursionError("one"), ValueError("two"), UnicodeError("three"), IndexError("four")]
    noted, got = endpoint(bus, list(planted)), []

    async def handle_async(event: Any) -> None:
        got.append(event.number)

    def handle(event: Any) -> None:
        got.append(event.number)

    noted.listen(handle if kind == "sync" else handle_async, listener_name="shelf")
    with caplog.at_level(logging.ERROR, "lbgen"):
        async with running(bus):
            await noted.fire_event_async(noted._contract.event_type(number=7))
            await until(lambda: got == [7])
            await until(
                lambda: not server.client.xpending("notes.*:stream", "library-shelf")["pending"]
            )
    logged = [each.exc_info[1] for each in caplog.records if each.exc_info]
    assert logged == planted
    box = DeadLetterBox(server.url, service="library", listener="shelf")
    assert list(box.letters(DeadLetterQuery())) == []
    box.close()
