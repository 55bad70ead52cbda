"""Members of unions are told apart as JSON tells values apart, values of maps by their names."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

DAY = {"type": "string", "format": "date"}


def member(title: str, field: str, **tag: Any) -> dict[str, Any]:
    return {
        "title": title,
        "type": "object",
        "required": ["tag", field],
        "properties": {"tag": tag, field: DAY},
    }


@contextmanager
def module_of(tmp_path: Path, schema: dict[str, Any]) -> Iterator[ModuleType]:
    parameters = {"type": "object", "required": ["it"], "properties": {"it": schema}}
    built = build_json({"shop.json": contract_of("shop", thing_seen=parameters)})
    with imported(write_package(built, tmp_path / "told_apart")):
        yield importlib.import_module("told_apart.shop")


@pytest.mark.parametrize(
    ("one", "two"),
    [(1, True), (True, 1), (0, False), (False, 0), (1, "1"), (1.0, True), (2, 1), (1.5, 1)],
)
def test_a_tag_is_a_value_of_json(one: Any, two: Any, tmp_path: Path) -> None:
    union = {"oneOf": [member("One", "a", const=one), member("Two", "b", const=two)]}
    with module_of(tmp_path, union) as module:
        for value, name, field in ((one, "One", "a"), (two, "Two", "b")):
            read = module.ThingSeen.from_dict({"it": {"tag": value, field: "2020-01-01"}})
            assert type(read.it).__name__ == name
            assert getattr(read.it, field) == date(2020, 1, 1)
            assert module.ThingSeen.from_json(read.to_json()) == read


def test_an_integer_tag_may_be_written_with_a_fraction(tmp_path: Path) -> None:
    union = {"oneOf": [member("One", "a", const=1), member("Two", "a", const=2)]}
    with module_of(tmp_path, union) as module:
        read = module.ThingSeen.from_json('{"it": {"tag": 2.0, "a": "2020-01-01"}}')
        assert type(read.it).__name__ == "Two"
        assert read.it.a == date(2020, 1, 1)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_tag_may_be_in_an_object_inside(depth: int, tmp_path: Path) -> None:
    def around(tag: dict[str, Any], depth: int) -> dict[str, Any]:
        if not depth:
            return tag
        inner = around(tag, depth - 1)
        return {"type": "object", "required": ["kind"], "properties": {"kind": inner}}

    def value(tag: str, depth: int) -> Any:
        return {"kind": value(tag, depth - 1)} if depth else tag

    # Both members take the other's field, so that nothing but the tag tells them apart.
    union = {
        "anyOf": [
            {
                "type": "object",
                "required": ["meta"],
                "properties": {"meta": around({"const": tag}, depth), tag: DAY},
            }
            for tag in ("card", "transfer")
        ]
    }
    with module_of(tmp_path, union) as module:
        names = set()
        for tag in ("card", "transfer"):
            read = module.ThingSeen.from_dict(
                {"it": {"meta": value(tag, depth), tag: "2020-01-01"}}
            )
            assert getattr(read.it, tag) == date(2020, 1, 1)
            names.add(type(read.it).__name__)
        assert len(names) == 2


def test_values_of_a_map_are_of_the_type_that_their_names_say(tmp_path: Path) -> None:
    day, text = ("^on_", DAY), ("^note_", {"type": "string"})
    for number, patterns in enumerate(([day, text], [text, day])):
        schema = {"type": "object", "patternProperties": dict(patterns)}
        with module_of(tmp_path / str(number), schema) as module:
            given = {"note_x": "2020-01-01", "on_x": "2020-01-01", "x": "2020-01-01"}
            read = module.ThingSeen.from_dict({"it": given})
            assert read.it == {**given, "on_x": date(2020, 1, 1)}
            assert read.to_dict() == {"it": given}


def test_values_beside_named_properties_are_of_the_type_that_their_names_say(
    tmp_path: Path,
) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "patternProperties": {"^on_": DAY, "_day$": {"minLength": 1}},
        "additionalProperties": {"type": "integer"},
    }
    with module_of(tmp_path, schema) as module:
        given = {"name": "x", "on_x": "2020-01-01", "x_day": "2020-01-01", "n": 1.0}
        read = module.ThingSeen.from_dict({"it": {**given, "on_a_day": "2020-01-01"}})
        assert read.it.additional_properties == {
            "on_x": date(2020, 1, 1),
            "x_day": "2020-01-01",
            "n": 1,
            "on_a_day": date(2020, 1, 1),
        }
        assert module.ThingSeen.from_json(read.to_json()) == read
