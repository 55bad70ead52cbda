"""The steps on the server are fenced: each acts only if the entry stands as its caller saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.wire import scripts
from lbgen_runtime.wire.answers import RELEASED

if TYPE_CHECKING:
    from tests.support.servers import Server

STREAM, GROUP, DEAD = "s", "g", "{s}:dead:g"
CLAIMING = (GROUP, "p2", 30_000, 1_000)
"""Group, consumer, idle milliseconds, bytes: what a claim begins with."""
DEATH = (0, "lbgen", "{}", "lbgen:fields")
"""No replay, the death, the name of a packed field: what dead-lettering ends with."""


@pytest.fixture
def entry(server: Server) -> bytes:
    """An entry that is pending under `p1`, in its second delivery."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    entry_id: bytes = server.client.xadd(STREAM, {"a": "b"})
    server.client.xreadgroup(GROUP, "p1", {STREAM: ">"})
    server.client.xclaim(STREAM, GROUP, "p1", 0, [entry_id], retrycount=2, justid=True)
    return entry_id


def run(server: Server, script: scripts.Script, keys: list[str], *arguments: Any) -> Any:
    return server.client.eval(script.source.decode(), len(keys), *keys, *arguments)


def stands(server: Server) -> list[tuple[bytes, int]]:
    """Who holds what is pending, and its delivery count."""
    return [
        (each["consumer"], each["times_delivered"])
        for each in server.client.xpending_range(STREAM, GROUP, "-", "+", 10)
    ]


def idle(server: Server, entry_id: bytes, milliseconds: int) -> None:
    server.client.xclaim(
        STREAM, GROUP, "p1", 0, [entry_id], idle=milliseconds, retrycount=2, justid=True
    )


@pytest.mark.parametrize(
    ("owner", "count", "idle_for", "outcome"),
    [
        ("p1", 2, 60_000, b""),
        ("p1", 2, 1_000, b"moved"),  # its process has renewed it since
        ("p3", 2, 60_000, b"moved"),  # another has it now
        ("p1", 1, 60_000, b"moved"),  # it was delivered once more since
    ],
)
def test_an_entry_is_claimed_only_as_it_was_seen(
    server: Server, entry: bytes, owner: str, count: int, idle_for: int, outcome: bytes
) -> None:
    idle(server, entry, idle_for)
    found = run(server, scripts.CLAIM, [STREAM], *CLAIMING, entry, owner, count, 3)
    assert found == [outcome or [b"a", b"b"]]
    assert stands(server) == [(b"p1", 2) if outcome else (b"p2", 3)]


@pytest.mark.parametrize(("room", "taken"), [(1, 1), (2, 1), (3, 2), (100, 3)])
def test_no_more_is_claimed_than_there_is_room_for_in_bytes(
    server: Server, entry: bytes, room: int, taken: int
) -> None:
    """The last one may need more than is left: an entry is never too large to be claimed."""
    entries = [entry, *(server.client.xadd(STREAM, {"a": "b"}) for _ in range(2))]
    server.client.xreadgroup(GROUP, "p2", {STREAM: ">"})
    asked = [*(entry, "p1", 2, 3), *(entries[1], "p2", 1, 2), *(entries[2], "p2", 1, 2)]
    idle(server, entry, 60_000)
    found = run(server, scripts.CLAIM, [STREAM], GROUP, "p2", 30_000, room, *asked)
    assert found == [[b"a", b"b"]] * taken + [b"full"] * (3 - taken)
    assert stands(server) == [(b"p2", 3), (b"p2", 2), (b"p2", 2)][:taken] + [(b"p2", 1)] * (
        3 - taken
    )


def test_idle_entries_are_listed_a_page_at_a_time(server: Server, entry: bytes) -> None:
    entries = [entry, *(server.client.xadd(STREAM, {"a": "b"}) for _ in range(4))]
    server.client.xreadgroup(GROUP, "p1", {STREAM: ">"})
    for number in (0, 3, 4):
        idle(server, entries[number], 60_000)
    pages, first = list[list[bytes]](), b"-"
    while first:
        first, *found = run(server, scripts.IDLE, [STREAM], GROUP, 30_000, first, 2)
        pages.append([entry_id for entry_id, *_ in found])
    assert pages == [[entries[0]], [entries[3]], [entries[4]]]


def test_a_claim_whose_reply_was_lost_can_be_repeated(server: Server, entry: bytes) -> None:
    idle(server, entry, 60_000)
    for _ in range(2):
        found = run(server, scripts.CLAIM, [STREAM], *CLAIMING, entry, "p1", 2, 3)
        assert found == [[b"a", b"b"]]
    assert stands(server) == [(b"p2", 3)]


def test_a_claim_of_what_was_removed_acknowledges_it(server: Server, entry: bytes) -> None:
    idle(server, entry, 60_000)
    server.client.xdel(STREAM, entry)
    found = run(server, scripts.CLAIM, [STREAM], *CLAIMING, entry, "p1", 2, 3)
    assert found == [b"gone"]
    assert stands(server) == []


@pytest.mark.parametrize(("process", "done"), [("p1", 1), ("p2", 0)])
def test_only_its_holder_retries_an_entry(
    server: Server, entry: bytes, process: str, done: int
) -> None:
    assert run(server, scripts.RETRY, [STREAM], GROUP, process, entry, 3) == done
    assert stands(server) == [(b"p1", 3 if done else 2)]


@pytest.mark.parametrize(("process", "count", "done"), [("p1", 2, 1), ("p2", 2, 0), ("p1", 1, 0)])
def test_only_its_holder_buries_an_entry(
    server: Server, entry: bytes, process: str, count: int, done: int
) -> None:
    assert run(server, scripts.DEAD, [STREAM, DEAD], GROUP, process, entry, count, *DEATH) == done
    assert server.client.xlen(DEAD) == done
    assert stands(server) == ([] if done else [(b"p1", 2)])
    assert server.client.xlen(STREAM) == 1, "other groups read it too"


def letters(server: Server) -> list[list[bytes]]:
    """The fields and values of each dead letter, in order."""
    found: Any = server.client.eval("return redis.call('XRANGE', KEYS[1], '-', '+')", 1, DEAD)
    return [fields for _, fields in found]


def test_the_server_copies_what_is_buried(server: Server, entry: bytes) -> None:
    """S10: no process sends an entry back, however large it is."""
    assert run(server, scripts.DEAD, [STREAM, DEAD], GROUP, "p1", entry, 2, *DEATH) == 1
    assert letters(server) == [[b"lbgen", b"{}", b"a", b"b"]]


def test_what_was_removed_is_buried_as_its_process_knows_it(server: Server, entry: bytes) -> None:
    server.client.xdel(STREAM, entry)
    keys, fence = [STREAM, DEAD], (GROUP, "p1", entry, 2)
    assert run(server, scripts.DEAD, keys, *fence, *DEATH) == -3
    assert stands(server) == [(b"p1", 2)]
    assert run(server, scripts.DEAD, keys, *fence, *DEATH, 1, "a", b"\xff", "a", "b") == 1
    assert letters(server) == [[b"lbgen", b"{}", b"a", b"\xff", b"a", b"b"]]
    assert stands(server) == []


def test_a_replay_that_is_buried_again_has_one_death(server: Server, entry: bytes) -> None:
    server.client.execute_command("XADD", STREAM, "*", "lbgen", "{1}", "lbgen", "own")
    read: Any = server.client.xreadgroup(GROUP, "p1", {STREAM: ">"})
    [(_, [(replay, _)])] = read
    death = (1, *DEATH[1:])
    assert run(server, scripts.DEAD, [STREAM, DEAD], GROUP, "p1", replay, 1, *death) == 1
    assert letters(server) == [[b"lbgen", b"{}", b"lbgen", b"own"]]
    assert server.client.xlen(STREAM) == 1, "nobody else reads a replay"


@pytest.mark.parametrize("remove", [0, 1])
@pytest.mark.parametrize(
    ("process", "count", "done"), [("p1", 2, True), ("p2", 2, False), ("p1", 1, False)]
)
def test_only_its_holder_acknowledges_an_entry(
    server: Server, entry: bytes, process: str, count: int, done: bool, remove: int
) -> None:
    """D1."""
    for _ in range(2):  # its reply may be lost
        others = run(server, scripts.ACKNOWLEDGE, [STREAM], GROUP, process, remove, entry, count)
        assert others == ([] if done else [entry])
    assert stands(server) == ([] if done else [(b"p1", 2)])
    assert server.client.xlen(STREAM) == (0 if done and remove else 1)


def test_of_a_batch_those_are_acknowledged_that_are_held(server: Server) -> None:
    """In any order, with others in between, and however many."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    ids: list[bytes] = [server.client.xadd(STREAM, {"a": "b"}) for _ in range(2000)]
    server.client.xreadgroup(GROUP, "p1", {STREAM: ">"}, count=2000)
    taken = ids[5:1500:7]
    server.client.xclaim(STREAM, GROUP, "p2", 0, taken)
    server.client.xack(STREAM, GROUP, *ids[3:1500:7])
    batch = [*ids[1990:], *ids[0:1500:2], ids[1900]]
    pairs = [each for entry_id in batch for each in (entry_id, 1)]
    others = run(server, scripts.ACKNOWLEDGE, [STREAM], GROUP, "p1", 0, *pairs)
    assert set(others) == set(taken) & set(batch)
    expected = set(ids) - set(ids[3:1500:7]) - (set(batch) - set(taken))
    left = server.client.xpending_range(STREAM, GROUP, "-", "+", 5000)
    assert {each["message_id"] for each in left} == expected


@pytest.mark.parametrize(
    ("process", "acknowledged", "outcome"), [("p1", False, -1), ("p2", False, 0), ("p1", True, 0)]
)
def test_an_entry_is_gone_only_where_it_is_still_to_be_handled(
    server: Server, entry: bytes, process: str, acknowledged: bool, outcome: int
) -> None:
    """D12: another process may have handled it, and the stream was trimmed since."""
    server.client.xtrim(STREAM, maxlen=0)
    if acknowledged:
        server.client.xack(STREAM, GROUP, entry)
    assert run(server, scripts.RETRY, [STREAM], GROUP, process, entry, 3) == outcome
    assert stands(server) == ([(b"p1", 2)] if outcome == 0 and not acknowledged else [])


@pytest.mark.parametrize(("process", "done"), [("p1", 1), ("p2", 0)])
def test_only_its_holder_hands_an_entry_back(
    server: Server, entry: bytes, process: str, done: int
) -> None:
    released = run(server, scripts.RELEASE, [STREAM], GROUP, process, RELEASED, entry, 1)
    assert released == done
    [pending] = server.client.xpending_range(STREAM, GROUP, "-", "+", 10)
    assert (pending["time_since_delivered"] >= RELEASED) is bool(done)
    assert pending["times_delivered"] == (1 if done else 2)


@pytest.mark.parametrize(
    ("process", "count", "idle_for", "taken", "renewed"),
    [
        ("p1", 1, 10_000, False, True),
        ("p1", 0, 10_000, False, False),  # only looked at: its handler hangs
        ("p2", 1, 10_000, True, False),
        ("p1", 1, RELEASED, False, False),  # given up while the heartbeat was on its way
    ],
)
def test_only_what_is_held_is_renewed(
    server: Server,
    entry: bytes,
    process: str,
    count: int,
    idle_for: int,
    taken: bool,
    renewed: bool,
) -> None:
    idle(server, entry, idle_for)
    found = run(server, scripts.RENEW, [STREAM], GROUP, process, count, RELEASED, entry)
    assert found == [[entry] * taken, [entry] * renewed, []]
    [pending] = server.client.xpending_range(STREAM, GROUP, "-", "+", 10)
    assert (pending["time_since_delivered"] < idle_for) is renewed
    assert stands(server) == [(b"p1", 2)]


def test_what_was_removed_is_told_when_its_renewal_makes_the_server_forget_it(
    server: Server, entry: bytes
) -> None:
    """D12."""
    other: bytes = server.client.xadd(STREAM, {"a": "b"})
    server.client.xreadgroup(GROUP, "p1", {STREAM: ">"})
    server.client.xdel(STREAM, entry)
    found = run(server, scripts.RENEW, [STREAM], GROUP, "p1", 2, RELEASED, entry, other)
    assert found == [[], [other], [entry]]
    assert stands(server) == [(b"p1", 1)]


def test_a_letter_that_is_gone_is_not_replayed(server: Server) -> None:
    assert run(server, scripts.REPLAY, [DEAD, "{s}:replay:g"], "1-1", GROUP) is None
    assert not server.client.exists("{s}:replay:g")


@pytest.mark.parametrize("barrier", [1, 0])
def test_what_is_found_leaves_a_write_behind_for_wait_to_wait_for(
    server: Server, barrier: int
) -> None:
    """`WAIT` waits for the writes of its connection: without one it would confirm anything."""
    entry_id = server.client.xadd(STREAM, {"id": "x"})
    keys = [STREAM, "{s}:barrier", "{s}:dropped", "{s}:trimmed", "{s}:groups"]
    found = run(server, scripts.FIRE, keys, 0, barrier, 0, 0, "x", "", "0-0", "", 2, "id", "x")
    assert found == [entry_id]
    assert server.client.xlen(STREAM) == 1
    assert server.client.exists("{s}:barrier") == barrier
