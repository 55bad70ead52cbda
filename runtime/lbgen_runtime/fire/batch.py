"""Firing a batch of events: what is sent, what each reply means, when to try again.

Nothing here waits or speaks to a server: `fire_batch` yields what is to be done, and is driven
from sync and from async code alike.

An event's first attempt is a plain `XADD`. Where its reply never came, the event may be in the
stream or not; the next attempt then first ends the connection that may still carry it
(`CLIENT KILL`), looks through the stream for the event's id (`search`), and looks at what has come
since in the same atomic step that writes it.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from ..printable import printable
from ..wire import clock
from ..wire.backoff import backoff
from ..wire.connection import REPLY_TIMEOUT, ConnectionFailed
from ..wire.eviction import ASK, EvictionCheck, warn_of_eviction
from ..wire.keys import barrier_key, dropped_key, fired_key, registered_key, trimmed_key
from ..wire.refusals import AskElsewhere, AskLater, Forbidden, Refusal, UnknownScript
from ..wire.scripts import FIRE, LOOK
from ..wire.trimming import Trims
from .outgoing import Problem
from .search import Page, Searches, ServerClock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from ..wire.connection import Peer
    from ..wire.resp import Command, Reply
    from ..wire.slots import Node
    from ..wire.topology import Topology
    from .outgoing import Fire
    from .search import Search

__all__ = ["Exchange", "FireRules", "NodeRules", "Pause", "Step", "fire_batch", "give_up_late"]

_log = logging.getLogger("lbgen")

_MOST_IN_STEP, _MOST_BYTES_IN_STEP = 100, 1_000_000
"""Events that one step writes at most, and their bytes, unless it is one event."""
_SHORTEST: Final = 0.05
"""Seconds that an attempt gets at least, however near its deadline is."""
_DURABLE_TIMEOUT: Final = 2_000
"""Milliseconds that the server may take until a write is durable, per attempt; less than its
reply may take."""


def _always(_stream: bytes) -> bool:
    return True


@dataclass(slots=True, kw_only=True)
class FireRules:
    """What holds for every event that a bus fires.

    Attributes:
        durable: the command that waits until what its connection wrote is durable.
        durable_count: what its reply must reach.
        max_length: entries that a stream may have; 0 is any number.
        drop_oldest: a full stream drops its oldest entries instead of refusing new ones.
        trims: when a stream is due to be trimmed.
        eviction: whether the server's policy was asked for.
        searches: of events that this process has not confirmed.
        broken: connections that may still carry writes; ended on the server before anything is
            looked for, and forgotten then.
        serves: whether the node of these rules serves a stream.
    """

    durable: Command | None = None
    durable_count: int = 0
    max_length: int = 0
    drop_oldest: bool = False
    trims: Trims = field(default_factory=Trims)
    eviction: EvictionCheck = field(default_factory=EvictionCheck)
    searches: Searches = field(default_factory=Searches)
    broken: list[Peer] = field(default_factory=list["Peer"])
    durable_checked: bool = False
    kill_refused: bool = False
    serves: Callable[[bytes], bool] = _always

    @classmethod
    def of(cls, durability: str, **rules: Any) -> FireRules:
        """The rules with `memory`, `disk` or `replicas:N` durability."""
        kind, _, count = durability.partition(":")
        match kind:
            case "disk":
                durable: Command | None = (b"WAITAOF", 1, 0, _DURABLE_TIMEOUT)
            case "replicas":
                durable = (b"WAIT", int(count), _DURABLE_TIMEOUT)
            case _:
                durable = None
        return cls(durable=durable, durable_count=int(count or 1), **rules)


class NodeRules:
    """The rules for each node: what one of them was told does not hold for the others.

    Args:
        topology: which nodes there are.
        rules: what holds for all of them.
    """

    __slots__ = ("_of", "_rules", "_topology")

    def __init__(self, topology: Topology, rules: FireRules) -> None:
        self._topology = topology
        self._rules = rules
        self._of: dict[Node, FireRules] = {}

    def of(self, node: Node) -> FireRules:
        """The rules for a node."""
        rules = self._of.get(node)
        if rules is None:
            node_of = self._topology.node_of
            made = replace(
                self._rules,
                broken=[],
                eviction=EvictionCheck(asked=self._rules.eviction.asked),
                serves=lambda stream: node_of(stream) == node,
            )
            rules = self._of.setdefault(node, made)
        return rules


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send these commands; the answer is the list of their replies.

    Attributes:
        commands: what to send.
        timeout: seconds that the replies may take.
    """

    commands: list[Command | bytes]
    timeout: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait for so many seconds."""

    seconds: float


Step = Exchange | Pause


def fire_batch(
    batch: list[Fire], rules: FireRules, more: Callable[[], list[Fire]]
) -> Generator[Step, list[Reply] | None, None]:
    """Fire events until each is confirmed or given up.

    Args:
        batch: the events.
        rules: what holds for the bus.
        more: gives events that have come meanwhile; they join at the next attempt.
    """
    failures = 0
    why = refusal = ""
    in_full = False
    server_clock: ServerClock | None = None
    while batch:
        left = max(fire.deadline for fire in batch) - clock.now()
        timeout = min(max(left, _SHORTEST), REPLY_TIMEOUT)
        attempt = _Attempt(batch, rules, server_clock, timeout, in_full=in_full)
        failure = None
        try:
            replies = yield Exchange(attempt.commands, timeout)
        except ConnectionFailed as error:
            replies, failure = error.replies, error
        attempt.settle(replies or [])
        if failure is None:
            attempt.ended_connections()
            server_clock = attempt.clock
            refusal = attempt.refusal or refusal
            why = refusal
            in_full = attempt.script_unknown
        else:
            if not (why and failure.timed_out):  # an attempt that is cut short knows nothing new
                why = f"{failure}; before that: {refusal}" if refusal else str(failure)
            if failure.sent:
                attempt.outcome_unknown(len(failure.replies))
                if failure.peer is not None:
                    rules.broken.append(failure.peer)
        batch = [fire for fire in batch if not fire.done]
        if not batch:
            return
        if failure is not None and failure.refused:
            _give_up(batch, why, Problem.REJECTED)
            return
        if failure is not None or not attempt.again_at_once:
            server_clock = None  # another server may answer now, and have another stream
            failures += 1
            pause = 0.0 if failures == 1 else backoff(failures - 1, first=0.05, longest=1.0)
            left = min(fire.deadline for fire in batch) - clock.now()
            yield Pause(max(0.0, min(pause, left)))
        now = clock.now()
        late = [fire for fire in batch if fire.deadline <= now]
        _give_up(
            late, why or "the search for it in its stream was not finished", Problem.UNREACHABLE
        )
        batch = [fire for fire in batch if not fire.done]
        if batch:
            batch += more()


def give_up_late(fires: Iterable[Fire]) -> None:
    """Give those up whose time is over while nodes name one another for their stream."""
    now = clock.now()
    late = (fire for fire in fires if not fire.done and fire.deadline <= now)
    _give_up(late, "no node of the cluster serves its stream", Problem.UNREACHABLE)


def _give_up(batch: Iterable[Fire], why: str, unless_written: Problem) -> None:
    for fire in batch:
        fire.give_up(Problem.UNCONFIRMED if fire.maybe_written else unless_written, why)


class _Attempt:
    """The commands of one attempt, and what each reply is about.

    Attributes:
        commands: what to send.
        clock: the server's, once it is known.
        refusal: the server's words, where it has refused something that may pass.
        again_at_once: something has come to the fore that needs another attempt.
        script_unknown: the server does not know a script.
    """

    __slots__ = (
        "_about",
        "_began",
        "_looks",
        "_peers",
        "_rules",
        "_searches",
        "_trimmed",
        "_unsent",
        "_written",
        "again_at_once",
        "clock",
        "commands",
        "refusal",
        "script_unknown",
    )

    def __init__(
        self,
        batch: list[Fire],
        rules: FireRules,
        server_clock: ServerClock | None,
        timeout: float,
        *,
        in_full: bool,
    ) -> None:
        self._rules = rules
        self._began = clock.now()
        self._unsent: list[Fire] = []
        self.commands: list[Command | bytes] = []
        self._about: list[tuple[Fire, ...] | str] = []
        self._written: list[tuple[Fire, bytes]] = []
        self._trimmed: deque[bytes] = deque()
        self._looks: deque[tuple[Page, list[Fire]]] = deque()
        self._peers: list[Peer] = []
        self._searches: list[Search] = []
        self.clock = server_clock
        self.refusal = ""
        self.again_at_once = False
        self.script_unknown = False
        if rules.durable is not None and not rules.durable_checked:
            self._add((*rules.durable[:-1], 1), "check")
            self._unsent = batch
            return
        if rules.broken:
            self._end_connections(batch)
        self._write(batch, in_full=in_full)
        if rules.durable is not None:
            wait = min(int(timeout * 500), _DURABLE_TIMEOUT)
            self._add((*rules.durable[:-1], wait), "durable")
        if not rules.eviction.asked:
            self._add(ASK.command, "eviction")
        for stream in rules.trims.due(fire.stream for fire in batch):
            self._add(rules.trims.request(stream).command, "trim")
            self._trimmed.append(stream)

    def _add(self, command: Command | bytes, about: tuple[Fire, ...] | str) -> None:
        self.commands.append(command)
        self._about.append(about)

    def _end_connections(self, batch: list[Fire]) -> None:
        self._peers = list(self._rules.broken)
        rules = self._rules
        self._searches = [search for search in rules.searches.all() if rules.serves(search.stream)]
        self._searches += [fire.search for fire in batch if fire.search is not None]
        for client_id, address in self._peers:
            self._add((b"CLIENT", b"KILL", b"ID", client_id, b"ADDR", address), "kill")

    def ended_connections(self) -> None:
        """Every command was answered: what earlier attempts had sent is written now, or never."""
        for peer in self._peers:
            with contextlib.suppress(ValueError):  # another thread was faster
                self._rules.broken.remove(peer)
        if self._peers and not self._rules.kill_refused:
            for search in self._searches:
                search.connections_ended()

    def _write(self, batch: list[Fire], *, in_full: bool) -> None:
        """Add what writes the events, or looks for those that may be written."""
        plain = not self._rules.max_length
        scripted: dict[tuple[bytes, bool], list[Fire]] = {}
        unsure: dict[bytes, list[Fire]] = {}
        for fire in batch:
            if fire.search is None and plain and not fire.remember:
                self._add(fire.xadd, (fire,))
            elif fire.search is not None and self._must_be_looked_for(fire.search):
                unsure.setdefault(fire.stream, []).append(fire)
            else:
                scripted.setdefault((fire.stream, fire.remember > 0), []).append(fire)
        for (stream, _), fires in scripted.items():
            for some in _steps(fires):
                self._add(_scripted(stream, some, self._rules, in_full=in_full), tuple(some))
        if unsure and self.clock is None:
            self._add((b"TIME",), "time")
            self._unsent = [fire for fires in unsure.values() for fire in fires]
        elif self.clock is not None:
            for stream, fires in unsure.items():
                wanted = [fire.searched() for fire in fires]
                page = Page(wanted, self._rules.searches.of_stream(stream), self.clock)
                self._add(LOOK.call_in_full(page.command) if in_full else page.command, "look")
                self._looks.append((page, fires))

    def _must_be_looked_for(self, search: Search) -> bool:
        if self.clock is None:
            search.go_on()  # what was the end of the stream need not be this server's
            return search.is_open
        search.tell(self.clock)
        return search.next is not None

    def settle(self, replies: list[Reply]) -> None:
        """Give each event its outcome, as far as the replies know it."""
        for about, reply in zip(self._about, replies, strict=False):
            if isinstance(about, str):
                self._settle_other(about, reply)
            elif isinstance(reply, bytes):
                self._in_stream(about[0], reply)
            elif isinstance(reply, Refusal):
                self._refused(about, reply)
            else:
                for fire, outcome in zip(about, reply, strict=True):
                    self._settle_scripted(fire, outcome)

    def _refused(self, fires: Iterable[Fire], reply: Refusal) -> None:
        match reply:
            case UnknownScript():
                self.script_unknown = self.again_at_once = True
            case AskElsewhere() | AskLater():
                self.refusal = str(reply)
            case _:
                _give_up(fires, str(reply), Problem.REJECTED)

    def _settle_scripted(self, fire: Fire, outcome: bytes) -> None:
        code, _, rest = outcome.partition(b" ")
        match code:
            case b"MORE":
                fire.searched().go_on()
                self.again_at_once = True
            case b"TRIMMED":
                why = "its stream was trimmed after the first attempt"
                fire.give_up(Problem.UNCONFIRMED, why)
            case b"FULL" | b"REFUSED":
                if fire.search is not None:
                    fire.search.not_there()
                problem = Problem.FULL if code == b"FULL" else Problem.REJECTED
                fire.give_up(problem, printable(rest))
            case _:
                self._in_stream(fire, outcome)

    def _in_stream(self, fire: Fire, entry_id: bytes) -> None:
        if self._rules.durable is None:
            fire.confirm(entry_id)
        else:
            search = fire.searched()
            search.sent, search.found = True, entry_id
            self._written.append((fire, entry_id))

    def _settle_other(self, about: str, reply: Reply) -> None:
        refused = isinstance(reply, Refusal)
        match about:
            case "check" | "time" if refused:
                self._refused(self._unsent, reply)
            case "check":
                self._rules.durable_checked = self.again_at_once = True
            case "time":
                self.clock = ServerClock(reply, self._began)
                self.again_at_once = True
            case "look":
                page, fires = self._looks.popleft()
                if refused:
                    self._refused(fires, reply)
                else:
                    page.take(reply)
                    self.again_at_once = True
            case "durable" if refused:
                self.refusal = str(reply)
            case "durable":
                reached: int = reply if isinstance(reply, int) else reply[0]
                if reached >= self._rules.durable_count:
                    for fire, entry_id in self._written:
                        fire.confirm(entry_id)
                else:
                    self.refusal = (
                        f"only {reached} of {self._rules.durable_count} required copies are durable"
                    )
            case "kill" if isinstance(reply, Forbidden):
                if self._rules.kill_refused:
                    return
                self._rules.kill_refused = True
                _log.warning(
                    "the server user may not run CLIENT KILL, so an event that the network "
                    "delays for longer than its fire waits can be written twice; permit it "
                    "with +client|kill"
                )
            case "eviction" if not self._rules.eviction.asked:
                self._rules.eviction.asked = True  # first: a log handler may fire
                warn_of_eviction(reply)
            case "trim":
                self._rules.trims.trimmed(self._trimmed.popleft(), reply)
            case _:
                pass

    def outcome_unknown(self, answered: int) -> None:
        """The connection broke after so many replies."""
        for about in self._about[answered:]:
            if not isinstance(about, str):
                for fire in about:
                    fire.attempted(self._began)


def _steps(fires: list[Fire]) -> Iterator[list[Fire]]:
    """Parts of a size that one step writes."""
    some: list[Fire] = []
    size = 0
    for fire in fires:
        size += len(fire.xadd)
        if some and (len(some) == _MOST_IN_STEP or size > _MOST_BYTES_IN_STEP):
            yield some
            some, size = [], len(fire.xadd)
        some.append(fire)
    yield some


def _scripted(stream: bytes, fires: list[Fire], rules: FireRules, *, in_full: bool) -> Command:
    """The call that writes only what is not in the stream yet, and only where there is room."""
    remember = int(max(fire.remember for fire in fires) * 1000)
    keys = [stream, barrier_key(stream), dropped_key(stream)]
    keys += [trimmed_key(stream), registered_key(stream)]
    if remember:
        keys += [fired_key(stream, fire.event_id) for fire in fires]
    barrier, drop = int(rules.durable is not None), int(rules.drop_oldest)
    arguments: list[Any] = [remember, barrier, rules.max_length, drop]
    for fire in fires:
        fields, found, rest, whole_after = fire.fields(), b"", b"", b""
        if fire.search is not None:
            found, rest = fire.search.found or b"", fire.search.rest
            if not fire.again and not fire.remember:
                whole_after = fire.search.whole_after
        arguments += [fire.event_id, found, rest, whole_after, len(fields), *fields]
    command = FIRE.call(keys, arguments)
    return FIRE.call_in_full(command) if in_full else command
