"""`unused-definition`: shared types that nothing shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...source.document import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Entries of `$defs` and `definitions` that no reference from outside of them leads to."""
    targets: list[tuple[Location, Location]] = []
    for schema in subjects.schemas:
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            reference = schema.value.get(keyword)
            if isinstance(reference, str):
                target = subjects.references.resolve(schema.location, reference)
                if isinstance(target, Location):
                    targets.append((schema.location, target))
    for schema in subjects.schemas:
        if schema.definition is None or "$dynamicAnchor" in schema.value:
            continue
        if not any(
            _inside(target, schema.location) and not _inside(source, schema.location)
            for source, target in targets
        ):
            yield subjects.finding(
                "unused-definition",
                schema.location,
                f"the type {schema.definition!r} is not used",
                "delete it, or refer to it with `$ref`",
            )


def _inside(location: Location, around: Location) -> bool:
    length = len(around.path)
    return location.uri == around.uri and location.path[:length] == around.path
