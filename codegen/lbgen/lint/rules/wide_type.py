"""`wide-type`: types in Python that say less than their schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.types import AnyType, every_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model import Type
    from ..subjects import LintFinding, Subjects

__all__ = ["check"]

_HELP = "values are still validated with the schema; only the editor and the type checker know less"


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Fields and classes that are wider than their schema, each with the reason."""
    modeller = subjects.built.modeller
    if modeller is None:
        return
    for record in modeller.records.values():
        if record.reason is not None:
            yield subjects.finding(
                "wide-type",
                record.location,
                f"the class is wider than its schema: {record.reason}",
                _HELP,
                place=record.place,
            )
        for field in record.fields:
            for reason in _reasons(field.type):
                yield subjects.finding(
                    "wide-type",
                    field.location,
                    f"the type of {field.key!r} is wider than its schema: {reason}",
                    _HELP,
                    place=field.place,
                )
        if record.additional is not None:
            for reason in _reasons(record.additional):
                yield subjects.finding(
                    "wide-type",
                    record.location,
                    f"the type of further properties is wider than its schema: {reason}",
                    _HELP,
                    place=record.place,
                )


def _reasons(type_: Type) -> list[str]:
    wide = (each for each in every_type(type_) if isinstance(each, AnyType))
    return sorted({each.reason for each in wide if each.reason is not None})
