"""Date-times without an offset: Lightbus writes them, and what they mean is a setting of the API.

Nothing here runs for an event that its schema accepts. For one that it refuses, the reasons say at
which places a `date-time` was wanted; texts there that lack nothing but an offset get that of
`assume_timezone`, or the refusal says that there is this setting.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..errors import InvalidParameters, InvalidSettings
from .validation.violation_words import NO_OFFSET, is_naive

if TYPE_CHECKING:
    from ..errors import Violation
    from .validation.found import Found, Path
    from .validation.schemas import Schema

__all__ = ["read_zone", "with_offsets"]

_HINT: Final = "or set `assume_timezone` of the API to the time zone that is meant"
_ROUNDS: Final = 10
"""How often a value is looked at again: one that was mended may fit another branch of a union."""


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
            f"assume_timezone: this machine does not know the time zone {name!r}"
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
    if zone is not None:
        for _ in range(_ROUNDS):
            places = [each.path for each in schema.found(value) if _wants_offset(each, value)]
            for path in places:
                text = _at(value, path)
                _put(value, path, _with_offset(text, read_zone(zone)))
            if schema.is_valid(value):
                return value
            if not places:
                break
    violations = schema.violations(value)
    raise InvalidParameters(name, [_with_hint(each) for each in violations])


def _wants_offset(found: Found, value: Any) -> bool:
    """Whether a date-time is wanted where one stands that lacks nothing but its offset."""
    wanted = found.keyword == "format" and found.part.schema["format"] == "date-time"
    return wanted and is_naive(_at(value, found.path))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _with_offset(text: str, zone: tzinfo) -> str:
    moment = datetime.fromisoformat(text[:19]).replace(tzinfo=zone)
    return text + moment.isoformat()[19:25]


def _put(value: Any, path: Path, text: str) -> None:
    _at(value, path[:-1])[path[-1]] = text


def _with_hint(violation: Violation) -> Violation:
    """A violation that names the setting, where it is about a date-time without an offset."""
    if violation.rule != "format" or NO_OFFSET not in violation.message:
        return violation
    return replace(violation, message=f"{violation.message}; {_HINT}")
