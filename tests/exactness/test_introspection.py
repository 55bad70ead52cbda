"""What Python's own tools, hypothesis and FastAPI ask of a class, generated classes answer."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import typing
import warnings
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import is_valid
from pydantic import TypeAdapter, create_model

from lbgen_runtime import InvalidParameters
from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from collections.abc import Iterator

MONEY = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string", "default": "EUR"}},
}
CHANGED = {
    "type": "object",
    "required": ["sku", "price", "changed_at"],
    "properties": {
        "sku": {"type": "string"},
        "price": {"$ref": "#/$defs/Money"},
        "changed_at": {"type": "string", "format": "date-time"},
        "source": {"enum": ["crawler", "feed"], "default": "crawler"},
        "competitor": {"type": "string"},
    },
}


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The module of an API whose event has a nested type."""
    contract = {**contract_of("prices", changed=CHANGED), "$defs": {"Money": MONEY}}
    folder = tmp_path_factory.mktemp("prices") / "introspected"
    with imported(write_package(build_json({"prices.json": contract}), folder)):
        yield importlib.import_module("introspected.prices")


def test_type_hints_are_the_types(prices: Any) -> None:
    hints = typing.get_type_hints(prices.Changed)
    assert hints["sku"] is str
    assert hints["price"] is prices.Money
    assert hints["changed_at"] is datetime
    assert hints["competitor"] == str | None


def test_the_signature_names_every_field(prices: Any) -> None:
    parameters = inspect.signature(prices.Changed).parameters
    assert list(parameters) == list(prices.Changed.__annotations__)
    assert all(each.kind is each.KEYWORD_ONLY for each in parameters.values())
    needed = {name for name, each in parameters.items() if each.default is each.empty}
    assert needed == {"sku", "price", "changed_at"}
    assert parameters["source"].default == "crawler"
    assert list(inspect.signature(prices.Money).parameters) == ["amount", "currency"]


def test_hypothesis_makes_instances_from_the_type(prices: Any) -> None:
    @settings(max_examples=20, database=None, deadline=None)
    @given(st.from_type(prices.Changed))
    def check(event: Any) -> None:
        assert type(event) is prices.Changed
        assert type(event.price) is prices.Money
        assert isinstance(event.changed_at, datetime)

    check()


def test_a_nested_type_is_read_and_written_by_itself(prices: Any) -> None:
    money = prices.Money.from_json('{"amount": "19.90"}')
    assert money == prices.Money(amount="19.90", currency="EUR")
    assert prices.Money.from_dict(money.to_dict()) == money
    assert prices.Money.from_json(money.to_json()) == money
    with pytest.raises(InvalidParameters, match="Money"):
        prices.Money.from_dict({"amount": 19.9})


def test_openapi_has_a_component_of_its_name_for_each_class(prices: Any) -> None:
    def post(body: Any) -> Any:
        return [body.price]

    post.__annotations__ = {"body": prices.Changed, "return": list[prices.Money]}
    app = FastAPI()
    app.post("/prices")(post)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema: dict[str, Any] = app.openapi()
    assert {"Changed", "Money"} <= schema["components"]["schemas"].keys()
    body = schema["paths"]["/prices"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/Changed"}


def test_a_model_of_pydantic_refers_to_a_class_by_its_name(prices: Any) -> None:
    quote = create_model("Quote", price=(prices.Money, ...), others=(list[prices.Money], ...))
    properties = quote.model_json_schema()["properties"]
    assert properties["price"] == {"$ref": "#/$defs/Money"}
    assert properties["others"]["items"] == {"$ref": "#/$defs/Money"}
    made = quote(price=prices.Money(amount="1"), others=[])
    assert quote.model_validate_json(made.model_dump_json()) == made
    assert "amount" in TypeAdapter(prices.Money).json_schema()["properties"]


TREES: dict[str, Any] = {
    "lbgen": 1,
    "api": "trees",
    "events": {
        "planted": {
            "parameters": {
                "type": "object",
                "properties": {
                    "tree": {"$ref": "#/$defs/Tree"},
                    "size": {"$ref": "other.json#/$defs/Size"},
                },
            }
        }
    },
    "$defs": {
        "Tree": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"$ref": "other.json#/$defs/Size"},
                "branches": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
            },
        },
    },
}
SIZES: dict[str, Any] = {
    "$defs": {
        "Size": {
            "oneOf": [
                {"type": "integer", "minimum": 1},
                {"type": "array", "items": {"$ref": "#/$defs/Size"}},
            ]
        }
    }
}
TREE: dict[str, Any] = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"$ref": "#/$defs/Size"},
        "branches": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
    },
}


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A module with types that recur, inside an object and without one. G9"""
    folder = tmp_path_factory.mktemp("trees") / "trees_package"
    built = build_json({"trees.json": TREES, "other.json": SIZES})
    with imported(write_package(built, folder)):
        yield importlib.import_module("trees_package.trees")


def test_the_json_schema_of_a_recursive_type_is_the_contracts(trees: Any) -> None:
    found = TypeAdapter(trees.Tree).json_schema()
    assert found == {"$ref": "#/$defs/Tree", "$defs": {**SIZES["$defs"], "Tree": TREE}}
    planted = TypeAdapter(trees.Planted).json_schema()
    assert planted["properties"] == {
        "tree": {"$ref": "#/$defs/Tree"},
        "size": {"$ref": "#/$defs/Size"},
    }
    assert planted["$defs"] == found["$defs"]
    for schema, value, valid in (
        (found, {"size": [1, [2]], "branches": [{"size": 3}]}, True),
        (found, {"size": 1, "branches": [{"size": [0]}]}, False),
        (planted, {"tree": {"size": "x"}}, False),
    ):
        assert is_valid(schema, value) == valid


def test_openapi_has_components_of_recursive_types(trees: Any) -> None:
    def post(body: Any) -> Any:
        return [body.tree]

    post.__annotations__ = {"body": trees.Planted, "return": list[trees.Tree]}
    app = FastAPI()
    app.post("/trees")(post)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = json.dumps(app.openapi())
    components = json.loads(text)["components"]["schemas"]
    assert "Planted" in components
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in components
    assert "lbgen" not in text


def test_a_class_has_the_contracts_description_and_no_other_words(prices: Any, trees: Any) -> None:
    assert trees.Tree.__doc__ is None
    assert "Tree" not in str(trees.Planted.__doc__)
