"""`lbgen build` says what is a slip for sure, an error in contract files. U14"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lbgen.tasks.build import compile_folder
from tests.support.packages import contract_of

if TYPE_CHECKING:
    from pathlib import Path


def told(folder: Path, file: str, content: Any) -> list[tuple[str, str, str | None]]:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    built = compile_folder(folder)
    assert bool(built.files) == all(each.severity == "warning" for each in built.problems)
    return [(each.rule, str(each.severity), each.help) for each in built.problems]


def event(value: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"value": value}}


ADMITTED = {"type": "object", "properties": {"admitted_at": {}}, "required": ["admited_at"]}
MEANT = ("undeclared-required", "error", "did you mean `admitted_at`?")
CROSSED = [
    {"minimum": 3, "maximum": 2},
    {"exclusiveMinimum": 2, "maximum": 2},
    {"minimum": 2, "exclusiveMaximum": 2},
    {"exclusiveMinimum": 2, "exclusiveMaximum": 2},
    {"minLength": 3, "maxLength": 2},
    {"minItems": 3, "maxItems": 2},
    {"minProperties": 3, "maxProperties": 2},
    {"contains": {}, "minContains": 3, "maxContains": 2},
]


def test_a_misspelt_required_name_is_an_error_with_the_name_that_was_meant(tmp_path: Path) -> None:
    assert told(tmp_path, "shop.json", contract_of("shop", seen=ADMITTED)) == [MEANT]
    inside = event({"allOf": [{"properties": {"admitted_at": {}}}, {"required": ["admited_at"]}]})
    assert told(tmp_path, "shop.json", contract_of("shop", seen=inside)) == [MEANT]


def test_a_required_name_like_no_other_is_a_warning(tmp_path: Path) -> None:
    schema = {**ADMITTED, "required": ["ward"]}
    (found,) = told(tmp_path, "shop.json", contract_of("shop", seen=schema))
    assert found[:2] == ("undeclared-required", "warning")


def test_a_required_name_of_an_object_with_other_properties_is_no_slip(tmp_path: Path) -> None:
    schema = {**ADMITTED, "additionalProperties": True}
    assert told(tmp_path, "shop.json", contract_of("shop", seen=schema)) == []


def test_slips_in_a_plain_schema_file_are_warnings(tmp_path: Path) -> None:
    schema = {**ADMITTED, "properties": {"admitted_at": {"format": "datetime", "type": "string"}}}
    found = told(tmp_path, "shop/seen.schema.json", schema)
    assert [each[:2] for each in found] == [
        ("unknown-format", "warning"),
        ("undeclared-required", "warning"),
    ]


@pytest.mark.parametrize("bounds", CROSSED, ids=lambda each: " ".join(each))
def test_a_lower_bound_above_the_upper_one_is_an_error(
    bounds: dict[str, Any], tmp_path: Path
) -> None:
    (found,) = told(tmp_path, "shop.json", contract_of("shop", seen=event(bounds)))
    assert found[:2] == ("impossible-schema", "error")


def test_a_bound_that_counts_nothing_is_no_slip(tmp_path: Path) -> None:
    schema = event({"minContains": 3, "maxContains": 2})
    assert told(tmp_path, "shop.json", contract_of("shop", seen=schema)) == []


def test_a_misspelt_format_is_an_error_and_another_tools_format_is_none(tmp_path: Path) -> None:
    schema = event({"type": "string", "format": "datetime"})
    assert told(tmp_path, "shop.json", contract_of("shop", seen=schema)) == [
        ("unknown-format", "error", "did you mean `date-time`?")
    ]
    schema = event({"type": "string", "format": "phone"})
    assert told(tmp_path, "shop.json", contract_of("shop", seen=schema)) == []


def test_a_slip_that_is_meant_can_be_ignored_with_a_reason(tmp_path: Path) -> None:
    schema = {**ADMITTED, "x-lbgen-ignore": {"undeclared-required": "the old name, still sent"}}
    assert told(tmp_path, "shop.json", contract_of("shop", seen=schema)) == []
