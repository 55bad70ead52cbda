"""The ledger: each rule can be broken, and what explains a double run explains no other one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.wire.dead_letter_entry import DeadLetterReason
from lbgen_runtime.wire.keys import dead_key
from tests.faults.ledger import GROUPS, PATIENCE, STREAM, Ledger

if TYPE_CHECKING:
    from tests.faults.verdict import Verdict
    from tests.support.servers import Server

ONE, OTHER, HARNESS = "journal-one", "journal-other", "harness"
PRODUCER = "journal-producer"
AGAIN = "nothing begins again after it was done"
TWICE = "every double run has a cause"


def line(what: str, at: float, who: str = ONE, delivery: int = 1, **more: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"group": "synchronous", "id": "x", "entry": "1-0", "kind": "ok"}
    return {"what": what, "at": at, "who": who, "delivery": delivery, **about, **more}


def ledger(*lines: dict[str, Any]) -> Ledger:
    return Ledger(list(lines), acknowledgement_timeout=1.5, grace=3)


def judged(*lines: dict[str, Any]) -> Verdict:
    return ledger(*lines).check_journals()


# Double runs: the second run begins after the first was done, and while it runs.
AFTER = (line("began", 10), line("done", 10.1), line("began", 14, OTHER, 2))
MEANWHILE = (line("began", 10), line("began", 14, OTHER, 2), line("done", 20))
TAKEN: dict[str, Any] = {"text": "another process took over event x"}


def stopped(at: float, until: float) -> list[dict[str, Any]]:
    about: dict[str, Any] = {"who": HARNESS, "whom": ONE}
    return [line("paused", at, **about), line("resumed", until, **about)]


def told(*times: float) -> list[dict[str, Any]]:
    return [line("terminate", at, HARNESS, whom=ONE) for at in times]


def test_a_double_run_without_a_cause_is_a_violation() -> None:
    assert judged(*MEANWHILE).broken == {TWICE}


def test_an_event_that_begins_again_after_it_was_done_is_a_violation() -> None:
    assert judged(*AFTER).broken == {AGAIN}


@pytest.mark.parametrize(
    "cause",
    [
        [line("kill", 11, HARNESS, whom=ONE)],
        [line("group lost", 13, HARNESS)],
        [line("group lost", 9, HARNESS)],  # its process held it, and began it afterwards
        [line("server", 9, HARNESS)],
        [line("stalled", 10.9, HARNESS, seconds=0.8)],
        told(9.5, 10.2),
        [line("network", 11, HARNESS, mode="blackhole", seconds=2)],
        [line("reset", 10.05, HARNESS), line("log", 12.5, **TAKEN)],
        stopped(10.5, 13),
        [line("failed", 10.2)],
        # It was done before its process was stopped, which runs the event once more much later.
        [
            *stopped(10.5, 13),
            line("group lost", 39, HARNESS),
            line("began", 40),
            line("done", 40.1),
        ],
    ],
    ids=lambda cause: f"{cause[0]['what']}-{len(cause)}",
)
def test_each_cause_explains_it(cause: list[dict[str, Any]]) -> None:
    verdict = judged(*AFTER, *cause)
    assert verdict.broken == set()
    assert verdict.double_runs == sum(verdict.explained.values())


@pytest.mark.parametrize(
    "cause",
    [
        line("kill", 13, HARNESS, whom=ONE),
        line("terminate", 13, HARNESS, whom=ONE),
        line("server", 13, HARNESS),
        line("network", 13, HARNESS, mode="drop_replies", seconds=2),
    ],
    ids=lambda cause: cause["what"],
)
def test_what_comes_long_after_the_end_of_a_run_explains_nothing(cause: dict[str, Any]) -> None:
    assert judged(*AFTER, cause).broken == {AGAIN}
    assert judged(*MEANWHILE, cause).broken == set()


def test_a_process_that_leaves_acknowledges_what_was_done() -> None:
    late = line("began", 10), line("done", 13.2), line("began", 14, OTHER, 2)
    for at in (9.5, 10.05):
        assert judged(*AFTER, *told(at)).broken == {AGAIN}
    assert judged(*late, *told(10.05)).broken == set()


def test_a_process_that_was_killed_before_it_learned_of_its_loss_need_not_tell_of_it() -> None:
    reset, kill = line("reset", 10.05, HARNESS), line("kill", 15, HARNESS, whom=ONE)
    running = line("began", 10), line("began", 14, OTHER, 2)
    assert judged(*running, reset, kill).broken == set()
    assert judged(*running, kill).broken == {TWICE}
    assert judged(*running, reset).broken == {TWICE}
    assert judged(*running, reset, {**kill, "at": 17.1}).broken == {TWICE}
    assert judged(*running, {**reset, "at": 8}, kill).broken == {TWICE}
    assert judged(*AFTER, reset, kill).broken == {AGAIN}


@pytest.mark.parametrize(
    "no_cause",
    [
        [line("kill", 15, HARNESS, whom=ONE)],
        [line("kill", 11, HARNESS, whom=OTHER)],
        [line("group lost", 15, HARNESS)],
        [line("group lost", 8, HARNESS)],
        [line("server", 2, HARNESS)],
        [line("stalled", 10.9, HARNESS, seconds=0.7)],
        [line("stalled", 14, HARNESS, seconds=1.5)],
        [line("network", 11, HARNESS, mode="blackhole", seconds=0.1)],
        [line("log", 12.5, **TAKEN)],
        [line("reset", 10.05, HARNESS)],
        [line("reset", 10.05, HARNESS), line("log", 12.5, text=TAKEN["text"].replace("x", "y"))],
        stopped(7, 8),
        stopped(12, 13),
        [line("failed", 40)],
    ],
    ids=lambda cause: cause[0]["what"],
)
def test_what_was_elsewhere_or_at_another_time_does_not(no_cause: list[dict[str, Any]]) -> None:
    assert judged(*AFTER, *no_cause).broken == {AGAIN}


@pytest.mark.parametrize(
    "before", [told(10, 12), [*told(10), *stopped(12, 16)]], ids=["told twice", "stood still"]
)
def test_a_process_that_leaves_at_once_since_it_has_to_may_say_so(
    before: list[dict[str, Any]],
) -> None:
    ended = line("ended", 20, HARNESS, whom=ONE, code=143)
    assert judged(*before, ended).broken == set()
    assert judged(*before, {**ended, "code": 1}).broken == {"no process ends by itself"}


@pytest.mark.parametrize(
    "before", [[], told(10), [*stopped(5, 9), *told(10)], [line("kill", 10, HARNESS, whom=OTHER)]]
)
def test_a_process_that_does_not_come_to_its_end_by_itself_is_a_violation(
    before: list[dict[str, Any]],
) -> None:
    ended = line("ended", 20, HARNESS, whom=ONE, code=143)
    assert judged(*before, ended).broken == {"no process ends by itself"}


def unconfirmed(at: float) -> dict[str, Any]:
    return line("unconfirmed", at, PRODUCER, why="READONLY")


@pytest.mark.parametrize(
    ("broken", "lines"),
    [
        ("no valid event is refused", [line("refused", 1, why="RecursionError")]),
        ("no refusal lasts", [unconfirmed(10), unconfirmed(11 + PATIENCE)]),
        ("what was handled is acknowledged", [line("unacknowledged", 1)]),
        ("no process ends by itself", [line("ended", 1, HARNESS, whom=ONE, code=1)]),
        ("every process that listens reads", [line("silent", 1, HARNESS, whom=ONE)]),
        (
            "every child of a handled event is confirmed",
            [line("began", 1), line("done", 2, children=["x/s"])],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_rule_of_the_journals_can_be_broken(broken: str, lines: list[dict[str, Any]]) -> None:
    assert judged(*lines).broken == {broken}


@pytest.mark.parametrize(
    "reason",
    [
        [unconfirmed(10), line("confirmed", 15, PRODUCER), unconfirmed(11 + PATIENCE)],
        [unconfirmed(10), line("server", 15, HARNESS), unconfirmed(11 + PATIENCE)],
        [unconfirmed(10), line("unconfirmed", 11 + PATIENCE, "journal-another", why="")],
    ],
    ids=["it ended", "there was no server", "another process"],
)
def test_a_refusal_that_has_a_reason_or_an_end_does_not_last(reason: list[dict[str, Any]]) -> None:
    assert judged(*reason).broken == set()


def confirmed(kind: str = "ok") -> dict[str, Any]:
    return line("confirmed", 1, PRODUCER, kind=kind, number=1)


def done(group: str) -> list[dict[str, Any]]:
    return [line("began", 2, group=group), line("done", 3, group=group)]


@pytest.fixture
def calm(server: Server) -> Server:
    """A server on which every group has read and acknowledged everything."""
    server.client.slowlog_reset()
    server.client.xadd(STREAM, {"id": "x"}, id="1-0")
    for group in GROUPS:
        server.client.xgroup_create(STREAM, f"service-{group}", "$")
    return server


def bury(server: Server, group: str, reason: str) -> None:
    death = DeadLetterReason(
        reason=reason,
        detail="",
        stream_id="1-0",
        deliveries=1,
        process="one",
        fired_at="",
        died_at="",
    )
    name, value = death.fields()
    server.client.xadd(dead_key(STREAM, f"service-{group}"), {name: value, "id": "x"})


def test_what_was_run_in_every_group_is_in_order(calm: Server) -> None:
    lines = [each for group in GROUPS for each in done(group)]
    verdict = ledger(confirmed(), *lines).check(calm.client)
    assert verdict.broken == set()
    assert verdict.confirmed == 1


@pytest.mark.parametrize("end", ["gave up", "cancelled", "failed"])
def test_an_event_that_nobody_has_run_to_its_end_is_lost(end: str, calm: Server) -> None:
    one, other = GROUPS
    lines = [*done(one), line("began", 2, group=other), line(end, 3, group=other)]
    verdict = ledger(confirmed(), *lines).check(calm.client)
    assert verdict.broken == {"every confirmed event is run or dead"}


@pytest.mark.parametrize(
    ("kind", "reason", "broken"),
    [
        ("ok", "invalid", {"no innocent event is among the dead"}),
        ("wide", "failed", {"no innocent event is among the dead"}),
        ("poison", "invalid", {"a dead letter says the true reason"}),
        ("poison", "failed", set()),
    ],
)
def test_who_is_among_the_dead(kind: str, reason: str, broken: set[str], calm: Server) -> None:
    for group in GROUPS:
        bury(calm, group, reason)
    assert ledger(confirmed(kind)).check(calm.client).broken == broken


def test_an_event_that_succeeded_is_not_among_the_dead(calm: Server) -> None:
    for group in GROUPS:
        bury(calm, group, "failed")
    verdict = ledger(confirmed("poison"), *done(GROUPS[0])).check(calm.client)
    assert verdict.broken == {"no event that succeeded is among the dead"}


def test_two_entries_of_one_id_are_a_violation(calm: Server) -> None:
    calm.client.xadd(STREAM, {"id": "x"})
    for group in GROUPS:
        calm.client.xgroup_setid(STREAM, f"service-{group}", "$")
    lines = [each for group in GROUPS for each in done(group)]
    verdict = ledger(confirmed(), *lines).check(calm.client)
    assert verdict.broken == {"one entry per fired id"}


def test_what_is_left_in_a_group_is_a_violation(calm: Server) -> None:
    calm.client.xadd(STREAM, {"id": "y"}, id="2-0")
    calm.client.xadd(STREAM, {"id": "z"}, id="3-0")
    calm.client.xreadgroup(f"service-{GROUPS[0]}", "one", {STREAM: ">"}, count=1)
    calm.client.xdel(STREAM, "2-0")
    calm.client.xgroup_destroy(STREAM, f"service-{GROUPS[1]}")
    assert ledger().check(calm.client).broken == {
        "nothing is pending in the end",
        "no pending entry is missing from its stream",
        "nothing is undelivered in the end",
        "every group is there in the end",
    }


def test_a_script_that_holds_the_server_up_is_a_violation(calm: Server) -> None:
    patient = calm.connect()
    patient.connection_pool.connection_kwargs["socket_timeout"] = 60
    patient.eval(_LONG, 0)
    patient.close()
    assert ledger().check(calm.client).broken == {"no script holds the server up"}


_LONG = """
-- Redis has no clock but TIME; Valkey's TIME stands still in a script.
local found, seconds = pcall(function() return os.clock end)
if not found then
  seconds = function()
    local now = redis.call('TIME')
    return now[1] + now[2] / 1000000
  end
end
local began = seconds()
repeat until seconds() - began > 1.1
"""
