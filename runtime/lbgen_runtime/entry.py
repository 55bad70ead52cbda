"""An event as it stands in a stream: the fields that Lightbus writes and reads.

`id`, `api_name`, `event_name`, `version`, and one `:{parameter}` with JSON text per parameter.
"""

from __future__ import annotations

import os
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .contract import ApiContract, EventContract

__all__ = [
    "Metadata",
    "age_of",
    "entry_fields",
    "is_noise",
    "metadata",
    "new_event_id",
    "parameters",
    "stream_key",
]

_OWN_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_METADATA: Final = (b"id", b"api_name", b"event_name", b"version")


class Metadata(NamedTuple):
    """What an entry says about its event.

    Attributes:
        event_id: the event's id; the same in every delivery.
        api_name: the API's name.
        event_name: the event's name in the API.
        version: the contract's version with which the event was fired.
    """

    event_id: str
    api_name: str
    event_name: str
    version: int


def stream_key(api: ApiContract, event_name: str) -> bytes:
    """The key of the stream that holds an event."""
    name = f"{api.name}.*" if api.stream == "per_api" else f"{api.name}.{event_name}"
    return f"{name}:stream".encode()


def new_event_id() -> str:
    """A new UUID that begins with the time in milliseconds.

    Version 8 (RFC 9562, vendor-specific) instead of 7, so that an id that `fire` made is told
    from one that a caller brought: only the former says when its event was fired first.
    """
    random = os.urandom(10)
    head = time.time_ns() // 1_000_000 << 16 | 0x8000 | (random[0] & 0x0F) << 8 | random[1]
    tail = (random[2] & 0x3F | 0x80) << 56 | int.from_bytes(random[3:], "big")
    digits = f"{head:016x}{tail:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def age_of(event_id: str) -> float | None:
    """Seconds since `new_event_id` made an id; `None` for an id that somebody else made.

    At least a minute, so that the clocks of two machines may differ by that much.
    """
    if not _OWN_ID.fullmatch(event_id):
        return None
    made = int(event_id[:8] + event_id[9:13], 16) / 1000
    return max(time.time() - made, 0.0) + 60


def entry_fields(
    contract: EventContract[Any], event_id: str, parameters: Mapping[str, bytes]
) -> list[bytes]:
    """The fields and values of an event's entry, one after the other."""
    fields = [b"id", event_id.encode(), *_head(contract.api.name, contract.name, contract.version)]
    for name, text in parameters.items():
        fields += (_field(name), text)
    return fields


@lru_cache(maxsize=4096)
def _head(api_name: str, event_name: str, version: int) -> tuple[bytes, ...]:
    """What stands in every entry of an event."""
    return (
        *(b"api_name", api_name.encode()),
        *(b"event_name", event_name.encode()),
        *(b"version", b"%d" % version),
    )


@lru_cache(maxsize=4096)
def _field(parameter: str) -> bytes:
    """The field of a parameter."""
    return b":" + parameter.encode()


@lru_cache(maxsize=4096)
def _parameter(field: bytes) -> str:
    """The parameter of a field."""
    return field[1:].decode()


def is_noise(fields: Sequence[bytes]) -> bool:
    """Whether an entry is the placeholder that Lightbus writes to make a stream."""
    return len(fields) == 2 and fields[0] == b"" and fields[1] == b""


def metadata(fields: Sequence[bytes]) -> Metadata:
    """What an entry says about its event; unknown metadata is ignored.

    Raises:
        ValueError: metadata is missing or malformed; the message names it.
    """
    found = dict(zip(fields[::2], fields[1::2], strict=True))
    for name in _METADATA:
        if not found.get(name):
            raise ValueError(f"the entry has no {name.decode()!r}")
    try:
        version = int(found[b"version"])
    except ValueError:
        raise ValueError("the entry's 'version' is no integer") from None
    try:
        return Metadata(
            found[b"id"].decode(),
            found[b"api_name"].decode(),
            found[b"event_name"].decode(),
            version,
        )
    except UnicodeDecodeError:
        raise ValueError("the entry's metadata is not UTF-8") from None


def parameters(fields: Sequence[bytes]) -> dict[str, bytes]:
    """The JSON text of each parameter of an entry.

    Raises:
        ValueError: a parameter's name is not UTF-8.
    """
    try:
        return {
            _parameter(name): text
            for name, text in zip(fields[::2], fields[1::2], strict=True)
            if name[:1] == b":"
        }
    except UnicodeDecodeError:
        raise ValueError("the name of a parameter is not UTF-8") from None
