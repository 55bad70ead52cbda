"""What people write for a type that JSON does not have, and what JSON Schema has for it."""

from __future__ import annotations

from typing import Final

from ..findings.suggestions import did_you_mean

__all__ = ["TYPES", "instead_of_type"]

TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")

_DATE_TIME: Final = "`type: string` with `format: date-time`"
_UUID: Final = "`type: string` with `format: uuid`"
_AMOUNT: Final = (
    r"`type: string` with a `pattern` such as `'^-?[0-9]+\.[0-9]{2}$'`, which is exact, or"
    " `type: number`"
)
_INSTEAD: Final = {
    "any": "no `type`: any value is valid then",
    "bigint": "`type: integer`",
    "binary": "`type: string` with `contentEncoding: base64`",
    "bool": "`type: boolean`",
    "bytes": "`type: string` with `contentEncoding: base64`",
    "char": "`type: string`",
    "date": "`type: string` with `format: date`",
    "date-time": _DATE_TIME,
    "datetime": _DATE_TIME,
    "decimal": _AMOUNT,
    "dict": "`type: object`",
    "double": "`type: number`",
    "duration": "`type: string` with `format: duration`",
    "email": "`type: string` with `format: email`",
    "enum": "`enum` with a list of the values, without `type`",
    "float": "`type: number`",
    "guid": _UUID,
    "hash": "`type: object`",
    "int": "`type: integer`",
    "json": "no `type`: any value is valid then",
    "list": "`type: array`",
    "long": "`type: integer`",
    "map": "`type: object`",
    "money": _AMOUNT,
    "nil": '`type: "null"`, in quotes',
    "none": '`type: "null"`, in quotes',
    "record": "`type: object`",
    "set": "`type: array` with `uniqueItems: true`",
    "str": "`type: string`",
    "text": "`type: string`",
    "time": "`type: string` with `format: time`",
    "timedelta": "`type: string` with `format: duration`",
    "timestamp": _DATE_TIME,
    "tuple": "`type: array` with `prefixItems`",
    "uri": "`type: string` with `format: uri`",
    "url": "`type: string` with `format: uri`",
    "uuid": _UUID,
    "varchar": "`type: string`",
}


def instead_of_type(word: str) -> str:
    """What to write instead of a type that JSON does not have."""
    known = _INSTEAD.get(word.casefold().replace("_", "-"))
    if known is not None:
        return f"write {known}"
    meant = did_you_mean(word, TYPES)
    return f"did you mean {meant!r}?" if meant else f"use one of: {', '.join(TYPES)}"
