"""Random schemas as event contracts have them, and random changes to them."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("a", "b", "c", "id", "kind", "x-1")
FORMATS = ("date", "date-time", "email", "ipv4", "time", "uri", "uuid")
PATTERNS = ("^[a-z]+$", "^[a-z0-9]+$", "^[A-Z]{3}$", "^x", "[0-9]", "^(a|b)*$", "^a{1,3}$", "b$")
WORDS = ("", "a", "b", "ab", "abc", "aaaa", "x1", "EUR", "2024-01-31", "x")


class Schemas:
    """Makes schemas from one random number generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def document(self) -> dict[str, Any]:
        """An event's schema: an object, sometimes with definitions that refer to each other."""
        document = self.object(0)
        if self.random.random() < 0.3:
            document["$defs"] = {"A": self.schema(1), "B": self.object(1)}
            self._refer(document)
        return document

    def _refer(self, document: dict[str, Any]) -> None:
        """Put references in place of some schemas; those inside definitions may recurse."""
        for owner, name, in_place in list(places(document)):
            if owner is document["$defs"] or in_place:
                continue
            if self.random.random() < 0.25:
                owner[name] = {"$ref": self.random.choice(("#/$defs/A", "#/$defs/B"))}

    def schema(self, depth: int) -> Any:
        choices: list[Callable[[int], Any]] = [self.string, self.number, self.enum, self.simple]
        if depth < 3:
            choices += [self.object, self.array, self.union, self.composition]
        return self.random.choice(choices)(depth)

    def simple(self, _: int = 0) -> Any:
        return self.random.choice(
            [{"type": "boolean"}, {"type": "null"}, {}, True, {"type": ["string", "null"]}]
        )

    def enum(self, _: int = 0) -> dict[str, Any]:
        if self.random.random() < 0.3:
            return {"const": self.random.choice([*WORDS, 1, None, True])}
        return {"enum": self.random.sample(["a", "b", "ab", 1, 2, 2.5, None, "x1"], 3)}

    def string(self, _: int = 0) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string"}
        if self.random.random() < 0.4:
            schema["minLength"] = self.random.randint(0, 3)
        if self.random.random() < 0.3:
            schema["maxLength"] = self.random.randint(2, 12)
        if self.random.random() < 0.25:
            schema["pattern"] = self.random.choice(PATTERNS)
        if self.random.random() < 0.2:
            schema["format"] = self.random.choice(FORMATS)
        return schema

    def number(self, _: int = 0) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": self.random.choice(["integer", "number"])}
        for name in ("minimum", "exclusiveMinimum"):
            if self.random.random() < 0.25:
                schema[name] = self.random.choice([-5, 0, 0.5, 1])
        for name in ("maximum", "exclusiveMaximum"):
            if self.random.random() < 0.25:
                schema[name] = self.random.choice([3, 9.5, 10, 100])
        if self.random.random() < 0.2:
            schema["multipleOf"] = self.random.choice([2, 3, 0.5, 0.01])
        return schema

    def object(self, depth: int) -> dict[str, Any]:
        names = self.random.sample(NAMES, self.random.randint(0 if depth else 1, 4))
        schema: dict[str, Any] = {"type": "object"}
        if names:
            schema["properties"] = {name: self.schema(depth + 1) for name in names}
            for child in schema["properties"].values():
                if isinstance(child, dict) and self.random.random() < 0.1:
                    child["default"] = "a"
        required = [name for name in names if self.random.random() < 0.5]
        if required:
            schema["required"] = required
        if self.random.random() < 0.3:
            schema["additionalProperties"] = self.random.choice(
                [True, False, self.schema(depth + 1)]
            )
        if self.random.random() < 0.1:
            schema["patternProperties"] = {"^x-": self.schema(depth + 1)}
        if self.random.random() < 0.08:
            schema["propertyNames"] = {"pattern": "^[a-z]"}
        if self.random.random() < 0.08:
            schema["minProperties"] = self.random.randint(1, 2)
        if self.random.random() < 0.08:
            schema["maxProperties"] = self.random.randint(1, 4)
        if self.random.random() < 0.06:
            schema["dependentRequired"] = {self.random.choice(NAMES): [self.random.choice(NAMES)]}
        if self.random.random() < 0.05:
            schema["dependentSchemas"] = {self.random.choice(NAMES): self.object(depth + 1)}
        if self.random.random() < 0.04 and depth < 2:
            schema["unevaluatedProperties"] = False
        return schema

    def array(self, depth: int) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "array"}
        if self.random.random() < 0.8:
            schema["items"] = self.schema(depth + 1)
        if self.random.random() < 0.15:
            schema["prefixItems"] = [self.schema(depth + 1) for _ in range(2)]
        if self.random.random() < 0.3:
            schema["minItems"] = self.random.randint(0, 2)
        if self.random.random() < 0.3:
            schema["maxItems"] = self.random.randint(1, 4)
        if self.random.random() < 0.1:
            schema["uniqueItems"] = True
        if self.random.random() < 0.1:
            schema["contains"] = self.schema(depth + 2)
        return schema

    def union(self, depth: int) -> dict[str, Any]:
        keyword = self.random.choice(["anyOf", "oneOf"])
        if self.random.random() < 0.4:
            branches: list[Any] = []
            for index in range(self.random.randint(2, 3)):
                branch = self.object(depth + 1)
                branch.setdefault("properties", {})["kind"] = {"const": f"k{index}"}
                branch["required"] = sorted({*branch.get("required", []), "kind"})
                branches.append(branch)
            return {keyword: branches}
        return {keyword: [self.schema(depth + 1) for _ in range(2)]}

    def composition(self, depth: int) -> dict[str, Any]:
        choice = self.random.random()
        if choice < 0.4:
            return {"allOf": [self.object(depth + 1), self.object(depth + 1)]}
        if choice < 0.6:
            return {"type": "object", "not": {"required": [self.random.choice(NAMES)]}}
        if choice < 0.8:
            return {**self.string(), "not": self.enum()}
        return {
            **self.object(depth + 1),
            "if": {"properties": {"kind": self.enum()}},
            "then": {"required": [self.random.choice(NAMES)]},
            "else": self.object(depth + 2),
        }

    def changed(self, document: dict[str, Any]) -> dict[str, Any]:
        """A copy with one to three random changes."""
        changed = copy.deepcopy(document)
        for _ in range(self.random.randint(1, 3)):
            self._change(changed)
        return changed

    def _change(self, document: dict[str, Any]) -> None:
        spots = [(owner, name) for owner, name, _ in places(document)]
        kind = self.random.random()
        schemas = [owner[name] for owner, name in spots if isinstance(owner[name], dict)]
        target = self.random.choice([document, *schemas])
        if kind < 0.2 and spots:
            owner, name = self.random.choice(spots)
            owner[name] = self.schema(2)
        elif kind < 0.4 and "properties" in target:
            target["properties"][self.random.choice(NAMES)] = self.schema(2)
        elif kind < 0.5 and target.get("properties"):
            name = self.random.choice(sorted(target["properties"]))
            required = set(target.get("required", []))
            target["required"] = sorted(required ^ {name})
        elif kind < 0.6 and target.get("properties"):
            del target["properties"][self.random.choice(sorted(target["properties"]))]
        elif kind < 0.7:
            removable = [name for name in target if name not in ("$defs", "type")]
            if removable:
                del target[self.random.choice(sorted(removable))]
        elif kind < 0.85:
            self._limit(target)
        elif "enum" in target:
            target["enum"] = self.random.sample(["a", "b", "ab", 1, 2, "x1", "c"], 3)
        else:
            target["additionalProperties"] = self.random.choice([True, False, {"type": "string"}])

    def _limit(self, target: dict[str, Any]) -> None:
        for name in ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"):
            if name in target:
                target[name] = max(0, target[name] + self.random.choice([-1, 1]))
                return
        if target.get("type") == "string":
            target[self.random.choice(["minLength", "maxLength"])] = self.random.randint(1, 5)


def places(schema: Any) -> Any:
    """Where subschemas stand: their owner, the name or index there, and whether the subschema
    speaks of the same value as the schema around it."""
    if not isinstance(schema, dict):
        return
    for keyword in ("properties", "patternProperties", "$defs", "dependentSchemas"):
        for name in schema.get(keyword, {}):
            yield schema[keyword], name, keyword == "dependentSchemas"
            yield from places(schema[keyword][name])
    for keyword in ("items", "additionalProperties", "not", "if", "then", "else", "contains"):
        if keyword in schema:
            yield schema, keyword, keyword in ("not", "if", "then", "else")
            yield from places(schema[keyword])
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for index, child in enumerate(schema.get(keyword, [])):
            yield schema[keyword], index, keyword != "prefixItems"
            yield from places(child)
