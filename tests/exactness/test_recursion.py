"""A type that recurs is a class, through whatever it recurs and in whatever order it is met."""

from __future__ import annotations

import importlib
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from pathlib import Path

NODE = {"$ref": "#/$defs/Node"}
SHAPES: dict[str, Any] = {
    "itself": NODE,
    "nullable": {"anyOf": [NODE, {"type": "null"}]},
    "array": {"type": "array", "items": NODE},
    "array_of_arrays": {"type": "array", "items": {"type": "array", "items": NODE}},
    "map": {"type": "object", "additionalProperties": NODE},
    "union": {"oneOf": [NODE, {"$ref": "#/$defs/Leaf"}]},
    "nested": {"type": "object", "properties": {"inner": {"$ref": "#/$defs/Shape"}}},
    "array_of_nullable": {"type": "array", "items": {"anyOf": [NODE, {"type": "null"}]}},
}
LEAF = {"type": "object", "required": ["leaf"], "properties": {"leaf": {"type": "integer"}}}


def node_of(shape: str) -> dict[str, Any]:
    day = {"type": "string", "format": "date"}
    return {
        "type": "object",
        "required": ["day"],
        "properties": {"day": day, "more": {"$ref": "#/$defs/Shape"}},
    }


def value_of(shape: str, inner: dict[str, Any]) -> Any:
    return {
        "itself": inner,
        "nullable": inner,
        "array": [inner],
        "array_of_arrays": [[inner]],
        "map": {"a": inner},
        "union": inner,
        "nested": {"inner": {"inner": {}}},
        "array_of_nullable": [None, inner],
    }[shape]


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")], ids="-".join)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_type_that_recurs_is_read_as_its_class(
    shape: str, order: tuple[str, str], tmp_path: Path
) -> None:
    parameters = {
        "first": {"type": "object", "properties": {"top": {"$ref": "#/$defs/Shape"}}},
        "second": {"type": "object", "properties": {"top": NODE}},
    }
    contract = contract_of("shop", **{f"{name}_seen": parameters[name] for name in order})
    contract["$defs"] = {"Shape": SHAPES[shape], "Node": node_of(shape), "Leaf": LEAF}
    innermost = {"day": "2020-01-01"}
    middle = {"day": "2021-01-01", "more": value_of(shape, innermost)}
    with imported(write_package(build_json({"shop.json": contract}), tmp_path / "recurring")):
        module = importlib.import_module("recurring.shop")
        for name, top in (("FirstSeen", value_of(shape, middle)), ("SecondSeen", middle)):
            event = getattr(module, name).from_dict({"top": top})
            assert "'20" not in repr(event), repr(event)  # no date is left a text
            again = getattr(module, name).from_json(event.to_json())
            assert again == event


def test_the_order_of_events_changes_no_type(tmp_path: Path) -> None:
    tagged = {
        name: {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": name}, "of": {"$ref": "#/$defs/Any"}},
        }
        for name in ("lit", "neg", "pos")
    }
    union = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in tagged]}
    events = {
        "neg_seen": {"type": "object", "properties": {"it": {"$ref": "#/$defs/neg"}}},
        "any_seen": {"type": "object", "properties": {"it": {"$ref": "#/$defs/Any"}}},
        "many_seen": {"type": "object", "properties": {"it": {"type": "array", "items": union}}},
    }
    seen: list[dict[str, dict[str, str]]] = []
    for index, order in enumerate(itertools.permutations(events)):
        contract = contract_of("shop", **{name: events[name] for name in order})
        contract["$defs"] = {**tagged, "Any": union}
        built = build_json({"shop.json": contract})
        with imported(write_package(built, tmp_path / f"ordered_{index}")):
            module = importlib.import_module(f"ordered_{index}.shop")
            seen.append(
                {
                    name: dict(value.__annotations__)
                    for name, value in vars(module).items()
                    if isinstance(value, type) and value.__module__ == module.__name__
                }
            )
    assert all(each == seen[0] for each in seen)
    assert seen[0]["Neg"]["of"] == "Lit | Neg | Pos | None"
