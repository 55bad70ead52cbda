"""Where a listener's events lie that it could not handle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from .entry import fired_at

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PACKED_FIELD", "DeadLetterReason", "own_fields", "reason_of"]

_DEATH_FIELD: Final = b"lbgen"
"""The first field of a dead letter: a JSON object about its death."""
PACKED_FIELD: Final = b"lbgen:fields"
"""The second field of one whose entry is too wide for a script: the entry's fields and values, each
after its length in bytes and a colon."""

_LONGEST_DETAIL: Final = 20_000
"""Characters of a traceback that are kept: the end says most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterReason:
    """Why and when an event became a dead letter; the letter's first field, as JSON.

    Attributes:
        reason: `failed` (its handler raised), `crashed` (its processes ended) or `invalid`.
        detail: the traceback, or what is invalid.
        stream_id: the id of the entry in its stream.
        deliveries: how often it was delivered to the listener.
        process: the process that gave it up.
        fired_at: when the bus took the event, ISO 8601.
        died_at: when it was given up, ISO 8601, by the clock of the process.
    """

    reason: str
    detail: str
    stream_id: str
    deliveries: int
    process: str
    fired_at: str
    died_at: str

    @classmethod
    def now(
        cls, reason: str, detail: str, *, stream_id: str, deliveries: int, process: str
    ) -> DeadLetterReason:
        """The death of an event that this process gives up now."""
        return cls(
            reason=reason,
            detail=detail[-_LONGEST_DETAIL:],
            stream_id=stream_id,
            deliveries=deliveries,
            process=process,
            fired_at=fired_at(stream_id).isoformat(),
            died_at=datetime.now(UTC).isoformat(),
        )

    def fields(self) -> tuple[bytes, bytes]:
        """The field and its value."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _DEATH_FIELD, json.dumps(values).encode()


def reason_of(fields: Sequence[bytes]) -> DeadLetterReason | None:
    """The death that a dead letter tells about; `None` if it is none of ours."""
    if len(fields) < 2 or fields[0] != _DEATH_FIELD:
        return None
    try:
        values: dict[str, Any] = json.loads(fields[1])
        death = DeadLetterReason(**values)
    except (ValueError, TypeError, RecursionError):
        return None
    kinds = {name: int if name == "deliveries" else str for name in values}
    return death if all(type(values[name]) is kind for name, kind in kinds.items()) else None


def own_fields(letter: list[bytes]) -> list[bytes]:
    """The fields and values of the entry that became a dead letter."""
    if letter[0] != _DEATH_FIELD:
        return letter
    fields = letter[2:]
    if len(fields) != 2 or fields[0] != PACKED_FIELD:
        return fields
    return _unpacked(fields[1]) or fields


def _unpacked(packed: bytes) -> list[bytes]:
    """Fields and values out of one; none where it was not made by `dead.lua`."""
    fields: list[bytes] = []
    at = 0
    while at < len(packed):
        colon = packed.find(b":", at, at + 11)
        size = packed[at : max(colon, at)]
        if not size.isdigit():
            return []
        at = colon + 1 + int(size)
        fields.append(packed[colon + 1 : at])
    return fields if at == len(packed) and len(fields) % 2 == 0 else []
