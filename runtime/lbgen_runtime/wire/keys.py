"""The name of every key on the server: made here and nowhere else.

All that is kept beside a stream begins with the stream's key in braces, so that in a cluster it
lies where the stream does, and one script may touch both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..events.contract import ApiContract

__all__ = [
    "EVERY_REGISTERED",
    "EVERY_STREAM",
    "PUBLISHED_KEY",
    "barrier_key",
    "dead_key",
    "dropped_key",
    "every_dead",
    "every_lease",
    "fired_key",
    "is_beside_a_stream",
    "lease_key",
    "process_of_lease",
    "registered_key",
    "replay_key",
    "schema_key",
    "stream_key",
    "stream_of_dead",
    "stream_of_registered",
    "trimmed_key",
]

PUBLISHED_KEY: Final = b"schemas"
"""The set of the names of all APIs that have a `schema_key`."""
EVERY_STREAM: Final = "*:stream"
"""The pattern of the keys of all event streams; `is_beside_a_stream` tells the others it fits."""
EVERY_REGISTERED: Final = "{*}:groups"
"""The pattern of every `registered_key`."""


def stream_key(api: ApiContract, event_name: str) -> bytes:
    """The stream that holds an event, as Lightbus calls it."""
    name = f"{api.name}.*" if api.stream == "per_api" else f"{api.name}.{event_name}"
    return f"{name}:stream".encode()


def registered_key(stream: bytes) -> bytes:
    """Where the consumer groups of a stream are remembered, each with its service."""
    return b"{%b}:groups" % stream


def dead_key(stream: bytes, group: str) -> bytes:
    """The stream of a group's dead letters."""
    return b"{%b}:dead:%b" % (stream, group.encode())


def replay_key(stream: bytes, group: str) -> bytes:
    """The stream through which dead letters go back to their listener."""
    return b"{%b}:replay:%b" % (stream, group.encode())


def trimmed_key(stream: bytes) -> bytes:
    """Where it is kept up to which entry a stream was trimmed lately."""
    return b"{%b}:trimmed" % stream


def dropped_key(stream: bytes) -> bytes:
    """Where it is kept how many entries a full stream has dropped lately."""
    return b"{%b}:dropped" % stream


def barrier_key(stream: bytes) -> bytes:
    """What is written where nothing else was, so that there is a write to wait for."""
    return b"{%b}:barrier" % stream


def fired_key(stream: bytes, event_id: str) -> bytes:
    """Where the id of an event is remembered that a caller brought."""
    return b"{%b}:fired:%b" % (stream, event_id.encode())


def lease_key(service: str, process: str) -> bytes:
    """The lease of a process's name: there while the process lives, and shortly after."""
    return f"lbgen:process:{service}:{process}".encode()


def schema_key(api_name: str) -> bytes:
    """Where Lightbus looks for the schema of an API."""
    return f"schema:{api_name}".encode()


def is_beside_a_stream(key: bytes) -> bool:
    """Whether a key is of what is kept beside a stream."""
    return key[:1] == b"{"


def stream_of_registered(key: bytes) -> bytes:
    """The stream whose `registered_key` that is; a stream's own key may have braces in it."""
    return key[1 : -len(b"}:groups")]


def stream_of_dead(key: bytes) -> bytes:
    """The stream whose `dead_key` that is."""
    return key[1 : key.rindex(b"}:dead:")]


def every_dead(group: str) -> str:
    """The pattern of every `dead_key` of a group."""
    return "{*}:dead:" + _literal(group)


def every_lease(service: str) -> str:
    """The pattern of the leases of all processes of a service."""
    return _literal(lease_key(service, "").decode()) + "*"


def process_of_lease(service: str, key: bytes) -> str:
    """The name of the process that has a lease."""
    return key.removeprefix(lease_key(service, "")).decode(errors="replace")


def _literal(text: str) -> str:
    """A text as a part of a pattern that it alone fits."""
    return re.sub(r"([*?\[\]\\^])", r"\\\1", text)
