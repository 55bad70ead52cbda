"""Faults that are aimed at one promise each, played on a stage."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from tests.faults.ledger import GROUPS, PATIENCE, STREAM
from tests.support import servers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.stage import Stage
    from tests.faults.verdict import Verdict


def _listening(stage: Stage, count: int = 2) -> list[str]:
    """Start processes that listen; returns when they do."""
    stage.wanted = count
    before = stage.listening
    names = [stage.consume() for _ in range(count)]
    servers.wait_for(lambda: stage.listening >= before + count, 30)
    return names


def _until_confirmed(stage: Stage, count: int, seconds: float = 60) -> None:
    servers.wait_for(lambda: len(stage.lines("confirmed")) >= count, seconds)


def consumers_are_killed(stage: Stage) -> Verdict:
    """kill -9 of processes in the middle of their handlers."""
    _listening(stage)
    stage.produce(count=300, rate=60)
    _until_confirmed(stage, 10)
    for _ in range(5):
        time.sleep(stage.random.uniform(0.3, 0.8))
        stage.kill(stage.random.choice(stage.consumers))
        stage.consume()
    _until_confirmed(stage, 300)
    return stage.settle()


def replies_are_lost(stage: Stage) -> Verdict:
    """The server takes what is fired, and its replies never come."""
    _listening(stage)
    stage.produce(count=300, rate=60, threads=4)
    _until_confirmed(stage, 10)
    for _ in range(4):
        time.sleep(stage.random.uniform(0.1, 0.3))
        stage.pair.network("drop_replies", 0.3)
    _until_confirmed(stage, 300)
    return stage.settle()


def handlers_are_slow(stage: Stage) -> Verdict:
    """Handlers take longer than the acknowledgement timeout, in healthy processes."""
    _listening(stage)
    stage.produce(count=12, rate=20)
    _until_confirmed(stage, 12)
    return stage.settle()


def a_process_is_stopped(stage: Stage) -> Verdict:
    """A process stands still for longer than the acknowledgement timeout, and goes on."""
    names = _listening(stage)
    stage.produce(count=12, rate=50)
    _until_confirmed(stage, 12)
    stage.stop_and_go(names[0], 2.5 * stage.timeout)
    return stage.settle()


def groups_are_destroyed(stage: Stage) -> Verdict:
    """The consumer groups vanish, and events are fired before anybody notices."""
    names = _listening(stage)
    stage.produce(count=200, rate=50)
    _until_confirmed(stage, 50)
    for name in names:
        stage.pause(name)
    stage.note("group lost")
    for group in ("service-asynchronous", "service-synchronous"):
        stage.server.client.xgroup_destroy(STREAM, group)
    fired = len(stage.lines("confirmed"))
    _until_confirmed(stage, fired + 30)
    for name in names:
        stage.resume(name)
    _until_confirmed(stage, 200)
    stage.note("group lost")
    return stage.settle()


def nobody_listens_for_a_while(stage: Stage) -> Verdict:
    """All processes that listen are gone while events are fired and streams are trimmed."""
    _listening(stage)
    stage.produce(count=400, rate=50)
    _until_confirmed(stage, 50)
    for name in stage.consumers:
        stage.kill(name)
    _until_confirmed(stage, 400)
    time.sleep(1)
    return stage.settle()


def _until_begun(stage: Stage, name: str, count: int) -> None:
    """Wait until a process has begun so many events in each group."""

    def begun() -> bool:
        groups = [x["group"] for x in stage.lines("began") if x["who"] == f"journal-{name}"]
        return all(groups.count(group) >= count for group in GROUPS)

    servers.wait_for(begun, 30)


def _soon(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition comes true in time: what the ledger is to find is no error here."""
    with contextlib.suppress(AssertionError):
        return servers.wait_for(condition, seconds)
    return False


def handlers_return_when_their_claim_is_lost(stage: Stage) -> Verdict:
    """A process stands still; another takes its events over and is killed with them.

    The handlers of the first learn that their claims are lost, and return.
    """
    [slow] = _listening(stage, 1)
    stage.produce(count=4)
    _until_begun(stage, slow, 4)
    stage.pause(slow)
    [other] = _listening(stage, 1)
    _until_begun(stage, other, 1)
    stage.resume(slow)
    servers.wait_for(lambda: {line["group"] for line in stage.lines("gave up")} == set(GROUPS), 30)
    time.sleep(0.3)
    stage.kill(other)
    stage.gate.touch()
    return stage.settle()


def handlers_are_cut_off_by_grace(stage: Stage) -> Verdict:
    """A process is told to leave; its handlers learn that they take too long, and return."""
    [name] = _listening(stage, 1)
    stage.produce(count=4)
    _until_begun(stage, name, 4)
    stage.terminate(name)
    servers.wait_for(lambda: name not in stage.consumers, 30)
    stage.gate.touch()
    return stage.settle()


def wide_events_wait_for_many_threads(stage: Stage) -> Verdict:
    """Processes start, and their threads meet events of many fields at the same moment."""
    for _ in range(3):
        [name] = _listening(stage, 1)
        servers.wait_for(stage.quiet, 30)
        stage.kill(name)
        producer = stage.produce(count=30)
        servers.wait_for(lambda name=producer: name not in stage.producers, 30)
    return stage.settle()


def the_server_is_demoted(stage: Stage) -> Verdict:
    """The server becomes the replica of another one, and no connection ends."""
    _listening(stage)
    stage.pair.replica()
    stage.produce(count=200, rate=50)
    _until_confirmed(stage, 50)
    assert stage.pair.demote()
    went_on = _soon(lambda: len(stage.lines("confirmed")) >= 200, PATIENCE + 6)
    return stage.settle(60 if went_on else 1)


def a_newcomer_registers_first_after_a_loss(stage: Stage) -> Verdict:
    """The server loses everything while the only process stands still; another one starts."""
    [name] = _listening(stage, 1)
    stage.produce(count=20)
    _until_confirmed(stage, 20)
    assert stage.quiet()
    stage.pause(name)
    stage.note("group lost")
    stage.server.client.flushall()
    stage.produce(count=20)
    _until_confirmed(stage, 40)
    _listening(stage, 1)
    stage.resume(name)
    _soon(lambda: len(stage.lines("done")) >= 80, PATIENCE)
    stage.note("group lost")
    return stage.settle()


def many_are_fired_again(stage: Stage) -> Verdict:
    """Events are fired again under their ids, in a stream that has a hundred thousand others."""
    client = stage.server.client
    seconds, _ = client.time()
    for part in range(10):  # the entries of the minute before this one
        client.eval(_FILL, 1, STREAM, (seconds - 65 + 6 * part) * 1000, 10_000)
    _listening(stage, 1)
    walks = sorted(_seconds(lambda: client.eval(_WALK, 1, STREAM)) for _ in range(3))
    client.slowlog_reset()

    def slow() -> list[float]:
        """The scripts that took the time of a third of a walk through the whole stream."""
        return [each for each in stage.pair.slow_scripts() if each > walks[1] / 3]

    producer = stage.produce(count=150, rate=200, threads=4, again=1.0)
    while producer in stage.producers and len(slow()) < _MANY:
        time.sleep(0.1)
    verdict = stage.settle()
    if len(slow()) >= _MANY:  # a few may have waited for their turn on this machine
        verdict.found("no script's work grows with the stream", f"{slow()} s; a walk: {walks} s")
    return verdict


def _seconds(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


_FILL: Final = """
for i = 1, ARGV[2] do
  redis.call('XADD', KEYS[1], string.format('%.0f-%d', ARGV[1] + i / 2, i),
    'id', ARGV[1] .. '-' .. i, 'api_name', 'notes', 'event_name', 'another', 'version', '1',
    ':number', '1', ':text', '"old"')
end
"""
_WALK: Final = """
local after = '-'
repeat
  local found = redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', 500)
  if #found > 0 then after = '(' .. found[#found][1] end
until #found == 0
"""
_MANY: Final = 8


def reads_lose_their_replies(stage: Stage) -> Verdict:
    """The replies to reads are lost again and again, where one event runs after the other."""
    _listening(stage, 1)
    stage.produce(count=400, rate=150, threads=1)
    _until_confirmed(stage, 10)
    for _ in range(8):
        time.sleep(stage.random.uniform(0.1, 0.3))
        stage.pair.network("drop_replies", 0.1)
    _until_confirmed(stage, 400)
    verdict = stage.settle()
    for group in GROUPS:
        last = (0, 0)
        for line in stage.lines("began"):
            milliseconds, _, number = line["entry"].partition("-")
            entry = (int(milliseconds), int(number))
            if line["group"] == group and entry < last:
                verdict.found("events run in their order", f"{line} after {last}")
            last = max(last, entry) if line["group"] == group else last
    return verdict


def a_slow_event_comes_back(stage: Stage) -> Verdict:
    """A process is killed in a handler that takes long, and starts again under its name."""
    name = stage.consume(process="fixed")
    servers.wait_for(lambda: stage.listening, 30)
    stage.produce(count=1, kinds={"gate": 1})
    _until_begun(stage, name, 1)
    stage.kill(name)
    name = stage.consume(process="fixed")
    _until_begun(stage, name, 1)
    stage.produce(count=40)
    went_on = _soon(lambda: len(stage.lines("done")) >= 80, PATIENCE)
    stage.gate.touch()
    verdict = stage.settle()
    if not went_on:
        verdict.found("a slow event does not hold up the others", f"for {PATIENCE} s")
    return verdict
