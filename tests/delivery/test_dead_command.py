"""`lbgen dead`: list, show, replay and drop what a listener could not handle."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from lbgen.cli.app import app
from lbgen_runtime.wire.keys import lease_key
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.delivery.workers import Process
from tests.support import servers

if TYPE_CHECKING:
    from lbgen_runtime import Delivery
    from tests.support.servers import Server


def dead(server: Server, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["dead", arguments[0], "library", "shelf", *arguments[1:], "--redis-url", server.url]
    )
    return result.exit_code, result.output


def bus_of(server: Server, **options: Any) -> Bus:
    settings: dict[str, Any] = {
        "redis_url": server.url,
        "max_deliveries": 1,
        "reclaim_interval": 0.1,
        **options,
    }
    return Bus(service_name="library", **settings)


@pytest.fixture
def letters(server: Server) -> list[str]:
    """The ids of three events that died: two failed, one of another event was invalid."""
    bus = bus_of(server)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        raise RuntimeError(f"no room for {event.number}")

    async def die() -> list[str]:
        async with running(bus):
            event_ids = [await bus.notes.noted.fire_async(number=number) for number in (1, 2)]
            server.client.xadd(
                "notes.*:stream",
                {"id": "x", "api_name": "notes", "event_name": "noted", "version": "1"},
            )
            await until(lambda: server.client.xlen("{notes.*:stream}:dead:library-shelf") == 3)
        return [*event_ids, "x"]

    return asyncio.run(die())


def test_list_tells_of_every_letter_or_of_those_that_are_asked_for(
    server: Server, letters: list[str]
) -> None:
    status, out = dead(server, "list")
    assert status == 0
    assert all(event_id in out for event_id in letters)
    assert "RuntimeError: no room for 1" in out
    assert out.endswith("3 dead letters of library-shelf\n")
    for arguments, expected in [
        (("--reason", "failed"), letters[:2]),
        (("--reason", "invalid"), letters[2:]),
        (("--id", letters[1]), letters[1:2]),
        (("--event", "noted"), letters),
        (("--event", "notes.noted", "--reason", "invalid"), letters[2:]),
        (("--event", "erased"), []),
        (("--older-than", "1h"), []),
        (("--newer-than", "1h"), letters),
    ]:
        _, out = dead(server, "list", *arguments)
        assert [event_id for event_id in letters if f" {event_id} " in out] == expected, arguments


def test_show_tells_everything_about_one(server: Server, letters: list[str]) -> None:
    status, out = dead(server, "show", letters[0])
    assert status == 0
    for words in ("Traceback", "RuntimeError: no room for 1", ":number = 1", "fired at:", "failed"):
        assert words in out
    status, out = dead(server, "show", "absent")
    assert status == 1
    assert "no dead letter" in out


def live(server: Server) -> None:
    """Have the group's processes live, as far as anybody can see."""
    for consumer in server.client.xinfo_consumers("notes.*:stream", "library-shelf"):
        server.client.set(lease_key("library", consumer["name"].decode()), "token 1 address")


def test_drop_and_replay_act_on_nothing_that_was_not_asked_for(
    server: Server, letters: list[str]
) -> None:
    live(server)
    for action in ("drop", "replay"):
        assert dead(server, action)[0] == 2
        status, out = dead(server, action, "--all", "--dry-run")
        assert status == 0
        assert f"would {action} 3 dead letters" in out
        assert "3 dead letters" in dead(server, "list")[1]
    assert "dropped 1 dead letter" in dead(server, "drop", "--id", "x")[1]
    status, out = dead(server, "list")
    assert "x" not in [word for line in out.splitlines() for word in line.split("  ")]
    assert "2 dead letters" in out


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_letter_is_not_replayed_to_a_listener_that_nobody_has(
    server: Server, letters: list[str], more: tuple[str, ...]
) -> None:
    server.client.xgroup_destroy("notes.*:stream", "library-shelf")
    server.client.xgroup_create("notes.*:stream", "library-other", "$")
    for there in (True, False):
        status, out = dead(server, "replay", "--all", *more)
        assert status == 1
        assert (
            "no running process has the listener shelf of service library on notes.*:stream" in out
        )
        assert server.client.xlen("{notes.*:stream}:dead:library-shelf") == len(letters)
        assert not server.client.exists("{notes.*:stream}:replay:library-shelf")
        if there:
            server.client.delete("notes.*:stream")


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_letter_is_not_replayed_where_every_process_of_its_listener_has_ended(
    server: Server, letters: list[str], more: tuple[str, ...]
) -> None:  # U7
    """The group is there, and knows its processes; none of them lives."""
    assert server.client.xinfo_consumers("notes.*:stream", "library-shelf")
    status, out = dead(server, "replay", "--all", *more)
    assert status == 1
    assert "no running process has the listener shelf of service library on notes.*:stream" in out
    assert "Start a process of library" in out
    assert server.client.xlen("{notes.*:stream}:dead:library-shelf") == len(letters)
    assert not server.client.exists("{notes.*:stream}:replay:library-shelf")
    live(server)
    assert dead(server, "replay", "--all", *more)[0] == 0


def test_letters_of_any_size_and_number_are_all_listed_and_dropped(server: Server) -> None:  # D5
    """Page by page, and no page has many large ones."""
    for number in range(1200):
        text = "x" * (200_000 if number % 100 == 0 else 10)
        server.client.xadd("{notes.*:stream}:dead:library-shelf", {"id": f"n{number}", "t": text})
    server.client.config_resetstat()
    status, out = dead(server, "list")
    assert status == 0
    assert [line.split("  ")[3] for line in out.splitlines()[:-1]] == [
        f"n{number}" for number in range(1200)
    ]
    assert server.client.info("commandstats")["cmdstat_xrange"]["calls"] < 100
    assert "dropped 1,200 dead letters" in dead(server, "drop", "--all")[1]


async def test_a_replayed_letter_goes_to_its_listener_only_and_is_the_event_that_it_was(
    server: Server,
) -> None:
    bus, got, fail = bus_of(server), list[Any](), True

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        if fail:
            raise RuntimeError("no room")
        got.append(("shelf", event.number, delivery))

    @bus.notes.noted.listen(listener_name="index")
    async def index(event: Noted) -> None:
        got.append(("index", event.number, None))

    dead_key = "{notes.*:stream}:dead:library-shelf"
    async with running(bus):
        event_id = await bus.notes.noted.fire_async(number=1)
        await until(lambda: server.client.xlen(dead_key) == 1 and len(got) == 1)
        entry_id = server.client.xrange("notes.*:stream")[0][0].decode()
        server.client.xtrim("notes.*:stream", maxlen=0)
        fail = False
        status, out = await asyncio.to_thread(dead, server, "replay", "--id", event_id)
        assert (status, out.splitlines()[-1]) == (0, "replayed 1 dead letter of library-shelf")
        await until(lambda: len(got) == 2)
        replays = "{notes.*:stream}:replay:library-shelf"
        await until(lambda: server.client.xlen(replays) == 0)
        assert server.client.xpending(replays, "library-shelf")["pending"] == 0
    who, number, delivery = got[1]
    assert (who, number) == ("shelf", 1)
    assert (delivery.event_id, delivery.stream_id) == (event_id, entry_id)
    assert server.client.xlen(dead_key) == 0


async def test_a_replayed_letter_is_run_although_the_group_of_its_replays_is_gone(
    server: Server,
) -> None:
    bus, got = bus_of(server), list[int]()
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    replays = "{notes.*:stream}:replay:library-shelf"
    server.client.xadd(
        replays,
        {"id": "x", "api_name": "notes", "event_name": "noted", "version": "1", ":number": "1"},
    )
    async with running(bus):
        await until(lambda: got == [1])


def test_a_replay_that_ends_its_processes_is_dead_after_max_deliveries(server: Server) -> None:
    script = """
    bus = Bus(service_name="library", process_name="one", max_deliveries=2, reclaim_interval=0.1)
    @bus.notes.noted.listen(listener_name="shelf")
    def shelf(event):
        if os.environ["END"] == "raise":
            raise RuntimeError("no")
        os._exit(7)
    bus.run()
    """
    dead_key = "{notes.*:stream}:dead:library-shelf"
    quick: dict[str, Any] = {"LBGEN_REDIS_URL": server.url, "LBGEN_RETRY_DELAY": "0.05"}
    with Process(script, END="raise", **quick) as worker:
        servers.wait_for(lambda: server.client.exists("notes.*:stream"))
        bus_of(server).notes.noted.fire(number=1)
        servers.wait_for(lambda: server.client.xlen(dead_key) == 1)
        worker.signal(signal.SIGSTOP)  # it lives, and does not come to it
        assert dead(server, "replay", "--all")[0] == 0
    for _ in range(2):
        with Process(script, END="exit", **quick) as worker:
            assert worker.end()[0] == 7
    with Process(script, END="exit", **quick):
        servers.wait_for(lambda: server.client.xlen(dead_key) == 1)
    assert "crashed" in dead(server, "list")[1]


async def test_replays_of_one_listener_are_run_although_those_of_another_cannot_be_read(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    fields = {"id": "x", "api_name": "notes", "event_name": "noted", "version": "1", ":number": "1"}
    names = ("first", "second")
    for name in names:
        server.client.xadd(f"{{notes.*:stream}}:replay:library-{name}", fields)
        server.client.xgroup_create("notes.*:stream", f"library-{name}", "$", mkstream=True)
    server.client.xgroup_create("{notes.*:stream}:replay:library-second", "library-second", "0")
    server.client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-xgroup|create"]
    )
    bus, got = bus_of(server, redis_url=server.url.replace("//", "//limited:any@")), list[str]()

    def run(name: str) -> None:
        bus.notes.noted.listen(lambda event: got.append(name), listener_name=name)

    for name in names:
        run(name)
    async with running(bus):
        await until(lambda: got == ["second"])
        assert "cannot read replays (NOPERM" in caplog.text
    server.client.acl_deluser("limited")


async def test_replays_are_run_while_others_make_their_group_and_remove_them(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    fields = {"id": "x", "api_name": "notes", "event_name": "noted", "version": "1", ":number": "1"}
    bus, got = bus_of(server, reclaim_interval=0.001), list[int]()
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    replays = "{notes.*:stream}:replay:library-shelf"
    async with running(bus):
        for _ in range(200):
            server.client.delete(replays)
            server.client.xadd(replays, fields)
            await asyncio.sleep(0)
            server.client.delete(replays)
            await asyncio.sleep(0)
        server.client.xadd(replays, fields)
        await until(lambda: got)
    assert "upkeep failed" not in caplog.text


async def test_a_replayed_letter_that_fails_again_is_a_dead_letter_again(server: Server) -> None:
    bus = bus_of(server)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        raise RuntimeError("no room")

    dead_key = "{notes.*:stream}:dead:library-shelf"
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: server.client.xlen(dead_key) == 1)
        before = server.client.xrange(dead_key)[0]
        await asyncio.to_thread(dead, server, "replay", "--all")
        await until(
            lambda: server.client.xlen(dead_key) == 1 and server.client.xrange(dead_key) != [before]
        )
    after: Any = server.client.xrange(dead_key)[0][1]
    assert list(after.items())[1:] == list(before[1].items())[1:]


async def test_a_replayed_letter_of_an_event_that_its_listener_has_no_more_is_a_letter_again(
    server: Server, letters: list[str]
) -> None:
    bus, got = bus_of(server), list[int]()
    bus.notes.erased.listen(lambda event: got.append(event.number), listener_name="shelf")
    dead_key, replays = (f"{{notes.*:stream}}:{kind}:library-shelf" for kind in ("dead", "replay"))
    async with running(bus):
        await asyncio.to_thread(dead, server, "replay", "--reason", "failed")
        await until(lambda: server.client.xlen(dead_key) == 3)
        assert not server.client.xlen(replays)
        assert server.client.xpending(replays, "library-shelf")["pending"] == 0
        status, out = await asyncio.to_thread(dead, server, "list", "--event", "noted")
    assert status == 0
    assert out.count("the listener handles another event: notes.erased, not notes.noted") == 2
    assert all(event_id in out for event_id in letters)
    assert not got


async def test_replays_that_were_read_and_not_begun_go_to_another_process_at_once(
    server: Server,
) -> None:
    replays = "{notes.*:stream}:replay:library-shelf"
    for number in range(150):
        fields = {"id": str(number), "api_name": "notes", "event_name": "noted", "version": "1"}
        server.client.xadd(replays, {**fields, ":number": number})
    first, go = bus_of(server, process_name="first", concurrency=1), asyncio.Event()

    @first.notes.noted.listen(listener_name="shelf")
    async def hold(event: Noted) -> None:
        began.append(event.number)
        if event.number == 20:  # quick so far: more is read ahead
            await go.wait()

    def pending() -> list[Any]:
        found = server.client.xpending_range(replays, "library-shelf", "-", "+", 200)
        return [(each["time_since_delivered"] > 10**8, each["times_delivered"]) for each in found]

    began, got = list[int](), list[tuple[int, int]]()
    async with running(first):
        await until(lambda: 20 in began and len(pending()) > 10)
        go.set()
    read = pending()
    assert read == [(True, 0)] * len(read)
    ran = len(began)
    second = bus_of(server, process_name="second", acknowledgement_timeout=60)

    @second.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        got.append((event.number, delivery.times_delivered))

    async with running(second):
        await until(lambda: len(got) == 150 - ran)
    assert sorted(got) == [(number, 1) for number in range(ran, 150)]


@pytest.mark.parametrize("action", ["list", "replay", "drop"])
def test_a_listener_that_nothing_is_known_of_is_told(server: Server, action: str) -> None:
    more = ["--all"] if action != "list" else []
    asked = ["dead", action, "library", "shellf", *more, "--redis-url", server.url]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 1
    assert "there is no consumer group library-shellf" in result.output
    server.client.xgroup_create("notes.*:stream", "library-shellf", "0", mkstream=True)
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0
    assert result.output.endswith("0 dead letters of library-shellf\n")


def test_a_server_that_does_not_answer_is_an_error_in_words() -> None:
    result = CliRunner().invoke(
        app, ["dead", "list", "library", "shelf", "--redis-url", "redis://127.0.0.1:1/0"]
    )
    assert result.exit_code == 1
    assert "cannot reach the server" in result.output
    assert "Traceback" not in result.output
