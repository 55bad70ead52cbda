"""The consumer group of a listener: made once, made again where it was lost.

A process that finds another registration of its group than it knows concludes that the server has
lost its state (`wire/lua/register.lua`).
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ..errors import DuplicateListenerName
from ..printable import printable
from ..wire.keys import registered_key
from ..wire.scripts import REGISTER

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


async def ensure_group(listener: Listener, process: Process, known: bytes) -> bytes:
    """See that a listener's group exists, and that it is given all that it needs.

    Args:
        listener: whose group.
        process: this process; becomes a consumer of the group.
        known: what this returned before, in this process: where the group is gone or another one
            now, it begins again at the beginning. Empty for the first time.

    Returns:
        What is remembered of the group beside its stream.

    Raises:
        Refusal: what stands under the stream's name is no stream.
        DuplicateListenerName: another service's listener has a group of that name, as `mail-eu`
            and `send` have with `mail` and `eu-send`.
    """
    outcome: list[bytes] = await process.commands.script(
        REGISTER,
        [listener.stream, registered_key(listener.stream)],
        [
            listener.group.encode(),
            start_after(listener.settings.since),
            known,
            process.name.encode(),
            listener.service.encode(),
            secrets.token_hex(8),
        ],
    )
    what, registration = outcome
    if what == b"taken":
        raise DuplicateListenerName(
            f"{listener}: service {printable(registration)!r} already has a consumer group with "
            f"this name on {listener.stream.decode()}; rename one of the listeners"
        )
    if what == b"lost":
        _log.warning(
            "%s: the consumer group was lost; starting again with the oldest event in the stream",
            listener,
        )
    return registration
