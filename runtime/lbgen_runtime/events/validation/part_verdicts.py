"""The verdicts of parts of a schema, each asked for alone.

To compile a validator for one part costs as much as to compile the whole schema, since references
lead out of the part. So the parts around the one that is asked about share a validator: of an
object that has one property for each part. Asking whether `{"7": value}` is valid asks part 7.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from ..first_use import MAKING
from .schema_parts import inner_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .schema_parts import SchemaPart

__all__ = ["PartVerdicts"]

_TOGETHER: Final = 200
"""Parts that share a validator."""
_BESIDE: Final = {
    "maximum": "exclusiveMaximum",
    "minimum": "exclusiveMinimum",
}
"""Keywords that another keyword changes in draft-04."""


class PartVerdicts:
    """Asks the validator about parts of schemas.

    Args:
        compile_schema: the validator of a schema of a draft, whose references lead to the
            documents.
    """

    def __init__(self, compile_schema: Callable[[Any, int], jsonschema_rs.Validator]) -> None:
        self._compile = compile_schema
        self._parts: dict[str, tuple[Callable[[Any], bool], str] | None] = {}
        self._prepared: set[str] = set()
        self._keywords: dict[tuple[str, str], Callable[[Any], bool]] = {}

    def accepts(self, part: SchemaPart, value: Any) -> bool | None:
        """Whether a part accepts a value; `None` if that cannot be told."""
        if type(part.schema) is bool:
            return part.schema
        found = self._found(part)
        return None if found is None else found[0]({"one": {found[1]: value}})

    def accepts_each(self, part: SchemaPart, values: Sequence[Any]) -> bool | None:
        """Whether a part accepts every one of some values; `None` if that cannot be told."""
        if type(part.schema) is bool:
            return part.schema
        found = self._found(part)
        return None if found is None else found[0]({"each": {found[1]: values}})

    def accepts_keyword(self, part: SchemaPart, keyword: str, value: Any) -> bool:
        """Whether one keyword of a part accepts a value; one that holds no schema."""
        check = self._keywords.get((part.location, keyword))
        if check is None:
            schema = {keyword: part.schema[keyword]}
            beside = _BESIDE.get(keyword, "")
            if part.draft == 4 and beside in part.schema:
                schema[beside] = part.schema[beside]
            check = self._compile(schema, part.draft).is_valid
            self._keywords[part.location, keyword] = check
        return check(value)

    def matches(self, pattern: str, text: str) -> bool:
        """Whether a text matches a pattern."""
        check = self._keywords.get(("", pattern))
        if check is None:
            check = self._keywords["", pattern] = self._compile({"pattern": pattern}, 20).is_valid
        return check(text)

    def prepare(self, part: SchemaPart) -> None:
        """Have the parts directly inside a part share a validator."""
        if part.location in self._prepared:
            return
        with MAKING.lock:
            if part.location not in self._prepared:
                self._make(part)

    def _found(self, part: SchemaPart) -> tuple[Callable[[Any], bool], str] | None:
        location = part.location
        if location not in self._parts:
            self.prepare(part)
        return self._parts[location]

    def _make(self, part: SchemaPart) -> None:
        new = {} if part.location in self._parts else {part.location: part}
        inside: set[str] = set()
        waiting = deque([part])
        while waiting and len(new) < _TOGETHER:
            around = waiting.popleft()
            inside.add(around.location)
            for inner in inner_parts(around):
                if type(inner.schema) is not bool:
                    waiting.append(inner)
                    if inner.location not in self._parts:
                        new[inner.location] = inner
        locations = list(new)
        for start in range(0, len(locations), _TOGETHER):
            self._share(locations[start : start + _TOGETHER])
        self._prepared |= inside

    def _share(self, locations: Sequence[str]) -> None:
        """Make the validator that some parts share."""
        keys = {location: str(number) for number, location in enumerate(locations)}
        one = {key: {"$ref": location} for location, key in keys.items()}
        each = {key: {"items": {"$ref": location}} for location, key in keys.items()}
        schema = {"properties": {"one": {"properties": one}, "each": {"properties": each}}}
        try:
            check = self._compile(schema, 20).is_valid
        except (ValueError, jsonschema_rs.ReferencingError):
            check = None  # nothing is known of these
        for location, key in keys.items():
            self._parts[location] = None if check is None else (check, key)
