"""What an error reply of the server means for the command that got it: decided here alone."""

from __future__ import annotations

from enum import Enum
from typing import Final

from redis import exceptions as redis_errors

from ..printable import printable

__all__ = ["Meaning", "meaning_of", "words_of"]

_LONGEST: Final = 400
"""Characters of a server's words that are kept."""


class Meaning(Enum):
    """What an error reply means. In every case but `REFUSED` the command was not executed."""

    WRONG_SERVER = "wrong server"
    """Another server is the one to ask, or this one is not ready: look where the name leads now."""
    LATER = "later"
    """The same server executes the command in a moment."""
    UNKNOWN_SCRIPT = "unknown script"
    """The server does not know the script's digest."""
    FORBIDDEN = "forbidden"
    """The user may not run the command, or not on that key."""
    REFUSED = "refused"
    """Sending the command again does not help."""


_CODES: Final[dict[type[Exception], str]] = {
    redis_errors.AskError: "ASK",
    redis_errors.BusyLoadingError: "LOADING",
    redis_errors.ClusterDownError: "CLUSTERDOWN",
    redis_errors.MasterDownError: "MASTERDOWN",
    redis_errors.MovedError: "MOVED",
    redis_errors.NoPermissionError: "NOPERM",
    redis_errors.NoScriptError: "NOSCRIPT",
    redis_errors.OutOfMemoryError: "OOM",
    redis_errors.ReadOnlyError: "READONLY",
    redis_errors.TryAgainError: "TRYAGAIN",
}
"""The codes that redis-py cuts off."""

_MEANINGS: Final[dict[str, Meaning]] = {
    "ASK": Meaning.WRONG_SERVER,
    "BUSY": Meaning.LATER,
    "CLUSTERDOWN": Meaning.WRONG_SERVER,
    "LOADING": Meaning.WRONG_SERVER,
    "MASTERDOWN": Meaning.WRONG_SERVER,
    "MOVED": Meaning.WRONG_SERVER,
    "NOPERM": Meaning.FORBIDDEN,
    "NOREPLICAS": Meaning.WRONG_SERVER,  # a master that was cut off says so, until it is told
    "NOSCRIPT": Meaning.UNKNOWN_SCRIPT,
    "READONLY": Meaning.WRONG_SERVER,
    "TRYAGAIN": Meaning.LATER,
}
_OF_A_REPLICA: Final = ("instance state changed", "cannot be used with replica instances")
"""What a replica says without a code of its own: to those who waited in a read when it became one,
and to WAIT and WAITAOF."""

_FORBIDDEN_IN_A_SCRIPT: Final = ("The user executing the script can't", "ACL failure in script")
"""What Redis and Valkey say without a code of its own."""


def _code_and_text(error: Exception) -> tuple[str, str]:
    text = str(error)
    code = _CODES.get(type(error), "")
    if not code:
        return text.partition(" ")[0], text
    return code, text if text.startswith(code) else f"{code} {text}"


def words_of(error: Exception) -> str:
    """An error of the server, with its code where redis-py has cut it off; fit to be printed."""
    return printable(_code_and_text(error)[1], _LONGEST)


def meaning_of(error: Exception) -> Meaning:
    """What an error of the server means for the command that got it."""
    code, text = _code_and_text(error)
    if text.startswith(_FORBIDDEN_IN_A_SCRIPT):
        return Meaning.FORBIDDEN
    if any(words in text for words in _OF_A_REPLICA):
        return Meaning.WRONG_SERVER
    return _MEANINGS.get(code, Meaning.REFUSED)
