"""The consumer group of a listener: made once, made again where it was lost."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Final

from .errors import DuplicateListenerName
from .scripts import REGISTER
from .trimming import registered_key

if TYPE_CHECKING:
    from .listener import Listener
    from .process import Process

__all__ = ["ensure_group", "start_after"]

_log = logging.getLogger("lbgen")

_LAST_OF_MILLISECOND: Final = 2**64 - 1


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


async def ensure_group(listener: Listener, process: Process, *, lost: bool = False) -> None:
    """See that a listener's group exists.

    Args:
        listener: whose group.
        process: this process; becomes a consumer of the group.
        lost: the group was there while this process ran: a new one begins at the beginning.

    Raises:
        ResponseError: what stands under the stream's name is no stream.
        DuplicateListenerName: another service's listener has a group of that name, as `mail-eu`
            and `send` have with `mail` and `eu-send`.
    """
    outcome = await process.commands.script(
        REGISTER,
        [listener.stream, registered_key(listener.stream)],
        [
            listener.group.encode(),
            start_after(listener.settings.since),
            int(lost),
            process.name.encode(),
            listener.service.encode(),
        ],
    )
    if outcome[0] == b"taken":
        other = outcome[1].decode(errors="replace")
        raise DuplicateListenerName(
            f"{listener}: service {other!r} has a consumer group of that name on "
            f"{listener.stream.decode()}; give one of them another name"
        )
    if outcome[0] == b"lost":
        _log.warning(
            "%s: the consumer group was lost; it begins again with the oldest event that is there",
            listener,
        )
