"""A user of the server that may not do what listening needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import ServerRefused
from ..printable import printable
from .scripts import SCRIPTS

if TYPE_CHECKING:
    from .refusals import Forbidden
    from .resp import Command

__all__ = ["not_permitted"]


def not_permitted(error: Forbidden, command: Command) -> ServerRefused:
    """The error of a worker whose user may not run a command, with what to permit.

    Args:
        error: the server's.
        command: what was sent.
    """
    name = _text(command[0]).upper()
    needed, keys = [name.lower()], ""
    if name in ("EVALSHA", "EVAL"):
        needed = ["evalsha", "eval", *_commands_of(command[1])]
        keys = ", ".join(_text(key) for key in command[3 : 3 + int(command[2])])
    elif name.startswith("X"):
        at = command.index(b"STREAMS") + 1 if b"STREAMS" in command else 1
        keys = _text(command[at + (name == "XGROUP")])
    return ServerRefused(
        f"the server user may not run {name}{f' on {keys}' if keys else ''}: {error}; permit it "
        f"{' '.join(f'+{each}' for each in needed)} and the keys of the stream (see "
        "docs/howto/production.md)"
    )


def _commands_of(script: Any) -> list[str]:
    """What a script runs, by its digest or its source."""
    for each in SCRIPTS:
        if script in (each.digest, each.source):
            found = re.findall(rb"redis\.p?call\('(\w+)'", each.source)
            return sorted({name.decode().lower() for name in found})
    return []


def _text(part: Any) -> str:
    return printable(part if isinstance(part, (bytes, str)) else str(part))
