"""`undeclared-required`: names that have to be there, and that nothing describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...findings.suggestions import did_you_mean
from ...source.json_types import is_array, is_object
from ..same_value import SameValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, PlacedSchema, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Names in `required` that no schema of the same object declares, in any of its branches.

    One that is nearly a declared name is a slip.
    """
    same_value = SameValue(subjects)
    for schema in subjects.schemas:
        unknown = _required(schema).keys() - _properties(schema).keys()
        beside = same_value.beside(schema) if unknown else None
        if beside is None:
            continue
        declared = {name for each in beside for name in _properties(each)}
        free = declared - _required(schema).keys()
        closed = any(
            each.value.get("additionalProperties") is False
            and each.value.get("type", "object") == "object"
            for each in beside
        )
        for name, index in _required(schema).items():
            if name in declared or any(_describes(each, name) for each in beside):
                continue
            meant = did_you_mean(name, free)
            follows = "no value can have it" if closed else "any value is valid"
            yield subjects.finding(
                "undeclared-required",
                schema.location,
                f"{name!r} is required, but no `properties` declare it, so {follows}",
                f"did you mean `{meant}`?"
                if meant
                else f"declare {name} in `properties`, or remove it from `required`",
                place=subjects.place(schema.location / "required" / index),
                severity=subjects.slip(schema.location) if meant else None,
                at_build=True,
            )


def _required(schema: PlacedSchema) -> dict[str, int]:
    """The names in `required`, each with its index."""
    names = None if _refers_only(schema) else schema.value.get("required")
    texts = enumerate(names if is_array(names) else ())
    return {name: index for index, name in texts if isinstance(name, str)}


def _properties(schema: PlacedSchema) -> dict[str, Any]:
    properties = None if _refers_only(schema) else schema.value.get("properties")
    return properties if is_object(properties) else {}


def _describes(schema: PlacedSchema, name: str) -> bool:
    """Whether a schema says what properties are that it does not name."""
    import jsonschema_rs

    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if schema.value.get(keyword, False) is not False:
            return True
    by_pattern = schema.value.get("patternProperties")
    try:
        return is_object(by_pattern) and any(
            jsonschema_rs.is_valid({"pattern": pattern}, name) for pattern in by_pattern
        )
    except ValueError:  # a pattern that is none is reported elsewhere
        return True


def _refers_only(schema: PlacedSchema) -> bool:
    return schema.draft.ref_alone and "$ref" in schema.value
