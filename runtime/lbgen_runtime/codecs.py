"""The codecs by which generated code names the types of its fields."""

from __future__ import annotations

from .events.codecs.codec import Codec
from .events.codecs.type_codecs import (
    DATE,
    DATE_TIME,
    INTEGER,
    JSON,
    TIME,
    UUID_,
    array,
    by_pattern,
    by_type,
    first_valid,
    mapping,
    record,
    tagged,
    tuple_,
)

__all__ = [
    "DATE",
    "DATE_TIME",
    "INTEGER",
    "JSON",
    "TIME",
    "UUID_",
    "Codec",
    "array",
    "by_pattern",
    "by_type",
    "first_valid",
    "mapping",
    "record",
    "tagged",
    "tuple_",
]
