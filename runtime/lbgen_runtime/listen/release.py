"""Giving up entries so that the next look of any process takes them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from ..wire.refusals import Refusal
from ..wire.scripts import RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .claims import Claim
    from .listener import Listener
    from .process import Process

__all__ = ["HANDED_BACK", "hand_back", "hand_back_unheld"]

HANDED_BACK: Final = 10**9
"""Idle milliseconds that an entry gets: more than any acknowledgement timeout."""
_PAGE: Final = 100
_AT_ONCE: Final = 500
"""Entries that one step hands back."""


async def hand_back(
    listener: Listener, process: Process, claims: Iterable[tuple[Claim, int]]
) -> None:
    """Give up entries that this process holds.

    Args:
        listener: for whom they are held.
        process: this process.
        claims: each with the delivery count that it gets.
    """
    by_stream: dict[bytes, list[bytes | int]] = {}
    for claim, count in claims:
        by_stream.setdefault(claim.stream, []).extend((claim.entry_id, count))
    for stream, entries in by_stream.items():
        await _release(listener, process, stream, entries)


async def hand_back_unheld(
    listener: Listener, process: Process, stream: bytes, holds: Callable[[bytes, bytes], bool]
) -> None:
    """Give up what was read under this process's name and is not held: its turn has not come.

    Args:
        listener: for whom it was read.
        process: this process.
        stream: the stream's key.
        holds: whether an entry of a stream is held.
    """
    after, own = b"-", process.name.encode()
    with contextlib.suppress(Refusal):  # nothing was ever read from the stream
        while True:
            found: Any = await process.commands.ask(
                *(b"XPENDING", stream, listener.group, after, b"+", _PAGE, own),
                optional=stream != listener.stream,
            )
            entries: list[bytes | int] = []
            for entry_id, _, idle, times_delivered in found:
                if idle < HANDED_BACK and not holds(stream, entry_id):
                    entries += [entry_id, max(times_delivered - 1, 0)]
            if entries:
                await _release(listener, process, stream, entries)
            if len(found) < _PAGE:
                return
            after = b"(" + found[-1][0]


async def _release(
    listener: Listener, process: Process, stream: bytes, entries: list[bytes | int]
) -> None:
    with contextlib.suppress(Refusal):  # the group is gone, and with it what was held
        for at in range(0, len(entries), 2 * _AT_ONCE):
            some = entries[at : at + 2 * _AT_ONCE]
            await process.commands.script(
                RELEASE,
                [stream],
                [listener.group, process.name, HANDED_BACK, *some],
                optional=stream != listener.stream,
            )
