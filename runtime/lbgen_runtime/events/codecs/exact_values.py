"""Date-times, times and UUIDs that Python's own types cannot hold to the letter.

RFC 3339 allows `Z` beside `+00:00`, leap seconds (`23:59:60Z`) and more than six digits of a
second's fraction; RFC 4122 allows UUIDs in capitals. Such a value becomes an instance of a
subclass that keeps its text, so that it leaves as it came. What no Python type can hold (year
0000) stays the text that it is.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic_core import SchemaValidator, core_schema, to_jsonable_python

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = [
    "ExactDateTime",
    "ExactTime",
    "ExactUUID",
    "read_date",
    "read_date_time",
    "read_time",
    "read_uuid",
    "write_date_time",
    "write_plain_date_time",
    "write_time",
    "write_uuid",
    "written_plainly",
]

_set = object.__setattr__
_uuid = SchemaValidator(core_schema.uuid_schema()).validate_python
_TIME = re.compile(
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?P<offset>[Zz]|[+-]\d\d:\d\d)"
)


class ExactDateTime(datetime):
    """A date-time that is not written as `datetime.isoformat` would write it.

    Attributes:
        text: what stood on the wire; `None` for the result of arithmetic.
    """

    text: str | None = None

    def __reduce_ex__(self, protocol: Any) -> str | tuple[Any, ...]:
        return super().__reduce_ex__(protocol) if self.text is None else (_read, (self.text,))


class ExactTime(time):
    """A time that is not written as `time.isoformat` would write it.

    Attributes:
        text: what stood on the wire; `None` for the result of `replace`.
    """

    text: str | None = None

    def __reduce_ex__(self, protocol: Any) -> str | tuple[Any, ...]:
        return super().__reduce_ex__(protocol) if self.text is None else (read_time, (self.text,))


class ExactUUID(UUID):
    """A UUID that is not in the canonical form of RFC 4122.

    Attributes:
        text: what stood on the wire.
    """

    __slots__ = ("text",)
    text: str

    def __reduce__(self) -> tuple[Any, ...]:
        return read_uuid, (self.text,)


def read_date_time(text: str) -> datetime | str:
    """The date-time of an RFC 3339 text; the text itself where Python has no such moment."""
    if (
        len(text) == 25 or (len(text) == 32 and text[19] == "." and text[20:26] != "000000")
    ) and text[-6:] == "+00:00":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    return _read(text)


def _read(text: str) -> datetime | str:
    try:
        clock, leap = _time_of_day(text[11:])
        moment = datetime.combine(date.fromisoformat(text[:10]), clock)
        if leap:
            moment += timedelta(seconds=1)
    except (ValueError, OverflowError):
        return text
    if moment.isoformat() == text:
        return moment
    exact = ExactDateTime.combine(moment.date(), moment.timetz())
    exact.text = text
    return exact


def write_date_time(moment: datetime) -> str:
    """The RFC 3339 text of a date-time; its own text where it keeps one."""
    own: str | None = getattr(moment, "text", None)
    if own is not None and not _plainly.get():
        return own
    return moment.isoformat()


def write_plain_date_time(moment: datetime) -> str:
    """What `datetime.isoformat` gives, in half the time for UTC."""
    if moment.tzinfo is UTC:
        return f"{to_jsonable_python(moment)[:-1]}+00:00"  # in place of the Z
    return moment.isoformat()


@contextmanager
def written_plainly() -> Generator[None]:
    """Write date-times as `datetime.isoformat` does, for readers that know no other form."""
    token = _plainly.set(True)
    try:
        yield
    finally:
        _plainly.reset(token)


_plainly: ContextVar[bool] = ContextVar("_plainly", default=False)


def read_time(text: str) -> time | str:
    """The time of an RFC 3339 full-time."""
    try:
        clock, _ = _time_of_day(text)
    except ValueError:
        return text
    if clock.isoformat() == text:
        return clock
    exact = ExactTime(
        clock.hour, clock.minute, clock.second, clock.microsecond, tzinfo=clock.tzinfo
    )
    exact.text = text
    return exact


def write_time(clock: time) -> str:
    """The RFC 3339 text of a time; its own text where it keeps one."""
    return getattr(clock, "text", None) or clock.isoformat()


def _time_of_day(text: str) -> tuple[time, bool]:
    """The last time that Python has at or before a text, and whether it is a leap second."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 time: {text!r}")
    offset = match["offset"]
    if offset in "Zz":
        zone = UTC
    else:
        minutes = int(offset[1:3]) * 60 + int(offset[4:6])
        zone = timezone(timedelta(minutes=minutes if offset[0] == "+" else -minutes))
    leap = match["second"] == "60"
    return time(
        hour=int(match["hour"]),
        minute=int(match["minute"]),
        second=59 if leap else int(match["second"]),
        microsecond=int((match["fraction"] or "0")[:6].ljust(6, "0")),
        tzinfo=zone,
    ), leap


def read_date(text: str) -> date | str:
    """The date of an RFC 3339 full-date; the text itself where Python has no such year."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def read_uuid(text: str) -> UUID | str:
    """The UUID of an RFC 4122 text."""
    if len(text) == 36 and text.lower() == text:
        try:
            value: UUID = _uuid(text)  # what UUID(text) does, in a quarter of the time
        except ValueError:
            return text
        return value
    try:
        exact = ExactUUID(text)
    except ValueError:
        return text
    _set(exact, "text", text)
    return exact


def write_uuid(value: UUID) -> str:
    """The text of a UUID; its own text where it keeps one."""
    if type(value) is UUID:
        return str(value)
    return getattr(value, "text", None) or str(value)
