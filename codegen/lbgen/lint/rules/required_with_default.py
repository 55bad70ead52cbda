"""`required-with-default`: a parameter that has to be given, and has a value if it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings.diagnostic import Related
from ...source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Required properties with a default."""
    for schema in subjects.schemas:
        required, properties = schema.value.get("required"), schema.value.get("properties")
        if not is_array(required) or not is_object(properties):
            continue
        for index, name in enumerate(required):
            if not isinstance(name, str) or name not in properties:
                continue
            location = schema.location / "properties" / name
            if not subjects.parts.annotation(location, "default")[0]:
                continue
            yield subjects.finding(
                "required-with-default",
                location,
                f"{name!r} is required and has a default, so the default has no effect",
                f"remove {name} from `required`, so that readers fill in the default; or remove "
                "the default",
                related=(
                    Related(
                        place=subjects.place(schema.location / "required" / index),
                        message="required here",
                    ),
                ),
            )
