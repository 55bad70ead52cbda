"""Dates and times as RFC 3339 writes them: its grammar, and days and leap seconds that exist.

The validator's own checks read numbers so leniently that a sign or punctuation may stand in the
place of a digit (`1+99-12-28`). So the place of each digit is checked as well, by a pattern in the
same engine: it is called for each text of such a format, and in Python would take twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DATES_AND_TIMES", "rfc3339_check"]

_DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
DATES_AND_TIMES: Final = {"date": _DATE, "date-time": f"{_DATE}[Tt]{_TIME}", "time": _TIME}
"""The formats, and where each has its digits."""


def rfc3339_check(name: str) -> Callable[[str], bool]:
    """What says whether a text is a `full-date`, a `date-time` or a `full-time` of RFC 3339.

    Args:
        name: one of `DATES_AND_TIMES`.
    """
    schema = {"format": name, "pattern": f"^(?:{DATES_AND_TIMES[name]})$"}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True).is_valid
