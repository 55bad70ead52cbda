"""Giving up entries so that the next look of any process takes them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from redis.exceptions import ResponseError

from .scripts import RELEASE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .claims import Claim
    from .listener import Listener
    from .process import Process

__all__ = ["HANDED_BACK", "hand_back"]

HANDED_BACK: Final = 10**9
"""Idle milliseconds that an entry gets: more than any acknowledgement timeout."""


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
        with contextlib.suppress(ResponseError):  # the group is gone, and with it what was held
            await process.commands.script(
                RELEASE, [stream], [listener.group, process.name, HANDED_BACK, *entries]
            )
