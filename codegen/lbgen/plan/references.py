"""Which classes a type or a class needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.types import (
    AnyType,
    ArrayOf,
    Formatted,
    Literals,
    MapOf,
    Nothing,
    RecordOf,
    Scalar,
    TupleOf,
    Type,
    UnionOf,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Record
    from ..model.parts import Parts

__all__ = ["records_in"]


def records_in(record: Record) -> Iterator[Parts]:
    """The records that a record's annotations name."""
    for field in record.fields:
        yield from _of(field.type)
    if record.additional is not None:
        yield from _of(record.additional)


def _of(type_: Type) -> Iterator[Parts]:
    match type_:
        case RecordOf(parts=parts):
            yield parts
        case ArrayOf(item=inner) | MapOf(value=inner):
            yield from _of(inner)
        case TupleOf(items=items, rest=rest):
            for each in items:
                yield from _of(each)
            if rest is not None:
                yield from _of(rest)
        case UnionOf(members=members):
            for member in members:
                yield from _of(member.type)
        case AnyType() | Nothing() | Scalar() | Formatted() | Literals():
            return
