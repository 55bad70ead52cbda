"""Where a listener's events lie that it could not handle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from .delivery import fired_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .claims import Claim

__all__ = ["Death", "dead_key", "death_of", "letter_of", "own_fields", "replay_key"]

_DEATH_FIELD: Final = b"lbgen"
"""The first field of a dead letter: a JSON object about its death."""
_PACKED_FIELD: Final = b"lbgen:fields"
"""The second field of one whose entry is too wide for a script: a JSON array of its own, in
Latin-1."""
_WIDEST: Final = 7_000
"""Fields and values that are written as they are: a script passes on less than 8,000."""

_LONGEST_DETAIL: Final = 20_000
"""Characters of a traceback that are kept: the end says most."""


def dead_key(stream: bytes, group: str) -> bytes:
    """The key of a group's dead letters."""
    return b"{%b}:dead:%b" % (stream, group.encode())


def replay_key(stream: bytes, group: str) -> bytes:
    """The key of the stream through which dead letters go back to their listener."""
    return b"{%b}:replay:%b" % (stream, group.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
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
    def of(cls, claim: Claim, reason: str, detail: str) -> Death:
        """The death of an event that this process gives up now."""
        delivery = claim.delivery
        return cls(
            reason=reason,
            detail=detail[-_LONGEST_DETAIL:],
            stream_id=delivery.stream_id,
            deliveries=delivery.times_delivered,
            process=delivery.process,
            fired_at=fired_at(delivery.stream_id).isoformat(),
            died_at=datetime.now(UTC).isoformat(),
        )

    def fields(self) -> tuple[bytes, bytes]:
        """The field and its value."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _DEATH_FIELD, json.dumps(values).encode()


def death_of(fields: Sequence[bytes]) -> Death | None:
    """The death that a dead letter tells about; `None` if it is none of ours."""
    if len(fields) < 2 or fields[0] != _DEATH_FIELD:
        return None
    try:
        values: dict[str, Any] = json.loads(fields[1])
        death = Death(**values)
    except (ValueError, TypeError, RecursionError):
        return None
    kinds = {name: int if name == "deliveries" else str for name in values}
    return death if all(type(values[name]) is kind for name, kind in kinds.items()) else None


def letter_of(death: Death, fields: Sequence[bytes]) -> list[bytes]:
    """The fields and values of a dead letter: the death, then those of the entry."""
    if len(fields) > _WIDEST:
        packed = json.dumps([text.decode("latin-1") for text in fields])
        fields = (_PACKED_FIELD, packed.encode())
    return [*death.fields(), *fields]


def own_fields(letter: list[bytes]) -> list[bytes]:
    """The fields and values of the entry that became a dead letter."""
    if letter[0] != _DEATH_FIELD:
        return letter
    fields = letter[2:]
    if len(fields) != 2 or fields[0] != _PACKED_FIELD:
        return fields
    try:
        return [text.encode("latin-1") for text in json.loads(fields[1])]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return fields
