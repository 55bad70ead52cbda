"""Date-times without an offset: Lightbus writes them, and what they mean is a setting of the API.

Nothing here runs for an event that its schema accepts. For one that it refuses, the validator
itself says at which places it wanted a `date-time`; texts there that lack nothing but an offset
get that of `assume_timezone`, or the refusal says that there is this setting.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from .errors import InvalidParameters, InvalidSettings, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .validation import Schema

__all__ = ["read_zone", "with_offsets"]

_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?")
_HINT: Final = (
    "it has no offset; where the API's `assume_timezone` says which time zone is meant, it is read"
)


@cache
def read_zone(name: str) -> tzinfo:
    """The time zone of a name: `UTC`, or one of the IANA database (`Europe/Berlin`).

    Raises:
        InvalidSettings: there is no such zone on this machine.
    """
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # few services need it

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise InvalidSettings(
            f"assume_timezone: there is no time zone {name!r} on this machine"
        ) from None


def with_offsets(value: Any, schema: Schema, zone: str | None, name: str) -> Any:
    """The parameters that a schema refused, accepted after all.

    Args:
        value: the parameters; changed in place.
        schema: of the parameters.
        zone: `assume_timezone` of the API.
        name: the event's full name.

    Raises:
        InvalidParameters: the schema still refuses them.
    """
    while not schema.is_valid(value):
        violations = tuple(schema.violations(value))
        naive = {path: text for path in _wanted(schema, value) if (text := _naive(value, path))}
        if zone is None or not naive:
            raise InvalidParameters(name, [_explained(each, naive) for each in violations])
        for path, text in naive.items():
            _put(value, path, _with_offset(text, read_zone(zone)))
    return value


def _wanted(schema: Schema, value: Any) -> Iterator[tuple[str | int, ...]]:
    """The places at which the schema wanted a date-time."""
    waiting: list[Iterable[Any]] = [schema.validator.iter_errors(value)]
    while waiting:
        for error in waiting.pop():
            kind = error.kind
            if kind.name == "format" and kind.format == "date-time":
                yield tuple(error.instance_path)
            waiting.extend(getattr(kind, "context", ()))


def _naive(value: Any, path: tuple[str | int, ...]) -> str | None:
    """The text at a place, if it is a date-time without an offset."""
    for step in path:
        value = value[step]
    if not isinstance(value, str) or not _NAIVE.fullmatch(value):
        return None
    try:
        datetime.fromisoformat(value[:19])
    except ValueError:
        return None
    return value


def _with_offset(text: str, zone: tzinfo) -> str:
    moment = datetime.fromisoformat(text[:19]).replace(tzinfo=zone)
    return text + moment.isoformat()[19:25]


def _put(value: Any, path: tuple[str | int, ...], text: str) -> None:
    *steps, last = path
    for step in steps:
        value = value[step]
    value[last] = text


def _explained(violation: Violation, naive: dict[tuple[str | int, ...], str]) -> Violation:
    """A violation that names the setting, where it is about a date-time without an offset."""
    if violation.rule not in ("format", "anyOf", "oneOf") or not naive:
        return violation
    from .validation import pointer_of

    pointers = [pointer_of(list(path)) for path in naive]
    if not any(each.startswith(violation.pointer) for each in pointers):
        return violation
    return Violation(
        pointer=violation.pointer,
        rule=violation.rule,
        message=f"{violation.message}: {_HINT}",
        location=violation.location,
    )
