"""An event's parameters are an object, whether or not their schema says so."""

from __future__ import annotations

from typing import Any

import pytest

from lbgen.compat.decide import Documents, Parameters, decide
from lbgen.source.document import Location

URI = "lbgen:///event.json"
CLOSED = {"type": "object", "properties": {"sku": {"type": "string"}}}


def parameters(schema: Any, *, strict: bool = False) -> Parameters:
    return Parameters(Documents({URI: schema}), Location(URI), strict=strict)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    "schema",
    [
        {"properties": CLOSED["properties"]},
        {**CLOSED, "type": ["object", "null"]},
        {**CLOSED, "type": ["array", "object"]},
        {"anyOf": [CLOSED, {"type": "null"}, {"type": "array", "items": {"type": "string"}}]},
        {"oneOf": [CLOSED, {"enum": [None, "none"]}]},
        {"allOf": [{"properties": CLOSED["properties"]}]},
        {"$ref": "#/$defs/Event", "$defs": {"Event": {**CLOSED, "type": ["object", "string"]}}},
    ],
)
def test_what_a_schema_says_of_other_types_changes_nothing(schema: Any, *, strict: bool) -> None:
    one, two = parameters(schema, strict=strict), parameters(CLOSED, strict=strict)
    assert decide(one, two).state == "compatible"
    assert decide(two, one).state == "compatible"


def test_schemas_that_take_no_object_are_not_told_apart() -> None:
    one = parameters({"type": "array", "items": {"type": "string"}})
    two = parameters({"type": "array", "items": {"type": "integer"}})
    assert decide(one, two).state == "compatible"


def test_an_example_of_a_break_is_an_object() -> None:
    one = parameters({"properties": CLOSED["properties"]})
    two = parameters({"properties": {"sku": {"type": "integer"}}})
    assert decide(one, two).event == {"sku": ""}
    assert not one.writes("")
    assert not one.writes(None)
