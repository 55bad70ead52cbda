"""What is remembered of a consumer group beside its stream, as `lua/register.lua` writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

__all__ = ["is_set_back", "service_of", "start_after"]

_LAST_OF_MILLISECOND: Final = 2**64 - 1


def service_of(registration: bytes) -> str:
    """The service of a registered group."""
    return registration.partition(b" ")[0].decode(errors="replace")


def is_set_back(registration: bytes) -> bool:
    """Whether a group reads once more what it may have missed."""
    return registration.count(b" ") > 2


def start_after(since: str | datetime) -> bytes:
    """The entry id after which a new group begins.

    Args:
        since: `new`, `beginning`, an entry's id (events after it), or a time with its offset
            (events from it on, by the server's clock).
    """
    if isinstance(since, datetime):
        milliseconds = max(int(since.timestamp() * 1000), 1)
        return b"%d-%d" % (milliseconds - 1, _LAST_OF_MILLISECOND)
    return {"new": b"$", "beginning": b"0"}.get(since, since.encode())
