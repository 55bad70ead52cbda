"""`impossible-schema`: schemas that contradict themselves, so that nothing is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...model.scalars import JSON_TYPES, allowed_types, json_type
from ...source.json_types import is_array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, PlacedSchema, Subjects

__all__ = ["check"]

_COUNTS: Final = (
    ("minLength", "maxLength", "string"),
    ("minItems", "maxItems", "array"),
    ("minProperties", "maxProperties", "object"),
    ("minContains", "maxContains", "array"),
)


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Schemas of which one can see, without any other, that no value fulfils them.

    Cases: an empty `enum`; an `enum` or a `const` without a value of the declared `type`; a lower
    bound above the upper one, of numbers, lengths, items or properties, which is a slip.
    """
    for schema in subjects.schemas:
        if schema.draft.ref_alone and "$ref" in schema.value:
            continue
        crossed = set(_bounds(schema))
        for each in (*_values(schema), *crossed):
            keyword, message, help_text = each
            yield subjects.finding(
                "impossible-schema",
                schema.location,
                message,
                help_text,
                place=subjects.place(schema.location / keyword),
                severity=subjects.slip(schema.location) if each in crossed else None,
                at_build=True,
            )


def _values(schema: PlacedSchema) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the listed values: the keyword, a message, and help."""
    enum = schema.value.get("enum")
    if is_array(enum) and not enum:
        yield "enum", "`enum` is empty, so no value is valid", "add the valid values"
    types = _types(schema.value)
    if types is None:
        return
    listed = {"enum": enum} if is_array(enum) and enum else {}
    if "const" in schema.value and "const" in schema.draft.keywords:
        listed["const"] = [schema.value["const"]]
    for keyword, values in listed.items():
        if not any(_is_a(value, types) for value in values):
            named = " or ".join(types)
            what = "has no value" if keyword == "enum" else "is not"
            yield (
                keyword,
                f"`{keyword}` {what} of type {named}, so no value is valid",
                'correct the values or the type: `"1"` is a string, `1` an integer',
            )


def _types(schema: dict[str, Any]) -> tuple[str, ...] | None:
    """The types that a schema names; `None` if it names none, or what is not a type."""
    named = schema.get("type")
    names = named if is_array(named) else [named]
    return allowed_types([schema]) if names and all(name in JSON_TYPES for name in names) else None


def _is_a(value: Any, types: tuple[str, ...]) -> bool:
    kind = json_type(value)
    return kind in types or (kind == "integer" and "number" in types)


def _bounds(schema: PlacedSchema) -> Iterator[tuple[str, str, str]]:
    """Bounds that leave nothing between them: the keyword of the lower one, a message, and help."""
    for lower, upper, kind in _COUNTS:
        if "Contains" in lower and not _counts_contained(schema):
            continue
        least, most = _number(schema, lower), _number(schema, upper)
        if least is not None and most is not None and least > most:
            yield _crossed(lower, least, upper, most, kind)
    for lower in ("minimum", "exclusiveMinimum"):
        for upper in ("maximum", "exclusiveMaximum"):
            least, most = _number(schema, lower), _number(schema, upper)
            if least is None or most is None:
                continue
            open_ended = "exclusive" in lower + upper or any(
                schema.value.get(keyword) is True  # draft-04
                for keyword in ("exclusiveMinimum", "exclusiveMaximum")
            )
            if least > most or (least == most and open_ended):
                yield _crossed(lower, least, upper, most, "number")


def _counts_contained(schema: PlacedSchema) -> bool:
    """Whether `minContains` means anything: its draft has it, and there is something to count."""
    return "contains" in schema.value and "minContains" in schema.draft.keywords


def _crossed(lower: str, least: float, upper: str, most: float, kind: str) -> tuple[str, str, str]:
    return (
        lower,
        f"`{lower}: {least}` and `{upper}: {most}` leave no valid {kind}",
        "swap the two values, or correct one of them",
    )


def _number(schema: PlacedSchema, keyword: str) -> float | None:
    value = schema.value.get(keyword)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
