"""What the server refuses: every error reply as an exception that says what it means.

Codes and words of the server are read here and nowhere else.
"""

from __future__ import annotations

from typing import Final

from ..printable import printable

__all__ = [
    "AskElsewhere",
    "AskLater",
    "Forbidden",
    "GroupExists",
    "NoGroup",
    "NoStream",
    "Refusal",
    "UnknownScript",
    "WrongType",
    "refusal_of",
]

_LONGEST: Final = 400
"""Characters of a server's words that are kept."""


class Refusal(Exception):
    """The server's error reply to a command; of this very class, sending it again does not help.

    Attributes:
        code: the word by which the server names the error (`OOM`).
        reply: the error as redis-py raised it.
    """

    def __init__(self, code: str, text: str, reply: Exception) -> None:
        super().__init__(printable(text, _LONGEST))
        self.code = printable(code, _LONGEST)
        self.reply = reply


class AskElsewhere(Refusal):
    """Not executed: another server is the one to ask, or this one is not ready."""


class AskLater(Refusal):
    """Not executed: the same server executes the command in a moment."""


class UnknownScript(Refusal):
    """Not executed: the server does not know the script's digest."""


class Forbidden(Refusal):
    """Not executed: the user may not run the command, or not on that key."""


class NoGroup(Refusal):
    """The stream has no such consumer group, or is gone with it."""


class GroupExists(Refusal):
    """The stream has the consumer group already."""


class NoStream(Refusal):
    """There is no stream for which to make a consumer group."""


class WrongType(Refusal):
    """What has the key is not of the type that the command is for."""


_CODES: Final[dict[str, str]] = {
    "AskError": "ASK",
    "BusyLoadingError": "LOADING",
    "ClusterDownError": "CLUSTERDOWN",
    "MasterDownError": "MASTERDOWN",
    "MovedError": "MOVED",
    "NoPermissionError": "NOPERM",
    "NoScriptError": "NOSCRIPT",
    "OutOfMemoryError": "OOM",
    "ReadOnlyError": "READONLY",
    "TryAgainError": "TRYAGAIN",
}
"""The codes that redis-py cuts off, by the names of its exceptions; importing the classes would
take longer than importing all that generated code needs."""

_KINDS: Final[dict[str, type[Refusal]]] = {
    "ASK": AskElsewhere,
    "BUSY": AskLater,
    "BUSYGROUP": GroupExists,
    "CLUSTERDOWN": AskElsewhere,
    "LOADING": AskElsewhere,
    "MASTERDOWN": AskElsewhere,
    "MOVED": AskElsewhere,
    "NOGROUP": NoGroup,
    "NOPERM": Forbidden,
    "NOREPLICAS": AskElsewhere,  # a master that was cut off says so, until it is told
    "NOSCRIPT": UnknownScript,
    "READONLY": AskElsewhere,
    "TRYAGAIN": AskLater,
    "UNBLOCKED": NoGroup,  # to those who waited in a read when the stream was removed
    "WRONGTYPE": WrongType,
}
_OF_A_REPLICA: Final = ("instance state changed", "cannot be used with replica instances")
"""What a replica says without a code of its own: to those who waited in a read when it became one,
and to WAIT and WAITAOF."""

_FORBIDDEN_IN_A_SCRIPT: Final = ("The user executing the script can't", "ACL failure in script")
"""What Redis and Valkey say without a code of its own."""

_STREAM_NEEDED: Final = "requires the key to exist"
"""What XGROUP CREATE says without a code of its own."""


def refusal_of(reply: Exception) -> Refusal:
    """What an error reply means.

    Args:
        reply: the error as redis-py raised it; of what a transaction replied, one of many.
    """
    if isinstance(reply, Refusal):
        return reply
    text = str(reply)
    code = _CODES.get(type(reply).__name__, "")
    if not code:
        code = text.partition(" ")[0]
    elif not text.startswith(code):
        text = f"{code} {text}"
    return _kind_of(code, text)(code, text, reply)


def _kind_of(code: str, text: str) -> type[Refusal]:
    if text.startswith(_FORBIDDEN_IN_A_SCRIPT):
        return Forbidden
    if any(words in text for words in _OF_A_REPLICA):
        return AskElsewhere
    if _STREAM_NEEDED in text:
        return NoStream
    return _KINDS.get(code, Refusal)
