"""Random objects whose properties are declared in branches of branches, and what a reader keeps."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

from jsonschema_rs import is_valid

from lbgen.compat.decide import Documents, Parameters
from lbgen.source.document import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Compositions", "closed_form", "declared", "filled_in", "without_defaults"]

NAMES = ("a", "b", "c", "kind")
NAMED = ("Card", "Transfer")
DECLARING = (
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
)
ANYTHING = object()
URI = "lbgen:///event.json"


class Compositions:
    """Random objects whose properties are declared in branches of branches.

    Attributes:
        names: of properties; `kind` is one of them.
        named: the keys of `$defs`.
    """

    names: tuple[str, ...] = NAMES
    named: tuple[str, ...] = NAMED

    def __init__(self, seed: int, *, defaults: bool = False) -> None:
        self.random = random.Random(seed)
        self.defaults = defaults

    def event(self) -> dict[str, Any]:
        schema = {"type": "object", **self.object(0)}
        schema.setdefault("properties", {})["kind"] = {"enum": ["x", "y"]}
        schema["$defs"] = {
            name: {"type": "object", "properties": {"b": {"type": "integer"}}, **self.object(3)}
            for name in self.named
        }
        return schema

    def object(self, depth: int) -> dict[str, Any]:
        schema: dict[str, Any] = {}
        if self.random.random() < 0.7:
            names = self.random.sample(self.names, self.random.randint(1, 2))
            schema["properties"] = {name: self.value(depth + 1) for name in names}
        if self.random.random() < 0.3:
            schema["required"] = [self.random.choice(self.names)]
        if depth < 3:
            for keyword in ("allOf", "anyOf", "oneOf", "if", "dependentSchemas", "not"):
                if self.random.random() < 0.22:
                    self.compose(schema, keyword, depth)
        if self.random.random() < 0.1:
            schema["dependentRequired"] = {
                self.random.choice(self.names): [self.random.choice(self.names)]
            }
        return schema

    def compose(self, schema: dict[str, Any], keyword: str, depth: int) -> None:
        if keyword in ("allOf", "anyOf", "oneOf"):
            schema[keyword] = [self.object(depth + 1) for _ in range(self.random.randint(1, 2))]
        elif keyword == "dependentSchemas":
            schema[keyword] = {self.random.choice(self.names): self.object(depth + 1)}
        elif keyword == "not":
            schema[keyword] = {"required": [self.random.choice(self.names)]}
        else:
            schema["if"] = self.random.choice(
                [{"properties": {"kind": {"const": "x"}}}, {"required": [self.names[0]]}]
            )
            schema["then"] = self.object(depth + 1)
            if self.random.random() < 0.6:
                schema["else"] = self.object(depth + 1)

    def value(self, depth: int) -> Any:
        choice = self.random.random()
        if depth < 3 and choice < 0.4:
            return {"type": "object", **self.object(depth + 1)}
        if depth < 4 and choice < 0.5:
            union = [{"$ref": f"#/$defs/{name}"} for name in self.named]
            return self.random.choice([{"anyOf": union}, {"oneOf": union}, union[0]])
        if depth < 3 and choice < 0.6:
            return {"type": "array", "items": {"type": "object", **self.object(depth + 1)}}
        leaf: Any = self.random.choice(
            [{"type": "integer"}, {"type": "string"}, {"const": "x"}, {"enum": ["x", 1]}, {}]
        )
        if self.defaults and self.random.random() < 0.4:
            return {**leaf, "default": 1 if leaf.get("type") == "integer" else "x"}
        return leaf

    def instance(self, depth: int = 0) -> dict[str, Any]:
        """An object of the names, of which some schemas take some."""
        names = self.random.sample(self.names, self.random.randint(0, 4))
        return {name: self.part(depth + 1) for name in names}

    def part(self, depth: int) -> Any:
        choice = self.random.random()
        if depth < 3 and choice < 0.3:
            return self.instance(depth + 1)
        if depth < 3 and choice < 0.4:
            return [self.instance(depth + 1) for _ in range(self.random.randint(0, 2))]
        return self.random.choice([1, 2, "x", "y", "x"])


def declared(
    value: Any, schemas: list[Any], named: dict[str, Any], perhaps: list[Any] | None = None
) -> bool:
    """Whether some schema or branch of it declares each property of a value, at every depth.

    Args:
        value: any JSON value.
        schemas: what applies to it.
        named: the schemas of `$defs`.
        perhaps: what could apply to it, were the event another one; a reader goes by all of it.
    """
    spoken = list(spoken_by(value, schemas, named))
    all_branches = list(spoken_by(ANYTHING, schemas if perhaps is None else perhaps, named))
    if isinstance(value, list):
        return all(
            declared(
                each,
                [s for one in spoken for s in of_item(one, index)],
                named,
                [s for one in all_branches for s in of_item(one, index)],
            )
            for index, each in enumerate(value)
        )
    if not isinstance(value, dict):
        return True
    if not any(key in s for s in all_branches for key in DECLARING):
        return True  # a mapping, which keeps everything
    for name, each in value.items():
        inner = [s for one in spoken for s in of_property(one, name)]
        other = [s for one in all_branches for s in of_property(one, name)]
        if not (inner or any(name in mentioned(schema) for schema in spoken)):
            return False
        if each is None and not all(holds(schema, None, named) for schema in other):
            return False  # `None` is absence where any branch says that it is something else
        if not declared(each, inner, named, other):
            return False
    return True


def of_item(schema: dict[str, Any], index: int) -> list[Any]:
    """What a schema says of an item."""
    first = schema.get("prefixItems", [])
    return [first[index]] if index < len(first) else [schema["items"]] if "items" in schema else []


def of_property(schema: dict[str, Any], name: str) -> list[Any]:
    """What a schema says of a property."""
    found = [schema["properties"][name]] if name in schema.get("properties", {}) else []
    found += [s for key, s in schema.get("patternProperties", {}).items() if re.search(key, name)]
    if not found:
        found = [schema[key] for key in DECLARING[2:] if key in schema]
    return found


def spoken_by(value: Any, schemas: list[Any], named: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas and their branches, which speak of a value; of a union, the members that hold.

    Of `ANYTHING`, all members.
    """
    for schema in schemas:
        if isinstance(schema, bool):
            continue
        yield schema
        of_any = value is ANYTHING
        conditional = ("if", "then", "else") if of_any or "if" in schema else ()
        inner = [schema[key] for key in conditional if key in schema]
        inner += [*schema.get("dependentSchemas", {}).values()]
        if "$ref" in schema:
            inner.append(named[schema["$ref"].rpartition("/")[2]])
        for name in ("allOf", "anyOf", "oneOf"):
            branches = schema.get(name, [])
            if name != "allOf" and not of_any:
                branches = [one for one in branches if holds(one, value, named)]
            inner += branches
        yield from spoken_by(value, inner, named)


def holds(schema: Any, value: Any, named: dict[str, Any]) -> bool:
    whole = schema if isinstance(schema, bool) else {**schema, "$defs": named}
    return is_valid(whole, value, validate_formats=True)


def mentioned(schema: dict[str, Any]) -> set[str]:
    """Names that a schema requires, or whose presence decides."""
    dependent = schema.get("dependentRequired", {})
    names = {*schema.get("required", []), *dependent, *schema.get("dependentSchemas", {})}
    return names.union(*dependent.values())


def without_defaults(schema: Any) -> Any:
    if isinstance(schema, list):
        return [without_defaults(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: without_defaults(each) for name, each in schema.items() if name != "default"}


def filled_in(given: Any, written: Any) -> bool:
    """Whether one value is another with properties added."""
    if isinstance(given, list):
        return len(given) == len(written) and all(map(filled_in, given, written))
    if isinstance(given, dict):
        return all(name in written and filled_in(given[name], written[name]) for name in given)
    return bool(given == written)


def closed_form(schema: Any) -> Parameters:
    """What `fire` can send of a schema."""
    return Parameters(Documents({URI: schema}), Location(URI))
