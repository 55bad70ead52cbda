"""What a schema declares, at any nesting of its compositions, is read and given back.

An event has declared content if some schema or branch declares each of its properties, and if the
closed form of its schema (`lbgen.compat.normal.writer`) accepts it, which is what `fire` can send.
Every such event comes back whole from `from_dict` and `to_json`; where the schema has defaults,
with some of them filled in, and still valid.

`LBGEN_COMPOSITIONS=10000 pytest -m thorough tests/exactness/test_nothing_is_dropped.py` is the
long run.
"""

from __future__ import annotations

import importlib
import json
import os
import random
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema_rs import is_valid

from lbgen.compat.decide import Documents, Parameters
from lbgen.source.document import Location
from lbgen_runtime import InvalidParameters
from tests.support.packages import build_json, imported, write_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = int(os.environ.get("LBGEN_COMPOSITIONS", "300"))
CHUNK = 100
TRIES = 250
NAMES = ("a", "b", "c", "kind")
NAMED = ("Card", "Transfer")
URI = "lbgen:///event.json"

pytestmark = pytest.mark.thorough


class Compositions:
    """Random objects whose properties are declared in branches of branches."""

    def __init__(self, seed: int, *, defaults: bool = False) -> None:
        self.random = random.Random(seed)
        self.defaults = defaults

    def event(self) -> dict[str, Any]:
        schema = {"type": "object", **self.object(0)}
        schema.setdefault("properties", {})["kind"] = {"enum": ["x", "y"]}
        schema["$defs"] = {
            name: {"type": "object", "properties": {"b": {"type": "integer"}}, **self.object(3)}
            for name in NAMED
        }
        return schema

    def object(self, depth: int) -> dict[str, Any]:
        schema: dict[str, Any] = {}
        if self.random.random() < 0.7:
            names = self.random.sample(NAMES, self.random.randint(1, 2))
            schema["properties"] = {name: self.value(depth + 1) for name in names}
        if self.random.random() < 0.3:
            schema["required"] = [self.random.choice(NAMES)]
        if depth < 3:
            for keyword in ("allOf", "anyOf", "oneOf", "if", "dependentSchemas", "not"):
                if self.random.random() < 0.22:
                    self.compose(schema, keyword, depth)
        if self.random.random() < 0.1:
            schema["dependentRequired"] = {self.random.choice(NAMES): [self.random.choice(NAMES)]}
        return schema

    def compose(self, schema: dict[str, Any], keyword: str, depth: int) -> None:
        if keyword in ("allOf", "anyOf", "oneOf"):
            schema[keyword] = [self.object(depth + 1) for _ in range(self.random.randint(1, 2))]
        elif keyword == "dependentSchemas":
            schema[keyword] = {self.random.choice(NAMES): self.object(depth + 1)}
        elif keyword == "not":
            schema[keyword] = {"required": [self.random.choice(NAMES)]}
        else:
            schema["if"] = self.random.choice(
                [{"properties": {"kind": {"const": "x"}}}, {"required": ["a"]}]
            )
            schema["then"] = self.object(depth + 1)
            if self.random.random() < 0.6:
                schema["else"] = self.object(depth + 1)

    def value(self, depth: int) -> Any:
        choice = self.random.random()
        if depth < 3 and choice < 0.4:
            return {"type": "object", **self.object(depth + 1)}
        if depth < 4 and choice < 0.5:
            union = [{"$ref": f"#/$defs/{name}"} for name in NAMED]
            return self.random.choice([{"anyOf": union}, {"oneOf": union}, union[0]])
        if depth < 3 and choice < 0.6:
            return {"type": "array", "items": {"type": "object", **self.object(depth + 1)}}
        leaf = self.random.choice(
            [{"type": "integer"}, {"type": "string"}, {"const": "x"}, {"enum": ["x", 1]}, {}]
        )
        if self.defaults and self.random.random() < 0.4:
            return {**leaf, "default": 1 if leaf.get("type") == "integer" else "x"}
        return leaf

    def instance(self, depth: int = 0) -> dict[str, Any]:
        """An object of the names, of which some schemas take some."""
        names = self.random.sample(NAMES, self.random.randint(0, 4))
        return {name: self.part(depth + 1) for name in names}

    def part(self, depth: int) -> Any:
        choice = self.random.random()
        if depth < 3 and choice < 0.3:
            return self.instance(depth + 1)
        if depth < 3 and choice < 0.4:
            return [self.instance(depth + 1) for _ in range(self.random.randint(0, 2))]
        return self.random.choice([1, 2, "x", "y", "x"])


def declared(value: Any, schemas: list[Any], named: dict[str, Any]) -> bool:
    """Whether some schema or branch of it declares each property of a value, at every depth."""
    spoken = list(spoken_by(value, schemas, named))
    if isinstance(value, list):
        items = [schema["items"] for schema in spoken if "items" in schema]
        return not items or all(declared(each, items, named) for each in value)
    if not isinstance(value, dict) or not any("properties" in schema for schema in spoken):
        return True
    for name, each in value.items():
        inner = [s["properties"][name] for s in spoken if name in s.get("properties", {})]
        if not (inner or any(name in mentioned(schema) for schema in spoken)):
            return False
        if not declared(each, inner, named):
            return False
    return True


def spoken_by(value: Any, schemas: list[Any], named: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas and their branches, which speak of a value; of a union, the members that hold."""
    for each in schemas:
        schema = named[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        yield schema
        inner = [schema[name] for name in ("if", "then", "else") if name in schema]
        inner += [*schema.get("dependentSchemas", {}).values()]
        for name in ("allOf", "anyOf", "oneOf"):
            branches = schema.get(name, [])
            if name != "allOf":
                branches = [one for one in branches if is_valid({**one, "$defs": named}, value)]
            inner += branches
        yield from spoken_by(value, inner, named)


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


@pytest.mark.parametrize("defaults", [False, True], ids=["plain", "defaults"])
@pytest.mark.parametrize("chunk", range((COUNT + CHUNK - 1) // CHUNK))
def test_an_event_of_declared_content_comes_back_whole(
    chunk: int, tmp_path: Path, *, defaults: bool
) -> None:
    seeds = range(chunk * CHUNK, (chunk + 1) * CHUNK)
    made = {seed: Compositions(seed, defaults=defaults) for seed in seeds}
    schemas = {seed: made[seed].event() for seed in seeds}
    files = {f"shop/thing{seed}_happened.schema.json": schemas[seed] for seed in seeds}
    built = build_json(files)
    for problem in built.problems:  # a contract that has no names for all its types is refused
        if problem.rule == "name-collision":
            del files[str(problem.place.file)]
    assert len(files) > 0.98 * CHUNK
    package = write_package(built if built.files else build_json(files), tmp_path / "composed")
    compared = 0
    with imported(package):
        module = importlib.import_module("composed.shop")
        for seed in seeds:
            if f"shop/thing{seed}_happened.schema.json" not in files:
                continue
            schema = schemas[seed]
            plain = version(without_defaults(schema))
            event = getattr(module, f"Thing{seed}Happened")
            for _ in range(TRIES):
                given = made[seed].instance()
                if not declared(given, [schema], schema["$defs"]) or not plain.writes(given):
                    continue
                compared += 1
                context = f"seed {seed}: {json.dumps(schema)}: {json.dumps(given)}"
                read = event.from_dict(given)
                try:
                    written = json.loads(read.to_json())
                except InvalidParameters as error:
                    raise AssertionError(f"{context}: {read}: {error}") from None
                assert filled_in(given, written), f"{context}: {written}"
                assert defaults or given == written, f"{context}: {written}"
                assert version(schema).writes(written), f"{context}: {written}"
    assert compared > CHUNK


def version(schema: Any) -> Parameters:
    return Parameters(Documents({URI: schema}), Location(URI))
