"""The main path: fire, listen, acknowledge, stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen_runtime import Delivery
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Erased, Noted
from tests.delivery.workers import Process
from tests.support import servers

if TYPE_CHECKING:
    from tests.support.servers import Server


def bus_of(server: Server, **options: Any) -> Bus:
    return Bus(**{"service_name": "library", "redis_url": server.url, **options})


def groups(server: Server, stream: str = "notes.*:stream") -> dict[str, dict[str, Any]]:
    return {group["name"].decode(): group for group in server.client.xinfo_groups(stream)}


async def test_a_fired_event_reaches_every_listener(server: Server) -> None:
    bus, got = bus_of(server), []

    @bus.notes.noted.listen(listener_name="asynchronous")
    async def asynchronous(event: Noted) -> None:
        got.append(("asynchronous", event.number))

    @bus.notes.noted.listen(listener_name="synchronous")
    def synchronous(event: Noted) -> None:
        assert threading.current_thread() is not threading.main_thread()
        got.append(("synchronous", event.number))

    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await asyncio.to_thread(bus.notes.noted.fire, number=2)
        await until(lambda: len(got) == 4)
    assert sorted(got) == [
        ("asynchronous", 1),
        ("asynchronous", 2),
        ("synchronous", 1),
        ("synchronous", 2),
    ]
    assert [group["pending"] for group in groups(server).values()] == [0, 0]


async def test_a_handler_may_ask_for_the_delivery(server: Server) -> None:
    bus, got = bus_of(server, process_name="p"), []

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        got.append(delivery)

    async with running(bus):
        event_id = await bus.notes.noted.fire_async(number=1)
        await until(lambda: got)
    entry_id = server.client.xrange("notes.*:stream")[0][0].decode()
    delivery = got[0]
    assert (delivery.event_id, delivery.stream_id) == (event_id, entry_id)
    assert (delivery.service, delivery.listener, delivery.process) == ("library", "shelf", "p")
    assert (delivery.api, delivery.event, delivery.times_delivered) == ("notes", "noted", 1)
    assert int(delivery.fired_at.timestamp() * 1000) == int(entry_id.split("-")[0])
    assert delivery.fired_at.tzinfo is not None
    assert not delivery.lost


def test_an_entry_has_the_fields_of_the_wire_format_byte_for_byte(server: Server) -> None:
    bus = bus_of(server)
    event_id = bus.notes.noted.fire(number=7, text="größer")
    bus.close()
    [(_, fields)] = server.client.xrange("notes.*:stream")
    assert list(fields.items()) == [
        (b"id", event_id.encode()),
        (b"api_name", b"notes"),
        (b"event_name", b"noted"),
        (b"version", b"1"),
        (b":number", b"7"),
        (b":text", '"größer"'.encode()),
    ]


def test_an_api_has_one_stream_or_one_per_event(server: Server) -> None:
    bus = bus_of(server)
    bus.notes.noted.fire(number=1)
    bus.notes.erased.fire(number=1)
    bus.paper.noted.fire(number=1)
    bus.paper.erased.fire(number=1)
    bus.close()
    lengths = {key.decode(): server.client.xlen(key) for key in server.client.keys("*:stream")}
    assert lengths == {
        "notes.*:stream": 2,
        "office.paper.noted:stream": 1,
        "office.paper.erased:stream": 1,
    }


async def test_the_consumer_group_is_the_service_and_the_listener_as_written(
    server: Server,
) -> None:
    bus = bus_of(server, process_name="p1")
    bus.notes.noted.listen(lambda event: None, listener_name="put_on_shelf")
    bus.paper.erased.listen(lambda event: None, listener_name="burn")
    async with running(bus):
        assert list(groups(server)) == ["library-put_on_shelf"]
        assert list(groups(server, "office.paper.erased:stream")) == ["library-burn"]
        await bus.notes.noted.fire_async(number=1)
        consumers = "notes.*:stream", "library-put_on_shelf"
        await until(lambda: server.client.xinfo_consumers(*consumers))
        assert server.client.xinfo_consumers(*consumers)[0]["name"] == b"p1"


async def test_a_listener_passes_over_events_of_others_and_placeholders(server: Server) -> None:
    bus, got = bus_of(server), []
    bus.notes.erased.listen(lambda event: got.append(event.number), listener_name="bin")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        server.client.xadd("notes.*:stream", {"": ""})
        await asyncio.to_thread(bus.notes.erased.fire, number=2)
        await until(lambda: got)
        await until(lambda: groups(server)["library-bin"]["pending"] == 0)
    assert got == [2]


async def test_a_process_works_off_its_own_pending_events_before_new_ones(server: Server) -> None:
    stream, group = "notes.*:stream", "library-shelf"
    bus, got = bus_of(server, process_name="p1"), []
    server.client.xgroup_create(stream, group, "$", mkstream=True)
    for number in range(5):
        await bus.notes.noted.fire_async(number=number)
    server.client.xreadgroup(group, "p1", {stream: ">"}, count=3)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        got.append((event.number, delivery.times_delivered))

    async with running(bus):
        await until(lambda: len(got) == 5)
    assert got == [(0, 2), (1, 2), (2, 2), (3, 1), (4, 1)]


async def test_an_event_is_acknowledged_after_its_handler_and_not_before(server: Server) -> None:
    bus, began, go_on = bus_of(server), asyncio.Event(), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        began.set()
        await go_on.wait()

    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await began.wait()
        assert groups(server)["library-shelf"]["pending"] == 1
        go_on.set()
        await until(lambda: groups(server)["library-shelf"]["pending"] == 0)


async def test_a_handler_that_raises_is_logged_with_the_event_id_and_leaves_it_pending(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus, got = bus_of(server), []

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        got.append(event.number)
        if event.number == 1:
            raise RuntimeError("the shelf is full")

    with caplog.at_level(logging.ERROR, "lbgen"):
        async with running(bus):
            event_id = await bus.notes.noted.fire_async(number=1)
            await bus.notes.noted.fire_async(number=2)
            await until(lambda: 2 in got)
            await until(lambda: groups(server)["library-shelf"]["pending"] == 1)
    assert event_id in caplog.text
    assert "the shelf is full" in caplog.text


def test_two_listeners_of_one_name_on_one_api_are_refused() -> None:
    bus = Bus(service_name="library")
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    bus.paper.noted.listen(lambda event: None, listener_name="shelf")
    with pytest.raises(lbgen_runtime.DuplicateListenerName, match=r"'shelf'.*notes\.noted"):
        bus.notes.erased.listen(lambda event: None, listener_name="shelf")


def test_only_an_authoritative_service_fires() -> None:
    with pytest.raises(lbgen_runtime.NotAuthoritative, match="reception, office"):
        Bus(service_name="library").desk.noted.fire(number=1)
    with pytest.raises(lbgen_runtime.NotAuthoritative, match="without a service name"):
        Bus().desk.noted.fire(number=1)


def test_an_authoritative_service_fires(server: Server) -> None:
    bus = bus_of(server, service_name="office")
    assert bus.desk.noted.fire(number=1)
    bus.close()


def test_listening_needs_a_service_name() -> None:
    with pytest.raises(lbgen_runtime.InvalidSettings, match="LBGEN_SERVICE_NAME"):
        Bus().notes.noted.listen(lambda event: None, listener_name="shelf")


def test_an_invalid_event_is_refused_before_the_server_is_asked() -> None:
    with pytest.raises(lbgen_runtime.InvalidParameters, match="/number"):
        Bus(redis_url="redis://127.0.0.1:1/0").notes.noted.fire(number=-1)


class Callable:
    async def __call__(self, event: Noted) -> None: ...


async def generator(event: Noted) -> Any:
    yield event


@pytest.mark.parametrize(
    "handler",
    [
        lambda: None,
        lambda event, delivery, third: None,
        lambda *events: None,
        lambda event, *, needed: None,
        lambda event, *, delivery=None: None,
        generator,
        "not callable",
        print,
    ],
    ids=["none", "three", "variable", "keyword", "by-name", "generator", "text", "print"],
)
def test_a_handler_of_another_shape_is_refused(handler: Any) -> None:
    with pytest.raises(lbgen_runtime.InvalidHandler):
        Bus(service_name="library").notes.noted.listen(handler, listener_name="shelf")


def test_a_handler_of_another_event_is_refused() -> None:
    def shelf(event: Erased) -> None: ...

    def swapped(event: Noted, delivery: int) -> None: ...

    endpoint: Any = Bus(service_name="library").notes.noted
    with pytest.raises(lbgen_runtime.InvalidHandler, match="Erased"):
        endpoint.listen(shelf, listener_name="shelf")
    with pytest.raises(lbgen_runtime.InvalidHandler, match="Delivery"):
        endpoint.listen(swapped, listener_name="shelf")


async def test_a_delivery_may_have_a_default_for_tests_and_is_given_all_the_same(
    server: Server,
) -> None:
    bus, got = Bus(service_name="library", redis_url=server.url), list[Any]()

    def typed(event: Noted, delivery: Delivery | None = None) -> None:
        got.append(delivery)

    bus.notes.noted.listen(typed, listener_name="typed")
    bus.notes.noted.listen(
        lambda event, delivery=None: got.append(delivery), listener_name="untyped"
    )
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: len(got) == 2)
    assert {delivery.listener for delivery in got} == {"typed", "untyped"}


def test_an_option_that_does_not_exist_is_refused() -> None:
    endpoint: Any = Bus(service_name="library").notes.noted
    with pytest.raises(TypeError, match="unexpected argument 'concurency'"):
        endpoint.listen(lambda event: None, listener_name="shelf", concurency=7)


async def test_a_bus_that_runs_takes_no_listener_and_one_without_does_not_run(
    server: Server,
) -> None:
    bus = Bus(service_name="library", redis_url=server.url)
    with pytest.raises(lbgen_runtime.InvalidSettings, match="has no listeners"):
        await bus.run_async()
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(bus):
        with pytest.raises(
            lbgen_runtime.InvalidSettings, match="was added after the bus had started"
        ):
            bus.notes.noted.listen(lambda event: None, listener_name="index")


def test_a_callable_object_may_handle() -> None:
    bus = Bus(service_name="library")
    bus.notes.noted.listen(Callable(), listener_name="shelf")
    assert bus.listeners[0].shape.is_async


WORKER = """
bus = Bus(service_name="library")
@bus.notes.noted.listen(listener_name=os.environ["LISTENER"])
async def handle(event):
    with open(os.environ["OUT"], "a") as out:
        print(event.number, file=out)
import threading
def tell():
    while not (bus.__lbgen__.worker and bus.__lbgen__.worker.listening): time.sleep(0.01)
    print("listening")
threading.Thread(target=tell).start()
bus.run()
print("left")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_worker_cleanly(
    server: Server, tmp_path: Any, number: signal.Signals
) -> None:
    out = str(tmp_path / "out")
    with Process(WORKER, LBGEN_REDIS_URL=server.url, LISTENER="shelf", OUT=out) as worker:
        assert worker.line() == "listening"
        worker.signal(number)
        status, rest, errors = worker.end()
    assert (status, rest.strip(), errors) == (0, "left", "")


def test_10000_events_of_one_process_are_received_once_by_each_listener_in_two_others(
    server: Server, tmp_path: Any
) -> None:
    fire = "bus = Bus()\nfor number in range(10_000): bus.notes.noted.fire(number=number)"
    outs = {name: tmp_path / name for name in ("shelf", "index")}
    environment: dict[str, Any] = {"LBGEN_REDIS_URL": server.url}
    with (
        Process(WORKER, **environment, LISTENER="shelf", OUT=str(outs["shelf"])) as shelf,
        Process(WORKER, **environment, LISTENER="index", OUT=str(outs["index"])) as index,
    ):
        assert [shelf.line(), index.line()] == ["listening", "listening"]
        with Process(fire, **environment) as firing:
            assert firing.end(120) == (0, "", "")
        for out in outs.values():
            servers.wait_for(
                lambda out=out: out.exists() and out.read_text().count("\n") >= 10_000, 60
            )
        for worker in (shelf, index):
            worker.terminate()
            assert worker.end()[0] == 0
    for out in outs.values():
        assert [int(line) for line in out.read_text().split()] == list(range(10_000))
