"""One attempt to fire a batch of events: the commands, and what each reply is about."""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from typing import TYPE_CHECKING

from ..wire import clock
from ..wire.eviction import ASK, warn_of_eviction
from ..wire.peers import kill
from ..wire.refusals import AskElsewhere, AskLater, Forbidden, Refusal, UnknownScript
from ..wire.writes import SERVER_TIME, Write, WriteProblem, read_written, write
from .outgoing import Problem, give_up
from .search import Page, ServerClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..wire.connection_failures import Peer
    from ..wire.requests import Request
    from ..wire.resp import Command, Reply
    from ..wire.writes import NotWritten
    from .outgoing import Fire
    from .rules import FireRules
    from .search import EventSearch

__all__ = ["Attempt"]

_log = logging.getLogger("lbgen")

_MOST_IN_STEP, _MOST_BYTES_IN_STEP = 100, 1_000_000
"""Events that one step writes at most, and their bytes, unless it is one event."""


class Attempt:
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
        self._searches: list[EventSearch] = []
        self.clock = server_clock
        self.refusal = ""
        self.again_at_once = False
        self.script_unknown = False
        durability = rules.durability
        if durability is not None and not rules.durable_checked:
            self._add(durability.wait(1).command, "check")
            self._unsent = batch
            return
        if rules.broken:
            self._end_connections(batch)
        self._write(batch, in_full=in_full)
        if durability is not None:
            self._add(durability.wait(int(timeout * 500)).command, "durable")
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
        for peer in self._peers:
            self._add(kill(peer).command, "kill")

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
                request = _writing(stream, some, self._rules)
                self._add(request.in_full() if in_full else request.command, tuple(some))
        if unsure and self.clock is None:
            self._add(SERVER_TIME.command, "time")
            self._unsent = [fire for fires in unsure.values() for fire in fires]
        elif self.clock is not None:
            for stream, fires in unsure.items():
                wanted = [fire.searched() for fire in fires]
                page = Page(wanted, self._rules.searches.of_stream(stream), self.clock)
                asked = page.request
                self._add(asked.in_full() if in_full else asked.command, "look")
                self._looks.append((page, fires))

    def _must_be_looked_for(self, search: EventSearch) -> bool:
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
                for fire, outcome in zip(about, read_written(reply), strict=True):
                    if isinstance(outcome, bytes):
                        self._in_stream(fire, outcome)
                    else:
                        self._not_written(fire, outcome)

    def _refused(self, fires: Iterable[Fire], reply: Refusal) -> None:
        match reply:
            case UnknownScript():
                self.script_unknown = self.again_at_once = True
            case AskElsewhere() | AskLater():
                self.refusal = str(reply)
            case _:
                give_up(fires, str(reply), Problem.REJECTED)

    def _not_written(self, fire: Fire, outcome: NotWritten) -> None:
        match outcome.problem:
            case WriteProblem.MORE:
                fire.searched().go_on()
                self.again_at_once = True
            case WriteProblem.TRIMMED:
                why = "its stream was trimmed after the first attempt"
                fire.give_up(Problem.UNCONFIRMED, why)
            case WriteProblem.FULL | WriteProblem.REFUSED:
                if fire.search is not None:
                    fire.search.not_there()
                full = outcome.problem is WriteProblem.FULL
                fire.give_up(Problem.FULL if full else Problem.REJECTED, outcome.detail)

    def _in_stream(self, fire: Fire, entry_id: bytes) -> None:
        if self._rules.durability is None:
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
                self.clock = ServerClock(SERVER_TIME.read(reply), self._began)
                self.again_at_once = True
            case "look":
                page, fires = self._looks.popleft()
                if refused:
                    self._refused(fires, reply)
                else:
                    page.take(page.request.read(reply))
                    self.again_at_once = True
            case "durable" if refused:
                self.refusal = str(reply)
            case "durable" if (durability := self._rules.durability) is not None:
                reached = durability.wait().read(reply)
                if reached >= durability.copies:
                    for fire, entry_id in self._written:
                        fire.confirm(entry_id)
                else:
                    self.refusal = (
                        f"only {reached} of {durability.copies} required copies are durable"
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


def _writing(
    stream: bytes, fires: list[Fire], rules: FireRules
) -> Request[list[bytes | NotWritten]]:
    """What writes only what is not in the stream yet, and only where there is room."""
    return write(
        stream,
        map(_write_of, fires),
        remember=int(max(fire.remember for fire in fires) * 1000),
        leave_write=rules.durability is not None,
        max_length=rules.max_length,
        drop_oldest=rules.drop_oldest,
    )


def _write_of(fire: Fire) -> Write:
    if fire.search is None:
        return Write(fire.event_id, fire.fields())
    must_be_whole = not fire.again and not fire.remember
    return Write(
        fire.event_id,
        fire.fields(),
        found=fire.search.found or b"",
        after=fire.search.rest,
        whole_after=fire.search.whole_after if must_be_whole else b"",
    )
