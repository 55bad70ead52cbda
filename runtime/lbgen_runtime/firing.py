"""Firing a batch of events: what is sent, what each reply means, when to try again.

Nothing here waits or speaks to a server: `fire_batch` yields what is to be done, and is driven
from sync and from async code alike.

An event's first attempt is a plain `XADD`. Where its reply never came, the event may be in the
stream or not; the next attempt then first ends the connection that may still carry it
(`CLIENT KILL`), and looks for the event's id in the same atomic step that writes it.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

from . import clock
from .backoff import backoff
from .connection import REPLY_TIMEOUT, ConnectionFailed
from .fire import Problem
from .replies import Meaning, meaning_of, words_of
from .scripts import FIRE
from .trimming import Trims, registered_key, trimmed_key

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from .connection import Command, Peer, Reply
    from .fire import Fire

__all__ = ["Exchange", "FireRules", "Pause", "Step", "fire_batch"]

_log = logging.getLogger("lbgen")

_LOOK_BACK_SLACK: Final = 2_000
"""Milliseconds by which the look for an id begins before its first attempt."""
_SHORTEST: Final = 0.05
"""Seconds that an attempt gets at least, however near its deadline is."""
_DURABLE_TIMEOUT: Final = 2_000
"""Milliseconds that the server may take until a write is durable, per attempt; less than its
reply may take."""


@dataclass(slots=True, kw_only=True)
class FireRules:
    """What holds for every event that a bus fires.

    Attributes:
        durable: the command that waits until what its connection wrote is durable.
        durable_count: what its reply must reach.
        max_length: entries that a stream may have; 0 is any number.
        drop_oldest: a full stream drops its oldest entries instead of refusing new ones.
        trims: when a stream is due to be trimmed.
    """

    durable: Command | None = None
    durable_count: int = 0
    max_length: int = 0
    drop_oldest: bool = False
    trims: Trims = field(default_factory=Trims)
    durable_checked: bool = False
    kill_refused: bool = False

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
    batch: list[Fire],
    rules: FireRules,
    more: Callable[[], list[Fire]],
    broken: list[Peer],
) -> Generator[Step, list[Reply] | None, None]:
    """Fire events until each is confirmed or given up.

    Args:
        batch: the events.
        rules: what holds for the bus.
        more: gives events that have come meanwhile; they join at the next attempt.
        broken: connections that may still carry writes; ended on the server before anything is
            looked for, and forgotten then.
    """
    failures = 0
    why = refusal = ""
    in_full = False
    while batch:
        left = max(fire.deadline for fire in batch) - clock.now()
        timeout = min(max(left, _SHORTEST), REPLY_TIMEOUT)
        attempt = _Attempt(batch, rules, broken, timeout, in_full=in_full)
        failure = None
        try:
            replies = yield Exchange(attempt.commands, timeout)
        except ConnectionFailed as error:
            replies, failure = error.replies, error
        attempt.settle(replies or [])
        if failure is None:
            broken.clear()
            refusal = attempt.refusal or refusal
            why = refusal
            in_full = in_full or attempt.script_unknown
        else:
            why = f"{failure}; before that: {refusal}" if refusal else str(failure)
            if failure.sent:
                attempt.outcome_unknown(len(failure.replies))
                if failure.peer is not None:
                    broken.append(failure.peer)
        batch = [fire for fire in batch if not fire.done]
        if not batch:
            return
        if failure is not None and failure.refused:
            _give_up(batch, why, Problem.REJECTED)
            return
        if failure is not None or not attempt.again_at_once:
            failures += 1
            pause = 0.0 if failures == 1 else backoff(failures - 1, first=0.05, longest=1.0)
            left = min(fire.deadline for fire in batch) - clock.now()
            yield Pause(max(0.0, min(pause, left)))
        now = clock.now()
        _give_up([fire for fire in batch if fire.deadline <= now], why, Problem.UNREACHABLE)
        batch = [fire for fire in batch if not fire.done]
        if batch:
            batch += more()


def _give_up(batch: Sequence[Fire], why: str, unless_written: Problem) -> None:
    for fire in batch:
        fire.give_up(Problem.UNCONFIRMED if fire.maybe_written else unless_written, why)


class _Attempt:
    """The commands of one attempt, and what each reply is about."""

    __slots__ = (
        "_about",
        "_rules",
        "_trimmed",
        "_unsent",
        "_written",
        "again_at_once",
        "commands",
        "refusal",
        "script_unknown",
    )

    def __init__(
        self,
        batch: list[Fire],
        rules: FireRules,
        broken: list[Peer],
        timeout: float,
        *,
        in_full: bool,
    ) -> None:
        self._rules = rules
        self._unsent: list[Fire] = []
        self.commands: list[Command | bytes] = []
        self._about: list[tuple[Fire, ...] | str] = []
        self._written: list[tuple[Fire, bytes]] = []
        self._trimmed: deque[bytes] = deque()
        self.refusal = ""
        self.again_at_once = False
        self.script_unknown = False
        if rules.durable is not None and not rules.durable_checked:
            self._add((*rules.durable[:-1], 1), "check")
            self._unsent = batch
            return
        for client_id, address in broken:
            self._add((b"CLIENT", b"KILL", b"ID", client_id, b"ADDR", address), "kill")
        scripted: dict[tuple[bytes, bool], list[Fire]] = {}
        plain = not rules.max_length
        for fire in batch:
            if plain and not fire.maybe_written and not fire.remember:
                self._add(fire.xadd, (fire,))
            else:
                scripted.setdefault((fire.stream, fire.remember > 0), []).append(fire)
        for (stream, _), fires in scripted.items():
            self._add(_scripted(stream, fires, rules, in_full=in_full), tuple(fires))
        if rules.durable is not None:
            wait = min(int(timeout * 500), _DURABLE_TIMEOUT)
            self._add((*rules.durable[:-1], wait), "durable")
        for stream in rules.trims.due(fire.stream for fire in batch):
            self._add(rules.trims.command(stream), "trim")
            self._trimmed.append(stream)

    def _add(self, command: Command | bytes, about: tuple[Fire, ...] | str) -> None:
        self.commands.append(command)
        self._about.append(about)

    def settle(self, replies: list[Reply]) -> None:
        """Give each event its outcome, as far as the replies know it."""
        for about, reply in zip(self._about, replies, strict=False):
            if isinstance(about, str):
                self._settle_other(about, reply)
            elif isinstance(reply, bytes):
                self._in_stream(about[0], reply)
            elif isinstance(reply, ResponseError):
                self._refused(about, reply)
            else:
                for fire, entry_id in zip(about, reply, strict=True):
                    if entry_id.startswith(b"FULL"):
                        group = entry_id[len(b"FULL ") :].decode(errors="backslashreplace")
                        fire.give_up(Problem.FULL, group)
                    elif entry_id == b"TRIMMED":
                        why = "its stream was trimmed since the first attempt"
                        fire.give_up(Problem.UNCONFIRMED, why)
                    else:
                        self._in_stream(fire, entry_id)

    def _refused(self, fires: Sequence[Fire], reply: ResponseError) -> None:
        match meaning_of(reply):
            case Meaning.UNKNOWN_SCRIPT:
                self.script_unknown = self.again_at_once = True
            case Meaning.WRONG_SERVER | Meaning.LATER:
                self.refusal = words_of(reply)
            case Meaning.FORBIDDEN | Meaning.REFUSED:
                _give_up(fires, words_of(reply), Problem.REJECTED)

    def _in_stream(self, fire: Fire, entry_id: bytes) -> None:
        if self._rules.durable is None:
            fire.confirm(entry_id)
        else:
            fire.maybe_written = True
            self._written.append((fire, entry_id))

    def _settle_other(self, about: str, reply: Reply) -> None:
        refused = isinstance(reply, ResponseError)
        match about:
            case "check" if refused:
                self._refused(self._unsent, reply)
            case "check":
                self._rules.durable_checked = self.again_at_once = True
            case "durable" if refused:
                self.refusal = words_of(reply)
            case "durable":
                reached: int = reply if isinstance(reply, int) else reply[0]
                if reached >= self._rules.durable_count:
                    for fire, entry_id in self._written:
                        fire.confirm(entry_id)
                else:
                    self.refusal = f"durable in {reached} of {self._rules.durable_count} places"
            case "kill" if refused and meaning_of(reply) is Meaning.FORBIDDEN:
                if self._rules.kill_refused:
                    return
                self._rules.kill_refused = True
                _log.warning(
                    "the server's user may not CLIENT KILL: an event that the network delays for "
                    "longer than its fire waits may be written twice"
                )
            case "trim":
                self._rules.trims.trimmed(self._trimmed.popleft(), reply)
            case _:
                pass

    def outcome_unknown(self, answered: int) -> None:
        """The connection broke after so many replies."""
        for about in self._about[answered:]:
            if not isinstance(about, str):
                for fire in about:
                    fire.maybe_written = True


def _scripted(stream: bytes, fires: list[Fire], rules: FireRules, *, in_full: bool) -> Command:
    """The call that writes only what is not in the stream yet, and only where there is room."""
    now = clock.now()
    unsure = [now - fire.began for fire in fires if fire.maybe_written]
    look_back = int(max(unsure) * 1000) + _LOOK_BACK_SLACK if unsure else 0
    remember = int(max(fire.remember for fire in fires) * 1000)
    keys = [stream, b"{%b}:barrier" % stream, b"{%b}:dropped" % stream]
    keys += [trimmed_key(stream), registered_key(stream)]
    if remember:
        keys += [b"{%b}:fired:%b" % (stream, fire.event_id.encode()) for fire in fires]
    barrier, drop = int(rules.durable is not None), int(rules.drop_oldest)
    arguments: list[Any] = [look_back, remember, barrier, rules.max_length, drop]
    for fire in fires:
        fields = fire.fields()
        once = fire.maybe_written and not fire.again
        age = int((now - fire.began) * 1000) + _LOOK_BACK_SLACK if once else 0
        arguments += [fire.event_id, age, len(fields), *fields]
    command = FIRE.call(keys, arguments)
    return FIRE.call_in_full(command) if in_full else command
