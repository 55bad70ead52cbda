"""A request to the server: a command, and what its reply means. For any kind of connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .refusals import Refusal, UnknownScript, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .resp import Command, Reply
    from .scripts import Script

__all__ = ["Request", "ask", "ask_all", "ask_in_transaction", "nothing", "scripted"]

T = TypeVar("T")


class Exchanges(Protocol):
    """What commands are sent with."""

    def exchange(self, commands: Sequence[Command], /) -> list[Reply]:
        """Send commands in one write; returns a reply for each."""
        ...


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """What is asked.

    Attributes:
        command: what is sent.
        read: what the reply means.
        script: the script that the command runs, if it runs one.
    """

    command: Command
    read: Callable[[Reply], T]
    script: Script | None = None

    def in_full(self) -> Command:
        """The command for a server that does not know the script's digest."""
        assert self.script is not None
        return self.script.call_in_full(self.command)


def scripted(
    script: Script, keys: Sequence[bytes], arguments: Sequence[Any], read: Callable[[Reply], T]
) -> Request[T]:
    """A request that runs a script."""
    return Request(script.call(keys, arguments), read, script)


def nothing(reply: Reply) -> None:
    """The meaning of a reply that says no more than that the command was executed."""


def ask_all(connection: Exchanges, requests: Sequence[Request[T]]) -> list[T | Refusal]:
    """Ask for many things in one write.

    Returns:
        Per request, what its reply means, or why the server refuses.

    Raises:
        ConnectionFailed: the connection broke.
    """
    replies = connection.exchange([request.command for request in requests])
    unknown = [i for i, reply in enumerate(replies) if isinstance(reply, UnknownScript)]
    if unknown:
        again = connection.exchange([requests[i].in_full() for i in unknown])
        for i, reply in zip(unknown, again, strict=True):
            replies[i] = reply
    return [
        reply if isinstance(reply, Refusal) else request.read(reply)
        for request, reply in zip(requests, replies, strict=True)
    ]


def ask(connection: Exchanges, request: Request[T]) -> T:
    """Ask for one thing.

    Raises:
        Refusal: the server refuses.
        ConnectionFailed: the connection broke.
    """
    [answer] = ask_all(connection, [request])
    if isinstance(answer, Refusal):
        raise answer
    return answer


def ask_in_transaction(connection: Exchanges, requests: Sequence[Request[Any]]) -> list[Any]:
    """Ask for what the server does with nothing in between; runs no scripts.

    Returns:
        Per request, what its reply means.

    Raises:
        Refusal: the server refuses the transaction, or a request of it.
        ConnectionFailed: the connection broke.
    """
    commands = [(b"MULTI",), *(request.command for request in requests), (b"EXEC",)]
    last: Any = connection.exchange(commands)[-1]
    replies: list[Any] = [last] if isinstance(last, Exception) else last
    for reply in replies:
        if isinstance(reply, Exception):
            raise refusal_of(reply)
    return [request.read(reply) for request, reply in zip(requests, replies, strict=True)]
