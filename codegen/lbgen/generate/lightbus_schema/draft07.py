"""A schema of any draft as a draft-07 schema that accepts at least the same values.

Handles: `$ref` beside other keywords, references to other files and recursive ones (all of them
become `#/definitions/...`), `prefixItems`, `dependentRequired` and `dependentSchemas`,
`minContains: 0`, draft-04's boolean bounds, and what cannot be kept (`losses`): it is left out,
and where leaving it out would refuse more (below `not`, `if` and `oneOf`), so is what is around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...schema.keywords import Holds
from ...source.document import Location
from ...source.json_types import is_array, is_object
from .losses import Losses, usable_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...analysis.references import References
    from ...schema.drafts import Draft

__all__ = ["Draft07"]

_LEFT_OUT: Final = frozenset(
    {
        "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary",
        "$defs", "definitions", "$dynamicRef", "$recursiveRef", "unevaluatedProperties",
        "unevaluatedItems", "contentSchema", "deprecated", "minContains", "maxContains",
        "then", "else",
    }
)  # fmt: skip
"""Keywords without a counterpart, and those that come with another one."""
_BOUNDS: Final = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}


class Draft07:
    """Rewrites the schemas of one event.

    Args:
        references: of the contract.

    Attributes:
        definitions: what the rewritten schemas refer to, by name.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._losses = Losses(references)
        self._names: dict[Location, str] = {}
        self.definitions: dict[str, Any] = {}

    def schema(self, location: Location) -> Any:
        """The schema at a location, rewritten."""
        schema, draft = self._references.schema(location), self._references.draft(location)
        if not is_object(schema):
            return schema
        result: dict[str, Any] = {}
        also: list[Any] = []
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target = self._references.resolve(location, reference)
            if isinstance(target, Location):
                also.append({"$ref": f"#/definitions/{self._name(target)}"})
            if draft.ref_alone:
                schema = {}
        for keyword, value in schema.items():
            if keyword in draft.keywords and keyword not in _LEFT_OUT and keyword != "$ref":
                self._keyword(location, schema, draft, keyword, value, result, also)
        if len(also) == 1 and "$ref" in also[0] and not result:
            return also[0]
        if also:
            result["allOf"] = [*also, *result.get("allOf", ())]
        return result

    def _name(self, target: Location) -> str:
        name = self._names.get(target)
        if name is None:
            wanted = "".join(
                char if char.isalnum() and char.isascii() else "_"
                for char in str(target.path[-1] if target.path else "Schema")
            )
            name, number = wanted, 1
            while name in self.definitions:
                number += 1
                name = f"{wanted}_{number}"
            self._names[target] = name
            self.definitions[name] = True  # taken, should it recur
            self.definitions[name] = self.schema(target)
        return name

    def _keyword(  # noqa: C901 - a branch for each keyword
        self,
        location: Location,
        schema: dict[str, Any],
        draft: Draft,
        keyword: str,
        value: Any,
        result: dict[str, Any],
        also: list[Any],
    ) -> None:
        here = location / keyword
        match keyword:
            case "pattern":
                if usable_pattern(value):
                    result[keyword] = value
            case "multipleOf":
                if float(value).is_integer():
                    result[keyword] = value
            case "minimum" | "maximum":
                exclusive = schema.get(_BOUNDS[keyword])
                result[_BOUNDS[keyword] if exclusive is True else keyword] = value
            case "exclusiveMinimum" | "exclusiveMaximum":
                if not isinstance(value, bool):
                    result[keyword] = value
            case "patternProperties":
                if all(map(usable_pattern, value)):
                    result[keyword] = self._named(here, value)
            case "additionalProperties":
                if all(map(usable_pattern, schema.get("patternProperties", ()))):
                    result[keyword] = self.schema(here)
            case "prefixItems":
                result["items"] = self._numbered(here, value)
            case "items" if "prefixItems" in schema:
                result["additionalItems"] = self.schema(here)
            case "contains":
                if schema.get("minContains", 1) != 0:
                    result[keyword] = self.schema(here)
            case "dependentRequired" | "dependencies" | "dependentSchemas":
                for name, each in value.items():
                    inner: Any = each if is_array(each) else self.schema(here / name)
                    if name in result.setdefault("dependencies", {}):
                        also.append({"dependencies": {name: inner}})
                    else:
                        result["dependencies"][name] = inner
            case "not":
                if not self._losses.anywhere(here):
                    result[keyword] = self.schema(here)
            case "if":
                self._condition(location, schema, result)
            case "oneOf":
                branches = self._numbered(here, value)
                if not self._lossy(here / index for index in range(len(value))):
                    result[keyword] = branches
                elif "anyOf" in schema:
                    also.append({"anyOf": branches})
                else:
                    result["anyOf"] = branches
            case _:
                result[keyword] = self._below(here, draft.keywords[keyword], value)

    def _below(self, here: Location, holds: Holds, value: Any) -> Any:
        match holds:
            case Holds.SCHEMAS:
                return self._numbered(here, value)
            case Holds.SCHEMA_OR_SCHEMAS if is_array(value):
                return self._numbered(here, value)
            case Holds.SCHEMA | Holds.SCHEMA_OR_SCHEMAS:
                return self.schema(here)
            case Holds.NAMED_SCHEMAS:
                return self._named(here, value)
            case Holds.VALUE | Holds.NAMED_SCHEMAS_OR_NAMES:
                return value

    def _condition(
        self, location: Location, schema: dict[str, Any], result: dict[str, Any]
    ) -> None:
        if self._losses.anywhere(location / "if"):
            return
        for keyword in ("if", "then", "else"):
            if keyword in schema:
                result[keyword] = self.schema(location / keyword)

    def _lossy(self, locations: Iterable[Location]) -> bool:
        return any(self._losses.anywhere(each) for each in locations)

    def _numbered(self, here: Location, values: list[Any]) -> list[Any]:
        return [self.schema(here / index) for index in range(len(values))]

    def _named(self, here: Location, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self.schema(here / name) for name in values}
