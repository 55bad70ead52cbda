"""Random values that a schema probably accepts. Knows nothing of the checker."""

from __future__ import annotations

import random
from typing import Any

SAMPLES = {
    "date": ["2024-01-31", "1999-12-31"],
    "date-time": ["2024-01-31T12:00:00Z", "2024-01-31T12:00:00.5+02:00"],
    "email": ["ann@example.com", "a@b.co"],
    "ipv4": ["127.0.0.1", "10.0.0.255"],
    "time": ["12:00:00Z", "23:59:59+01:00"],
    "uri": ["https://example.com/a", "urn:x:y"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "A23E4567-E89B-12D3-A456-426614174000"],
}
WORDS = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "aaaa",
    "x1",
    "x",
    "xb",
    "EUR",
    "b0",
    "é",
    "a b",
    "aaaaaaaaaaaaa",
]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]


class Values:
    """Makes values for the schemas of one document.

    Args:
        document: the document, for its references.
        seed: of the random number generator.
    """

    def __init__(self, document: Any, seed: int) -> None:
        self.document = document
        self.random = random.Random(seed)

    def value(self, schema: Any, depth: int = 0) -> Any:
        if schema is True or schema == {} or schema is False or depth > 8:
            return self._anything(depth)
        if "$ref" in schema:
            target = self.document
            for step in schema["$ref"].removeprefix("#").split("/")[1:]:
                target = target[int(step)] if isinstance(target, list) else target[step]
            return self.value(target, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self._merged(schema, self.random.choice(schema[keyword]), depth)
        if "allOf" in schema:
            value: Any = self._typed({k: v for k, v in schema.items() if k != "allOf"}, depth)
            for part in schema["allOf"]:
                other = self.value(part, depth + 1)
                both = isinstance(value, dict) and isinstance(other, dict)
                value = {**value, **other} if both else other
            return value
        for keyword in ("then", "else"):
            if keyword in schema and self.random.random() < 0.5:
                return self._merged(schema, schema[keyword], depth)
        return self._typed(schema, depth)

    def _merged(self, schema: dict[str, Any], branch: Any, depth: int) -> Any:
        value = self.value(branch, depth + 1)
        if isinstance(value, dict) and "properties" in schema:
            value = {**self._object(schema, depth), **value}
        return value

    def _typed(self, schema: dict[str, Any], depth: int) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind is None:
            hints = {"properties": "object", "items": "array", "pattern": "string"}
            hinted = [hints[name] for name in hints if name in schema]
            kind = hinted[0] if hinted and self.random.random() < 0.8 else self.random.choice(TYPES)
        return getattr(self, f"_{kind}")(schema, depth)

    def _anything(self, depth: int) -> Any:
        if depth > 5:
            return self.random.choice([None, 1, "a"])
        return getattr(self, f"_{self.random.choice(TYPES)}")({}, depth + 3)

    def _null(self, *_: Any) -> None:
        return None

    def _boolean(self, *_: Any) -> bool:
        return self.random.random() < 0.5

    def _integer(self, schema: dict[str, Any], _: int) -> int:
        return int(self._around(schema, self.random.choice([-6, -1, 0, 1, 2, 3, 6, 10, 11, 101])))

    def _number(self, schema: dict[str, Any], _: int) -> float | int:
        return self._around(schema, self.random.choice([0, 0.25, 0.5, 1, 2.5, 9.75, 1e20, -0.01]))

    def _around(self, schema: dict[str, Any], default: float) -> Any:
        bounds = [
            schema[n]
            for n in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
            if n in schema
        ]
        if bounds and self.random.random() < 0.7:
            return self.random.choice(bounds) + self.random.choice([-1, -0.5, 0, 0.5, 1, 2])
        return default

    def _string(self, schema: dict[str, Any], _: int) -> str:
        if "format" in schema:
            return self.random.choice(SAMPLES.get(schema["format"], WORDS))
        if self.random.random() < 0.3:
            length = schema.get("minLength", schema.get("maxLength", 2))
            return "ab"[self.random.randint(0, 1)] * max(0, length + self.random.randint(-1, 1))
        return self.random.choice(WORDS)

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
        count = self.random.randint(min(least, most), max(least, most))
        prefix = schema.get("prefixItems", [])
        items = [
            self.value(prefix[i] if i < len(prefix) else schema.get("items", True), depth + 1)
            for i in range(count)
        ]
        if "contains" in schema:
            items.append(self.value(schema["contains"], depth + 1))
        return items

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        for name in {**properties, **dict.fromkeys(required)}:
            if name in required or self.random.random() < 0.6:
                value[name] = self.value(properties.get(name, True), depth + 1)
        extra = schema.get("additionalProperties", True)
        if extra is not False and self.random.random() < 0.3:
            name = self.random.choice(["extra", "b", "x-1", "kind", "c"])
            if name not in properties:
                value[name] = self.value(extra, depth + 1)
        for name in schema.get("patternProperties", {}):
            if self.random.random() < 0.5:
                value["x-2"] = self.value(schema["patternProperties"][name], depth + 1)
        return value
