"""`closed-object`: objects that can never get another property."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Objects that say `additionalProperties: false` or `unevaluatedProperties: false`."""
    for schema in subjects.schemas:
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if schema.value.get(keyword) is False:
                called = f"{schema.called!r} is" if schema.called else "this object is"
                yield subjects.finding(
                    "closed-object",
                    schema.location,
                    f"{called} closed: if you add a property later, the readers of today refuse "
                    "every event that has it",
                    f"remove `{keyword}`; `fire` refuses unknown properties anyway",
                    place=subjects.key_place(schema.location / keyword),
                )
