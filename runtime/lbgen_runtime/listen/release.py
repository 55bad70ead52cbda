"""Giving up entries so that the next look of any process takes them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from ..wire.answers import RELEASED
from ..wire.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .claims import Claim
    from .listener import Listener
    from .process import Process

__all__ = ["release", "release_unheld"]

_PAGE: Final = 100
_AT_ONCE: Final = 500
"""Entries that one step hands back."""


async def release(
    listener: Listener, process: Process, claims: Iterable[tuple[Claim, int]]
) -> None:
    """Give up entries that this process holds.

    Args:
        listener: for whom they are held.
        process: this process.
        claims: each with the delivery count that it gets.
    """
    by_stream: dict[bytes, list[tuple[bytes, int]]] = {}
    for claim, count in claims:
        by_stream.setdefault(claim.stream, []).append((claim.entry_id, count))
    for stream, entries in by_stream.items():
        await _release(listener, process, stream, entries)


async def release_unheld(
    listener: Listener, process: Process, stream: bytes, holds: Callable[[bytes, bytes], bool]
) -> None:
    """Give up what was read under this process's name and is not held: its turn has not come.

    Args:
        listener: for whom it was read.
        process: this process.
        stream: the stream's key.
        holds: whether an entry of a stream is held.
    """
    after, group = b"-", process.on(stream, listener.group)
    with contextlib.suppress(Refusal):  # nothing was ever read from the stream
        while True:
            found = await process.commands.ask(
                group.own(after, _PAGE), optional=stream != listener.stream
            )
            unheld = [
                (entry.entry_id, max(entry.times - 1, 0))
                for entry in found
                if entry.idle < RELEASED and not holds(stream, entry.entry_id)
            ]
            if unheld:
                await _release(listener, process, stream, unheld)
            if len(found) < _PAGE:
                return
            after = b"(" + found[-1].entry_id


async def _release(
    listener: Listener, process: Process, stream: bytes, entries: list[tuple[bytes, int]]
) -> None:
    group = process.on(stream, listener.group)
    with contextlib.suppress(Refusal):  # the group is gone, and with it what was held
        for at in range(0, len(entries), _AT_ONCE):
            await process.commands.ask(
                group.release(entries[at : at + _AT_ONCE]), optional=stream != listener.stream
            )
