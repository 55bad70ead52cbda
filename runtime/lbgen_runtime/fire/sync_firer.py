"""What many threads fire in the same moment travels as one write, in one of these threads.

The first that comes leads and writes what has gathered; those that come meanwhile wait, and one of
them leads next. A call may interrupt another one of its own thread at any place (a signal handler,
a destructor, a log handler), so nothing here blocks on a lock: each step that decides who leads or
who is written is one operation of a dict or a deque, which Python does not interrupt.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Final

from ..wire import clock
from ..wire.backoff import backoff
from ..wire.connection_failures import ConnectionFailed
from ..wire.sync_connection import SyncConnection
from .batch import Exchange, fire_batch, give_up_late
from .outgoing import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..wire.outage import Outage
    from ..wire.slots import ServerNode
    from ..wire.topology import Topology
    from .outgoing import Fire
    from .rules import FireRules, NodeRules

__all__ = ["SyncFirer"]

_LARGEST_BATCH: Final = 512
_LOOK: Final = 0.1
"""Seconds after which those who wait look by themselves whether somebody leads."""
_PATIENCE: Final = 1.0
"""Seconds after which those who wait leave a leader that does not get on to itself: what interrupts
its thread may take long."""
_SLACK: Final = 0.5
"""Seconds beyond its deadline after which an event that another thread writes is given up."""


class _Turn:
    """What one call fires into one stream, in which thread, and how the thread is woken."""

    __slots__ = ("deadline", "elsewhere", "fires", "redirections", "stream", "thread", "woken")

    def __init__(self, fires: Sequence[Fire]) -> None:
        self.fires = fires
        self.stream = fires[0].stream if fires else b""
        self.redirections = 0
        self.elsewhere = False
        self.thread = get_ident()
        self.woken: Lock | None = None
        self.deadline = 0.0

    def wait_in_line(self) -> None:
        if self.woken is None:
            self.deadline = max(fire.deadline for fire in self.fires)
            self.woken = Lock()
            self.woken.acquire()
            for fire in self.fires:
                fire.settled = self.wake

    def wake(self) -> None:
        """Let the thread look what became of it; an `Event` may not be set within its `set`."""
        if self.woken is not None:
            with contextlib.suppress(RuntimeError):  # it is awake already
                self.woken.release()

    def send_elsewhere(self) -> None:
        """Have the thread look for the lane of its stream: it is out of the line."""
        self.elsewhere = True
        self.wake()

    def wait(self) -> None:
        assert self.woken is not None
        self.woken.acquire(timeout=_LOOK)

    @property
    def done(self) -> bool:
        for fire in self.fires:  # noqa: SIM110 (all() takes three times as long)
            if not fire.done:
                return False
        return True

    def give_up(self, *, taken: bool) -> None:
        """Nobody has written what this turn fires, or told what became of it."""
        for fire in self.fires:
            if not fire.done:
                unknown = taken or fire.maybe_written
                problem = Problem.UNCONFIRMED if unknown else Problem.UNREACHABLE
                fire.give_up(problem, "the thread that writes for the other threads is blocked")


class _Lane:
    """A connection to a node, the turn that writes over it, and the turns that wait for it."""

    __slots__ = ("connection", "leader", "line", "node", "rules")

    def __init__(self, node: ServerNode, connection: SyncConnection, rules: FireRules) -> None:
        self.node = node
        self.connection = connection
        self.rules = rules
        self.leader: dict[None, _Turn] = {}
        self.line: deque[_Turn] = deque()

    def leave(self, turn: _Turn) -> bool:
        """Take a turn out of the line; returns whether it stood there."""
        try:
            self.line.remove(turn)
        except ValueError:
            return False
        return True


class SyncFirer:
    """Fires from any thread, in the thread that calls.

    Args:
        topology: which servers there are.
        name: the connections' name on the server.
        rules: what holds for every event.
        outage: what is told when a connection fails and when it works.
    """

    __slots__ = ("_lanes", "_name", "_outage", "_rules", "_topology")

    def __init__(self, topology: Topology, *, name: str, rules: NodeRules, outage: Outage) -> None:
        self._topology = topology
        self._outage = outage
        self._name = name
        self._rules = rules
        self._lanes: dict[ServerNode, _Lane] = {}

    def _new_lane(self, node: ServerNode) -> _Lane:
        connection = SyncConnection(self._topology, name=self._name, at=lambda: node)
        return _Lane(node, connection, self._rules.of(node))

    def _lane_of(self, turn: _Turn) -> _Lane:
        node = self._topology.node_of(turn.stream)
        lane = self._lanes.get(node)
        return self._lanes.setdefault(node, self._new_lane(node)) if lane is None else lane

    def fire(self, fires: Sequence[Fire]) -> None:
        """Fire events; on return each has an outcome."""
        if not fires:
            return
        turn = _Turn(fires)
        while not turn.done:
            lane = self._lane_of(turn)
            try:
                leader = lane.leader.setdefault(None, turn)
                if leader is turn:
                    self._lead(lane, turn)
                elif leader.thread == turn.thread:  # this call interrupts the one that leads
                    self._replace(lane)
                else:
                    self._wait(lane, turn)
            except BaseException:
                self._leave(lane, turn)
                raise

    def _lead(self, lane: _Lane, turn: _Turn) -> None:
        turns: list[_Turn] = []

        def gather() -> list[Fire]:
            gathered: list[Fire] = []
            while lane.line and len(gathered) < _LARGEST_BATCH:
                try:
                    other = lane.line.popleft()
                except IndexError:  # another thread has left the line, or an interrupting call
                    break
                if self._is_elsewhere(lane, other):
                    other.send_elsewhere()
                else:
                    turns.append(other)
                    gathered += other.fires
            return gathered

        def divided() -> bool:
            return any(self._is_elsewhere(lane, other) for other in turns if not other.done)

        try:
            if not turn.done:
                self._drive(lane, turn, [*turn.fires, *gather()], gather, divided)
        except BaseException:
            for fire in (fire for other in turns for fire in other.fires if not fire.done):
                fire.attempted(fire.began)
            raise
        finally:
            for other in reversed(turns):
                if other.done:
                    continue
                if self._is_elsewhere(lane, other):
                    other.send_elsewhere()
                else:
                    lane.line.appendleft(other)
            self._leave(lane, turn)

    def _is_elsewhere(self, lane: _Lane, turn: _Turn) -> bool:
        """Whether another node serves the stream of a turn that waits in this lane."""
        return not self._topology.is_single and self._topology.node_of(turn.stream) != lane.node

    def _drive(
        self,
        lane: _Lane,
        turn: _Turn,
        batch: list[Fire],
        more: Callable[[], list[Fire]],
        divided: Callable[[], bool],
    ) -> None:
        """Fire until the turn is done; what others fire and is not done goes on with the next.

        It ends early where other nodes serve some of the streams by now (`divided`).
        """
        steps = fire_batch(batch, lane.rules, more)
        peer, failures = None, 0
        try:
            step = next(steps)
            while not turn.done:
                if isinstance(step, Exchange):
                    peer = lane.connection.peer
                    try:
                        replies = lane.connection.exchange(step.commands, timeout=step.timeout)
                    except ConnectionFailed as failure:
                        failures += 1
                        if failures > 1 or not failure.sent:  # else an idle one that was closed
                            self._outage.record_failure(failure, failures)
                        step = steps.throw(failure)
                    else:
                        self._outage.record_success()
                        step = steps.send(replies)
                else:
                    time.sleep(step.seconds)
                    if self._lane_of(turn) is not lane:  # another node serves the stream now
                        self._redirected(turn)
                        return
                    if divided():
                        give_up_late(turn.fires)
                        return
                    step = next(steps)
        except StopIteration:
            pass
        except BaseException:
            if peer is not None:
                lane.rules.broken.append(peer)
            raise

    def _redirected(self, turn: _Turn) -> None:
        """Wait longer each time where nodes go on to name one another."""
        give_up_late(turn.fires)
        turn.redirections += 1
        if turn.redirections > 2:
            time.sleep(backoff(turn.redirections - 2, first=0.05, longest=1.0))

    def _wait(self, lane: _Lane, turn: _Turn) -> None:
        """Wait until the turn is done, or has led, or is to wait in another lane."""
        turn.wait_in_line()
        lane.line.append(turn)
        patience = clock.now() + _PATIENCE
        while not turn.done:
            here = lane is self._lane_of(turn)
            if here and lane.leader.setdefault(None, turn) is turn:
                lane.leave(turn)
                self._lead(lane, turn)
                return
            turn.wait()
            now = clock.now()
            if now > turn.deadline + _SLACK:
                turn.give_up(taken=not lane.leave(turn))
            elif turn.elsewhere or (not here and lane.leave(turn)):
                turn.elsewhere = False
                return
            elif now > patience and lane.leave(turn):
                self._replace(lane)
                return

    def _replace(self, lane: _Lane) -> None:
        """Have those who come from now on, and those who wait, write over another connection."""
        if self._lanes.get(lane.node) is lane:
            self._lanes[lane.node] = self._new_lane(lane.node)

    def _leave(self, lane: _Lane, turn: _Turn) -> None:
        """Neither lead nor wait any more."""
        lane.leave(turn)
        if lane.leader.get(None) is turn:
            if self._lanes.get(lane.node) is not lane:
                lane.connection.close()
            del lane.leader[None]
            with contextlib.suppress(IndexError):
                lane.line[0].wake()

    def close(self) -> None:
        """Close the connections; firing again opens others."""
        while self._lanes:
            _, lane = self._lanes.popitem()  # whoever leads closes it at the end
            closing = _Turn(())
            if lane.leader.setdefault(None, closing) is closing:
                self._leave(lane, closing)
