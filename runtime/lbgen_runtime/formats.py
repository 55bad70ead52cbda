"""The formats that are asserted, and the Python type of each.

`docs/reference/formats.md` lists them for users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    import jsonschema_rs

__all__ = ["ASSERTED_FORMATS", "CHECKED_FORMATS", "EMAIL_OPTIONS"]

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

CHECKED_FORMATS: Final[dict[str, Callable[[str], bool]]] = {}
"""Formats that the validator leaves to a function of ours."""

EMAIL_OPTIONS: Final[jsonschema_rs.EmailOptions | None] = None
"""How the validator reads `email` and `idn-email`."""
