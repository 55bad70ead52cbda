"""`lbgen group`: how the groups of listeners are, and the end of one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from lbgen.cli.app import app
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.support import servers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
BESIDE = "{notes.*:stream}"


def group(server: Server, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["group", *arguments, "--redis-url", server.url])
    return result.exit_code, result.output


def bus_of(server: Server) -> Bus:
    return Bus(service_name="library", redis_url=server.url, process_name="one")


async def listen_for_a_moment(bus: Bus) -> None:
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(bus):
        pass


def test_list_tells_what_waits_and_who_reads(server: Server) -> None:
    assert group(server, "list") == (0, "no consumer groups\n")
    bus = bus_of(server)
    asyncio.run(listen_for_a_moment(bus))
    for number in range(5):
        bus.notes.noted.fire(number=number)
    server.client.xreadgroup(GROUP, "one", {STREAM: ">"}, count=2)
    server.client.xgroup_create(STREAM, "other", "0")
    server.client.hset(f"{BESIDE}:groups", "library-lost", "library")
    server.client.hset("{gone.*:stream}:groups", "library-lost", "library")
    server.client.xadd(f"{BESIDE}:dead:{GROUP}", {"a": "b"})
    status, out = group(server, "list")
    assert status == 0
    assert [
        line.partition("  was removed")[0] for line in out.splitlines() if "pending" not in line
    ] == [
        "gone.*:stream",
        "  library-lost",
        STREAM,
        "  library-lost",
    ]
    [shelf, other] = [line for line in out.splitlines() if "pending" in line]
    assert shelf.startswith(f"  {GROUP}  3 undelivered  2 pending, the oldest for 0 s  1 process")
    assert other == "  other  5 undelivered  0 pending  0 processes"
    bus.close()


def test_list_and_remove_tell_how_many_replays_wait(server: Server) -> None:
    for name in (GROUP, "other"):
        server.client.xgroup_create(STREAM, name, "0", mkstream=True)
    for name in (GROUP, GROUP, "library-lost"):
        server.client.xadd(f"{BESIDE}:replay:{name}", {"a": "b"})
    server.client.hset(f"{BESIDE}:groups", "library-lost", "library")
    status, out = group(server, "list")
    assert status == 0
    assert [line.rpartition("  ")[2] for line in out.splitlines()[1:]] == [
        "1 replay",
        "2 replays",
        "0 processes",
    ]
    status, out = group(server, "remove", "library", "lost", "--dry-run")
    assert out.splitlines()[0].endswith("until it is created again  1 replay")


def test_a_group_is_removed_with_all_that_was_remembered_of_it(server: Server) -> None:
    bus = bus_of(server)
    asyncio.run(listen_for_a_moment(bus))
    bus.notes.noted.fire(number=1)
    dead, replays = f"{BESIDE}:dead:{GROUP}", f"{BESIDE}:replay:{GROUP}"
    server.client.xadd(dead, {"a": "b"})
    server.client.xgroup_create(replays, GROUP, "0", mkstream=True)
    server.client.xgroup_create(STREAM, "library-shelf-2", "0")
    server.client.hset("{gone.*:stream}:groups", GROUP, "library")
    status, out = group(server, "remove", "library", "shelf", "--dry-run")
    assert (status, out.splitlines()[-1]) == (0, "would remove 2 groups of library-shelf")
    assert server.client.xinfo_groups(STREAM)[0]["name"] == GROUP.encode()
    status, out = group(server, "remove", "library", "shelf")
    assert (status, out.splitlines()[-1]) == (0, "removed 2 groups of library-shelf")
    assert [each["name"] for each in server.client.xinfo_groups(STREAM)] == [b"library-shelf-2"]
    assert not server.client.exists(f"{BESIDE}:groups", "{gone.*:stream}:groups", replays)
    assert server.client.xlen(dead) == 1, "dead letters are dropped by `lbgen dead drop`"
    assert group(server, "remove", "library", "shelf") == (
        1,
        f"there is no consumer group {GROUP}\n",
    )
    bus.close()


def test_after_its_removal_trimming_waits_no_more_and_the_listener_would_be_new(
    server: Server,
) -> None:
    bus = Bus(service_name="library", redis_url=server.url, retention=0, trim_interval=0.01)
    got: list[int] = []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")

    async def listen(numbers: list[int]) -> None:
        async with running(bus):
            for number in numbers:
                await bus.notes.noted.fire_async(number=number)
            await until(lambda: got == numbers)

    asyncio.run(listen([]))
    bus.notes.noted.fire_many(Noted(number=number) for number in range(1000))
    server.client.xgroup_destroy(STREAM, GROUP)
    assert group(server, "remove", "library", "shelf")[0] == 0

    def trimmed() -> bool:
        bus.notes.noted.fire(number=0)
        return server.client.xlen(STREAM) < 500

    servers.wait_for(trimmed)
    asyncio.run(listen([7]))


async def test_a_group_that_is_gone_is_not_removed_while_its_service_lives(
    server: Server,
) -> None:
    bus = bus_of(server)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(bus):
        server.client.hset("{gone.*:stream}:groups", GROUP, "library")
        status, out = await asyncio.to_thread(group, server, "remove", "library", "shelf")
        assert (status, "live processes" in out) == (1, True)
    server.client.hset("{gone.*:stream}:groups", "library-eu-shelf", "library-eu")
    status, out = await asyncio.to_thread(group, server, "remove", "library", "eu-shelf")
    assert (status, out) == (1, "there is no consumer group library-eu-shelf\n"), (
        "it is another service's"
    )


async def test_a_group_of_live_processes_is_removed_by_force_only(server: Server) -> None:
    bus = bus_of(server)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(bus):
        status, out = await asyncio.to_thread(group, server, "remove", "library", "shelf")
        assert status == 1
        assert "live processes" in out
        assert "one" in out
        assert server.client.xinfo_groups(STREAM)
        status, out = await asyncio.to_thread(
            group, server, "remove", "library", "shelf", "--force"
        )
        assert status == 0
        await until(lambda: server.client.xinfo_groups(STREAM))  # its listener makes it again


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nonsense"])
def test_a_server_that_does_not_answer_is_an_error_in_words(url: str) -> None:
    result = CliRunner().invoke(app, ["group", "list", "--redis-url", url])
    assert result.exit_code == (2 if url == "nonsense" else 1)
    assert "Traceback" not in result.output


def test_a_group_with_many_pending_events_is_removed_in_steps(server: Server) -> None:  # D5
    """The server would free them all at once, and serve nobody else meanwhile."""
    pipeline = server.client.pipeline(transaction=False)
    for number in range(2500):
        pipeline.xadd(STREAM, {"number": number})
    pipeline.execute()
    server.client.xgroup_create(STREAM, GROUP, "0")
    server.client.xreadgroup(GROUP, "gone", {STREAM: ">"}, count=2400)
    server.client.config_resetstat()
    assert group(server, "remove", "library", "shelf")[0] == 0
    assert server.client.xinfo_groups(STREAM) == []
    assert server.client.info("commandstats")["cmdstat_xack"]["calls"] == 3


def test_the_url_is_read_from_a_file(server: Server, tmp_path: Path) -> None:
    """S10: so that a password is in no list of processes."""
    (tmp_path / "url").write_text(f"{server.url}\n")
    result = CliRunner().invoke(app, ["group", "list", "--redis-url", f"@{tmp_path / 'url'}"])
    assert (result.exit_code, result.output) == (0, "no consumer groups\n")
    result = CliRunner().invoke(app, ["group", "list", "--redis-url", f"@{tmp_path / 'none'}"])
    assert result.exit_code == 2
    assert "cannot be read" in result.output


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://:hunter2@127.0.0.1:1/0", True),
        ("rediss://me:hunter2@127.0.0.1:1/0", True),
        ("redis://127.0.0.1:1/0?password=hunter2", True),
        ("redis://me@127.0.0.1:1/0", False),
        ("redis://127.0.0.1:1/0", False),
    ],
)
def test_a_password_on_the_command_line_is_told_and_never_printed(url: str, told: bool) -> None:
    """S10"""
    result = CliRunner().invoke(app, ["group", "list", "--redis-url", url])
    assert ("list of processes" in result.output) == told
    assert "hunter2" not in result.output
    result = CliRunner(env={"LBGEN_REDIS_URL": url}).invoke(app, ["group", "list"])
    assert "list of processes" not in result.output
    assert "hunter2" not in result.output
