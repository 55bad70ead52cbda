"""The formats that are asserted, and the Python type of each.

`docs/reference/formats.md` lists them for users.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import jsonschema_rs

from .rfc3339 import DATES_AND_TIMES, rfc3339_check

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ASSERTED_FORMATS", "format_checks"]

ASSERTED_FORMATS: Final[dict[str, str]] = {
    "date": "date",
    "date-time": "datetime",
    "duration": "str",
    "email": "str",
    "hostname": "str",
    "idn-email": "str",
    "idn-hostname": "str",
    "ipv4": "str",
    "ipv6": "str",
    "iri": "str",
    "iri-reference": "str",
    "json-pointer": "str",
    "regex": "str",
    "relative-json-pointer": "str",
    "time": "time",
    "uri": "str",
    "uri-reference": "str",
    "uri-template": "str",
    "uuid": "UUID",
}
"""Name of each asserted format, and of the Python type of its values."""

_UNKNOWN_TO_OLDER_DRAFTS: Final = (
    "duration",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "relative-json-pointer",
    "uri-reference",
    "uri-template",
    "uuid",
)


class _Check:
    """Whether a string has a format, by the rules of draft 2020-12."""

    def __init__(self, name: str) -> None:
        self._is_valid = jsonschema_rs.Draft202012Validator(
            {"format": name}, validate_formats=True, offline=True
        ).is_valid

    def __call__(self, text: str) -> bool:
        return self._is_valid(text)


@cache
def format_checks(*, older: bool) -> dict[str, Callable[[str], bool]]:
    """The checks that the validator does not have, or has wrong.

    Args:
        older: whether a document is of a draft before 2019-09. A format means the same in every
            document of a contract, and the validator would leave those unchecked that such a
            draft does not know.
    """
    checks = {name: rfc3339_check(name) for name in DATES_AND_TIMES}
    if older:
        checks |= {name: _Check(name) for name in _UNKNOWN_TO_OLDER_DRAFTS}
    return checks
