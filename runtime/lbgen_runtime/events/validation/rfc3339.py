"""Dates and times as RFC 3339 writes them: its grammar, and days and leap seconds that exist.

The validator's own checks take a sign or punctuation in the place of a digit (`1+99-12-28`), so
these decide. They are called once for each text of such a format, so they are one match for all
but the rare texts.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_date", "is_date_time", "is_time"]

_DATE: Final = (
    r"[0-9]{4}-(?:"
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|02-(?P<leap_day>29)"
    r")"
)
_TIME: Final = (
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|(?P<leap_second>60))(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_date = re.compile(_DATE).fullmatch
_time = re.compile(_TIME).fullmatch
_date_time = re.compile(f"{_DATE}[Tt]{_TIME}").fullmatch


def is_date(text: str) -> bool:
    """Whether a text is a `full-date` of RFC 3339, section 5.6, of a day that exists."""
    match = _date(text)
    return match is not None and (match.lastindex is None or _is_leap_year(text))


def is_time(text: str) -> bool:
    """Whether a text is a `full-time` of RFC 3339, with a leap second only at 23:59:60 UTC."""
    match = _time(text)
    return match is not None and (match.lastindex is None or _ends_a_day(text))


def is_date_time(text: str) -> bool:
    """Whether a text is a `date-time` of RFC 3339: a date that exists, `T`, and a time."""
    match = _date_time(text)
    if match is None or match.lastindex is None:
        return match is not None
    return (match["leap_day"] is None or _is_leap_year(text)) and (
        match["leap_second"] is None or _ends_a_day(text[11:])
    )


def _is_leap_year(date: str) -> bool:
    year = int(date[:4])
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _ends_a_day(time: str) -> bool:
    """Whether it is the last minute of a day of UTC."""
    offset = 0
    if time[-1] not in "Zz":
        offset = int(time[-5:-3]) * 60 + int(time[-2:])
        offset = -offset if time[-6] == "-" else offset
    return (int(time[:2]) * 60 + int(time[3:5]) - offset) % 1440 == 1439
