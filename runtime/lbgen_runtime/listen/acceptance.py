"""From an entry of a stream to what a listener does with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..errors import InvalidParameters
from ..wire.dead_letter_entry import own_fields, reason_of
from ..wire.entry import Metadata, is_noise, metadata, parameters
from .claims import Claim
from .delivery import Delivery

if TYPE_CHECKING:
    from .listener import Listener

__all__ = ["Accepted", "Invalid", "accept", "event_fields", "event_of"]

_ENTRY_ID: Final = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")


class Invalid(Exception):
    """An entry is not what a handler may get."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An entry to run, or to dead-letter at once where `invalid` says why."""

    claim: Claim
    invalid: Invalid | None = None


def accept(
    listener: Listener,
    process: str,
    stream: bytes,
    entry_id: bytes,
    fields: list[bytes],
    times_delivered: int,
    expires: float,
) -> Accepted | None:
    """What a listener does with an entry that was delivered to it.

    Args:
        listener: the listener.
        process: this process's name.
        stream: the stream's key.
        entry_id: the entry's id.
        fields: its fields and values.
        times_delivered: the server's count.
        expires: until when the entry is certainly this process's, by `clock.now`.

    Returns:
        `None` for an entry to pass over: of another event, or a placeholder.
    """
    if is_noise(fields):
        return None
    invalid: Invalid | None = None
    original_id = entry_id.decode()
    replayed = stream != listener.stream
    if replayed:
        death = reason_of(fields)
        if death is not None and _ENTRY_ID.fullmatch(str(death.stream_id)):
            original_id = str(death.stream_id)
    fields = event_fields(listener, stream, fields)
    try:
        about = metadata(fields)
    except ValueError as error:
        invalid = Invalid(str(error))
        about = Metadata("", "", "", 0)
    contract = listener.contract
    if not invalid and (about.event_name != contract.name or about.api_name != contract.api.name):
        if not replayed:
            return None
        # It was taken from the dead letters, and nobody else reads it.
        invalid = Invalid(
            f"the listener handles another event: {contract.full_name}, not "
            f"{about.api_name}.{about.event_name}"
        )
    delivery = Delivery(
        event_id=about.event_id,
        stream_id=original_id,
        times_delivered=times_delivered,
        api=about.api_name,
        event=about.event_name,
        service=listener.service,
        listener=listener.name,
        process=process,
    )
    return Accepted(Claim(stream, entry_id, fields, delivery, expires), invalid)


def event_fields(listener: Listener, stream: bytes, fields: list[bytes]) -> list[bytes]:
    """The fields and values of an event, from those of the entry that brings it."""
    return own_fields(fields) if stream != listener.stream else fields


def event_of(listener: Listener, claim: Claim) -> Any:
    """The event that an entry stands for.

    Raises:
        Invalid: it stands for none. Any other error is one of this code or of its settings, and
            says nothing about the event.
    """
    try:
        texts = parameters(claim.fields)
    except ValueError as error:
        raise Invalid(str(error)) from error
    try:
        return listener.contract.decode(texts)
    except InvalidParameters as error:
        raise Invalid(str(error)) from error
