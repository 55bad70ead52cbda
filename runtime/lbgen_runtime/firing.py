"""Firing a batch of events: what is sent, what each reply means, when to try again.

Nothing here waits or speaks to a server: `fire_batch` yields what is to be done, and is driven
from sync and from async code alike.

An event's first attempt is a plain `XADD`. Where its reply never came, the event may be in the
stream or not; the next attempt then first ends the connection that may still carry it
(`CLIENT KILL`), and looks for the event's id in the same atomic step that writes it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import (
    ClusterDownError,
    MasterDownError,
    NoScriptError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)

from .backoff import backoff
from .connection import ConnectionFailed
from .scripts import FIRE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .connection import Command, Peer, Reply

__all__ = ["Exchange", "Fire", "FireRules", "Pause", "Problem", "Step", "fire_batch"]

_TRANSIENT: Final = (ReadOnlyError, TryAgainError, ClusterDownError, MasterDownError)
_LOOK_BACK_SLACK: Final = 2_000
"""Milliseconds by which the look for an id begins before its first attempt."""


class Problem(Enum):
    """Why an event was not confirmed."""

    UNCONFIRMED = "unconfirmed"
    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
    FULL = "full"


class Fire:
    """One event on its way to the bus.

    Attributes:
        stream: the stream's key.
        event_id: the event's id.
        fields: the entry's fields and values.
        began: when its first attempt began, `time.monotonic()` seconds.
        deadline: when to give up, `time.monotonic()` seconds.
        maybe_written: an attempt was made whose outcome is unknown.
        remember: seconds for which the server remembers the id; 0 is not at all.
        entry_id: the entry's id, once the event is in the stream.
        problem: why it is not confirmed, once it is given up.
        detail: the problem in words.
        settled: called once when there is an `entry_id` or a `problem`.
    """

    __slots__ = (
        "began",
        "deadline",
        "detail",
        "entry_id",
        "event_id",
        "fields",
        "maybe_written",
        "problem",
        "remember",
        "settled",
        "stream",
    )

    def __init__(
        self, stream: bytes, event_id: str, fields: list[bytes], *, deadline: float
    ) -> None:
        self.stream = stream
        self.event_id = event_id
        self.fields = fields
        self.began = time.monotonic()
        self.deadline = self.began + deadline
        self.maybe_written = False
        self.remember = 0.0
        self.entry_id: bytes | None = None
        self.problem: Problem | None = None
        self.detail = ""
        self.settled: Callable[[], object] | None = None

    @property
    def done(self) -> bool:
        """Whether the event is confirmed or given up."""
        return self.entry_id is not None or self.problem is not None

    def confirm(self, entry_id: bytes) -> None:
        """The event is in the stream."""
        self.entry_id = entry_id
        if self.settled is not None:
            self.settled()

    def give_up(self, problem: Problem, detail: str) -> None:
        """The event is not confirmed and will not be tried again."""
        self.problem, self.detail = problem, detail
        if self.settled is not None:
            self.settled()


@dataclass(frozen=True, slots=True)
class FireRules:
    """What holds for every event of a bus that is fired."""

    first_pause: float = 0.05
    longest_pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send these commands; the answer is the list of their replies."""

    commands: list[Command]


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait for so many seconds."""

    seconds: float


Step = Exchange | Pause
Steps = "Generator[Step, list[Reply] | None, None]"


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
    broken: list[Peer] = []
    last_failure = ""
    full_text = False
    while batch:
        attempt = _Attempt(batch, broken, full_text=full_text)
        try:
            replies = yield Exchange(attempt.commands)
            assert replies is not None
            failure = None
        except ConnectionFailed as error:
            replies, failure = error.replies, error
        transient = attempt.settle(replies)
        if failure is not None:
            last_failure = str(failure)
            if failure.sent:
                attempt.outcome_unknown(len(replies))
                if failure.peer is not None:
                    broken.append(failure.peer)
        else:
            broken.clear()
            full_text = attempt.script_missing and not full_text
            last_failure = transient or last_failure
        batch = [fire for fire in batch if not fire.done]
        if not batch:
            return
        if failure is not None and failure.refused:
            _give_up(batch, last_failure, refused=True)
            return
        failures += 1
        if not (attempt.script_missing and failure is None):
            now = time.monotonic()
            pause = backoff(failures, first=rules.first_pause, longest=rules.longest_pause)
            yield Pause(max(0.0, min(pause, min(fire.deadline for fire in batch) - now)))
        now = time.monotonic()
        _give_up([fire for fire in batch if fire.deadline <= now], last_failure, refused=False)
        batch = [fire for fire in batch if not fire.done]
        if batch:
            batch += more()


def _give_up(batch: list[Fire], detail: str, *, refused: bool) -> None:
    for fire in batch:
        if fire.maybe_written:
            fire.give_up(Problem.UNCONFIRMED, detail)
        else:
            fire.give_up(Problem.REJECTED if refused else Problem.UNREACHABLE, detail)


class _Attempt:
    """The commands of one attempt, and whom each reply is for."""

    __slots__ = ("_owners", "commands", "script_missing")

    def __init__(self, batch: list[Fire], broken: list[Peer], *, full_text: bool) -> None:
        self.commands: list[Command] = []
        self._owners: list[tuple[Fire, ...]] = []
        self.script_missing = False
        for client_id, address in broken:
            self._add((b"CLIENT", b"KILL", b"ID", client_id, b"ADDR", address))
        checked: dict[tuple[bytes, bool], list[Fire]] = {}
        for fire in batch:
            if fire.maybe_written or fire.remember:
                checked.setdefault((fire.stream, fire.remember > 0), []).append(fire)
            else:
                self._add((b"XADD", fire.stream, b"*", *fire.fields), fire)
        for (stream, _), fires in checked.items():
            command = _checked(stream, fires)
            self._add(FIRE.call_in_full(command) if full_text else command, *fires)

    def _add(self, command: Command, *owners: Fire) -> None:
        self.commands.append(command)
        self._owners.append(owners)

    def settle(self, replies: list[Reply]) -> str:
        """Give each event its outcome; returns the last passing refusal, in words."""
        transient = ""
        for owners, reply in zip(self._owners, replies, strict=False):
            if not owners:
                continue
            if isinstance(reply, bytes):
                owners[0].confirm(reply)
            elif isinstance(reply, NoScriptError):
                self.script_missing = True
            elif isinstance(reply, _TRANSIENT):
                transient = _words(reply)
            elif isinstance(reply, ResponseError):
                for fire in owners:
                    fire.give_up(Problem.REJECTED, _words(reply))
            else:
                for fire, entry_id in zip(owners, reply, strict=True):
                    fire.confirm(entry_id)
        return transient

    def outcome_unknown(self, answered: int) -> None:
        """The connection broke after so many replies."""
        for owners in self._owners[answered:]:
            for fire in owners:
                fire.maybe_written = True


def _checked(stream: bytes, fires: list[Fire]) -> Command:
    """The call that writes only what is not in the stream yet."""
    now = time.monotonic()
    unsure = [now - fire.began for fire in fires if fire.maybe_written]
    look_back = int(max(unsure) * 1000) + _LOOK_BACK_SLACK if unsure else 0
    remember = int(max(fire.remember for fire in fires) * 1000)
    keys = [stream, b"{%b}:barrier" % stream]
    if remember:
        keys += [b"{%b}:fired:%b" % (stream, fire.event_id.encode()) for fire in fires]
    arguments: list[Any] = [look_back, remember, 0]
    for fire in fires:
        arguments += [fire.event_id, len(fire.fields), *fire.fields]
    return FIRE.call(keys, arguments)


def _words(error: ResponseError) -> str:
    """An error of the server, with its code where redis-py has cut it off."""
    code = getattr(error, "status_code", None)
    text = str(error)
    return f"{code} {text}" if code and not text.startswith(code) else text
