"""By which key a command finds its server: the keys of the commands that lbgen sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .resp import Command

__all__ = ["key_of"]

_WITHOUT: Final = frozenset(
    {b"ASKING", b"CLIENT", b"CLUSTER", b"CONFIG", b"EXEC", b"INFO", b"MULTI", b"PING", b"ROLE"}
    | {b"SCAN", b"TIME", b"WAIT", b"WAITAOF"}
)
"""Commands without a key: any server answers for itself."""
_SECOND: Final = frozenset({b"XGROUP", b"XINFO"})
"""Commands whose key follows a subcommand."""
_SCRIPTS: Final = frozenset({b"EVAL", b"EVALSHA"})
_STREAMS: Final = b"STREAMS"


def key_of(command: Command) -> bytes | None:
    """The key whose server must answer a command; the first, where it has several.

    Args:
        command: its parts, the name first; no key but that of a script may be text.
    """
    name = command[0]
    if name in _WITHOUT:
        return None
    if name in _SCRIPTS:
        position = 3
    elif name in _SECOND:
        position = 2
    elif _STREAMS in command:
        position = command.index(_STREAMS) + 1
    else:
        position = 1
    key = command[position]
    return key if isinstance(key, bytes) else str(key).encode()
