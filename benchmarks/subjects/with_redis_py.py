"""redis-py by hand: what a program costs that does nothing but the commands.

The coalesced variants do by hand what lbgen does for its users; those with pydantic validate too.
"""

from __future__ import annotations

import asyncio
from typing import Any

import redis
import redis.asyncio
from order import FIELDS, STREAM, WITH_METADATA
from order_model import ORDER, OrderPlaced
from pydantic_core import to_json
from subject import Measurement, in_tasks, run

GROUP, CONSUMER = "bare", "one"
READ = 100


def fire(m: Measurement) -> None:
    """One XADD after the other, the same bytes each time."""
    client = redis.Redis.from_url(m.url)
    client.ping()
    with m.firing():
        for _ in range(m.count):
            client.xadd(STREAM, FIELDS)  # type: ignore[arg-type]


async def fire_async(m: Measurement) -> None:
    """One XADD after the other from a task."""
    client = redis.asyncio.Redis.from_url(m.url)
    await client.ping()
    with m.firing():
        for _ in range(m.count):
            await client.xadd(STREAM, FIELDS)  # type: ignore[arg-type]
    await client.aclose()


async def fire_in_tasks(m: Measurement) -> None:
    """One XADD after the other from each of many tasks."""
    client = redis.asyncio.Redis.from_url(m.url)
    await client.ping()
    with m.firing():
        await in_tasks(m.count, lambda: client.xadd(STREAM, FIELDS))  # type: ignore[arg-type]
    await client.aclose()


class Coalescer:
    """Writes what many tasks fire in the same moment as one pipeline."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._line: list[tuple[dict[str, Any], asyncio.Future[bytes]]] = []
        self._writing = False

    def fire(self, fields: dict[str, Any]) -> asyncio.Future[bytes]:
        """Queue an entry; the future holds its id."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bytes] = loop.create_future()
        self._line.append((fields, future))
        if not self._writing:
            self._writing = True
            self._task = loop.create_task(self._write())
        return future

    async def _write(self) -> None:
        while self._line:
            line, self._line = self._line, []
            pipeline = self._client.pipeline(transaction=False)
            for fields, _ in line:
                pipeline.xadd(STREAM, fields)
            for (_, future), reply in zip(line, await pipeline.execute(), strict=True):
                future.set_result(reply)
        self._writing = False


async def _coalesced(m: Measurement, fields: Any) -> None:
    client = redis.asyncio.Redis.from_url(m.url)
    await client.ping()
    coalescer = Coalescer(client)

    async def one() -> None:
        await coalescer.fire(fields())

    with m.firing():
        await in_tasks(m.count, one)
    await client.aclose()


async def fire_coalesced(m: Measurement) -> None:
    """Many tasks, one pipeline, the same bytes each time."""
    await _coalesced(m, lambda: FIELDS)


def _validated() -> dict[str, Any]:
    order = OrderPlaced(**ORDER).model_dump(mode="json")
    return {**WITH_METADATA, **{f":{name}": to_json(value) for name, value in order.items()}}


async def fire_coalesced_with_pydantic(m: Measurement) -> None:
    """Many tasks, one pipeline; a model is validated and written per event."""
    await _coalesced(m, _validated)


async def _consume(m: Measurement, handle: Any, *, coalesced: bool) -> None:
    client = redis.asyncio.Redis.from_url(m.url)
    for at in range(0, m.count, 500):
        pipeline = client.pipeline(transaction=False)
        for _ in range(min(500, m.count - at)):
            pipeline.xadd(STREAM, FIELDS)  # type: ignore[arg-type]
        await pipeline.execute()
    await client.xgroup_create(STREAM, GROUP, "0")
    m.consuming()
    m.ready()
    while True:
        found: Any = await client.xreadgroup(GROUP, CONSUMER, {STREAM: ">"}, count=READ)
        if not found:
            break
        entries = found[0][1] if isinstance(found, list) else next(iter(found.values()))[0]
        if coalesced:
            for _, fields in entries:
                await handle(fields)
            await client.xack(STREAM, GROUP, *(entry_id for entry_id, _ in entries))
        else:
            for entry_id, fields in entries:
                await handle(fields)
                await client.xack(STREAM, GROUP, entry_id)
    await client.aclose()


async def consume(m: Measurement) -> None:
    """Read, call, acknowledge each."""

    async def handle(fields: dict[bytes, bytes]) -> None:
        m.handled()

    await _consume(m, handle, coalesced=False)


async def consume_coalesced(m: Measurement) -> None:
    """Read, call, acknowledge what was read together."""

    async def handle(fields: dict[bytes, bytes]) -> None:
        m.handled()

    await _consume(m, handle, coalesced=True)


def _validate(fields: dict[bytes, bytes]) -> OrderPlaced:
    pairs = [b'"%b":%b' % (n[1:], text) for n, text in fields.items() if n[:1] == b":"]
    return OrderPlaced.model_validate_json(b"{%b}" % b",".join(pairs))


async def consume_coalesced_with_pydantic(m: Measurement) -> None:
    """The same, validated and typed."""

    async def handle(fields: dict[bytes, bytes]) -> None:
        _validate(fields)
        m.handled()

    await _consume(m, handle, coalesced=True)


async def _latency(m: Measurement, fields: Any, handle: Any) -> None:
    reading, firing = (redis.asyncio.Redis.from_url(m.url) for _ in range(2))
    await reading.xgroup_create(STREAM, GROUP, "$", mkstream=True)

    everything = False

    async def read() -> None:
        while not everything:
            found: Any = await reading.xreadgroup(
                GROUP, CONSUMER, {STREAM: ">"}, count=READ, block=1000
            )
            if not found:
                continue
            entries = found[0][1] if isinstance(found, list) else next(iter(found.values()))[0]
            for _, entry in entries:
                handle(entry)
                m.arrived()
            await reading.xack(STREAM, GROUP, *(entry_id for entry_id, _ in entries))

    reader = asyncio.create_task(read())
    await m.at_a_rate(lambda: firing.xadd(STREAM, fields()))
    everything = True  # redis-py 8.1 may swallow a cancellation, so the last read ends by itself
    await reader
    await reading.aclose()
    await firing.aclose()


async def latency(m: Measurement) -> None:
    """From XADD to what XREADGROUP gives, at a steady rate."""
    await _latency(m, lambda: FIELDS, lambda entry: None)


async def latency_with_pydantic(m: Measurement) -> None:
    """The same, validated at both ends."""
    await _latency(m, _validated, _validate)


if __name__ == "__main__":
    run(
        {
            "latency": latency,
            "latency_with_pydantic": latency_with_pydantic,
            "fire": fire,
            "fire_async": fire_async,
            "fire_in_tasks": fire_in_tasks,
            "fire_coalesced": fire_coalesced,
            "fire_coalesced_with_pydantic": fire_coalesced_with_pydantic,
            "consume": consume,
            "consume_coalesced": consume_coalesced,
            "consume_coalesced_with_pydantic": consume_coalesced_with_pydantic,
        },
        "pydantic",
    )
