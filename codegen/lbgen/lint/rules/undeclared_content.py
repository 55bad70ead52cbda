"""`undeclared-content`: a rule that counts properties which readers leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...source.document import Location
    from ..subjects import LintFinding, PlacedSchema, Subjects

__all__ = ["check"]

_COUNTING: Final = (
    "additionalProperties",
    "maxProperties",
    "minProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
)


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """`minProperties`, and what `not` and `contains` say of properties without a name."""
    for schema in subjects.schemas:
        for location, keyword in _places(subjects, schema):
            yield subjects.finding(
                "undeclared-content",
                location,
                f"`{keyword}` checks properties that no schema declares; readers drop these, so "
                "an event may no longer be valid after it was read",
                "declare the properties that matter in `properties` and `required`",
                place=subjects.key_place(location / keyword),
            )


def _places(subjects: Subjects, schema: PlacedSchema) -> Iterator[tuple[Location, str]]:
    value = schema.value
    least = value.get("minProperties", 0)
    declared = value.get("properties")
    required = value.get("required")
    if (
        is_object(declared)
        and isinstance(least, int)
        and least > (len(required) if is_array(required) else 0)
        and not _carries_others(value)
    ):
        yield schema.location, "minProperties"
    for keyword in ("not", "contains"):
        if not is_object(value.get(keyword)):
            continue
        for location, inner in subjects.parts.whole(schema.location / keyword):
            found = next((each for each in _COUNTING if each in inner), None)
            if found is not None:
                yield location, found


def _carries_others(schema: dict[str, Any]) -> bool:
    """Whether a reader keeps the properties that the schema does not name."""
    return any(
        schema.get(keyword, False) is not False
        for keyword in ("additionalProperties", "patternProperties", "unevaluatedProperties")
    )
