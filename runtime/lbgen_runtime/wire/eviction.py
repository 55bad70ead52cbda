"""The warning about a server that removes keys when its memory runs out."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Final

from ..printable import printable
from .requests import Request

__all__ = ["ASK", "EvictionCheck", "warn_of_eviction"]

_log = logging.getLogger("lbgen")

ASK: Final[Request[Any]] = Request((b"INFO", b"memory"), lambda reply: reply)
"""Asks for what tells the policy; fewer users are forbidden it than CONFIG GET."""
_POLICY: Final = re.compile(rb"^maxmemory_policy:(\S+)", re.MULTILINE)


@dataclass(slots=True)
class EvictionCheck:
    """Whether a server was asked for its policy: a bus does so once.

    Attributes:
        asked: it was.
    """

    asked: bool = False


def warn_of_eviction(reply: Any) -> None:
    """Warn where the server's reply to `ASK` names a policy that removes keys."""
    found = _POLICY.search(reply) if isinstance(reply, bytes) else None
    if found is None or found[1] == b"noeviction":
        return
    loses = (
        "whole streams, including events that were not handled"
        if found[1].startswith(b"allkeys")
        else "the event ids that it remembers, so that an event can be written twice"
    )
    _log.warning(
        "the maxmemory-policy of the server is %s, which deletes %s when memory runs out; set "
        "it to noeviction",
        printable(found[1]),
        loses,
    )
