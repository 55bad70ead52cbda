"""Small schemas that use every keyword, in odd company, and all small values to judge them by."""

from __future__ import annotations

import copy
import random
from itertools import product
from typing import Any

NAMES = ("a", "b", "c", "x1")
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
LISTED = [1, 2, 1.0, "a", "b", None, True, [1], [1, 2], {"a": 1}, {}, [], 0, False, 0.5]
PATTERNS = ("^a", "b", "^[ab]*$", "^$", "1", "^(a|ab)$")
NAME_SCHEMAS: tuple[Any, ...] = (
    {"pattern": "^[ab]$"},
    {"maxLength": 1},
    {"enum": ["a", "b"]},
    {"not": {"const": "a"}},
    False,
)


def small_values() -> list[Any]:
    """Every kind of value, and all small arrays and objects of a few."""
    values: list[Any] = [None, True, False, 0, 1, 2, 3, -1, 0.5, 1.5, "", "a", "b", "ab", "1"]
    for count in range(4):
        items = [1, 2, "a", [1], {"a": 1}] if count < 3 else [1, 2, "a"]
        values += [list(chosen) for chosen in product(items, repeat=count)]
    values += [[1, 1, 2, 2], [1, 2, 3, 4], [1, 1, 1, 1], ["a", "a", "b", "b"], [1, 2, 1, 2]]
    values += [["a", "b", "a"], [1.5, 1.5], [[], []], [None], [True, 1], [0, False], [{}, {}]]
    sets = ((), *((name,) for name in NAMES), ("a", "b"), ("a", "c"), ("a", "x1"), ("b", "c"))
    for names in (*sets, ("x1", "x2"), ("a", "b", "c")):
        inside: list[Any] = [1, 2, "a", None, {}, {"a": 1}, [1]] if len(names) < 3 else [1, 2, "a"]
        values += [
            dict(zip(names, chosen, strict=True)) for chosen in product(inside, repeat=len(names))
        ]
    values += [{"a": {"a": {"a": 1}}}, {"a": {"b": 1}}, {"b": {"a": 1, "b": 2}}, {"a": [1, 2]}]
    values += [{"a": [{"a": 1}]}, {"a": {"a": {"a": "a"}}}, {"a": [[1]]}, {"x1": {"x1": 1}}]
    return values


class Corners:
    """Makes schemas from one random number generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def _often(self, share: float) -> bool:
        return self.random.random() < share

    def document(self) -> Any:
        """A schema, sometimes with definitions; references in items and properties may recurse."""
        if self._often(0.75):
            return self.schema(0)
        schema = self.schema(0)
        document = dict(schema) if isinstance(schema, dict) else {}
        document["$defs"] = {"A": self.schema(1), "B": self.schema(1)}
        for owner, name in _spots(document):
            if name in ("items", "contains", *NAMES) and self._often(0.4):
                owner[name] = {"$ref": self.random.choice(("#", "#/$defs/A", "#/$defs/B"))}
        return document

    def schema(self, depth: int) -> Any:
        kind = self.random.random()
        if kind < 0.05:
            return self.random.choice([True, {}, False])
        if kind < 0.28 or depth >= 3:
            return self._leaf()
        if kind < 0.51:
            return self._array(depth)
        return self._object(depth) if kind < 0.73 else self._composition(depth)

    def _leaf(self) -> dict[str, Any]:
        kind = self.random.randrange(5)
        if kind == 0:
            return {"type": self.random.choice([*TYPES, ["integer", "string"], ["array", "null"]])}
        if kind == 1:
            return {"enum": self.random.sample(LISTED, self.random.randint(1, 4))}
        if kind == 2:
            return {"const": self.random.choice(LISTED)}
        limits: dict[str, tuple[Any, ...]] = {
            "type": ("integer", "number"),
            "minimum": (0, 1, 2, 0.5, -1),
            "maximum": (0, 1, 2, 1.5),
            "exclusiveMinimum": (0, 1, 0.5),
            "exclusiveMaximum": (1, 2, 1.5),
            "multipleOf": (1, 2, 0.5, 3),
        }
        if kind == 3:
            limits = {
                "type": ("string",),
                "minLength": (0, 1, 2),
                "maxLength": (0, 1, 2),
                "pattern": PATTERNS,
            }
        return self._some(limits, 0.4)

    def _some(self, choices: dict[str, tuple[Any, ...]], share: float) -> dict[str, Any]:
        return {
            name: copy.deepcopy(self.random.choice(values))
            for name, values in choices.items()
            if self._often(share)
        }

    def _array(self, depth: int) -> dict[str, Any]:
        schema = self._some(
            {"type": ("array",), "minItems": (0, 1, 2, 3), "maxItems": (0, 1, 2, 3)}, 0.4
        )
        if self._often(0.35):
            schema["items"] = self.schema(depth + 1)
        if self._often(0.25):
            count = self.random.randint(1, 2)
            schema["prefixItems"] = [self.schema(depth + 1) for _ in range(count)]
        if self._often(0.25):
            schema["uniqueItems"] = True
        if self._often(0.35):
            schema["contains"] = self.schema(depth + 2)
            schema |= self._some({"minContains": (0, 1, 2), "maxContains": (0, 1, 2)}, 0.4)
        if self._often(0.15):
            schema["unevaluatedItems"] = self.random.choice([False, self.schema(depth + 2)])
        return schema

    def _object(self, depth: int) -> dict[str, Any]:
        schema = self._some(
            {
                "type": ("object", "object", ["object", "null"]),
                "required": (["a"], ["b"], ["a", "b"], ["x1"]),
                "minProperties": (0, 1, 2, 3),
                "maxProperties": (0, 1, 2),
                "propertyNames": NAME_SCHEMAS,
                "dependentRequired": ({"a": ["b"]}, {"b": ["c"]}, {"a": ["a"]}),
            },
            0.25,
        )
        if self._often(0.7):
            names = self.random.sample(NAMES, self.random.randint(1, 2))
            schema["properties"] = {name: self.schema(depth + 1) for name in names}
        if self._often(0.25):
            schema["additionalProperties"] = self.random.choice([False, self.schema(depth + 2)])
        if self._often(0.15):
            pattern = self.random.choice(["^x", "[ab]", "^a$"])
            schema["patternProperties"] = {pattern: self.schema(depth + 2)}
        if self._often(0.15):
            schema["dependentSchemas"] = {self.random.choice("ab"): self.schema(depth + 1)}
        if self._often(0.12):
            schema["unevaluatedProperties"] = self.random.choice([False, self.schema(depth + 2)])
        return schema

    def _composition(self, depth: int) -> dict[str, Any]:
        kind = self.random.randrange(6)
        parts = [self.schema(depth + 1) for _ in range(self.random.randint(2, 3))]
        if kind == 0:
            return {"not": parts[0]}
        if kind == 1:
            return dict(zip(("if", "then", "else"), parts, strict=False))
        if kind == 2 and depth < 2:
            rest = {"unevaluatedProperties": False} if self._often(0.5) else {}
            return {**self._object(depth + 1), **self._composition(depth + 1), **rest}
        return {self.random.choice(("allOf", "anyOf", "oneOf")): parts}

    def changed(self, document: Any) -> Any:
        """A copy with one or two changes."""
        changed = copy.deepcopy(document)
        for _ in range(self.random.randint(1, 2)):
            spots = _spots(changed)
            kind = self.random.random()
            if spots and kind < 0.35:
                owner, name = self.random.choice(spots)
                owner[name] = self.schema(2)
            elif spots and kind < 0.6:
                schemas = [owner[name] for owner, name in spots if isinstance(owner[name], dict)]
                schema = self.random.choice([changed, *schemas])
                keywords = sorted({*schema} - {"$defs"})
                if keywords:
                    del schema[self.random.choice(keywords)]
            elif isinstance(changed, dict):
                changed |= self.random.choice([self._array(2), self._object(2), self._leaf()])
        return changed


def _spots(schema: Any) -> list[tuple[Any, Any]]:
    """The places of subschemas: owner, and name or index there."""
    found: list[tuple[Any, Any]] = []
    if not isinstance(schema, dict):
        return found
    for keyword, value in schema.items():
        if keyword in ("properties", "patternProperties", "$defs", "dependentSchemas"):
            found += [(value, name) for name in value]
        elif keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
            found += [(value, index) for index in range(len(value))]
        elif isinstance(value, dict | bool) and keyword not in ("const", "uniqueItems"):
            found.append((schema, keyword))
    for owner, name in list(found):
        found += _spots(owner[name])
    return [(owner, name) for owner, name in found if name not in ("dependentRequired", "$ref")]
