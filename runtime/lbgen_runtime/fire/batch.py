"""Firing a batch of events: what is sent, what each reply means, when to try again.

Nothing here waits or speaks to a server: `fire_batch` yields what is to be done, and is driven
from sync and from async code alike.

An event's first attempt is a plain `XADD`. Where its reply never came, the event may be in the
stream or not; the next attempt then first ends the connection that may still carry it
(`CLIENT KILL`), looks through the stream for the event's id (`search`), and looks at what has come
since in the same atomic step that writes it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..wire import clock
from ..wire.backoff import backoff
from ..wire.connection import REPLY_TIMEOUT
from ..wire.connection_failures import ConnectionFailed
from .attempt import Attempt
from .outgoing import Problem, give_up

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from ..wire.resp import Command, Reply
    from .outgoing import Fire
    from .rules import FireRules
    from .search import ServerClock

__all__ = ["Exchange", "Pause", "Step", "fire_batch", "give_up_late"]

_log = logging.getLogger("lbgen")

_SHORTEST: Final = 0.05
"""Seconds that an attempt gets at least, however near its deadline is."""


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
        attempt = Attempt(batch, rules, server_clock, timeout, in_full=in_full)
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
            give_up(batch, why, Problem.REJECTED)
            return
        if failure is not None or not attempt.again_at_once:
            server_clock = None  # another server may answer now, and have another stream
            failures += 1
            pause = 0.0 if failures == 1 else backoff(failures - 1, first=0.05, longest=1.0)
            left = min(fire.deadline for fire in batch) - clock.now()
            yield Pause(max(0.0, min(pause, left)))
        now = clock.now()
        late = [fire for fire in batch if fire.deadline <= now]
        give_up(
            late, why or "the search for it in its stream was not finished", Problem.UNREACHABLE
        )
        batch = [fire for fire in batch if not fire.done]
        if batch:
            batch += more()


def give_up_late(fires: Iterable[Fire]) -> None:
    """Give those up whose time is over while it is being found out which node serves them."""
    now = clock.now()
    late = (fire for fire in fires if not fire.done and fire.deadline <= now)
    give_up(late, "no node of the cluster serves its stream", Problem.UNREACHABLE)
