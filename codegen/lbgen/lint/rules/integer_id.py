"""`integer-id`: identifiers that only one database can give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..english.past_tense import name_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Integers called `id` or `..._id`."""
    for schema in subjects.schemas:
        words = name_words(schema.property_name or "")
        if words[-1:] == ["id"] and schema.value.get("type") == "integer":
            yield subjects.finding(
                "integer-id",
                schema.location,
                f"{schema.property_name!r} is an integer, which only one database can assign",
                "for a new identifier, use `{type: string, format: uuid}`: any service can "
                "create one, and it is unique across services",
            )
