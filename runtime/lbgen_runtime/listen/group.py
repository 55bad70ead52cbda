"""The consumer group of a listener: made once, made again where it was lost.

A process that finds another registration of its group than it knows concludes that the server has
lost its state (`wire/lua/register.lua`).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..errors import DuplicateListenerName
from ..printable import printable
from ..wire.answers import GroupOutcome
from ..wire.registration import start_after

if TYPE_CHECKING:
    from .listener import Listener
    from .process import Process

__all__ = ["ensure_group"]

_log = logging.getLogger("lbgen")


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
        Refusal: what is under the stream's name is not a stream.
        DuplicateListenerName: another service's listener has a group of that name, as `mail-eu`
            and `send` have with `mail` and `eu-send`.
    """
    group = process.on(listener.stream, listener.group)
    after = start_after(listener.settings.since)
    ensured = await process.commands.ask(group.ensure_group(listener.service, known, after))
    outcome, registration = ensured
    if outcome is GroupOutcome.TAKEN:
        raise DuplicateListenerName(
            f"{listener}: service {printable(registration)!r} already has a consumer group with "
            f"this name on {listener.stream.decode()}; rename one of the listeners"
        )
    if outcome is GroupOutcome.LOST:
        _log.warning(
            "%s: the consumer group was lost; starting again with the oldest event in the stream",
            listener,
        )
    return registration
