"""An event as it is in a stream: the fields that Lightbus writes and reads.

`id`, `api_name`, `event_name`, `version`, and one `:{parameter}` with JSON text per parameter.
"""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .keys import stream_key
from .resp import template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..events.contract import EventContract

__all__ = [
    "MOST_PARAMETERS",
    "EntryForm",
    "Metadata",
    "age_of",
    "fired_at",
    "is_noise",
    "metadata",
    "new_event_id",
    "parameters",
]

_OWN_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8b9e-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MOST_PARAMETERS: Final = 3_500
"""Parameters that an event may have: the server's scripts pass on less than 8,000 values."""
_METADATA: Final = (b"id", b"api_name", b"event_name", b"version")
_MOST_FORMS: Final = 256
_LAST_MOMENT: Final = 253_402_300_799_000
"""Milliseconds since 1970 at the end of the year 9999."""
_VARIANTS: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

_random: Final[list[str]] = []
"""Random digits for ids to come. A forked process draws its own."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.clear)


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


def new_event_id() -> str:
    """A new UUID that begins with the time in milliseconds.

    Version 8 (RFC 9562, vendor-specific) with a mark instead of 7, so that an id that `fire` made
    is told from one that a caller brought: only the former says when its event was fired first.
    """
    try:
        random = _random.pop()
    except IndexError:
        drawn = os.urandom(10 * 100).hex()  # one call of the system for many ids
        _random.extend(drawn[at : at + 20] for at in range(20, len(drawn), 20))
        random = drawn[:20]
    now = f"{time.time_ns() // 1_000_000:012x}"
    variant = _VARIANTS[random[0]]
    return f"{now[:8]}-{now[8:]}-8b9e-{variant}{random[4:7]}-{random[7:19]}"


def age_of(event_id: str) -> float | None:
    """Seconds since `new_event_id` made an id, by this machine's clock.

    `None` for an id that somebody else made.
    """
    if not _OWN_ID.fullmatch(event_id):
        return None
    return time.time() - int(event_id[:8] + event_id[9:13], 16) / 1000


def fired_at(stream_id: str) -> datetime:
    """When an entry was written, by the server's clock: the first half of its id.

    An id that somebody made up may lie behind the last year of a `datetime`: it gets that year.
    """
    milliseconds = min(int(stream_id.partition("-")[0]), _LAST_MOMENT)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class EntryForm:
    """What the entries of one event have in common.

    Args:
        contract: the event's.

    Attributes:
        stream: the stream's key.
    """

    __slots__ = ("_forms", "_head", "stream")

    def __init__(self, contract: EventContract[Any]) -> None:
        self.stream = stream_key(contract.api, contract.name)
        self._head = (
            *(b"api_name", contract.api.name.encode()),
            *(b"event_name", contract.name.encode()),
            *(b"version", b"%d" % contract.version),
        )
        self._forms: dict[tuple[str, ...], bytes] = {}

    def fields(self, event_id: str, parameters: Mapping[str, bytes]) -> list[bytes]:
        """The fields and values of an entry, one after the other.

        Args:
            event_id: the event's id.
            parameters: the JSON text of each parameter.
        """
        fields = [b"id", event_id.encode(), *self._head]
        for name, text in parameters.items():
            fields += (b":" + name.encode(), text)
        return fields

    def xadd(self, event_id: str, parameters: Mapping[str, bytes]) -> bytes:
        """The command that writes an entry, as it travels; the arguments are those of `fields`."""
        names = tuple(parameters)
        form = self._forms.get(names) or self._form(names)
        count = len(names) + 1
        parts = (event_id.encode(), *parameters.values())
        sizes_and_parts: list[Any] = [0] * (2 * count)
        sizes_and_parts[::2] = map(len, parts)
        sizes_and_parts[1::2] = parts
        return form % tuple(sizes_and_parts)

    def _form(self, names: tuple[str, ...]) -> bytes:
        parts: list[bytes | None] = [b"XADD", self.stream, b"*", b"id", None, *self._head]
        for name in names:
            parts += (b":" + name.encode(), None)
        if len(self._forms) >= _MOST_FORMS:  # an event with a map for parameters
            self._forms.clear()
        form = self._forms[names] = template(parts)
        return form


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
        raise ValueError("the field 'version' of the entry is not an integer") from None
    try:
        return Metadata(
            found[b"id"].decode(),
            found[b"api_name"].decode(),
            found[b"event_name"].decode(),
            version,
        )
    except UnicodeDecodeError:
        raise ValueError("the metadata of the entry is not UTF-8") from None


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
