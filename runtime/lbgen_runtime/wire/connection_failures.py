"""Why an exchange with the server has no replies, or not all."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Final

import redis.exceptions as redis_exceptions
from redis.exceptions import AuthenticationError

from ..printable import printable
from .refusals import AskElsewhere

if TYPE_CHECKING:
    from .resp import Reply

__all__ = ["ConnectionFailed", "Peer", "WrongServer"]

_LONGEST: Final = 400
"""Characters of what is told of a cause."""

Peer = tuple[bytes, bytes]
"""A connection as the server knows it: its client id and its address."""


class ConnectionFailed(Exception):
    """An exchange broke.

    Attributes:
        sent: the server may have received commands; without it, it has received none.
        replies: those that arrived before.
        peer: the connection that broke, as the server knows it, if it was ever asked.
        refused: the server refused the credentials; trying again does not help.
        timed_out: the time was over before anything else was known.
    """

    def __init__(
        self, cause: BaseException, *, sent: bool, replies: list[Reply], peer: Peer | None
    ) -> None:
        super().__init__(_words_of_cause(cause))
        self.sent = sent
        self.replies = replies
        self.peer = peer
        self.refused = isinstance(cause, AuthenticationError)
        self.timed_out = isinstance(cause, (TimeoutError, redis_exceptions.TimeoutError))


def _words_of_cause(error: BaseException) -> str:
    """Why an exchange broke, as the system says it rather than as redis-py repeats it."""
    cause = error
    while not isinstance(cause, OSError) and cause.__context__ is not None:
        cause = cause.__context__
    match cause:
        case ssl.SSLCertVerificationError():
            words = f"cannot verify the certificate of the server: {cause.verify_message}"
        case TimeoutError():
            words = "no answer in time"
        case socket.gaierror():
            words = f"cannot resolve its host name: {cause.strerror}"
        case OSError() if cause.strerror:
            words = cause.strerror
        case _:
            words = str(error) or type(error).__name__
    if words[1:2].islower() and " " in words:  # neither an error code nor a class name
        words = words[:1].lower() + words[1:]
    return printable(words.rstrip("."), _LONGEST)


class WrongServer(ConnectionFailed):
    """The server is not the one to ask any more, or not yet.

    Every command was answered, and the connection is closed: the next exchange looks where the
    server's name leads by then.
    """

    def __init__(self, replies: list[Reply]) -> None:
        [first, *_] = (reply for reply in replies if isinstance(reply, AskElsewhere))
        super().__init__(first, sent=True, replies=replies, peer=None)
