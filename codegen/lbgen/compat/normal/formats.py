"""What the checker knows about formats.

The decision on a string is always the validator's. Here is what may be *assumed* about all strings
of a format: a regular expression that each of them matches, and which format lies inside which.
`tests/compat/test_formats.py` proves each line against the validator.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, Final

import jsonschema_rs

from lbgen_runtime.events.validation.formats import format_checks
from lbgen_runtime.events.validation.schemas import compile_schema

from ...schema.drafts import DRAFT_2020_12, DRAFTS
from .schema import WRITTEN_WHOLE

PATTERN_OPTIONS: Final = jsonschema_rs.RegexOptions()
_JUNK: Final = "\x00 [% a~9"
"""No format accepts this, so a validator that accepts it does not assert the format."""

_DIALECTS: Final = {draft.number: draft.uri for draft in DRAFTS.values()}


@cache
def asserted(name: str, draft: int = 20) -> bool:
    """Whether validators assert the format in documents of a draft."""
    schema = {"$schema": _DIALECTS[draft], "format": name}
    return not validator(schema).is_valid(_JUNK)


def validator(schema: Any) -> jsonschema_rs.Validator:
    """A validator with the settings that lbgen uses everywhere."""
    return jsonschema_rs.validator_for(
        schema,
        validate_formats=True,
        formats=format_checks(older=True),
        pattern_options=PATTERN_OPTIONS,
        keywords={WRITTEN_WHOLE: _WrittenWhole},
        offline=True,
    )


class _WrittenWhole:
    """What `WRITTEN_WHOLE` means to the validator."""

    def __init__(
        self, parent_schema: dict[str, Any], value: Any, schema_path: list[str | int]
    ) -> None:
        pass

    def validate(self, instance: object) -> None:
        if isinstance(instance, float | Decimal):
            raise ValueError("a whole number is written without a fraction")


def compiled(
    schema: Any, registry: jsonschema_rs.Registry, draft: int = 20
) -> jsonschema_rs.Validator:
    """The validator of a schema that refers to some documents."""
    return compile_schema(schema, registry, draft=draft, older=True)


@cache
def _of(name: str) -> jsonschema_rs.Validator:
    return validator({"$schema": DRAFT_2020_12.uri, "format": name})


def accepts(name: str, text: str) -> bool:
    """Whether a text is of a format."""
    return _of(name).is_valid(text)


_DATE: Final = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HOUR: Final = "([01][0-9]|2[0-3])"
_ZONE: Final = f"([Zz]|[+-]{_HOUR}:[0-5][0-9])"
_TIME: Final = rf"{_HOUR}:[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?{_ZONE}"

SHAPES: Final[dict[str, str]] = {
    "date": f"^{_DATE}$",
    "date-time": f"^{_DATE}[Tt]{_TIME}$",
    "duration": r"^P[0-9DHMSTWY]+$",
    "email": r"[\s\S]@[\s\S]",
    "idn-email": r"[\s\S]@[\s\S]",
    "ipv4": r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$",
    "ipv6": r"^[0-9A-Fa-f:.]{2,45}$",
    "hostname": r"^[0-9A-Za-z.-]+$",
    "json-pointer": r"^(/|$)",
    "relative-json-pointer": r"^[0-9]+",
    "time": f"^{_TIME}$",
    "uri": r"^[A-Za-z][0-9A-Za-z+.-]*:",
    "iri": r"^[A-Za-z][0-9A-Za-z+.-]*:",
    "uuid": r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
}
"""A regular expression that every string of the format matches; others may match, too."""

LONGEST: Final[dict[str, int]] = {"email": 318, "hostname": 253, "idn-email": 319}
"""The most characters that a text of a format has: 253 of a domain, 64 before the `@`;
an international domain may hold one that is ignored."""

EXACT: Final = frozenset({"uuid"})
"""Formats whose shape is the whole truth: what matches is of the format."""

_PLAIN_URIS: Final = frozenset({"iri-reference", "uri-reference", "uri-template"})
"""Letters, digits, dots, colons after the first segment and hyphens mean nothing special there."""

INSIDE: Final[dict[str, frozenset[str]]] = {
    "date": _PLAIN_URIS | {"hostname", "idn-hostname", "regex"},
    "date-time": frozenset({"regex", "uri-template"}),
    "duration": _PLAIN_URIS | {"regex"},
    "email": frozenset({"idn-email"}),
    "hostname": _PLAIN_URIS | {"regex"},
    "idn-hostname": frozenset({"iri-reference", "regex", "uri-template"}),
    "ipv4": _PLAIN_URIS | {"hostname", "idn-hostname", "regex"},
    "ipv6": frozenset({"regex", "uri-template"}),
    "iri": frozenset({"iri-reference", "uri-template"}),
    "iri-reference": frozenset({"uri-template"}),
    "time": frozenset({"regex", "uri-template"}),
    "uri": frozenset({"iri", "iri-reference", "uri-reference", "uri-template"}),
    "uri-reference": frozenset({"iri-reference", "uri-template"}),
    "uuid": _PLAIN_URIS | {"hostname", "idn-hostname", "regex"},
}
"""Format to the formats that accept all its strings."""

SAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "date": ("2024-01-31", "2024-02-29", "1999-12-31", "0001-01-01", "9999-12-31"),
    "date-time": (
        "2024-01-31T12:00:00Z",
        "2024-01-31T12:00:00+02:00",
        "2024-01-31T12:00:00.123456Z",
        "2024-01-31t12:00:00z",
        "1999-12-31T23:59:59-05:30",
        "2024-01-31T12:00:00.123456789012345+00:00",
        "1998-12-31T23:59:60Z",
    ),
    "duration": ("P1D", "PT1H", "P1Y2M3DT4H5M6S", "P2W", "PT0S", f"P{'1' * 70}D"),
    "email": (
        "ann@example.com",
        "a@b.co",
        "ann+tag@example.org",
        '"a b"@example.com',
        "ann@localhost",
        "ann@[127.0.0.1]",
        "*@b.co",
        "a.very.long.local.part.of.an.address@a.very.long.domain.name.example.com",
    ),
    "hostname": (
        "example.com",
        "a",
        "xn--bcher-kva.example",
        "xn---cher-kva.example",
        "a-b.example",
        "localhost",
        "1.2.3.4",
    ),
    "idn-email": ("ann@example.com", "jürgen@bücher.example", "ann@localhost", "*@b.co"),
    "idn-hostname": ("example.com", "bücher.example", "localhost", "a"),
    "ipv4": ("127.0.0.1", "0.0.0.0", "255.255.255.255"),
    "ipv6": ("::1", "::", "2001:db8::8a2e:370:7334", "::ffff:192.0.2.1"),
    "iri": (
        "https://example.com/",
        "urn:x:y",
        "https://bücher.example/ä",
        "mailto:a@b.co",
        "urn:(",
    ),
    "iri-reference": ("/a", "#a", "", "https://example.com/", "/ä", "("),
    "json-pointer": ("", "/a", "/a/0", "/a~1b", "/ ", "/("),
    "regex": ("^a$", "a", "[0-9]+", ""),
    "relative-json-pointer": ("0", "1/a", "0#", "1/ ", "1/("),
    "time": ("12:00:00Z", "12:00:00+02:00", "23:59:59.123Z"),
    "uri": (
        "https://example.com/",
        "urn:x:y",
        "http://a",
        "mailto:a@b.co",
        "ftp://ftp.example/f",
        "urn:(",
    ),
    "uri-reference": ("/a", "#a", "", "https://example.com/", "("),
    "uri-template": ("https://example.com/{id}", "/a", "", "https://example.com/"),
    "uuid": (
        "123e4567-e89b-12d3-a456-426614174000",
        "00000000-0000-0000-0000-000000000000",
        "123E4567-E89B-12D3-A456-426614174000",
    ),
}
"""Strings of each format, plain ones first; of any two formats of which one does not lie inside the
other, some string is in that one only."""

TYPICAL: Final[dict[str, str]] = {
    "date": r"^(19|20)[0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
    "date-time": r"^(19|20)[0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T"
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-](0[0-9]|1[0-2]):[0-5][0-9])$",
    "duration": r"^P([0-9]+D|T[0-9]+H|[0-9]+W)$",
    "email": r"^[0-9A-Za-z_+-]{1,64}@([0-9A-Za-z]{1,63}\.){0,3}[A-Za-z]{1,61}$",
    "hostname": r"^([0-9A-Za-z]{1,63}\.){0,3}[A-Za-z]{1,61}$",
    "idn-email": "^[0-9A-Za-z_+-]{1,64}@([0-9A-Za-z]{1,63}\\.){0,3}[A-Za-z]{1,61}\u00ad?$",
    "idn-hostname": "^([0-9A-Za-z]{1,63}\\.){0,3}[A-Za-z]{1,61}\u00ad*$",
    "ipv4": r"^(1?[1-9]?[0-9]\.){3}(1?[1-9]?[0-9])$",
    "ipv6": r"^([0-9A-Fa-f]{1,4}:){6}"
    r"([0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}|(1[0-9]{2}\.){3}1[0-9]{2})$",
    "iri": r"^[A-Za-z][A-Za-z0-9]{0,20}:(//[0-9A-Za-z]{1,60}(\.[a-z]+)?)?(/[0-9A-Za-z_-]*){0,3}$",
    "iri-reference": r"^(/[0-9A-Za-z_-]*)*$",
    "json-pointer": r"^(/[0-9A-Za-z_ .:-]*)*$",
    "regex": r"^[0-9A-Za-z_ -]*$",
    "relative-json-pointer": r"^[1-9][0-9]{0,3}(/[0-9A-Za-z_ .:-]*)*$",
    "time": r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?Z$",
    "uri": r"^[A-Za-z][A-Za-z0-9]{0,20}:(//[0-9A-Za-z]{1,60}(\.[a-z]+)?)?(/[0-9A-Za-z_-]*){0,3}$",
    "uri-reference": r"^(/[0-9A-Za-z_-]*)*$",
    "uri-template": r"^(/[0-9A-Za-z_-]*)*$",
    "uuid": r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
}
"""A regular expression most of whose matches are of the format: to make strings of it."""
