"""Renewing the claims of a process on one node, so that no other process takes them over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeVar

from ..wire import clock
from ..wire.permissions import not_permitted
from ..wire.refusals import Forbidden, Refusal
from ..wire.requests import ask_all
from ..wire.stream import GroupStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..wire.answers import Renewed
    from ..wire.requests import Request
    from ..wire.sync_connection import SyncConnection
    from .claims import Claim
    from .consumer import Consumer

__all__ = ["Renewals", "ask_permitted"]

T = TypeVar("T")

_CHUNK: Final = 500


def ask_permitted(connection: SyncConnection, requests: Sequence[Request[T]]) -> list[T | Refusal]:
    """What `ask_all` returns.

    Raises:
        ServerRefused: the server's user may not ask for one of them.
        ConnectionFailed: the server cannot be asked.
    """
    answers = ask_all(connection, requests)
    for request, answer in zip(requests, answers, strict=True):
        if isinstance(answer, Forbidden):
            raise not_permitted(answer, request.command)
    return answers


class Renewals:
    """Renews what consumers hold, over one connection.

    Args:
        connection: to the node; used by one thread.
        process: the process's name.
        tick: seconds between two looks.
    """

    __slots__ = ("_connection", "_due", "_process", "_tick")

    def __init__(self, connection: SyncConnection, *, process: str, tick: float) -> None:
        self._connection = connection
        self._process = process
        self._tick = tick
        self._due: dict[Consumer, float] = {}

    def renew_due(self, consumers: Iterable[Consumer]) -> None:
        """Renew what those hold for whom it is time.

        Raises:
            ServerRefused: the server's user may not.
            ConnectionFailed: the server cannot be asked.
        """
        now = clock.now()
        for consumer in consumers:
            if now >= self._due.get(consumer, 0.0):
                self._renew(consumer)
                interval = consumer.listener.settings.acknowledgement_timeout / 3
                self._due[consumer] = now + interval - self._tick

    def _renew(self, consumer: Consumer) -> None:
        longest = consumer.listener.settings.max_processing
        now = clock.now()
        held = [claim for claim in consumer.claims.held if not claim.given_up]
        streams: dict[bytes, tuple[list[Claim], list[Claim]]] = {}
        for claim in held:
            began = claim.began
            hangs = began is not None and now - began > longest
            streams.setdefault(claim.stream, ([], []))[hangs].append(claim)
        parts: list[tuple[list[Claim], bool]] = []
        requests: list[Request[Renewed]] = []
        for stream, renewed_and_watched in streams.items():
            on = GroupStream(stream, consumer.listener.group, self._process)
            for claims, renew in zip(renewed_and_watched, (True, False), strict=True):
                for some in _chunks(claims):
                    parts.append((some, renew))
                    requests.append(on.renew([each.entry_id for each in some], renew=renew))
        if not parts:
            return
        replies = ask_permitted(self._connection, requests)
        expires = now + consumer.listener.settings.acknowledgement_timeout
        for (some, renew), reply in zip(parts, replies, strict=True):
            if isinstance(reply, Refusal):
                continue  # the group is gone, or the server is: the claims run out by themselves
            taken, kept, gone = reply
            if taken:
                consumer.lose([claim for claim in some if claim.entry_id in taken])
            for claim in some if renew else ():
                if claim.entry_id in kept:
                    claim.expires = expires
                elif claim.entry_id in gone:
                    claim.removed, claim.expires = True, math.inf
        timeout = consumer.listener.settings.acknowledgement_timeout
        hanging = [c for c in held if (began := c.began) and now - began > longest + 2 * timeout]
        if hanging:  # nobody else has taken it: this process does, with another runner
            consumer.give_up(hanging)


def _chunks(claims: list[Claim]) -> list[list[Claim]]:
    """Parts of a size that one step looks at."""
    return [claims[i : i + _CHUNK] for i in range(0, len(claims), _CHUNK)]
