"""What a class that is found next would be called after."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..schema.paths import definition_name
from ..source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..source.document import Location
    from .parts import Parts
    from .schema_reader import SchemaReader

__all__ = ["NameHint"]

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameHint:
    """What a record that is found next would be called after.

    Attributes:
        location: of the schema that is being read.
        owner: the record around it, and the property that led to it.
        suffix: what sets a member of a union apart from its siblings.
        branch: what sets one alternative of the record apart from the others, and where the
            schemas are that are this alternative's alone.
    """

    location: Location
    owner: tuple[Parts, str] | None = None
    suffix: str | None = None
    branch: tuple[str, tuple[Location, ...]] | None = None

    def inside(self, key: str, locations: Sequence[Location]) -> NameHint:
        """For what is found below a property.

        Args:
            key: the property.
            locations: of the schemas that apply to it.
        """
        if self.owner is None:
            return self
        if self.branch is not None and any(
            inner.is_in(outer) for inner in locations for outer in self.branch[1]
        ):
            key = f"{self.branch[0]}_{key}"
        return replace(self, owner=(self.owner[0], key), branch=None)

    def pattern(self, pattern: str) -> NameHint:
        """For what is found below one of several patterns of properties."""
        words = "_".join(re.findall(r"[A-Za-z0-9]+", pattern))
        return replace(self, suffix=f"{self.suffix or ''}_{words}")

    def item(self, index: int) -> NameHint:
        """For what is found at a place of an array."""
        ordinal = _ORDINALS[index] if index < len(_ORDINALS) else f"item_{index + 1}"
        return replace(self, suffix=f"{self.suffix or ''}_{ordinal}")

    def best_name(self, reader: SchemaReader) -> str | None:
        """What a class of the schema would best be called; `None` if the schema does not say."""
        path = self.location.path
        key = definition_name(path)
        if key is not None:
            return f"{key}_{self.suffix}" if self.suffix else key
        schema = reader.references.schema(self.location)
        title = schema.get("title") if is_object(schema) else None
        if isinstance(title, str) and len(title.split()) <= 5 and re.search(r"[^\W_]", title):
            return title
        return None if path else reader.document(self.location).name
