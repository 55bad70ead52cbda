"""Dates and times are those of RFC 3339: its digits, days that exist, leap seconds that can be."""

from __future__ import annotations

import calendar
import random
import re
from typing import TYPE_CHECKING, Final

import jsonschema_rs
import pytest

from lbgen_runtime.events.codecs.exact_values import read_date, read_date_time, read_time
from lbgen_runtime.events.validation.rfc3339 import rfc3339_check

if TYPE_CHECKING:
    from collections.abc import Callable

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


CHECKS: Final = {name: rfc3339_check(name) for name in ("date", "date-time", "time")}
GRAMMAR: Final[dict[str, Callable[[str], bool]]] = {
    "date": is_date,
    "date-time": is_date_time,
    "time": is_time,
}
VALID: Final = {
    "date": ("2024-02-29", "1999-12-31", "2023-04-30", "0000-02-29", "2000-02-29"),
    "time": ("23:59:60Z", "12:00:00+02:00", "23:59:59.123z", "22:29:60-01:30", "00:29:60.5+00:30"),
    "date-time": (
        "2024-01-31T12:00:00Z",
        "1998-12-31T23:59:60Z",
        "1998-12-31T15:59:60.123-08:00",
        "2024-02-29T12:00:00.123456789+02:00",
        "2024-01-31t12:00:00z",
    ),
}
CHARACTERS: Final = "01235689+-*/,.:TtZz ٣e\n"
_DAY, _CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9:]{8}(\.[0-9]+)?([Zz]|[+-][0-9:]{5})"
DIGITS: Final = {
    "date": re.compile(_DAY),
    "date-time": re.compile(f"{_DAY}[Tt]{_CLOCK}"),
    "time": re.compile(_CLOCK),
}
ENGINE: Final = {
    name: jsonschema_rs.validator_for({"format": name}, validate_formats=True) for name in VALID
}


def changed(text: str, rng: random.Random) -> str:
    chars = list(text)
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(chars) + 1)
        chars[at : at + rng.choice([0, 1, 1, 1])] = rng.choice(["", *CHARACTERS])
    return "".join(chars)


@pytest.mark.parametrize("name", sorted(VALID))
def test_the_verdict_is_that_of_the_grammar(name: str) -> None:
    """The grammar of RFC 3339 once more, as one regular expression of Python."""
    rng = random.Random(name)
    for _ in range(30_000):
        text = changed(rng.choice(VALID[name]), rng)
        assert CHECKS[name](text) == GRAMMAR[name](text), ascii(text)
    for _ in range(30_000):
        text = moment(rng)
        text = {"date": text[:10], "time": text[11:]}.get(name, text)
        assert CHECKS[name](text) == GRAMMAR[name](text), ascii(text)


def moment(rng: random.Random) -> str:
    """Digits everywhere, near the edges of what there is."""
    year = rng.choice([rng.randrange(10_000), 0, 4, 100, 400, 1900, 2000, 2023, 2024, 2100])
    day = f"{year:04}-{rng.randrange(14):02}-{rng.choice([0, 1, 15, 28, 29, 30, 31, 32]):02}"
    hour, minute = rng.choice([0, 12, 22, 23, 24]), rng.choice([0, 29, 30, 59, 60])
    offset = f"{rng.choice('+-')}{rng.choice([0, 1, 23, 24]):02}:{rng.choice([0, 30, 59, 60]):02}"
    second = f"{rng.choice([0, 59, 60, 61]):02}{rng.choice(['', '.5', '.123456789'])}"
    return f"{day}T{hour:02}:{minute:02}:{second}{rng.choice(['Z', 'z', offset])}"


@pytest.mark.parametrize("name", sorted(VALID))
def test_the_engine_differs_only_where_no_digit_stands_for_one(name: str) -> None:
    rng = random.Random(name)
    told = 0
    for _ in range(30_000):
        text = changed(rng.choice(VALID[name]), rng)
        ours, engines = CHECKS[name](text), ENGINE[name].is_valid(text)
        if ours != engines:
            told += 1
            assert engines, ascii(text)
            assert not DIGITS[name].fullmatch(text), ascii(text)
    assert told > 100


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date", "1+99-12-28"),
        ("date", "-024-01-31"),
        ("date", "2024-0*-31"),
        ("date-time", "-024-01-31T12:00:00Z"),
        ("date-time", "2024-01-31T12:0+:00Z"),
        ("date-time", "2024-01-31T12:00:00+0.:00"),
        ("date-time", "2024-01-31 12:00:00Z"),
        ("time", "0+:00:00Z"),
        ("time", "12:00:0/Z"),
        ("time", "12:00:00+/1:00"),
        ("time", "23:58:60Z"),
        ("time", "23:59:60+01:00"),
    ],
)
def test_what_only_looks_like_a_date_is_refused(name: str, text: str) -> None:
    assert not CHECKS[name](text)


def test_the_days_are_those_of_the_calendar() -> None:
    for year in (1, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999):
        for month in range(14):
            days = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
            for day in range(33):
                text = f"{year:04}-{month:02}-{day:02}"
                assert CHECKS["date"](text) == (1 <= day <= days), text
                assert CHECKS["date-time"](f"{text}T00:00:00Z") == (1 <= day <= days), text


@pytest.mark.parametrize("name", sorted(VALID))
def test_every_valid_text_of_a_year_that_python_has_is_read(name: str) -> None:
    """A class says `datetime`, so a `str` comes only where Python has no such moment."""
    read = {"date": read_date, "date-time": read_date_time, "time": read_time}[name]
    rng = random.Random(name)
    for _ in range(20_000):
        text = changed(rng.choice(VALID[name]), rng)
        if CHECKS[name](text) and text[:4] not in ("0000", "9999"):
            assert not isinstance(read(text), str), text
