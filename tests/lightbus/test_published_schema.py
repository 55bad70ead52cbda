"""The schema for Lightbus accepts all that the contract accepts.

An event that Lightbus's validator (Python's `jsonschema`) refuses stops the worker that reads it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from lbgen.compiler import build
from lbgen.generate.lightbus_schema.losses import usable_pattern
from lbgen.generate.lightbus_schema.published import published_schema
from tests.support import official_suite

if TYPE_CHECKING:
    from tests.support.official_suite import Group

MOMENT = {"type": "string", "format": "date-time"}


def published(parameters: Any, *, draft: str | None = None, **more: Any) -> dict[str, Any]:
    """What is published for an event's parameters."""
    contract: dict[str, Any] = {
        "lbgen": 1,
        "api": "shop",
        "lightbus": True,
        "events": {"order_placed": {"parameters": parameters}},
        **more,
    }
    if draft:
        contract["$schema"] = draft
    built = build({"shop.json": json.dumps(contract).encode()})
    assert built.modeller is not None, [str(problem) for problem in built.problems]
    [api] = built.analysis.contract.apis
    schema = published_schema(api, built.modeller)
    found: dict[str, Any] = schema["events"]["order_placed"]["parameters"]
    assert schema["rpcs"] == {}
    jsonschema.Draft7Validator.check_schema(found)
    return found


def accepts(schema: Any, value: Any) -> bool:
    try:
        jsonschema.validate(value, schema)
    except jsonschema.ValidationError:
        return False
    return True


def of_value(schema: Any, **more: Any) -> dict[str, Any]:
    return published({"type": "object", "properties": {"value": schema}}, **more)


def test_the_form_is_lightbuss_own() -> None:
    schema = published(
        {
            "type": "object",
            "required": ["a", "b"],
            "properties": {"a": {"type": "string"}, "b": {"default": 1}, "c": MOMENT},
        }
    )
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["title"] == "Event shop.order_placed parameters"
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["a"]
    assert schema["properties"] == {"a": {"type": "string"}, "b": {"default": 1}, "c": MOMENT}


def test_properties_of_every_part_are_known_to_the_closed_object() -> None:
    base: dict[str, Any] = {
        "$defs": {"Base": {"type": "object", "properties": {"a": {"type": "string"}}}}
    }
    schema = published(
        {
            "type": "object",
            "allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"b": {"type": "integer"}}}],
            "properties": {"c": {}},
        },
        **base,
    )
    assert accepts(schema, {"a": "x", "b": 1, "c": None})
    assert not accepts(schema, {"a": 1})
    assert not accepts(schema, {"d": 1})


def test_parameters_that_the_contract_lets_in_are_let_in() -> None:
    schema = published({"type": "object", "additionalProperties": {"type": "integer"}})
    assert accepts(schema, {"any": 1})
    assert not accepts(schema, {"any": "x"})


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"prefixItems": [{"type": "string"}], "items": False}, [["a"], 1], [[1], ["a", 2]]),
        ({"dependentRequired": {"a": ["b"]}}, [{"b": 1}, {"a": 1, "b": 1}], [{"a": 1}]),
        (
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"required": ["c"]}}},
            [{"a": 1, "b": 1, "c": 1}],
            [{"a": 1, "b": 1}, {"a": 1, "c": 1}],
        ),
        ({"$ref": "#/$defs/Text", "maxLength": 2}, ["ab"], ["abc", 1]),
        ({"contains": {"const": 1}, "minContains": 0}, [[], [2]], []),
        ({"contains": {"const": 1}, "minContains": 2}, [[1, 1]], [[2]]),
        ({"multipleOf": 0.1}, [0.3, 0.7], []),
        ({"multipleOf": 2}, [4], [3]),
        ({"pattern": "^\\p{L}+$"}, ["größe"], []),
        ({"not": {"pattern": "^\\p{Lu}"}}, ["a", "1"], []),
        ({"oneOf": [{"pattern": "^\\p{Lu}"}, {"pattern": "^[0-9]"}]}, ["A", "1"], []),
        ({"if": {"multipleOf": 0.1}, "then": {"maximum": 1}}, [0.25, 5.25, "x"], []),
        ({"patternProperties": {"^\\p{Lu}": {}}, "additionalProperties": False}, [{"A": 1}], []),
        ({"type": "object", "unevaluatedProperties": False}, [{}], []),
    ],
)
def test_keywords_that_draft_07_lacks_are_put_in_its_words_or_left_out(
    schema: Any, accepted: list[Any], refused: list[Any]
) -> None:
    found = of_value(schema, **{"$defs": {"Text": {"type": "string"}}})
    assert all(accepts(found, {"value": each}) for each in accepted)
    assert not any(accepts(found, {"value": each}) for each in refused)


def test_a_schema_that_recurs_is_published() -> None:
    found = of_value(
        {"$ref": "#/$defs/Tree"},
        **{
            "$defs": {
                "Tree": {
                    "type": "object",
                    "properties": {"below": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
                }
            }
        },
    )
    assert accepts(found, {"value": {"below": [{"below": []}]}})
    assert not accepts(found, {"value": {"below": [{"below": 1}]}})


@pytest.mark.parametrize(
    ("pattern", "usable"),
    [
        ("^[a-z]+$", True),
        ("\\d{3}", True),
        ("\\\\D", True),
        ("\\D", False),
        ("[^\\W]", False),
        ("\\p{L}", False),
        ("(?<name>a)", False),
        ("\\u{1F600}", False),
    ],
)
def test_a_pattern_is_kept_where_python_accepts_what_it_accepts(pattern: str, usable: bool) -> None:
    assert usable_pattern(pattern) is usable


@pytest.mark.skipif(official_suite.MISSING, reason="the official suite is not on this machine")
def test_what_the_official_suite_calls_valid_is_valid_for_lightbus() -> None:
    compared = 0
    wrong: list[str] = []
    for group in official_suite.groups():
        found = _published_group(group)
        if found is None:
            continue
        for description, instance, valid in group.tests:
            compared += 1
            if valid and not accepts(found, {"value": instance}):
                wrong.append(f"{group.name}: {description}")
    assert wrong == []
    assert compared > 500


def _published_group(group: Group) -> dict[str, Any] | None:
    """What is published for a schema of the suite; `None` where it is no part of a contract."""
    text = json.dumps(group.schema)
    if any(word in text for word in ('"$id"', '"$schema"', "localhost", '"#"', '"#/')):
        return None
    try:
        return of_value(group.schema, draft=official_suite.DRAFTS[group.draft])
    except AssertionError:  # such as a keyword that the compiler refuses
        return None
