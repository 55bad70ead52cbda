"""Random contracts that nest every keyword, with names that generated code uses."""

from __future__ import annotations

import copy
import keyword
from typing import TYPE_CHECKING, Any, Final

from lbgen.generate.names import USED_IN_CLASSES, USED_IN_PACKAGE, reserved_parameters
from tests.exactness.compositions import Compositions, of_item, of_property

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Unlucky"]

KEYS: Final = sorted(
    {*USED_IN_CLASSES, *USED_IN_PACKAGE, *keyword.kwlist, *reserved_parameters()}
    | {
        "__init__",
        "__class__",
        "__dict__",
        "foo-bar",
        "foo_bar",
        "foo.bar",
        "foo bar",
        "fooBar",
        "Foo",
        "item",
        "Item",
        "items",
        "1",
        "_",
    }
    | {"additional_properties", "additional_properties_", "event", "bus", "fire", "cls", "codec"}
    | {
        "UNSET",
        "Unset",
        "datetime",
        "uuid",
        "property",
        "type",
        "Record",
        "field",
        "SCHEMAS",
        "é",
        "x1",
        "x-a",
        "",
    }
)
TYPES: Final = (
    "Any",
    "Event",
    "Record",
    "Item",
    "item",
    "FooBar",
    "foo-bar",
    "Bus",
    "Card",
    "Seen",
    "SeenEndpoint",
)
TITLES: Final = (
    *TYPES,
    "Foo bar",
    "Unset",
    "UNSET",
    "CardEndpoint",
    "Line item",
    "List",
    "1",
    "Exception",
    "c1",
)
EVENTS: Final = (
    "item_seen",
    "foo_bar",
    "seen",
    "seen_endpoint",
    "any",
    "bus_",
    "event_fired",
    "card",
    "record",
    "x",
)
TEXTS: Final = {
    "uuid": "6a4bd5b0-ffcb-4e0f-a8a4-ab6ca4b5a1b2",
    "date-time": "2026-11-23T09:00:00+00:00",
    "date": "2026-11-23",
    "time": "09:00:00Z",
    "ipv4": "10.0.0.1",
}
PATTERNS: Final = ("^x", "^[a-z]", "o")


class Unlucky(Compositions):
    """Random contracts of one API, events of them, and things to add to them."""

    def __init__(self, seed: int, *, defaults: bool = False) -> None:
        super().__init__(seed, defaults=defaults)
        self.names = (*self.random.sample([key for key in KEYS if key != "kind"], 4), "kind")
        self.named = tuple(self.random.sample(TYPES, 2))

    def contract(self, api: str) -> dict[str, Any]:
        """A contract with one or two events."""
        names = self.random.sample(EVENTS, self.random.randint(1, 2))
        events = {name: {"parameters": self.event()} for name in names}
        named: dict[str, Any] = {}
        for event in events.values():
            named = event["parameters"].pop("$defs")
        return {"lbgen": 1, "api": api, "events": events, "$defs": named}

    def object(self, depth: int) -> dict[str, Any]:
        schema = super().object(depth)
        if self.random.random() < 0.2:
            schema["title"] = self.random.choice(TITLES)
        if self.random.random() < 0.1:
            schema["description"] = self.random.choice(["A thing.", '"""', "a\n  b"])
        if depth < 4 and self.random.random() < 0.15:
            schema["patternProperties"] = {self.random.choice(PATTERNS): self.value(depth + 1)}
        if self.random.random() < 0.15:
            extra = self.random.choice([True, False, self.value(depth + 1)])
            keywords = ["additionalProperties"]
            keywords += ["unevaluatedProperties"] * isinstance(extra, bool)
            schema[self.random.choice(keywords)] = extra
        if self.random.random() < 0.05:
            schema["propertyNames"] = {"maxLength": 20}
        if self.random.random() < 0.05:
            schema["minProperties"] = 1
        return schema

    def value(self, depth: int) -> Any:
        choice = self.random.random()
        if choice < 0.45:
            return super().value(depth)
        if choice < 0.5 and depth < 4:
            return {"type": "object", "additionalProperties": self.value(depth + 1)}
        if choice < 0.55 and depth < 4:
            first = [self.value(depth + 1) for _ in range(self.random.randint(1, 2))]
            return {
                "type": "array",
                "prefixItems": first,
                "items": self.random.choice([True, False]),
            }
        if choice < 0.6 and depth < 4:
            more: dict[str, Any] = {"contains": self.value(depth + 1)}
            more = self.random.choice(
                [more, {"minItems": 1}, {"uniqueItems": True}, {"maxItems": 2}]
            )
            return {"type": "array", "items": self.value(depth + 1), **more}
        if choice < 0.65:
            return {"oneOf": [{"type": "null"}, self.value(depth + 1)]}
        if choice < 0.7:
            return {"$ref": f"#/$defs/{self.random.choice(self.named)}"}
        return self.random.choice(
            [
                {"type": "string", "format": self.random.choice(sorted(TEXTS))},
                {"type": ["string", "null"]},
                {"type": ["integer", "boolean"]},
                {"type": "string", "minLength": 1, "pattern": "^x"},
                {"type": "number", "minimum": 1, "exclusiveMaximum": 10},
                {"type": "number", "multipleOf": 0.5},
                {"const": True},
                {"const": 1},
                {"enum": [1.0, True, "x", None]},
                {"not": {"type": "string"}},
                True,
            ]
        )

    def fitting(self, contract: dict[str, Any], name: str) -> Any:
        """A value that an event's schema may accept."""
        return self.fit([contract["events"][name]["parameters"]], contract["$defs"], 0)

    def fit(self, schemas: list[Any], named: dict[str, Any], depth: int) -> Any:
        flat = list(self.flat(schemas, named)) if depth < 12 else []
        listed = [
            each.get("enum", [each.get("const")]) for each in flat if {"enum", "const"} & {*each}
        ]
        if listed:
            return self.random.choice(listed[0])
        kinds = [kind for kind in (each.get("type") for each in flat) if kind]
        kind = self.random.choice(kinds) if kinds else None
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind is None:
            is_object = any(key in each for each in flat for key in ("properties", "required"))
            kind = "object" if is_object else "array" if any("items" in s for s in flat) else None
        if kind == "object":
            return self.fit_object(flat, named, depth)
        if kind == "array":
            least = max((each.get("minItems", 0) for each in flat), default=0)
            return [
                self.fit([s for one in flat for s in of_item(one, index)], named, depth + 1)
                for index in range(least + self.random.randint(0, 2 if depth < 5 else 0))
            ]
        return self.fit_scalar(kind, flat)

    def fit_scalar(self, kind: str | None, flat: list[dict[str, Any]]) -> Any:
        formats = [each["format"] for each in flat if "format" in each]
        if formats:
            return TEXTS[formats[0]]
        match kind:
            case "integer":
                return self.random.choice([1, 2, 7])
            case "number":
                return self.random.choice([1, 1.5, 2.0])
            case "boolean":
                return self.random.choice([True, False])
            case "null":
                return None
            case _:
                return self.random.choice(["x", "y", "x1"] if kind else ["x", 1, True, None, ["x"]])

    def fit_object(self, flat: list[dict[str, Any]], named: dict[str, Any], depth: int) -> Any:
        required = {name for each in flat for name in each.get("required", ())}
        optional = {name for each in flat for name in each.get("properties", ())} - required
        for each in flat:
            optional |= {"x1"} if "patternProperties" in each else set()
            extra = each.get("additionalProperties", each.get("unevaluatedProperties", False))
            optional |= {"free"} if extra is not False else set()
        chance = 0.7 if depth < 4 else 0.1
        names = required | {name for name in sorted(optional) if self.random.random() < chance}
        return {
            name: self.fit([s for one in flat for s in of_property(one, name)], named, depth + 1)
            for name in sorted(names)
        }

    def flat(self, schemas: list[Any], named: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Schemas with all that applies beside them; of a union, one member."""
        for schema in schemas:
            if isinstance(schema, bool):
                continue
            yield schema
            inner = list(schema.get("allOf", []))
            if "$ref" in schema:
                inner.append(named[schema["$ref"].rpartition("/")[2]])
            inner += [
                self.random.choice(schema[key]) for key in ("anyOf", "oneOf") if key in schema
            ]
            for key in ("then", "else"):
                if key in schema and self.random.random() < 0.5:
                    inner.append(schema[key])
            yield from self.flat(inner, named)

    def added(self, contract: dict[str, Any]) -> dict[str, Any]:
        """A contract with something more: a property, an event, a definition or a member."""
        changed = copy.deepcopy(contract)
        choice = self.random.random()
        if choice < 0.15:
            changed["events"].setdefault(
                self.random.choice(EVENTS), {"parameters": {"type": "object", **self.object(3)}}
            )
            return changed
        if choice < 0.25:
            named = {self.random.choice(TYPES): {"type": "object", **self.object(3)}}
            changed["$defs"] = {**named, **changed["$defs"]}
            target = {"$ref": f"#/$defs/{next(iter(named))}"}
        else:
            target = self.value(2)
        owner, key = self.random.choice(list(holders(changed)))
        if isinstance(owner[key], list):
            owner[key].insert(self.random.randint(0, len(owner[key])), target)
        else:
            more = {self.random.choice([*self.names, *KEYS]): target}
            old = owner[key]
            owner[key] = {**more, **old} if self.random.random() < 0.5 else {**old, **more}
            owner[key].update(old)
        return changed


def holders(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Where a contract has properties, or members of a union."""
    if isinstance(value, list):
        for each in value:
            yield from holders(each)
    if isinstance(value, dict):
        for key, inner in value.items():
            if (key == "properties" and isinstance(inner, dict)) or key in ("anyOf", "oneOf"):
                yield value, key
            yield from holders(inner)
