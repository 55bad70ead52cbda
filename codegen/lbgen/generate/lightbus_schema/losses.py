"""What of a schema Lightbus cannot check: its validator is Python's `jsonschema`, on draft-07.

An event that Lightbus's validator refuses stops the Lightbus worker that reads it. So whatever it
would read in another way than lbgen, or not at all, has to be left out of the schema it is given.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ...schema.walk import subschemas
from ...source.document import Location
from ...source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...analysis.references import References
    from ...schema.drafts import Draft

__all__ = ["Loss", "Losses", "reachable", "usable_pattern"]

_NO_DRAFT_07: Final = {
    "unevaluatedProperties": "draft-07 does not have this keyword",
    "unevaluatedItems": "draft-07 does not have this keyword",
    "$dynamicRef": "draft-07 does not have this keyword",
    "$recursiveRef": "draft-07 does not have this keyword",
}
_NEGATED_CLASS: Final = re.compile(r"(?:[^\\]|^)(?:\\\\)*\\[DWB]")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Loss:
    """A keyword that Lightbus does not check.

    Attributes:
        location: of the keyword's value.
        reason: why.
    """

    location: Location
    reason: str


def usable_pattern(pattern: str) -> bool:
    """Whether Python's `re` accepts all that a pattern accepts in JSON Schema."""
    if _NEGATED_CLASS.search(pattern):  # Python counts more characters as digits and letters
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def reachable(
    start: Location, references: References
) -> Iterator[tuple[Location, dict[str, Any], Draft]]:
    """A schema, those inside it, and those that it refers to, each once."""
    waiting, seen = [start], {start}
    while waiting:
        location = waiting.pop()
        schema, draft = references.schema(location), references.draft(location)
        if not is_object(schema):
            continue
        yield location, schema, draft
        inner = [
            Location(location.uri, (*location.path, *path))
            for path, _ in subschemas(schema, draft)
            if path[0] not in ("$defs", "definitions")
        ]
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target = references.resolve(location, reference)
            if isinstance(target, Location):
                inner.append(target)
        for each in reversed(inner):
            if each not in seen:
                seen.add(each)
                waiting.append(each)


class Losses:
    """Finds what Lightbus cannot check.

    Args:
        references: of the contract.
    """

    def __init__(self, references: References) -> None:
        self._references = references

    def anywhere(self, location: Location) -> bool:
        """Whether anything is lost in a schema, in those inside it, or in those it refers to."""
        return any(True for _ in self.below(location))

    def below(self, location: Location) -> Iterator[Loss]:
        """What is lost in a schema, in those inside it, and in those that it refers to."""
        for each, schema, draft in reachable(location, self._references):
            yield from self.own(each, schema, draft)

    def own(self, location: Location, schema: dict[str, Any], draft: Draft) -> Iterator[Loss]:
        """What is lost of a schema's own keywords."""
        for keyword, value in schema.items():
            if keyword not in draft.keywords or (
                draft.ref_alone and "$ref" in schema and keyword != "$ref"
            ):
                continue
            reason = self._reason(location, schema, keyword, value)
            if reason is not None:
                yield Loss(location=location / keyword, reason=reason)

    def _reason(
        self, location: Location, schema: dict[str, Any], keyword: str, value: Any
    ) -> str | None:
        match keyword:
            case "$ref" if not isinstance(self._references.resolve(location, value), Location):
                return "it refers to the meta-schema of a draft"
            case "pattern" if not usable_pattern(value):
                return "Python's `re` reads the pattern differently or does not support it"
            case "patternProperties" if not all(map(usable_pattern, value)):
                return "Python's `re` reads a pattern differently or does not support it"
            case "multipleOf" if not float(value).is_integer():
                return "Lightbus divides binary fractions, so 0.3 is not a multiple of 0.1"
            case "minContains" | "maxContains" if "contains" in schema:
                return "draft-07 does not have this keyword"
            case _:
                return _NO_DRAFT_07.get(keyword)
